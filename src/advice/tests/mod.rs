//! Verdicts and traps, from accounts built by hand.

mod checks;
mod clients;
mod connections;
mod incidents;
mod limits;
mod properties;
mod retries;
mod server;
