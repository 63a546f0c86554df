//! Where pictures come from: lines as they are written, a store, or a daemon.
//!
//! Enters: arguments. Leaves: [`Update`]s, about one a second. Must not know: who looks at them.

pub mod daemon;
pub mod log;
pub mod store;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use crate::report::document::Document;
use crate::report::grid::Grid;

/// Time between two pictures.
const PACE: Duration = Duration::from_secs(1);

/// Making pictures takes at most one part in so many of the time.
const PART: u32 = 4;

/// What is read.
#[derive(Debug)]
pub enum Source {
    /// Lines as they are written.
    Log(Box<log::Log>),
    /// What a daemon stores.
    Store(Box<store::Store>),
    /// A daemon that runs.
    Daemon(Box<daemon::Daemon>),
}

/// What is known of a moment.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The report.
    pub document: Arc<Document>,
    /// Backends and servers.
    pub grid: Arc<Grid>,
}

/// What a source brings.
#[derive(Debug)]
pub enum Update {
    /// A picture; the same again, where nothing is new.
    Seen(Seen),
    /// Nothing new for now, and why.
    Trouble(String),
    /// Nothing at all: what is wrong, and what to do.
    Failed(String, String),
    /// The input has ended.
    Ended,
}

impl Source {
    /// What it is called.
    pub fn name(&self) -> String {
        match self {
            Self::Log(log) => log.name(),
            Self::Store(store) => store.name(),
            Self::Daemon(daemon) => daemon.name(),
        }
    }

    /// Brings pictures until nobody takes them, or `stop`.
    pub fn run(self, updates: &Sender<Update>, stop: &AtomicBool) {
        match self {
            Self::Log(log) => log.run(updates, stop),
            Self::Store(store) => again(updates, stop, store.look()),
            Self::Daemon(daemon) => again(updates, stop, daemon.look()),
        }
    }
}

/// Looks again and again, not too often.
fn again(updates: &Sender<Update>, stop: &AtomicBool, mut look: impl FnMut() -> Update) {
    while !stop.load(Ordering::Acquire) {
        let began = Instant::now();
        if updates.send(look()).is_err() {
            return;
        }
        let rest = (began.elapsed() * (PART - 1)).max(PACE);
        let next = Instant::now() + rest;
        while Instant::now() < next && !stop.load(Ordering::Acquire) {
            thread::sleep(Duration::from_millis(50));
        }
    }
}
