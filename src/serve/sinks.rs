//! Those who are told of changes: whoever reads the output, whoever listens over HTTP, and those who are to be woken.
//!
//! Enters: notices. Leaves: lines, events, alerts. Must not know: how anything is found.

use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast;

use super::live::Face;
use super::looker::Sink;
use super::notify::{CannotNotify, Notifier};
use crate::report::feed::{self, Notice};

/// Time in which alerts are still sent, once the daemon is told to stop.
const PATIENCE: Duration = Duration::from_secs(2);

/// Writes each notice as a line.
pub struct Feed {
    /// How.
    pub face: Face,
    /// Where.
    pub out: Box<dyn Write + Send>,
}

impl fmt::Debug for Feed {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let mut feed = formatter.debug_struct("Feed");
        feed.field("face", &self.face).finish_non_exhaustive()
    }
}

impl Sink for Feed {
    fn notice(&mut self, notice: &Arc<Notice>, _now: i64) {
        let written = match self.face {
            Face::Text(style) => feed::write_text(notice, style, &mut self.out),
            Face::Json => feed::write_json(notice, &mut self.out),
        };
        // Whoever read the output has gone; the others are still told.
        let _ = written.and_then(|()| self.out.flush());
    }
}

/// Passes notices on to those who listen now.
#[derive(Debug)]
pub struct Live(broadcast::Sender<Arc<Notice>>);

impl Live {
    /// Over this.
    pub fn new(notices: broadcast::Sender<Arc<Notice>>) -> Self {
        Self(notices)
    }
}

impl Sink for Live {
    fn notice(&mut self, notice: &Arc<Notice>, _now: i64) {
        // Nobody may listen.
        let _ = self.0.send(notice.clone());
    }
}

/// Wakes people.
#[derive(Debug, Clone)]
pub struct Alerts(Arc<Mutex<Notifier>>);

impl Alerts {
    /// What they remember is kept by this name.
    pub const NOTE: &str = "alerts";

    /// By this.
    pub fn new(notifier: Notifier) -> Self {
        Self(Arc::new(Mutex::new(notifier)))
    }

    /// A second has passed; `now` in ms since 1970 UTC.
    pub fn tick(&self, now: i64) {
        self.notifier().tick(now);
    }

    /// Goes on by another one, which is made of what this one remembers.
    ///
    /// # Errors
    /// When there is no other one; then this one goes on.
    pub fn replace(
        &self,
        with: impl FnOnce(&[u8]) -> Result<Notifier, CannotNotify>,
    ) -> Result<(), CannotNotify> {
        let mut notifier = self.notifier();
        let next = with(&notifier.state())?;
        let last = std::mem::replace(&mut *notifier, next);
        last.stop(Duration::ZERO);
        Ok(())
    }

    fn notifier(&self) -> MutexGuard<'_, Notifier> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Alerts {
    fn notice(&mut self, notice: &Arc<Notice>, now: i64) {
        self.notifier().notice(notice, now);
    }

    fn settle(&mut self, known: &[&str], now: i64) {
        self.notifier().settle(known, now);
    }

    fn memory(&self) -> Option<(&'static str, Vec<u8>)> {
        Some((Self::NOTE, self.notifier().state()))
    }

    fn finish(&mut self) {
        self.notifier().stop(PATIENCE);
    }
}
