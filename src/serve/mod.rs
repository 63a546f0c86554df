//! Runs the machine on input that does not end.
//!
//! Enters: bytes from a pipe, or datagrams. Leaves: a line for each change of an incident, and a report at the
//! end. Must not know: how incidents are found.

pub mod arrival;
pub mod daemon;
mod drops;
pub mod follow;
pub mod generations;
pub mod http;
pub mod keeper;
pub mod listen;
mod live;
pub mod looker;
pub mod notify;
mod pipe;
pub mod publisher;
mod said;
pub mod settings;
pub mod sinks;
pub mod start;
mod systemd;
mod udp;
pub mod view;
mod whole;

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio::sync::mpsc::{self, Receiver};

pub use live::{Face, Live, Teller};
pub use udp::{CannotListen, Listener};

use crate::runtime::CannotAsk;
use crate::source::Caveat;

/// Time between two looks. A change is to be told within a second of its line.
const LOOK: Duration = Duration::from_millis(200);

/// Pieces of input that wait to be taken in. When they are as many, the pipe waits; a socket's buffer fills.
const WAITING: usize = 256;

/// What wakes the machine.
#[derive(Debug)]
enum Wake {
    /// Bytes of a stream.
    Bytes(Vec<u8>),
    /// So many datagrams were lost, in all.
    Dropped(u64),
    /// Something of the input was not read.
    Missing(Caveat),
    /// The input failed.
    Failed(io::Error),
}

/// Where the input comes from.
#[derive(Debug)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// Syslog datagrams.
    Udp(Listener),
}

impl Input {
    /// As a report names it.
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "stdin".to_owned(),
            Self::Udp(listener) => format!("udp:{}", listener.address()),
        }
    }
}

/// Runs until the input ends, or the process is told to stop (SIGINT, SIGTERM); then prints the summary. Gives why the
/// running HAProxy gave no answer, if it was asked.
///
/// # Errors
/// When the input cannot be read, or the output cannot be written.
pub fn run(live: Live, input: Input) -> io::Result<Result<(), CannotAsk>> {
    // The worker empties the socket while this thread takes in and looks.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let done = runtime.block_on(watch(live, input));
    // A thread that waits for standard input must not keep the process.
    runtime.shutdown_background();
    done
}

/// How the input is told to stop: what has come is still taken in.
enum Stop {
    /// The pipe's thread may wait for ever; its pieces are not waited for.
    Close,
    /// The socket is emptied first.
    Drain(Arc<Notify>),
}

impl Stop {
    fn now(&self, wakes: &mut Receiver<Wake>) {
        match self {
            Self::Close => wakes.close(),
            Self::Drain(stop) => stop.notify_one(),
        }
    }
}

async fn watch(mut live: Live, input: Input) -> io::Result<Result<(), CannotAsk>> {
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let (stop, mut wakes) = begin(input);
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            wake = wakes.recv() => match wake {
                Some(Wake::Bytes(bytes)) => live.feed(&bytes),
                Some(Wake::Dropped(dropped)) => live.lost(dropped),
                Some(Wake::Missing(caveat)) => live.caveat(caveat),
                Some(Wake::Failed(error)) => return Err(error),
                None => break,
            },
            _ = look.tick() => live.look()?,
            _ = interrupt.recv() => {
                end_echo();
                stop.now(&mut wakes);
            }
            _ = terminate.recv() => stop.now(&mut wakes),
        }
    }
    live.finish()
}

/// A terminal shows `^C`; what follows begins on a line of its own.
fn end_echo() {
    if io::stderr().is_terminal() {
        aside!();
    }
}

fn begin(input: Input) -> (Stop, Receiver<Wake>) {
    let (sender, wakes) = mpsc::channel(WAITING);
    let stop = match input {
        Input::Stdin => {
            pipe::read(sender);
            Stop::Close
        }
        Input::Udp(listener) => {
            welcome(&listener);
            let stop = Arc::new(Notify::new());
            tokio::spawn(listener.receive(sender, stop.clone()));
            Stop::Drain(stop)
        }
    };
    (stop, wakes)
}

fn welcome(listener: &Listener) {
    let bound = listener.address();
    aside!("hapline: listening for syslog on udp {bound}; Ctrl-C prints the summary");
    if let Some((granted, asked)) = listener.short_of_buffer() {
        aside!(
            "hapline: the kernel granted {} KiB of {} KiB receive buffer; a burst may be lost, and is counted \
             (sysctl -w net.core.rmem_max={asked} grants all)",
            granted / 1024,
            asked / 1024,
        );
    }
}
