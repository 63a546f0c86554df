//! Folds records into cells, events and samples that merge with those of any other part of the input.
//!
//! Enters: pieces of whole lines, each with its position. Leaves: a [`Rollup`], and from it, once a block is
//! complete, [`Minute`]s in time order (`seal`). Must not know: incidents, the configuration, files, or the
//! current time.
//!
//! A rollup is a commutative monoid: any cut of the input into pieces, merged in any order, gives the same.
//! It is a product of small types that are each [`Merge`], kept apart by a fixed grid over the source.

pub mod block;
pub mod cell;
pub mod clock;
pub mod coarse;
pub mod copies;
pub mod counting;
pub mod counts;
pub mod cut;
pub mod dating;
pub mod dial;
pub mod distinct;
mod filled;
pub mod fingerprint;
pub mod fold;
pub mod hash;
mod heard;
pub mod histogram;
pub(crate) mod inferred;
pub(crate) mod joined;
pub mod lens;
mod measured;
pub mod merge;
pub mod names;
pub mod occurrence;
pub mod packed;
pub mod pulse;
mod ration;
pub mod rows;
pub mod sample;
pub mod scale;
pub mod seal;
mod sorted;
pub mod stored;
pub mod strain;
pub mod tally;
pub mod timers;
pub mod victims;
mod ways;
mod writers;

use std::collections::BTreeMap;

pub use block::Block;
pub use copies::Copies;
pub use counts::Counts;
pub use lens::Lens;
pub use merge::Merge;
pub use names::Name;
pub use seal::{Minute, Sealer};

use crate::line;
use crate::source::BlockId;
use names::{Adopted, Names};
use ways::Ways;

/// What is known of some lines.
#[derive(Debug, Clone, Default)]
pub struct Rollup {
    names: Names,
    lines: line::Before,
    /// Goes by the routes that are numbered in `lines`, and by the ids of `names`.
    ways: Ways,
    blocks: BTreeMap<BlockId, Block>,
    /// Room for the next block.
    room: Block,
}

/// What is known from blocks before, whatever they were.
#[derive(Debug, Default)]
pub struct Known {
    /// The names that stood in them.
    pub names: Names,
    lines: line::Before,
    ways: Ways,
    /// [Room](Block::emptied) for a block.
    pub room: Block,
}

impl Rollup {
    /// Takes a block out, with the names to read it by. Names that no other block uses are forgotten.
    pub fn take(&mut self, id: BlockId) -> Option<(Block, Names)> {
        let block = self.blocks.remove(&id)?;
        let left = std::mem::take(self);
        let names = left.names.clone();
        self.merge(left);
        Some((block, names))
    }

    /// An empty one that goes by what is known.
    pub fn knowing(known: Known) -> Self {
        Self {
            names: known.names,
            lines: known.lines,
            ways: known.ways,
            room: known.room,
            ..Self::default()
        }
    }

    /// Its first block, all of it where it was given the lines of but one; and what is known from it, without room.
    pub fn into_block(mut self) -> Option<(Block, Known)> {
        let (_, block) = self.blocks.pop_first()?;
        let known = Known {
            names: self.names,
            lines: self.lines,
            ways: self.ways,
            room: Block::default(),
        };
        Some((block, known))
    }

    /// A block, with the names to read it by.
    pub fn block(&self, id: BlockId) -> Option<(&Block, &Names)> {
        Some((self.blocks.get(&id)?, &self.names))
    }

    /// How much it holds: cells, which are most of it where few requests of a second are alike.
    pub fn weight(&self) -> usize {
        self.blocks.values().map(|block| block.cells.count()).sum()
    }

    /// The blocks of which it holds lines, in order.
    pub fn ids(&self) -> impl Iterator<Item = BlockId> + '_ {
        self.blocks.keys().copied()
    }
}

impl Merge for Rollup {
    fn merge(&mut self, other: Self) {
        let mut adopted = Adopted::new(&other.names);
        let Self {
            names,
            ways,
            blocks,
            room,
            ..
        } = self;
        for (id, block) in other.blocks {
            let held = blocks.entry(id).or_insert_with(|| begun(ways, room));
            held.merge(block, &mut |id| adopted.id(id, names));
        }
    }
}

/// A block that begins, in what there is room.
fn begun(ways: &mut Ways, room: &mut Block) -> Block {
    Block {
        number: ways.begin(),
        ..std::mem::take(room)
    }
}
