//! The HTTP face of the daemon, asked over real connections.

mod api;
mod described;
mod events;
mod explain;
mod health;
mod limits;
mod metrics;
#[path = "../needed/mod.rs"]
mod needed;
mod pages;
mod samples;
mod served;
mod tokens;
