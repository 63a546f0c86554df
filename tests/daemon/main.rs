//! `hapline serve` as it is run: real senders before it, a store behind it, and ends at any moment.
//!
//! Everything is on loopback and in folders that are gone afterwards. Tests that need HAProxy or rsyslog are skipped where
//! that is not installed, and say so; with `CI=true` they fail.

mod alerts;
mod allow;
mod crash;
mod daemon;
mod dates;
mod equal;
mod forged;
mod haproxy;
mod idle;
mod lines;
#[path = "../needed/mod.rs"]
mod needed;
mod past;
mod reload;
mod report;
mod rsyslog;
mod runtime;
mod store;
mod systemd;
mod webhook;
mod writer;

#[path = "../haproxy/backend.rs"]
mod backend;
#[path = "../haproxy/client.rs"]
mod client;
#[path = "../haproxy/wait.rs"]
mod wait;
