//! How much of a minute there is room for: traffic by place, timers by server, samples by backend.
//!
//! Enters and leaves: what blocks say of a minute. Must not know: sources, or what is told of them.
//!
//! Large installations have some five hundred servers, each with some eight ways to end a request in a second. A minute
//! of forged names, or of forged ways to end, holds more.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::minute::PlaceName;
use crate::rollup::cell::{Outcome, Tally};
use crate::rollup::merge::Merge;
use crate::rollup::names::Name;
use crate::rollup::ration::{Rationed, Shelf};
use crate::rollup::timers::{Counting, Ending, Wait};
use crate::rollup::victims::Victims;
use crate::words::termination::Symptom;

/// Traffic of a minute by place.
pub type Cells = Rationed<PlaceName, Tallies, { 1 << 18 }>;

/// Timers of a minute by backend and server.
pub type Timers = Rationed<(Name, Name), Endings, { 1 << 19 }>;

/// Samples of a minute by backend.
pub type Samples = Rationed<Name, Symptoms, { 1 << 16 }>;

/// Traffic of a place by second and outcome; the unit of room is some 200 bytes.
#[derive(Debug, Clone, Default)]
pub struct Tallies(pub BTreeMap<(i64, Outcome), Tally>);

impl Shelf<PlaceName> for Tallies {
    type Item = ((i64, Outcome), Tally);

    fn base(place: &PlaceName) -> usize {
        let origin = &place.origin;
        let names = [&origin.host, &origin.tag, &place.backend, &place.server];
        10 + names.into_iter().map(|name| name.len()).sum::<usize>() / 200
    }

    fn put(&mut self, (key, tally): Self::Item) -> usize {
        let before = self.0.len();
        match self.0.entry(key) {
            Entry::Occupied(mut held) => held.get_mut().merge(tally),
            Entry::Vacant(free) => {
                free.insert(tally);
            }
        }
        // What did not end well has a line to show for it.
        let each = if key.1.symptom == Symptom::Fine { 1 } else { 3 };
        each * (self.0.len() - before)
    }

    fn into_items(self) -> impl Iterator<Item = Self::Item> {
        self.0.into_iter()
    }
}

/// Waits of a server's requests that ended alike.
#[derive(Debug, Clone)]
pub enum Waited {
    /// As a block notes them: in no order, one for each time.
    Noted(Vec<Wait>),
    /// As a minute counts them.
    Counted(Counting),
}

/// Timers of a server by ending; the unit of room is some 16 bytes.
#[derive(Debug, Clone, Default)]
pub struct Endings(pub BTreeMap<Ending, Counting>);

impl Shelf<(Name, Name)> for Endings {
    type Item = (Ending, Waited);

    fn base((backend, server): &(Name, Name)) -> usize {
        40 + (backend.len() + server.len()) / 16
    }

    fn put(&mut self, (ending, waits): Self::Item) -> usize {
        let held = self.0.entry(ending).or_default();
        let before = held.bytes();
        match waits {
            Waited::Noted(waits) => waits.into_iter().for_each(|wait| held.add(wait, 1)),
            Waited::Counted(waits) => held.merge(waits),
        }
        (held.bytes() - before) / 16 + if before == 0 { 8 } else { 0 }
    }

    fn into_items(self) -> impl Iterator<Item = Self::Item> {
        let counted = |(ending, waits)| (ending, Waited::Counted(waits));
        self.0.into_iter().map(counted)
    }
}

/// Samples of a backend by symptom; the unit of room is some 200 bytes.
#[derive(Debug, Clone, Default)]
pub struct Symptoms(pub BTreeMap<Symptom, Victims>);

impl Shelf<Name> for Symptoms {
    type Item = (Symptom, Victims);

    fn base(backend: &Name) -> usize {
        6 + backend.len() / 200
    }

    fn put(&mut self, (symptom, victims): Self::Item) -> usize {
        let held = self.0.entry(symptom).or_default();
        let before = room(held);
        held.merge(victims);
        room(held) - before
    }

    fn into_items(self) -> impl Iterator<Item = Self::Item> {
        self.0.into_iter()
    }
}

/// Two for each request of a sample, and one for each fifty registers that tell its clients apart.
fn room(victims: &Victims) -> usize {
    2 * victims.sample.iter().count() + victims.clients.occupied() / 50
}
