//! All that is known of one grid block of one source.
//!
//! Enters: the lines that start in it, in any number of parts. Leaves: counts, cells, events and samples that
//! merge with those of other parts. Must not know: the blocks around it.
//!
//! A block is what bounds every table here: it holds as many names as fit into [`crate::source::Grid::bytes`].

use std::collections::BTreeMap;

use super::cell::{Outcome, Place, Tally};
use super::clock::Clock;
use super::counts::{Class, Counts};
use super::cut::Cuts;
use super::fingerprint::{Fingerprint, Kind, PrintKey};
use super::hash;
use super::merge::Merge;
use super::names::Id;
use super::pulse::{Most, Process, Pulse};
use super::rows::{Hinted, Rows, spread};
use super::timers::{Ending, Measured};
use super::victims::Victims;
use crate::line::dropped::Logger;
use crate::source::Position;
use crate::words::termination::Symptom;

/// A line that is not traffic, kept as it is: there are few, and each matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Where it stands.
    pub position: Position,
    /// When it was written.
    pub clock: Clock,
    /// What it was.
    pub class: Class,
    /// Log host.
    pub host: Id,
    /// Program name.
    pub tag: Id,
    /// Process.
    pub pid: u32,
    /// The line, at most [`Occurrence::MAX`] bytes of it.
    pub text: Box<[u8]>,
    /// Where in `text` the message begins.
    pub message_at: usize,
}

impl Occurrence {
    /// Bytes of a line that are kept.
    pub const MAX: usize = 2048;
}

/// A logger on the way says that it dropped lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Offset of the line.
    pub offset: u64,
    /// When it was written.
    pub clock: Clock,
    /// Who says so.
    pub logger: &'static Logger,
    /// How many lines; 0 when it does not say.
    pub lines: u64,
    /// A hash of where it was said and in which words.
    pub what: u64,
}

/// Requests that a [`Cell`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CellKey {
    /// Number of the second.
    pub moment: u32,
    /// Number of the place.
    pub place: u32,
    /// How they ended.
    pub outcome: Outcome,
}

/// Requests of one second, place and outcome; and where else they are counted, so that it is looked up for the first of
/// them alone.
#[derive(Debug, Clone)]
pub struct Cell {
    /// How many, and when they were hurt.
    pub tally: Tally,
    /// Number of whose waits theirs are in [`Block::timers`]; a handshake has none.
    pub timers: Option<u32>,
    /// Number of their fingerprint in [`Block::prints`].
    pub print: u32,
}

/// Requests for which there is room from the first one on: as many as most blocks hold.
const ROOM: usize = 4_096;

/// See the module. Seconds, minutes and places go by the numbers of their rows.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// Lines of each part, by the offset of its first line.
    pub parts: BTreeMap<u64, u32>,
    /// What the lines were.
    pub counts: Counts,
    /// Those of them that stood just before already.
    pub copies: Counts,
    /// Where lines that were cut end.
    pub cuts: Cuts,
    /// Seconds in which traffic was written, each with the number of its minute.
    pub moments: Rows<Clock, u32>,
    /// Their minutes.
    pub minutes: Rows<Clock, ()>,
    /// Where requests went, each with what its server's name adds to a fingerprint.
    pub places: Rows<Place, u64>,
    /// Traffic by second, place and outcome.
    pub cells: Rows<CellKey, Cell>,
    /// Traffic by second, process and frontend.
    pub pulses: Rows<(u32, Process, Id), Pulse>,
    /// Everything else that HAProxy said.
    pub events: Vec<Occurrence>,
    /// What loggers on the way dropped.
    pub notices: Vec<Notice>,
    /// Whose waits were measured, by minute and place.
    pub timers: Rows<(u32, u32, Ending), ()>,
    /// The waits of each request, behind the number of whose they are.
    pub waits: Vec<(u32, Measured)>,
    /// Samples of failed requests by minute, backend and symptom.
    pub victims: Rows<(u32, Id, Symptom), Victims>,
    /// What makes copies known.
    pub prints: Rows<PrintKey, Fingerprint>,
    /// Offsets and clocks of events that a filter left out.
    pub dated: Vec<(u64, Clock)>,
}

impl Block {
    /// An empty one, with the room that this one took: new memory costs more than what is put into it.
    pub fn emptied(mut self) -> Self {
        self.moments.clear();
        self.minutes.clear();
        self.places.clear();
        self.cells.clear();
        self.pulses.clear();
        self.events.clear();
        self.notices.clear();
        self.timers.clear();
        self.waits.clear();
        self.victims.clear();
        self.prints.clear();
        self.dated.clear();
        Self {
            parts: BTreeMap::new(),
            counts: Counts::default(),
            copies: Counts::default(),
            cuts: Cuts::default(),
            ..self
        }
    }

    /// Offsets and clocks of its lines, in their order; of the traffic of a process in a second, the first.
    pub fn clocks(&self) -> Vec<(u64, Clock)> {
        let pulses = self.pulses.iter().filter_map(|((moment, ..), pulse)| {
            let (clock, _) = self.moments.get(*moment)?;
            Some((pulse.first, *clock))
        });
        let events = self
            .events
            .iter()
            .map(|event| (event.position.offset, event.clock));
        let notices = self.notices.iter();
        let notices = notices.map(|notice| (notice.offset, notice.clock));
        let dated = self.dated.iter().copied();
        let mut clocks: Vec<(u64, Clock)> =
            pulses.chain(events).chain(notices).chain(dated).collect();
        clocks.sort_unstable();
        clocks
    }

    /// The numbers of a second and of its minute.
    #[inline]
    pub fn moment(&mut self, clock: Clock) -> (u32, u32) {
        let minutes = &mut self.minutes;
        let minute = || minutes.number(clock.minute(), || ());
        let moment = self.moments.number(clock, minute);
        (moment, *self.moments.at(moment))
    }

    /// The number of a place.
    #[inline]
    pub fn place(&mut self, place: Place, server: &[u8]) -> u32 {
        self.places
            .number(place, || hash::words(server).fold(0, hash::step))
    }

    /// Takes in the waits of a request of a cell that was measured.
    #[inline]
    pub fn measure(&mut self, timers: u32, measured: Measured) {
        if self.waits.capacity() == 0 {
            self.waits.reserve(ROOM);
        }
        self.waits.push((timers, measured));
    }

    /// Where requests are counted that ended alike in one second and place.
    #[inline]
    pub fn cell(&mut self, key: CellKey) -> &mut Cell {
        let Self {
            moments,
            places,
            cells,
            timers,
            prints,
            ..
        } = self;
        cells.row(key, || {
            let minute = *moments.at(key.moment);
            let place = places.get(key.place).map(|(place, _)| *place);
            let outcome = key.outcome;
            let ending = place.filter(|_| outcome.symptom.is_request());
            let ending = ending.map(|place| Ending {
                term: [outcome.term[0], outcome.term[1]],
                failed: outcome.symptom.is_failure(),
                tcp: place.tcp,
            });
            let (host, tag) = place.map_or((0, 0), |place| (place.host, place.tag));
            let print = PrintKey {
                minute,
                host,
                tag,
                kind: Kind::of(outcome.symptom),
            };
            Cell {
                tally: Tally::default(),
                timers: ending.map(|ending| timers.number((minute, key.place, ending), || ())),
                print: prints.number(print, Fingerprint::default),
            }
        })
    }

    /// Counts lines of traffic for their process and frontend.
    #[inline]
    pub fn pulse(&mut self, moment: u32, process: Process, frontend: Id, lines: Pulse) {
        let key = (moment, process, frontend);
        let pulse = self.pulses.row(key, || Pulse {
            n: 0,
            most: Most::default(),
            ..lines
        });
        pulse.n += lines.n;
        pulse.most.merge(lines.most);
        pulse.first = pulse.first.min(lines.first);
        pulse.accepted = pulse.accepted.min(lines.accepted);
    }

    /// Lines in all, as the source has them; where parts were put together, more than were counted.
    pub fn lines(&self) -> u64 {
        self.parts.values().map(|&lines| u64::from(lines)).sum()
    }

    /// Takes in another part of the same block, whose names have other numbers: `id` gives those used here.
    pub fn merge(&mut self, other: Self, id: &mut impl FnMut(Id) -> Id) {
        for (part, lines) in other.parts {
            *self.parts.entry(part).or_default() += lines;
        }
        self.counts.merge(other.counts);
        self.copies.merge(other.copies);
        self.cuts.merge(other.cuts);
        let mut numbers = Numbers::default();
        for (clock, _) in other.moments {
            numbers.moments.push(self.moment(clock).0);
        }
        for (clock, ()) in other.minutes {
            numbers.minutes.push(self.minutes.number(clock, || ()));
        }
        for (place, server) in other.places {
            let place = self.places.number(place.renamed(id), || server);
            numbers.places.push(place);
        }
        for (key, cell) in other.cells {
            let key = CellKey {
                moment: numbers.moments[key.moment as usize],
                place: numbers.places[key.place as usize],
                ..key
            };
            self.cell(key).tally.merge(cell.tally);
        }
        for ((moment, process, frontend), pulse) in other.pulses {
            let moment = numbers.moments[moment as usize];
            self.pulse(moment, process.renamed(id), id(frontend), pulse);
        }
        for event in other.events {
            self.events.push(Occurrence {
                host: id(event.host),
                tag: id(event.tag),
                ..event
            });
        }
        self.notices.extend(other.notices);
        self.dated.extend(other.dated);
        for ((minute, place, ending), ()) in other.timers {
            let key = (
                numbers.minutes[minute as usize],
                numbers.places[place as usize],
                ending,
            );
            numbers.timers.push(self.timers.number(key, || ()));
        }
        let waits = other.waits.into_iter();
        self.waits
            .extend(waits.map(|(whose, waits)| (numbers.timers[whose as usize], waits)));
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
    }
}

/// By the numbers in another block, those used here.
#[derive(Default)]
struct Numbers {
    moments: Vec<u32>,
    minutes: Vec<u32>,
    places: Vec<u32>,
    timers: Vec<u32>,
}

// At one moment, processes and frontends are few, and the clock shows two or three seconds.

impl Hinted for Clock {
    #[inline]
    fn hint(&self) -> u64 {
        spread([Clock::hint(*self), 0, 0])
    }
}

impl Hinted for Place {
    #[inline]
    fn hint(&self) -> u64 {
        spread([self.backend << 10 ^ self.server, self.host, 0])
    }
}

impl Hinted for CellKey {
    #[inline]
    fn hint(&self) -> u64 {
        let outcome = &self.outcome;
        let ending = u32::from(outcome.term[0]) << 9 ^ u32::from(outcome.status.cast_unsigned());
        spread([self.place, ending, self.moment])
    }
}

impl Hinted for (u32, u32, Ending) {
    fn hint(&self) -> u64 {
        let (minute, place, ending) = self;
        let ending = u32::from(ending.term[0]) << 1 ^ u32::from(ending.failed);
        spread([*place, ending, *minute])
    }
}

impl Hinted for (u32, Id, Symptom) {
    fn hint(&self) -> u64 {
        let (minute, backend, symptom) = self;
        spread([*backend, *symptom as u32, *minute])
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
