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
use super::merge::Merge;
use super::names::Id;
use super::rows::{Hinted, Rows, spread};
use super::timers::{TimerKey, Wait};
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

/// A process that wrote something in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Process {
    /// Log host.
    pub host: Id,
    /// Program name.
    pub tag: Id,
    /// Process id; 0 when the line names none.
    pub pid: u32,
}

/// How much traffic a process logged of a frontend in a second, and where the first line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulse {
    /// Lines; those that a filter left out are not counted.
    pub n: u64,
    /// Offset of the first one.
    pub first: u64,
    /// The earliest accept date, in ms on the clock of the lines.
    pub accepted: i64,
    /// The most connections of the frontend.
    pub most: Most,
}

/// The most of something, and how many lines say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Most {
    /// How much.
    pub value: u32,
    /// Lines.
    pub lines: u64,
}

impl Merge for Most {
    fn merge(&mut self, other: Self) {
        match self.value.cmp(&other.value) {
            std::cmp::Ordering::Less => *self = other,
            std::cmp::Ordering::Equal => self.lines += other.lines,
            std::cmp::Ordering::Greater => {}
        }
    }
}

/// Tells two copies of the same lines from two halves of the traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Fingerprint {
    /// Lines.
    pub n: u64,
    /// Requests that they tell of; more, where a line says that it was repeated.
    pub requests: u64,
    /// How many of the lines were cut.
    pub truncated: u64,
    /// Sum of their hashes, wrapping.
    pub sum: u64,
}

impl Merge for Fingerprint {
    fn merge(&mut self, other: Self) {
        self.n += other.n;
        self.requests += other.requests;
        self.truncated += other.truncated;
        self.sum = self.sum.wrapping_add(other.sum);
    }
}

/// What traffic is compared with when copies are looked for: a log of failures alone has only these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Requests that did not fail.
    Good,
    /// Requests that failed.
    Failed,
    /// Handshakes, which are no requests.
    Handshake,
}

impl Kind {
    /// Of what showed a symptom.
    pub fn of(symptom: Symptom) -> Self {
        if symptom == Symptom::Handshake {
            Self::Handshake
        } else if symptom.is_failure() {
            Self::Failed
        } else {
            Self::Good
        }
    }
}

/// Whose lines a [`Fingerprint`] is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PrintKey {
    /// The minute.
    pub minute: Clock,
    /// Log host.
    pub host: Id,
    /// Program name.
    pub tag: Id,
    /// Of which lines.
    pub kind: Kind,
}

/// See the module.
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
    /// Traffic by second, place and outcome.
    pub cells: Rows<(Clock, Place, Outcome), Tally>,
    /// Traffic by second, process and frontend.
    pub pulses: Rows<(Clock, Process, Id), Pulse>,
    /// Everything else that HAProxy said.
    pub events: Vec<Occurrence>,
    /// What loggers on the way dropped.
    pub notices: Vec<Notice>,
    /// Timers by minute.
    pub timers: Rows<(Clock, TimerKey), Vec<Wait>>,
    /// Samples of failed requests by minute, backend and symptom.
    pub victims: Rows<(Clock, Id, Symptom), Victims>,
    /// What makes copies known.
    pub prints: Rows<PrintKey, Fingerprint>,
    /// Offsets and clocks of events that a filter left out.
    pub dated: Vec<(u64, Clock)>,
}

impl Block {
    /// Offsets and clocks of its lines, in their order; of the traffic of a process in a second, the first.
    pub fn clocks(&self) -> Vec<(u64, Clock)> {
        let pulses = self
            .pulses
            .iter()
            .map(|((clock, ..), pulse)| (pulse.first, *clock));
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

    /// Counts lines of traffic for their process and frontend.
    pub fn pulse(&mut self, clock: Clock, process: Process, frontend: Id, lines: Pulse) {
        let key = (clock, process, frontend);
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
        for ((clock, place, outcome), tally) in other.cells {
            let key = (clock, place.renamed(id), outcome);
            self.cells.row(key, Tally::default).merge(tally);
        }
        for ((clock, process, frontend), pulse) in other.pulses {
            self.pulse(clock, process.renamed(id), id(frontend), pulse);
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
        for ((minute, key), waits) in other.timers {
            let key = TimerKey {
                backend: id(key.backend),
                server: id(key.server),
                ..key
            };
            self.timers.row((minute, key), Vec::new).extend(waits);
        }
        for ((minute, backend, symptom), victims) in other.victims {
            let key = (minute, id(backend), symptom);
            self.victims.row(key, Victims::default).merge(victims);
        }
        for (key, print) in other.prints {
            let key = PrintKey {
                host: id(key.host),
                tag: id(key.tag),
                ..key
            };
            self.prints.row(key, Fingerprint::default).merge(print);
        }
    }
}

// At one moment, processes and frontends are few, and the clock shows two or three seconds.

impl Hinted for (Clock, Place, Outcome) {
    fn hint(&self) -> u64 {
        let (clock, place, outcome) = self;
        let ending = u32::from(outcome.term[0]) << 9 ^ u32::from(outcome.status.cast_unsigned());
        spread([place.backend << 10 ^ place.server, ending, clock.hint()])
    }
}

impl Hinted for (Clock, Process, Id) {
    fn hint(&self) -> u64 {
        let (clock, process, frontend) = self;
        spread([*frontend, process.pid, clock.hint()])
    }
}

impl Hinted for (Clock, TimerKey) {
    fn hint(&self) -> u64 {
        let (minute, key) = self;
        let ending = u32::from(key.ending.term[0]) << 1 ^ u32::from(key.ending.failed);
        spread([key.backend << 10 ^ key.server, ending, minute.hint() / 60])
    }
}

impl Hinted for (Clock, Id, Symptom) {
    fn hint(&self) -> u64 {
        let (minute, backend, symptom) = self;
        spread([*backend, *symptom as u32, minute.hint() / 60])
    }
}

impl Hinted for PrintKey {
    fn hint(&self) -> u64 {
        spread([self.host, self.kind as u32, self.minute.hint() / 60])
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

impl Process {
    fn renamed(self, id: &mut impl FnMut(Id) -> Id) -> Self {
        Self {
            host: id(self.host),
            tag: id(self.tag),
            ..self
        }
    }
}
