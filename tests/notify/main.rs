//! Alerts as their targets get them: every test has small servers of its own on 127.0.0.1.

mod delivery;
mod fixture;
mod formats;
mod memory;
#[path = "../needed/mod.rs"]
mod needed;
mod server;
mod tls;
