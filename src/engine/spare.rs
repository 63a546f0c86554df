//! What is used again from block to block: new memory costs more than reading does.
//!
//! Enters: what is done with for now. Leaves: the same. Must not know: who uses it next.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Engine;
use crate::rollup::names::Names;
use crate::rollup::{Block, Rollup};
use crate::source::BlockId;

/// Names that are kept from block to block; more are forged.
const NAMES: usize = 16_384;

/// Things that any thread may take and give back.
#[derive(Default)]
pub struct Spare<T>(Mutex<Vec<T>>);

impl<T: Default> Spare<T> {
    /// One of them, or a new one.
    pub fn borrow(&self) -> T {
        self.all().pop().unwrap_or_default()
    }

    /// Gives one back, or another one.
    pub fn give_back(&self, spare: T) {
        self.all().push(spare);
    }

    /// Lends one while something is done.
    pub fn lend<R>(&self, with: impl FnOnce(&mut T) -> R) -> R {
        let mut spare = self.borrow();
        let done = with(&mut spare);
        self.give_back(spare);
        done
    }

    fn all(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Names that blocks before knew, and the room that one took.
#[derive(Default)]
pub struct Known(Spare<(Names, Block)>);

impl Known {
    /// What to fold a block into.
    pub fn rollup(&self) -> Rollup {
        let (names, room) = self.0.borrow();
        Rollup::knowing(names, room)
    }

    /// The engine takes a block that was folded so; names and room are kept.
    pub fn take(&self, engine: &mut Engine, id: BlockId, folded: Rollup, context: Option<i64>) {
        if let Some((block, mut names)) = folded.into_block() {
            let room = engine.take(id, block, &names, context);
            if names.count() > NAMES {
                names = Names::default();
            }
            self.0.give_back((names, room));
        }
    }
}
