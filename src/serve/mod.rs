//! Runs the machine on input that does not end: on a pipe, or as a daemon that takes syslog by every way.
//!
//! Enters: bytes as they come. Leaves: a line for each change of an incident, views, alerts, and a report at the end. Must not
//! know: how incidents are found.
//!
//! [`watch`] runs on a pipe; [`start`] joins the parts of the daemon, which then runs (`running`).

pub mod arrival;
pub mod asker;
mod current;
pub mod daemon;
mod drops;
pub mod follow;
pub mod generations;
pub mod http;
pub mod keeper;
mod known;
mod lag;
pub mod listen;
mod live;
pub mod looker;
pub mod notify;
pub mod past;
pub mod pipe;
pub mod publisher;
pub mod reload;
mod running;
mod said;
pub mod settings;
pub mod sinks;
pub mod start;
mod systemd;
pub mod view;
pub mod watch;
mod whole;

pub use current::Current;
pub use live::{Face, Live, Teller};
