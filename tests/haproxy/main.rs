//! hapline beside a real HAProxy: its own lines, on their own ways, at their own time.
//!
//! Each test starts Debian's HAProxy on free loopback ports, with small servers behind it and a client before it,
//! and takes everything down again. Without HAProxy these tests are skipped, and say so; with `CI=true` they fail.

mod backend;
mod burst;
mod client;
mod cut;
mod fields;
mod formats;
mod hapline;
mod live;
#[path = "../needed/mod.rs"]
mod needed;
mod pipe;
mod proxy;
mod reload;
mod runbook;
mod runtime;
mod serve;
mod tee;
mod wait;
mod ways;
