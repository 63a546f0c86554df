//! The hand of a listener: what it took in is given to the daemon by it, and what went wrong.
//!
//! Enters: whole lines. Leaves: arrivals. Must not know: how they were received.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;

use crate::serve::arrival::{Arrival, Intake, Lack};

/// Time between two complaints.
const COMPLAINTS: Duration = Duration::from_secs(60);

/// See the module.
#[derive(Debug, Clone)]
pub struct Hand {
    sender: Sender<Arrival>,
    listener: usize,
    name: Arc<str>,
    intake: Arc<Intake>,
    complained: Option<Instant>,
}

impl Hand {
    /// That of a listener, by its number and name.
    pub fn new(sender: Sender<Arrival>, listener: usize, name: &str, intake: Arc<Intake>) -> Self {
        Self {
            sender,
            listener,
            name: name.into(),
            intake,
            complained: None,
        }
    }

    /// What is counted.
    pub fn intake(&self) -> &Intake {
        &self.intake
    }

    /// Gives lines to the daemon, and waits until it has room for them. Whether it still takes any.
    pub fn over(&self, bytes: Vec<u8>) -> bool {
        self.sender.blocking_send(self.lines(bytes)).is_ok()
    }

    /// The same for a task.
    pub async fn over_soon(&self, bytes: Vec<u8>) -> bool {
        self.sender.send(self.lines(bytes)).await.is_ok()
    }

    fn lines(&self, bytes: Vec<u8>) -> Arrival {
        Arrival::Lines {
            listener: self.listener,
            bytes,
        }
    }

    /// Says that something went wrong, at most once a minute, and not at all where the daemon has no room to hear it.
    pub fn complain(&mut self, problem: &str) {
        let is_soon = |last: Instant| last.elapsed() < COMPLAINTS;
        if self.complained.is_some_and(is_soon) {
            return;
        }
        self.complained = Some(Instant::now());
        self.missing(Lack::Text(format!("{}: {problem}", self.name)));
    }

    /// Says what was not read.
    pub fn missing(&self, lack: Lack) {
        // Who does not listen any more needs not know.
        let _ = self.sender.try_send(Arrival::Missing(lack));
    }
}
