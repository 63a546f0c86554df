//! How requests that were late or cut are spread over time.
//!
//! Enters: the waits of one backend, minute by minute. Leaves: their counts by blocks of ten minutes, as sums. Must not know:
//! timeouts; how long is late is asked later, so it is counted for each power of two.
//!
//! One slow minute makes many slow requests, which tell less than as many independent ones.

use serde::{Deserialize, Serialize};

use crate::rollup::seal::TimerRow;
use crate::rollup::timers::Timer;

/// Seconds of a block: slow times last some minutes.
const BLOCK: i64 = 600;

/// Powers of two of ms.
const OCTAVES: usize = 32;

/// Counts of requests by block, as sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// How many blocks.
    pub blocks: u64,
    /// The sum of their counts.
    pub sum: u64,
    /// The sum of the squares of their counts.
    pub squares: u128,
}

impl Counts {
    /// Takes one more block in.
    pub fn add(&mut self, count: u64) {
        let square = u128::from(count) * u128::from(count);
        self.blocks = self.blocks.saturating_add(1);
        self.sum = self.sum.saturating_add(count);
        self.squares = self.squares.saturating_add(square);
    }

    /// Those of both.
    pub fn and(self, other: Self) -> Self {
        Self {
            blocks: self.blocks.saturating_add(other.blocks),
            sum: self.sum.saturating_add(other.sum),
            squares: self.squares.saturating_add(other.squares),
        }
    }

    /// The mean count of a block.
    pub fn mean(&self) -> f64 {
        self.sum as f64 / self.blocks as f64
    }

    /// The variance of the counts.
    pub fn variance(&self) -> f64 {
        let n = self.blocks as f64;
        (self.squares as f64 / n - self.mean() * self.mean()).max(0.0) * n / (n - 1.0)
    }
}

/// Answers of one backend that were waited for in vain, and those that were late.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Spells {
    /// The block that is not complete, and what it has so far.
    open: Option<(i64, Block)>,
    cut: Counts,
    /// By the power of two; none until a block is complete, as those of a name that came once never are.
    late: Vec<Counts>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Block {
    cut: u64,
    /// By the power of two that they reached.
    waited: [u64; OCTAVES],
}

impl Spells {
    /// Takes in the rows of a minute that begins at this second.
    pub fn add<'a>(&mut self, start: i64, rows: impl Iterator<Item = &'a TimerRow>) {
        let number = start.div_euclid(BLOCK);
        if let Some((open, block)) = self.open
            && open != number
        {
            self.close(block);
            self.open = None;
        }
        let (_, block) = self.open.get_or_insert((number, Block::default()));
        for row in rows.filter(|row| !row.ending.tcp) {
            let is_cut = row.ending.term == *b"sH";
            for (wait, n) in row.waits.iter() {
                let counts = match wait.timer() {
                    Timer::Response => true,
                    Timer::Rest => is_cut,
                    _ => false,
                };
                if counts {
                    block.waited[octave(wait.bucket().low())] += n;
                    block.cut += if wait.timer() == Timer::Rest { n } else { 0 };
                }
            }
        }
    }

    fn close(&mut self, block: Block) {
        self.cut.add(block.cut);
        self.late.resize(OCTAVES, Counts::default());
        let mut at_least = 0;
        for (octave, n) in block.waited.into_iter().enumerate().rev() {
            at_least += n;
            self.late[octave].add(at_least);
        }
    }

    /// Those that were cut, and all that waited for at least about half of `limit` ms.
    pub fn under(&self, limit: u32) -> [Counts; 2] {
        let mut closed = self.clone();
        if let Some((_, block)) = self.open {
            closed.close(block);
        }
        let late = closed.late.get(octave(limit / 2));
        [closed.cut, late.copied().unwrap_or_default()]
    }
}

/// The power of two that a time in ms reaches.
fn octave(ms: u32) -> usize {
    ms.max(1).ilog2() as usize
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Counts, Spells};
    use crate::rollup::seal::TimerRow;
    use crate::rollup::timers::{Ending, Timer, Wait};

    fn row(term: [u8; 2], timer: Timer, ms: u32, n: u64) -> TimerRow {
        TimerRow {
            backend: b"b"[..].into(),
            server: b"s"[..].into(),
            ending: Ending {
                term,
                failed: term != *b"--",
                tcp: false,
                tunnel: false,
            },
            waits: [(Wait::of(timer, ms), n)].into_iter().collect(),
        }
    }

    #[test]
    fn late_and_cut_requests_are_counted_by_blocks() {
        let mut spells = Spells::default();
        let fast = row(*b"--", Timer::Response, 20, 100);
        let late = row(*b"--", Timer::Response, 700, 7);
        let cut = row(*b"sH", Timer::Rest, 1_200, 2);
        let minutes = [vec![&fast, &late], vec![&fast, &cut], vec![&fast]];
        for (at, rows) in [0, 60, BLOCK].into_iter().zip(minutes) {
            spells.add(at, rows.into_iter());
        }
        let counts = |counts: [u64; 2]| {
            let mut sums = Counts::default();
            counts.into_iter().for_each(|count| sums.add(count));
            sums
        };
        let [cuts, lates] = spells.under(1_200);
        assert_eq!((cuts, lates), (counts([2, 0]), counts([9, 0])));
        let [_, all] = spells.under(20);
        assert_eq!(all, counts([209, 100]));
    }
}
