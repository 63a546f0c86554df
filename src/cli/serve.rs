//! `hapline serve`: a syslog target.

use std::net::SocketAddr;

use clap::Args;

use super::failure::Failure;
use super::live::{self, LiveArgs};
use crate::serve::{Input, Listener};

/// Arguments of `hapline serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address to receive syslog datagrams on
    ///
    /// In haproxy.cfg: log 127.0.0.1:5514 local0
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:5514")]
    udp: SocketAddr,
    /// Zone, configuration and format.
    #[command(flatten)]
    live: LiveArgs,
}

/// Listens until it is told to stop.
///
/// # Errors
/// When it cannot listen.
pub fn run(args: &ServeArgs) -> Result<(), Failure> {
    let listener = Listener::bind(args.udp).map_err(|error| Failure::new(&error, error.hint()))?;
    live::watch(&args.live, Input::Udp(listener))
}
