//! When the blocks of a source begin, by a few lines around their edges.
//!
//! Enters: the bytes around each edge. Leaves: the time of each block, and where another run begins because time goes back.
//! Must not know: where the bytes come from.

use std::collections::BTreeMap;

use memchr::memrchr;

use crate::rollup::Lens;
use crate::rollup::clock::Clock;
use crate::rollup::dating::{DISORDER, Dates, Stamped};
use crate::source::stretch::{lines_after, lines_before};

/// Bytes to either side of a block's edge in which dated lines are looked for.
const REACH: u64 = 16 * 1024;

/// Bytes to either side in which there nearly always are enough: to read all within reach of every edge of a large file
/// would take as long as it takes to fold some of its blocks.
const NEARBY: u64 = 2 * 1024;

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

impl<'l> Dating<'l> {
    /// Some lines around an edge; `read` brings the bytes from so many before it to as many behind it.
    ///
    /// # Errors
    /// What `read` returns.
    pub fn around<B: AsRef<[u8]>, E>(
        self,
        edge: u64,
        mut read: impl FnMut(u64) -> Result<B, E>,
    ) -> Result<Clocks, E> {
        let nearby = read(NEARBY)?;
        // The last line may go on behind what was read.
        let whole = memrchr(b'\n', nearby.as_ref()).map_or(0, |end| end + 1);
        let nearby = &nearby.as_ref()[..whole];
        if let (found, true) = self.near(edge, edge.saturating_sub(NEARBY), nearby) {
            return Ok(found);
        }
        let (found, _) = self.near(edge, edge.saturating_sub(REACH), read(REACH)?.as_ref());
        Ok(found)
    }

    /// Those lines around an edge that are told by `bytes`, which begin at `from`, and whether there are enough to either side.
    fn near(self, edge: u64, from: u64, bytes: &[u8]) -> (Clocks, bool) {
        let at = usize::try_from(edge - from).unwrap_or_default();
        let at = at.min(bytes.len());
        let mut found = Clocks::new();
        let mut clock = self.clocks(bytes, from);
        let is_enough = [
            first_few(lines_before(bytes, at).filter_map(&mut clock), &mut found),
            first_few(lines_after(bytes, at).filter_map(&mut clock), &mut found),
        ];
        (found, is_enough == [true; 2])
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

    /// Offsets and clocks of lines of `bytes`, which begin at `from`; `None` where the time of one does not matter.
    pub fn clocks<'a>(
        self,
        bytes: &'a [u8],
        from: u64,
    ) -> impl FnMut(&'a [u8]) -> Option<(u64, Clock)>
    where
        'l: 'a,
    {
        let mut clock = self.lens.clocks();
        move |line| {
            let offset = from + (line.as_ptr() as usize - bytes.as_ptr() as usize) as u64;
            Some((offset, clock(line, offset)?))
        }
    }
}

/// The first few lines that are dated, and others between them; whether there are so many.
fn first_few(lines: impl Iterator<Item = (u64, Clock)>, found: &mut Clocks) -> bool {
    let mut dated = 0;
    for (offset, clock) in lines {
        found.insert(offset, clock);
        dated += usize::from(clock.is_dated());
        if dated == NEAR {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Grid;
    use crate::time::zone::Zone;

    /// Lines of so many bytes, one a second; of some no time is told.
    fn text(bytes: impl Iterator<Item = usize>) -> Vec<u8> {
        let line = |(second, bytes): (usize, usize)| {
            let said = match second % 5 {
                0 => "kernel: something else",
                _ => "haproxy[7]: Server app/s1 is DOWN, reason: Layer4 timeout. ",
            };
            format!("Mar 14 09:00:{second:02} lb1 {said:x<bytes$}\n")
        };
        bytes.enumerate().map(line).collect::<String>().into()
    }

    #[test]
    fn what_is_nearby_tells_what_all_within_reach_tells() {
        let zone = Zone::named("UTC").unwrap();
        let lens = Lens::new(zone, Grid::default());
        let latest = 1_773_489_600; // 2026-03-14T12:00:00Z
        let dating = Dating {
            lens: &lens,
            latest,
        };
        for (bytes, is_enough) in [(100, true), (9_000, false)] {
            let text = text((0..40).map(|nth| 60 + nth * 977 % bytes));
            let around = |edge: usize, reach: u64| {
                let reach = reach as usize;
                &text[edge.saturating_sub(reach)..(edge + reach).min(text.len())]
            };
            let edges = || (0..=text.len()).step_by(text.len() / 500);
            let mut nearby = 0;
            for edge in edges() {
                let mut reads = 0;
                let read = |reach| {
                    reads += 1;
                    Ok::<_, ()>(around(edge, reach))
                };
                let found = dating.around(edge as u64, read).expect("it is read");
                let from = (edge as u64).saturating_sub(REACH);
                let (all, _) = dating.near(edge as u64, from, around(edge, REACH));
                assert_eq!(found, all, "{bytes} {edge}");
                nearby += usize::from(reads == 1);
            }
            assert_eq!(nearby > edges().count() / 2, is_enough, "{bytes}: {nearby}");
        }
    }
}
