//! Blocks whose seconds are let go of: one block that knows the minute, and no more.
//!
//! Enters: blocks that follow each other in one source, in their order. Leaves: one that counts the same requests by minute,
//! place and way to end. Must not know: which blocks these are, and why.
//!
//! Exactly as before stay all counts, how often each wait occurred, samples, copies, and messages with their seconds. What
//! goes is in which second of its minute a request was (so that a source ends within the minute in which it ended), and which
//! waits were those of one request. Requests whose lines tell no time are counted as one, wherever in the blocks they stood.

use std::collections::HashMap;

use super::block::Block;
use super::clock::Clock;
use super::measured::Four;
use super::names::{Adopted, Names};
use super::timers::Wait;

/// Puts blocks together.
#[derive(Debug, Default)]
pub struct Coarse {
    block: Block,
    names: Names,
    /// The second that stands for each minute: the first one that was seen of it.
    seconds: HashMap<Clock, Clock>,
}

impl Coarse {
    /// Takes the next block in.
    pub fn add(&mut self, block: Block, names: &Names) {
        let mut adopted = Adopted::new(names);
        let mut own = std::mem::take(&mut self.names);
        self.meet(&block);
        let seconds = &self.seconds;
        let standing = |clock: Clock| *seconds.get(&clock.of_minute()).unwrap_or(&clock);
        let id = &mut |id| adopted.id(id, &mut own);
        self.block.merge_at(block, id, standing);
        self.names = own;
    }

    /// Of each minute that is new, the first second of the block stands for it.
    fn meet(&mut self, block: &Block) {
        let mut first: HashMap<Clock, Clock> = HashMap::new();
        for (clock, _) in block.moments.iter() {
            let held = first.entry(clock.of_minute()).or_insert(*clock);
            *held = (*clock).min(*held);
        }
        for (minute, clock) in first {
            self.seconds.entry(minute).or_insert(clock);
        }
    }

    /// The one block, and the names to read it by.
    pub fn finish(self) -> (Block, Names) {
        let mut block = self.block;
        let waits = block.waits.sorted();
        block.waits.clear();
        for (whose, _) in (0..).zip(block.timers.iter()) {
            block.waits.extend(whose, &aligned(waits.of(whose)));
        }
        (block, self.names)
    }
}

/// The same waits as often, each column in its own order: then most rows are equal, and those are written once.
fn aligned(requests: &[Four]) -> Vec<Four> {
    let mut columns = [0, 1, 2, 3].map(|at| {
        let column = requests.iter().map(|waits| waits[at]);
        column.collect::<Vec<Wait>>()
    });
    columns.iter_mut().for_each(|column| column.sort_unstable());
    (0..requests.len())
        .map(|row| [0, 1, 2, 3].map(|at| columns[at][row]))
        .collect()
}
