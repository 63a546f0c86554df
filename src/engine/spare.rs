//! What is used again from block to block: new memory costs more than reading does.
//!
//! Enters: what is done with for now. Leaves: the same. Must not know: who uses it next.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Engine;
use crate::rollup::{Known, Rollup};
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

    /// All that were given back.
    pub fn into_all(self) -> Vec<T> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn all(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known from the blocks before.
#[derive(Default)]
pub struct Learned(Spare<Known>);

impl Learned {
    /// What to fold a block into.
    pub fn rollup(&self) -> Rollup {
        Rollup::knowing(self.0.borrow())
    }

    /// The engine takes a block that was folded so; what is known from it is kept.
    pub fn take(&self, engine: &mut Engine, id: BlockId, folded: Rollup, context: Option<i64>) {
        if let Some((block, mut known)) = folded.into_block() {
            let room = engine.take(id, block, &known.names, context);
            if known.names.count() > NAMES {
                known = Known::default();
            }
            known.room = room;
            self.0.give_back(known);
        }
    }
}
