//! A few lines of what did not end well, by server and state, whether or not it was an incident.
//!
//! Enters: seconds as they come. Leaves: the first lines of each kind. Must not know: who shows them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Clue;
use crate::rollup::Name;
use crate::rollup::seal::{Cell, Slot};

/// Lines of a kind.
const KEPT: usize = 2;

/// Kinds that are kept; more are forged.
const KINDS: usize = 4_096;

/// A backend, a server of it, and the first two characters of the termination state.
type Key = (Name, Name, [u8; 2]);

/// See the module. Clones share their lines until one takes in another: soon all lines are kept that ever will be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Exemplars(Arc<BTreeMap<Key, Vec<Clue>>>);

impl Exemplars {
    /// Takes in a second.
    pub fn add(&mut self, slot: &Slot) {
        let cells = slot.cells.iter();
        cells.for_each(|cell| self.take(slot.second, cell));
    }

    fn take(&mut self, second: i64, cell: &Cell) {
        let Some(witness) = &cell.tally.strain().witness else {
            return;
        };
        let (place, [first, phase, ..]) = (&cell.place, cell.outcome.term);
        let key = (place.backend.clone(), place.server.clone(), [first, phase]);
        let is_full = match self.0.get(&key) {
            Some(kept) => kept.len() >= KEPT,
            None => self.0.len() >= KINDS,
        };
        if !is_full {
            let kept = Arc::make_mut(&mut self.0).entry(key).or_default();
            kept.push(Clue {
                second,
                position: witness.position,
                host: place.origin.host.clone(),
                text: witness.text.as_ref().into(),
            });
        }
    }

    /// Those of a backend: server, state and lines.
    pub fn of<'a>(
        &'a self,
        backend: &'a Name,
    ) -> impl Iterator<Item = (&'a Name, [u8; 2], &'a [Clue])> {
        let all = self.0.range((backend.clone(), Name::default(), [0; 2])..);
        all.take_while(move |((its, ..), _)| its == backend)
            .map(|((_, server, term), lines)| (server, *term, &lines[..]))
    }
}
