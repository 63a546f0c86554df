//! Two parts of a block, put together.
//!
//! Enters: blocks whose names have other numbers. Leaves: one. Must not know: what brought them apart.

use super::{Block, CellKey};
use crate::rollup::cell::Place;
use crate::rollup::clock::Clock;
use crate::rollup::fingerprint::{Fingerprint, PrintKey};
use crate::rollup::merge::Merge;
use crate::rollup::names::Id;
use crate::rollup::occurrence::Occurrence;
use crate::rollup::pulse::Pulse;
use crate::rollup::victims::Victims;

impl Block {
    /// Takes in another part of the same block: `id` gives the number that a name has here.
    pub fn merge(&mut self, other: Self, id: &mut impl FnMut(Id) -> Id) {
        self.merge_at(other, id, |clock| clock);
    }

    /// The same of any block, of which each second counts as the one of its minute that `standing` gives.
    pub fn merge_at(
        &mut self,
        other: Self,
        id: &mut impl FnMut(Id) -> Id,
        standing: impl Fn(Clock) -> Clock,
    ) {
        for (part, lines) in &other.parts {
            *self.parts.entry(*part).or_default() += lines;
        }
        self.counts.merge(other.counts);
        self.copies.merge(other.copies);
        let numbers = Numbers::of(&other, self, id, standing);
        self.merge_traffic(other, &numbers, id);
    }

    fn merge_traffic(&mut self, other: Self, numbers: &Numbers, id: &mut impl FnMut(Id) -> Id) {
        for (key, cell) in other.cells {
            let (moment, ahead) = numbers.moments[key.moment as usize];
            let key = CellKey {
                moment,
                place: numbers.places[key.place as usize],
                ..key
            };
            let mut tally = cell.tally;
            tally.shift(ahead, |position| position);
            let held = self.cell(key);
            self.cells.at(held).tally.merge(tally);
        }
        for ((moment, process, frontend), mut pulse) in other.pulses {
            let (moment, ahead) = numbers.moments[moment as usize];
            pulse.accepted = pulse.accepted.saturating_add(ahead);
            let key = (moment, process.renamed(id), id(frontend));
            self.pulses.row(key, Pulse::default).merge(pulse);
        }
        let waits = other.waits.sorted();
        for (from, into) in (0..).zip(&numbers.timers) {
            self.waits.extend(*into, waits.of(from));
        }
        for ((minute, backend, symptom), victims) in other.victims {
            let key = (numbers.minutes[minute as usize], id(backend), symptom);
            self.victims.row(key, Victims::default).merge(victims);
        }
        for (key, print) in other.prints {
            let key = PrintKey {
                minute: numbers.minutes[key.minute as usize],
                host: id(key.host),
                tag: id(key.tag),
                ..key
            };
            self.prints.row(key, Fingerprint::default).merge(print);
        }
        let events = other.events.into_iter();
        self.events.extend(events.map(|event| Occurrence {
            host: id(event.host),
            tag: id(event.tag),
            ..event
        }));
        self.cuts.merge(other.cuts);
        self.notices.extend(other.notices);
        self.dated.extend(other.dated);
    }
}

/// By the numbers in another block, those used here; of a second, also how far (ms) it is ahead of the one that it counts as,
/// where times count from it.
struct Numbers {
    moments: Vec<(u32, i64)>,
    minutes: Vec<u32>,
    places: Vec<u32>,
    timers: Vec<u32>,
}

impl Numbers {
    fn of(
        other: &Block,
        here: &mut Block,
        id: &mut impl FnMut(Id) -> Id,
        standing: impl Fn(Clock) -> Clock,
    ) -> Self {
        let moments = other.moments.iter().map(|(clock, _)| {
            let standing = standing(*clock);
            (here.moment(standing).0, clock.ahead_of(standing))
        });
        let moments = moments.collect();
        let minutes = other.minutes.iter();
        let minutes = minutes.map(|(clock, ())| {
            let minute = standing(*clock).minute();
            here.minutes.number(minute, || ())
        });
        let minutes: Vec<u32> = minutes.collect();
        let places = other.places.iter();
        let places =
            places.map(|(place, server)| here.places.number(place.renamed(id), || *server));
        let places: Vec<u32> = places.collect();
        let timers = other.timers.iter().map(|((minute, place, ending), ())| {
            let key = (minutes[*minute as usize], places[*place as usize], *ending);
            here.timers.number(key, || ())
        });
        let timers = timers.collect();
        Self {
            moments,
            minutes,
            places,
            timers,
        }
    }
}

impl Place {
    fn renamed(self, id: &mut impl FnMut(Id) -> Id) -> Self {
        Self {
            host: id(self.host),
            tag: id(self.tag),
            backend: id(self.backend),
            server: id(self.server),
            ..self
        }
    }
}
