//! When the blocks of a source begin, by a few lines around their edges.
//!
//! Enters: the bytes around each edge. Leaves: the time of each block, and where another run begins because time goes back.
//! Must not know: where the bytes come from.

use std::collections::BTreeMap;

use crate::rollup::Lens;
use crate::rollup::clock::Clock;
use crate::rollup::dating::{DISORDER, Dates, Stamped};
use crate::source::stretch::{lines_after, lines_before};

/// Bytes to either side of a block's edge in which dated lines are looked for.
pub const REACH: u64 = 16 * 1024;

/// Dated lines looked at to either side: an odd one among them is outvoted.
const NEAR: usize = 3;

/// Lines with their offsets, where their time matters.
pub type Clocks = BTreeMap<u64, Clock>;

/// How the lines of a source are dated.
#[derive(Debug, Clone, Copy)]
pub struct Dating<'a> {
    /// What its lines are read with.
    pub lens: &'a Lens,
    /// The latest its lines can be; s since 1970 UTC.
    pub latest: i64,
}

/// When a block begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beginning {
    /// When the last dated line before it was written, if the block before it comes later; s since 1970 UTC.
    pub context: Option<i64>,
    /// The latest beginning of a block of its run so far; s since 1970 UTC.
    pub high: Option<i64>,
    /// Another run begins with it.
    pub is_back: bool,
}

impl Dating<'_> {
    /// Some lines around an edge, of the bytes from [`REACH`] before it to as many behind it.
    pub fn around(self, edge: u64, bytes: &[u8]) -> Clocks {
        let from = edge.saturating_sub(REACH);
        let at = usize::try_from(edge - from).unwrap_or_default();
        let at = at.min(bytes.len());
        let clock = |line| self.clock(line, bytes, from);
        let mut found = Clocks::new();
        near(lines_before(bytes, at).filter_map(clock), &mut found);
        near(lines_after(bytes, at).filter_map(clock), &mut found);
        found
    }

    /// When each of so many blocks begins, by the lines around all edges. `within` tells all lines of one in which time goes
    /// back, so that the earliest is found.
    ///
    /// # Errors
    /// What `within` returns.
    pub fn beginnings<E>(
        self,
        blocks: u64,
        edges: Clocks,
        mut within: impl FnMut(u64) -> Result<Clocks, E>,
    ) -> Result<Vec<Beginning>, E> {
        let grid = self.lens.grid;
        let dates = self.dates(edges, None);
        let mut high: Option<i64> = None;
        let mut found = Vec::new();
        for block in 0..blocks {
            let start = grid.start(block);
            let mut part = dates.part(start..grid.start(block + 1));
            if part.goes_back() {
                part = self.dates(within(block)?, dates.before(start));
            }
            let begins = part.begins();
            let is_back = begins
                .zip(high)
                .is_some_and(|(begins, high)| begins < high - DISORDER);
            high = if is_back { begins } else { high.max(begins) };
            found.push(Beginning {
                context: dates.before(start).filter(|_| is_back),
                high,
                is_back,
            });
        }
        Ok(found)
    }

    fn dates(self, lines: Clocks, context: Option<i64>) -> Dates {
        let lines = lines.into_iter().map(|(offset, clock)| Stamped {
            offset,
            clock,
            lines: 1,
        });
        let lines: Vec<Stamped> = lines.collect();
        Dates::of(&lines, &self.lens.zone, context, self.latest)
    }

    /// Offset and clock of a line of `bytes`, which begin at `from`; `None` where its time does not matter.
    pub fn clock(self, line: &[u8], bytes: &[u8], from: u64) -> Option<(u64, Clock)> {
        let offset = from + (line.as_ptr() as usize - bytes.as_ptr() as usize) as u64;
        Some((offset, self.lens.clock(line, offset)?))
    }
}

/// The first few lines that are dated, and others between them.
fn near(lines: impl Iterator<Item = (u64, Clock)>, found: &mut Clocks) {
    let mut dated = 0;
    for (offset, clock) in lines {
        found.insert(offset, clock);
        dated += usize::from(clock.is_dated());
        if dated == NEAR {
            return;
        }
    }
}
