//! In which order the blocks of files are read, so that time goes forward.
//!
//! Enters: open files. Leaves: every block once, in the order of the time it begins at. Rotations given in any
//! order, or concatenated the wrong way round, come out in theirs. Must not know: what happened in them.

use std::collections::BTreeMap;
use std::io;

use crate::envelope;
use crate::rollup::Lens;
use crate::rollup::clock::Clock;
use crate::rollup::dating::{DISORDER, Dates, Stamped};
use crate::rollup::hash;
use crate::source::file::LogFile;
use crate::source::stretch::{lines_after, lines_before};
use crate::source::{BlockId, Lines, SourceId};

/// Bytes to either side of a block's edge in which dated lines are looked for.
const REACH: u64 = 16 * 1024;

/// Dated lines looked at to either side: an odd one among them is outvoted.
const NEAR: usize = 3;

/// Bytes at the beginning of a file that tell it from others which begin in the same second.
const HEAD: u64 = 64 * 1024;

/// A block, and what is known of the time before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Which block.
    pub id: BlockId,
    /// When the last dated line before it was written, if the block before it comes later; s since 1970 UTC.
    pub context: Option<i64>,
    /// What it is ordered by: the latest beginning of a block of its run so far; s since 1970 UTC.
    high: Option<i64>,
}

/// Files in the order of their own times, and their blocks in the order of theirs.
#[derive(Debug)]
pub struct Plan {
    /// The files; a file's place is its number as a source.
    pub files: Vec<LogFile>,
    /// The blocks.
    pub blocks: Vec<Planned>,
}

impl Plan {
    /// Looks at the edges of all blocks. The order of `files` makes no difference.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn new(files: Vec<LogFile>, lens: &Lens) -> io::Result<Self> {
        let mut probed = Vec::with_capacity(files.len());
        for file in files {
            let blocks = Probe { file: &file, lens }.blocks()?;
            let first = blocks.iter().filter_map(|block| block.high).min();
            let head = hash::bytes(&file.around(0, HEAD)?);
            let rank = (first, head, file.length(), file.name().to_owned());
            probed.push((rank, file, blocks));
        }
        probed.sort_by(|(a, ..), (b, ..)| a.cmp(b));
        let mut plan = Self {
            files: Vec::new(),
            blocks: Vec::new(),
        };
        for (source, (_, file, blocks)) in (0..).zip(probed) {
            plan.files.push(file);
            plan.blocks.extend(blocks.into_iter().map(|block| Planned {
                id: BlockId { source, ..block.id },
                ..block
            }));
        }
        plan.blocks.sort_by_key(|block| (block.high, block.id));
        Ok(plan)
    }

    /// Whether the blocks are read as they stand in the files, one file after the other.
    pub fn goes_forward(&self) -> bool {
        self.blocks.is_sorted_by_key(|block| block.id)
            && self.blocks.iter().all(|block| block.context.is_none())
    }
}

/// Looks at one file.
struct Probe<'a> {
    file: &'a LogFile,
    lens: &'a Lens,
}

impl Probe<'_> {
    /// The blocks in the order they stand in the file. Where time goes back, another run begins.
    fn blocks(&self) -> io::Result<Vec<Planned>> {
        let dates = self.at_edges()?;
        let mut high: Option<i64> = None;
        let mut blocks = Vec::new();
        for block in 0..self.file.blocks(self.lens.grid) {
            let begins = self.begins(block, &dates)?;
            let back = begins
                .zip(high)
                .is_some_and(|(begins, high)| begins < high - DISORDER);
            high = if back { begins } else { high.max(begins) };
            blocks.push(Planned {
                id: BlockId {
                    source: SourceId::MAX,
                    block,
                },
                context: dates.before(self.lens.grid.start(block)).filter(|_| back),
                high,
            });
        }
        Ok(blocks)
    }

    /// The times of some dated lines around the edges of blocks.
    fn at_edges(&self) -> io::Result<Dates> {
        let mut lines = BTreeMap::new();
        for block in 0..=self.file.blocks(self.lens.grid) {
            let edge = self.lens.grid.start(block).min(self.file.length());
            let from = edge.saturating_sub(REACH);
            let bytes = self.file.around(edge, REACH)?;
            let at = usize::try_from(edge - from)
                .unwrap_or_default()
                .min(bytes.len());
            let clock = |line| self.clock(line, &bytes, from);
            near(lines_before(&bytes, at).filter_map(clock), &mut lines);
            near(lines_after(&bytes, at).filter_map(clock), &mut lines);
        }
        Ok(self.dates(lines, None))
    }

    /// When a block begins. One in which time goes back is read as a whole, to find the earliest line in it.
    fn begins(&self, block: u64, edges: &Dates) -> io::Result<Option<i64>> {
        let (start, end) = (self.lens.grid.start(block), self.lens.grid.start(block + 1));
        let part = edges.part(start..end);
        if !part.goes_back() {
            return Ok(part.begins());
        }
        let stretch = self
            .file
            .block(block, self.lens.grid, envelope::part, Vec::new())?;
        let Lines { offset, bytes, .. } = stretch.lines();
        let lines = lines_after(bytes, 0).filter_map(|line| self.clock(line, bytes, offset));
        Ok(self.dates(lines.collect(), edges.before(start)).begins())
    }

    fn dates(&self, lines: BTreeMap<u64, Clock>, context: Option<i64>) -> Dates {
        let lines = lines.into_iter().map(|(offset, clock)| Stamped {
            offset,
            clock,
            lines: 1,
        });
        let lines: Vec<Stamped> = lines.collect();
        Dates::of(&lines, &self.lens.zone, context, self.file.modified())
    }

    /// Offset and clock of a line of `bytes`, which begin at `from`; `None` where its time does not matter.
    fn clock(&self, line: &[u8], bytes: &[u8], from: u64) -> Option<(u64, Clock)> {
        let offset = from + (line.as_ptr() as usize - bytes.as_ptr() as usize) as u64;
        Some((offset, self.lens.clock(line, offset)?))
    }
}

/// The first few lines that are dated, and others between them.
fn near(lines: impl Iterator<Item = (u64, Clock)>, found: &mut BTreeMap<u64, Clock>) {
    let mut dated = 0;
    for (offset, clock) in lines {
        found.insert(offset, clock);
        dated += usize::from(clock.is_dated());
        if dated == NEAR {
            return;
        }
    }
}
