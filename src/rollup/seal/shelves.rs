//! How much of a minute there is room for: traffic by place, timers by server, samples by backend, other lines.
//!
//! Enters and leaves: what blocks say of a minute. Must not know: sources, or what is told of them.
//!
//! Large installations have some five hundred servers, each with some eight ways to end a request in a second. A minute
//! of forged names, or of forged ways to end, holds more.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};

use super::directory::Shared;
use super::minute::{PlaceName, SealedEvent, ServerName};
use crate::line::{self, Reading};
use crate::rollup::cell::Outcome;
use crate::rollup::counting::Counting;
use crate::rollup::hash::{self, FrozenKey};
use crate::rollup::measured::Four;
use crate::rollup::merge::Merge;
use crate::rollup::names::Name;
use crate::rollup::ration::{Rationed, RationedKey, Shelf};
use crate::rollup::tally::Tally;
use crate::rollup::timers::Ending;
use crate::rollup::victims::Victims;
use crate::words::termination::Symptom;

/// Traffic of a minute by place.
pub type Cells = Rationed<Shared<PlaceName>, Tallies, { 1 << 18 }>;

/// Timers of a minute by backend and server.
pub type Timers = Rationed<Shared<ServerName>, Endings, { 1 << 19 }>;

/// Samples of a minute by backend.
pub type Samples = Rationed<Name, Symptoms, { 1 << 16 }>;

/// Lines that are no traffic, of a minute.
pub type Events = Rationed<Said, Line, 2048>;

impl RationedKey for Shared<PlaceName> {}
impl RationedKey for Shared<ServerName> {}
impl RationedKey for Name {}

/// Traffic of a place by second and outcome; the unit of room is some 200 bytes.
///
/// Seconds come nearly in their order, so that what belongs together stands at the end when the next block brings the
/// rest of it, and a new one finds its place there. What a block brings much later stands behind all others until the minute
/// is told, and takes room of its own.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Tallies(Vec<((i64, Outcome), Tally)>);

/// Tallies at the end among which it is looked for the one that another belongs to.
const NEAR: usize = 64;

impl Tallies {
    /// Drops some.
    pub fn retain(&mut self, keep: impl Fn(&Outcome) -> bool) {
        self.0.retain(|((_, outcome), _)| keep(outcome));
    }

    /// How many lines they count.
    pub fn lines(&self) -> u64 {
        self.0.iter().map(|(_, tally)| tally.n).sum()
    }

    /// The second of each.
    pub fn seconds(&self) -> impl Iterator<Item = i64> + '_ {
        self.0.iter().map(|((second, _), _)| *second)
    }

    /// In the order of seconds and outcomes, each of them once.
    pub fn in_order(mut self) -> impl Iterator<Item = ((i64, Outcome), Tally)> {
        // Nearly all are: to find that out costs less than to sort what is in order.
        if !self.0.is_sorted_by(|(a, _), (b, _)| a < b) {
            self.put_in_order();
        }
        self.0.into_iter()
    }

    fn put_in_order(&mut self) {
        self.0.sort_by_key(|(key, _)| *key);
        self.0.dedup_by(|(key, tally), (held, into)| {
            let is_same = key == held;
            if is_same {
                into.merge(std::mem::take(tally));
            }
            is_same
        });
    }
}

impl Shelf<Shared<PlaceName>> for Tallies {
    type Item = ((i64, Outcome), Tally);

    fn base(place: &Shared<PlaceName>) -> usize {
        let origin = &place.origin;
        let names = [&origin.host, &origin.tag, &place.backend, &place.server];
        10 + names.into_iter().map(|name| name.len()).sum::<usize>() / 200
    }

    fn put(&mut self, (key, tally): Self::Item) -> usize {
        let near = self.0.iter().rev().take(NEAR);
        let behind = near.take_while(|(held, _)| *held > key).count();
        let at = self.0.len() - behind;
        if let Some((held, into)) = at.checked_sub(1).map(|before| &mut self.0[before])
            && *held == key
        {
            into.merge(tally);
            return 0;
        }
        match self.0.len() {
            // In a quiet log a place has one request in a minute; and a name that was made up comes once.
            0 => self.0.reserve_exact(1),
            1 => self.0.reserve_exact(7),
            8 => self.0.reserve_exact(56),
            _ => {}
        }
        let at = if behind == NEAR { self.0.len() } else { at };
        self.0.insert(at, (key, tally));
        // What did not end well has a line to show for it.
        if key.1.symptom == Symptom::Fine { 1 } else { 3 }
    }

    fn into_items(self) -> impl Iterator<Item = Self::Item> {
        self.0.into_iter()
    }
}

/// Timers of a server by ending; the unit of room is some 16 bytes.
///
/// In a quiet log all requests of a server in a minute end alike: the first ending takes no table.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Endings {
    first: Option<(Ending, Counting)>,
    others: BTreeMap<Ending, Counting>,
}

impl Endings {
    /// Counts waits of requests that ended alike, and tells how much more room is taken now.
    pub fn count(&mut self, ending: Ending, requests: &[Four]) -> usize {
        self.add(ending, |held| held.add_all(requests))
    }

    fn add(&mut self, ending: Ending, add: impl FnOnce(&mut Counting)) -> usize {
        let (is_new, held) = self.of(ending);
        let (before, base) = if is_new { (0, 8) } else { (held.bytes(), 0) };
        add(held);
        (held.bytes() - before) / 16 + base
    }

    /// The waits of an ending, and whether it is a new one.
    fn of(&mut self, ending: Ending) -> (bool, &mut Counting) {
        let is_new = self.first.is_none();
        let (first, counting) = self
            .first
            .get_or_insert_with(|| (ending, Counting::default()));
        if *first == ending {
            return (is_new, counting);
        }
        match self.others.entry(ending) {
            Entry::Occupied(held) => (false, held.into_mut()),
            Entry::Vacant(free) => (true, free.insert(Counting::default())),
        }
    }

    /// Drops some.
    pub fn retain(&mut self, keep: impl Fn(&Ending) -> bool) {
        self.first = self.first.take().filter(|(ending, _)| keep(ending));
        self.others.retain(|ending, _| keep(ending));
        if self.first.is_none() {
            self.first = self.others.pop_first();
        }
    }

    /// In the order of the endings.
    pub fn in_order(mut self) -> impl Iterator<Item = (Ending, Counting)> {
        let (before, behind) = match &self.first {
            Some((first, _)) => {
                let behind = self.others.split_off(first);
                (self.others, behind)
            }
            None => (self.others, BTreeMap::new()),
        };
        before.into_iter().chain(self.first).chain(behind)
    }
}

impl Shelf<Shared<ServerName>> for Endings {
    type Item = (Ending, Counting);

    fn base(name: &Shared<ServerName>) -> usize {
        40 + (name.backend.len() + name.server.len()) / 16
    }

    fn put(&mut self, (ending, waits): Self::Item) -> usize {
        self.add(ending, |held| held.merge(waits))
    }

    fn into_items(self) -> impl Iterator<Item = Self::Item> {
        self.in_order()
    }
}

/// Samples of a backend by symptom; the unit of room is some 200 bytes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Symptoms(pub BTreeMap<Option<Symptom>, Victims>);

impl Shelf<Name> for Symptoms {
    type Item = (Option<Symptom>, Victims);

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

/// A line that is no traffic: what it speaks of, what it says, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Said {
    message: u64,
    offset: u64,
    /// The hash of the server's name, or of the backend's.
    pub subject: Option<u64>,
}

impl Said {
    /// Of a line.
    pub fn of(event: &SealedEvent) -> Self {
        let place = match line::read(event.message(), true) {
            Reading::Event(event) => event.place(),
            _ => None,
        };
        Self {
            message: hash::bytes(event.message()),
            offset: event.position.offset,
            subject: place.map(|(backend, server)| match server {
                Some(server) => ServerName::hash(backend, server),
                None => hash::bytes(backend),
            }),
        }
    }
}

impl FrozenKey for Said {
    fn frozen(&self) -> u64 {
        self.message
    }
}

impl RationedKey for Said {
    fn name(&self) -> Option<u64> {
        self.subject
    }
}

/// The line itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Line(pub Option<SealedEvent>);

impl Shelf<Said> for Line {
    type Item = SealedEvent;

    fn base(_: &Said) -> usize {
        1
    }

    fn put(&mut self, event: SealedEvent) -> usize {
        self.0 = Some(event);
        0
    }

    fn into_items(self) -> impl Iterator<Item = SealedEvent> {
        self.0.into_iter()
    }
}
