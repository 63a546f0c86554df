//! Runs the machine on input that does not end.
//!
//! Enters: bytes from a pipe, or datagrams. Leaves: a line for each change of an incident, and a report at the
//! end. Must not know: how incidents are found.

mod live;
mod pipe;
mod udp;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

pub use live::{Face, Live};

/// Time between two looks. A change is to be told within a second of its line.
const LOOK: Duration = Duration::from_millis(200);

/// Pieces of input that wait to be taken in. When they are as many, the pipe waits; a socket's buffer fills.
const WAITING: usize = 256;

/// What wakes the machine.
#[derive(Debug)]
enum Wake {
    /// Bytes of a stream.
    Bytes(Vec<u8>),
    /// A datagram: whole lines.
    Datagram(Vec<u8>),
    /// No more will come.
    End,
    /// The input failed.
    Failed(io::Error),
}

/// Where the input comes from.
#[derive(Debug, Clone, Copy)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// Syslog datagrams to this address.
    Udp(SocketAddr),
}

/// Runs until the input ends, or the process is told to stop (SIGINT, SIGTERM); then prints the summary.
///
/// # Errors
/// When the input cannot be opened or read, or the output cannot be written.
pub fn run(live: Live, input: Input) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(watch(live, input));
    // A thread that waits for standard input must not keep the process.
    runtime.shutdown_background();
    done
}

async fn watch(mut live: Live, input: Input) -> io::Result<()> {
    let (sender, mut wakes) = mpsc::channel(WAITING);
    match input {
        Input::Stdin => pipe::read(sender),
        Input::Udp(address) => {
            let bound = udp::listen(address, sender).await?;
            eprintln!("hapline: listening for syslog on udp {bound}; Ctrl-C prints the summary");
        }
    }
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            wake = wakes.recv() => match wake {
                Some(Wake::Bytes(bytes)) => live.feed(&bytes),
                Some(Wake::Datagram(datagram)) => live.feed_whole(&datagram),
                Some(Wake::Failed(error)) => return Err(error),
                Some(Wake::End) | None => break,
            },
            _ = look.tick() => live.look()?,
            _ = interrupt.recv() => break,
            _ = terminate.recv() => break,
        }
    }
    while let Ok(wake) = wakes.try_recv() {
        match wake {
            Wake::Bytes(bytes) => live.feed(&bytes),
            Wake::Datagram(datagram) => live.feed_whole(&datagram),
            Wake::End | Wake::Failed(_) => break,
        }
    }
    live.finish()
}
