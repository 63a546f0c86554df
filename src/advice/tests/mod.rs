//! Verdicts and traps, from accounts built by hand.

mod clients;
mod connections;
mod incidents;
mod properties;
mod server;
