//! In which order the blocks of files are read, so that time goes forward.
//!
//! Enters: open files. Leaves: every block once, in the order of the time it begins at. Rotations given in any
//! order, or concatenated the wrong way round, come out in theirs. Must not know: what happened in them.

use super::file::{LogFile, lines_after, lines_before};
use crate::envelope;
use crate::line::{self, Reading};
use crate::rollup::clock::{Clock, Written};
use crate::rollup::{BlockId, GRID, SourceId, hash};
use crate::time::zone::Zone;

/// Bytes to either side of a block's edge in which a dated line is looked for.
const REACH: u64 = 16 * 1024;

/// A block, and what is known of the time before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Which block.
    pub id: BlockId,
    /// When the last dated line before it was written; s since 1970 UTC.
    pub context: Option<i64>,
    /// When it begins; s since 1970 UTC.
    begins: Option<i64>,
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
    pub fn new(files: Vec<LogFile>, zone: &Zone) -> std::io::Result<Self> {
        let mut probed = Vec::with_capacity(files.len());
        for file in files {
            let blocks = probe(&file, zone)?;
            let first = blocks.iter().filter_map(|block| block.begins).min();
            let head = hash::bytes(&file.around(0, GRID / 8)?);
            probed.push((
                (first, head, file.length(), file.name().to_owned()),
                file,
                blocks,
            ));
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
        plan.blocks.sort_by_key(|block| (block.begins, block.id));
        Ok(plan)
    }
}

/// A file's blocks in the order they stand in it.
fn probe(file: &LogFile, zone: &Zone) -> std::io::Result<Vec<Planned>> {
    let mut blocks = Vec::new();
    let mut context = None;
    let mut first = edge(file, 0, zone)?.1;
    for block in 0..file.blocks() {
        let (last, next) = edge(file, ((block + 1) * GRID).min(file.length()), zone)?;
        let instant = |clock: Option<Clock>, before| {
            clock.and_then(|clock| clock.resolve(zone, before, file.modified()))
        };
        let begins = instant(first, context);
        let ends = instant(last, begins.or(context));
        let begins_at = begins.min(ends).or(begins).or(ends).or(context);
        blocks.push(Planned {
            id: BlockId {
                source: SourceId::MAX,
                block,
            },
            context,
            begins: begins_at,
        });
        context = ends.or(context);
        first = next;
    }
    Ok(blocks)
}

/// The clocks of the last dated line before an offset and the first one after it.
fn edge(
    file: &LogFile,
    offset: u64,
    zone: &Zone,
) -> std::io::Result<(Option<Clock>, Option<Clock>)> {
    let bytes = file.around(offset, REACH)?;
    let at = usize::try_from(offset.min(REACH))
        .unwrap_or_default()
        .min(bytes.len());
    let before = lines_before(&bytes, at).find_map(|line| clock(line, offset, zone));
    let after = lines_after(&bytes, at).find_map(|line| clock(line, offset, zone));
    Ok((before, after))
}

fn clock(line: &[u8], offset: u64, zone: &Zone) -> Option<Clock> {
    let envelope = envelope::peel(line);
    let from_haproxy = line::is_haproxy_tag(envelope.tag, envelope.stderr);
    let clock = match line::read(envelope.message, from_haproxy) {
        Reading::Traffic(traffic) => Written::of(&traffic, envelope.stamp, zone, offset).clock,
        Reading::Event(_) => Clock::of_stamp(envelope.stamp),
        Reading::Unparsed(_) | Reading::Foreign => return None,
    };
    clock.is_dated().then_some(clock)
}
