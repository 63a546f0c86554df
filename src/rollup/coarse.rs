//! Blocks whose seconds are let go of: one block that knows the minute, and no more.
//!
//! Enters: blocks that follow each other in one source, in their order. Leaves: one that counts the same requests by minute,
//! place and way to end. Must not know: which blocks these are, and why.
//!
//! Exactly as before stay all counts, how often each wait occurred, samples, copies, and messages with their seconds. What
//! goes is in which second of its minute a request was (so that a source ends within the minute in which it ended), and which
//! waits were those of one request. Requests whose lines tell no time are counted as one, wherever in the blocks they stood.

use std::collections::HashMap;

use super::block::{Block, CellKey};
use super::cell::Place;
use super::clock::Clock;
use super::fingerprint::{Fingerprint, PrintKey};
use super::measured::{Four, Requests};
use super::merge::Merge;
use super::names::{Adopted, Id, Names};
use super::occurrence::Occurrence;
use super::pulse::Pulse;
use super::timers::Wait;
use super::victims::Victims;

/// Puts blocks together.
#[derive(Debug, Default)]
pub struct Coarse {
    block: Block,
    names: Names,
    /// The second that stands for each minute: the first one that was seen of it.
    seconds: HashMap<Clock, Clock>,
    waits: Vec<Vec<Four>>,
}

impl Coarse {
    /// Takes the next block in.
    pub fn add(&mut self, block: Block, names: &Names) {
        let mut adopted = Adopted::new(names);
        let mut own = std::mem::take(&mut self.names);
        self.join(block, &mut |id| adopted.id(id, &mut own));
        self.names = own;
    }

    fn join(&mut self, block: Block, id: &mut impl FnMut(Id) -> Id) {
        for (part, lines) in &block.parts {
            *self.block.parts.entry(*part).or_default() += lines;
        }
        self.block.counts.merge(block.counts);
        self.block.copies.merge(block.copies);
        let numbers = self.numbers(&block, id);
        let waits = block.waits.sorted();
        for (from, into) in (0..).zip(&numbers.timers) {
            let into = *into as usize;
            if self.waits.len() <= into {
                self.waits.resize_with(into + 1, Vec::new);
            }
            self.waits[into].extend_from_slice(waits.of(from));
        }
        self.traffic(block, &numbers, id);
    }

    /// By the numbers in a block, those used here.
    fn numbers(&mut self, block: &Block, id: &mut impl FnMut(Id) -> Id) -> Numbers {
        let (own, seconds) = (&mut self.block, &mut self.seconds);
        let mut first: HashMap<Clock, Clock> = HashMap::new();
        for (clock, _) in block.moments.iter() {
            let held = first.entry(clock.of_minute()).or_insert(*clock);
            *held = (*clock).min(*held);
        }
        for (minute, clock) in first {
            seconds.entry(minute).or_insert(clock);
        }
        let mut second = |clock: Clock| *seconds.entry(clock.of_minute()).or_insert(clock);
        let moments = block.moments.iter().map(|(clock, _)| {
            let standing = second(*clock);
            (own.moment(standing).0, clock.ahead_of(standing))
        });
        let moments = moments.collect();
        let minutes = block.minutes.iter();
        let minutes = minutes.map(|(clock, ())| own.moment(second(*clock)).1);
        let minutes: Vec<u32> = minutes.collect();
        let places = block.places.iter();
        let places = places.map(|(place, server)| {
            let place = Place {
                host: id(place.host),
                tag: id(place.tag),
                backend: id(place.backend),
                server: id(place.server),
                ..*place
            };
            own.places.number(place, || *server)
        });
        let places: Vec<u32> = places.collect();
        let timers = block.timers.iter().map(|((minute, place, ending), ())| {
            let key = (minutes[*minute as usize], places[*place as usize], *ending);
            own.timers.number(key, || ())
        });
        let timers = timers.collect();
        Numbers {
            moments,
            minutes,
            places,
            timers,
        }
    }

    fn traffic(&mut self, block: Block, numbers: &Numbers, id: &mut impl FnMut(Id) -> Id) {
        let own = &mut self.block;
        for (key, cell) in block.cells {
            let (moment, ahead) = numbers.moments[key.moment as usize];
            let key = CellKey {
                moment,
                place: numbers.places[key.place as usize],
                ..key
            };
            let mut tally = cell.tally;
            tally.shift(ahead, |position| position);
            let held = own.cell(key);
            own.cells.at(held).tally.merge(tally);
        }
        for ((moment, process, frontend), pulse) in block.pulses {
            let (moment, ahead) = numbers.moments[moment as usize];
            let pulse = Pulse {
                accepted: pulse.accepted.saturating_add(ahead),
                ..pulse
            };
            let key = (moment, process.renamed(id), id(frontend));
            own.pulses.row(key, Pulse::default).merge(pulse);
        }
        for ((minute, backend, symptom), victims) in block.victims {
            let key = (numbers.minutes[minute as usize], id(backend), symptom);
            own.victims.row(key, Victims::default).merge(victims);
        }
        for (key, print) in block.prints {
            let key = PrintKey {
                minute: numbers.minutes[key.minute as usize],
                host: id(key.host),
                tag: id(key.tag),
                ..key
            };
            own.prints.row(key, Fingerprint::default).merge(print);
        }
        let events = block.events.into_iter();
        own.events.extend(events.map(|event| Occurrence {
            host: id(event.host),
            tag: id(event.tag),
            ..event
        }));
        own.cuts.merge(block.cuts);
        own.notices.extend(block.notices);
        own.dated.extend(block.dated);
    }

    /// The one block, and the names to read it by.
    pub fn finish(self) -> (Block, Names) {
        let mut block = self.block;
        let mut waits = Requests::default();
        for (whose, requests) in (0..).zip(&self.waits) {
            waits.extend(whose, &aligned(requests));
        }
        block.waits = waits;
        (block, self.names)
    }
}

/// By the numbers in another block, those used here; of a second, also how far (ms) it is ahead of the one that stands for
/// its minute, where times count from it.
struct Numbers {
    moments: Vec<(u32, i64)>,
    minutes: Vec<u32>,
    places: Vec<u32>,
    timers: Vec<u32>,
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
