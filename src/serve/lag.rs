//! For how long what comes waits until it is taken in.
//!
//! Enters: that a piece was taken in, and how many wait. Leaves: ms. Must not know: what they are.

use std::time::Instant;

/// See the module.
#[derive(Debug, Default)]
pub struct Lag {
    /// Pieces that were taken in.
    taken: u64,
    /// When the last piece came that was there at a look, and its number.
    marked: Option<(Instant, u64)>,
    ms: u64,
}

impl Lag {
    /// A piece was taken in.
    pub fn take(&mut self) {
        self.taken += 1;
        if let Some((at, _)) = self.marked.take_if(|(_, number)| *number <= self.taken) {
            self.ms = milliseconds(at);
        }
    }

    /// The last of so many pieces that wait is waited for. Gives ms.
    pub fn look(&mut self, waiting: usize) -> u64 {
        match self.marked {
            Some((at, _)) => self.ms = self.ms.max(milliseconds(at)),
            None if waiting == 0 => self.ms = 0,
            None => self.marked = Some((Instant::now(), self.taken + waiting as u64)),
        }
        self.ms
    }
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
