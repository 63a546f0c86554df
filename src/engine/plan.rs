//! In which order the blocks of files are read, so that time goes forward.
//!
//! Enters: open files. Leaves: every block once, in the order of the time it begins at. Rotations given in any
//! order, or concatenated the wrong way round, come out in theirs. Must not know: what happened in them.

use std::io;

use super::edges::{Clocks, Dating};
use crate::envelope;
use crate::rollup::Lens;
use crate::rollup::hash;
use crate::source::file::LogFile;
use crate::source::stretch::lines_after;
use crate::source::{BlockId, Lines, SourceId};

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
            let blocks = probe(&file, lens)?;
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
}

/// The blocks of one file in the order they stand in it.
fn probe(file: &LogFile, lens: &Lens) -> io::Result<Vec<Planned>> {
    let dating = Dating {
        lens,
        latest: file.modified(),
    };
    let blocks = file.blocks(lens.grid);
    let mut edges = Clocks::new();
    for block in 0..=blocks {
        let edge = lens.grid.start(block).min(file.length());
        edges.extend(dating.around(edge, |reach| file.around(edge, reach))?);
    }
    let within = |block| -> io::Result<Clocks> {
        let stretch = file.block(block, lens.grid, envelope::part, Vec::new())?;
        let Lines { offset, bytes, .. } = stretch.lines();
        let lines = lines_after(bytes, 0);
        Ok(lines.filter_map(dating.clocks(bytes, offset)).collect())
    };
    let beginnings = dating.beginnings(blocks, edges, within)?;
    let planned = (0..).zip(beginnings).map(|(block, begins)| Planned {
        id: BlockId {
            source: SourceId::MAX,
            block,
        },
        context: begins.context,
        high: begins.high,
    });
    Ok(planned.collect())
}
