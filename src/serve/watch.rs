//! Runs the machine on a pipe.
//!
//! Enters: standard input. Leaves: a line for each change of an incident, and a report at the end. Must not know: how
//! incidents are found.

use std::io::{self, IsTerminal};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::live::Live;
use super::pipe;
use crate::runtime::CannotAsk;
use crate::source::Caveat;

/// Time between two looks. A change is to be told within a second of its line.
const LOOK: Duration = Duration::from_millis(200);

/// Pieces of input that wait to be taken in. When they are as many, the pipe waits.
const WAITING: usize = 256;

/// What wakes the machine.
#[derive(Debug)]
pub(super) enum Wake {
    /// Bytes of the pipe.
    Bytes(Vec<u8>),
    /// Something of the input was not read.
    Missing(Caveat),
    /// The input failed.
    Failed(io::Error),
}

/// Runs until the input ends, or the process is told to stop (SIGINT, SIGTERM); then prints the summary. Gives why the
/// running HAProxy gave no answer, if it was asked.
///
/// # Errors
/// When the input cannot be read, or the output cannot be written.
pub fn run(live: Live) -> io::Result<Result<(), CannotAsk>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let done = runtime.block_on(watch(live));
    // A thread that waits for standard input must not keep the process.
    runtime.shutdown_background();
    done
}

async fn watch(mut live: Live) -> io::Result<Result<(), CannotAsk>> {
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let (sender, mut wakes) = mpsc::channel(WAITING);
    pipe::read(sender);
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            wake = wakes.recv() => match wake {
                Some(Wake::Bytes(bytes)) => live.feed(&bytes),
                Some(Wake::Missing(caveat)) => live.caveat(caveat),
                Some(Wake::Failed(error)) => return Err(error),
                None => break,
            },
            _ = look.tick() => live.look()?,
            // The pipe's thread may wait for ever; what it brings later is not waited for.
            _ = interrupt.recv() => {
                end_echo();
                wakes.close();
            }
            _ = terminate.recv() => wakes.close(),
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
