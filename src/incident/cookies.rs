//! How many requests brought the cookie of their backend, and how many were given one.
//!
//! Enters: minutes as they leave the look-back. Leaves: counts by backend. Must not know: who asked, or what cookies are for.
//!
//! The third letter of the state says what was brought: `N`, none; `V`, one of a server that is up; `U`, one that something
//! else than the cookie decided about. The fourth says what was done: `I`, one was inserted (HAProxy manual 8.5).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::rollup::Name;
use crate::rollup::seal::{Cell, Minute};

/// Backends that are counted; more are forged.
const BACKENDS: usize = 4_096;

/// Requests of a backend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// They brought no cookie, and were given one.
    pub given: u64,
    /// They brought one, whether it names a server or not, and whatever became of it.
    pub brought: u64,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Cookies(BTreeMap<Name, Brought>);

impl Cookies {
    /// Takes in a minute.
    pub fn add(&mut self, minute: &Minute) {
        let cells = minute.slots.iter().flat_map(|slot| &slot.cells);
        cells.for_each(|cell| self.take(cell));
    }

    fn take(&mut self, cell: &Cell) {
        let is_given = match &cell.outcome.term {
            [_, _, b'N', b'I'] => true,
            [_, _, b'V' | b'D' | b'I' | b'E' | b'O' | b'U', _] => false,
            _ => return,
        };
        let backend = &cell.place.backend;
        if self.0.len() >= BACKENDS && !self.0.contains_key(backend) {
            return;
        }
        let held = self.0.entry(backend.clone()).or_default();
        match is_given {
            true => held.given += cell.tally.n,
            false => held.brought += cell.tally.n,
        }
    }

    /// The requests of a backend.
    pub fn of(&self, backend: &Name) -> Brought {
        self.0.get(backend).copied().unwrap_or_default()
    }
}
