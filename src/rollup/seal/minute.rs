//! One minute of all sources, as it gathers and as it leaves.
//!
//! Enters: facts of blocks, their times resolved. Leaves: a [`Minute`] in which what two sources said twice
//! stands once. Must not know: other minutes.

use std::collections::{BTreeMap, BTreeSet};

use super::resolve::Resolved;
use crate::rollup::GRID;
use crate::rollup::block::{Block, Fingerprint, Occurrence};
use crate::rollup::cell::{Outcome, Place, Tally};
use crate::rollup::hash::{self, FrozenKey};
use crate::rollup::histogram::Bucket;
use crate::rollup::merge::Merge;
use crate::rollup::names::{Name, Names};
use crate::rollup::position::{Position, SourceId};
use crate::rollup::sample::Capped;
use crate::rollup::timers::{Ending, Timer};
use crate::rollup::victims::Victims;
use crate::words::termination::Symptom;

/// Places counted by name in one second; those beyond are counted together. Large installations have some five
/// hundred servers; a second of forged names holds more.
const PLACES: usize = 2048;

/// Events kept of one minute and source.
const EVENTS: usize = 2048;

/// A minute of the log, complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Minute {
    /// When it begins; s since 1970 UTC.
    pub start: i64,
    /// Its seconds in which something was logged, in order.
    pub slots: Vec<Slot>,
    /// Timer distributions.
    pub timers: Vec<TimerRow>,
    /// Samples of what did not end well.
    pub victims: Vec<VictimRow>,
}

/// A second of the log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Slot {
    /// When it begins; s since 1970 UTC.
    pub second: i64,
    /// Traffic by place and outcome, in their order.
    pub cells: Vec<Cell>,
    /// Lines of traffic by process.
    pub pulses: Vec<(Origin, u32, u64)>,
    /// Everything else, in the order (source, offset).
    pub events: Vec<SealedEvent>,
}

/// Who logs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Origin {
    /// Log host; empty when the lines name none.
    pub host: Name,
    /// Program name.
    pub tag: Name,
}

/// A [`Place`] by its names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaceName {
    /// Who logged it.
    pub origin: Origin,
    /// Backend.
    pub backend: Name,
    /// Server, `<NOSRV>` and applets as written.
    pub server: Name,
    /// `mode tcp`.
    pub tcp: bool,
    /// No backend was chosen; `backend` is the frontend's name.
    pub at_frontend: bool,
}

/// Requests of one place that ended alike in one second. Times are ms since 1970 UTC.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Where.
    pub place: PlaceName,
    /// How.
    pub outcome: Outcome,
    /// How many, and when.
    pub tally: Tally,
}

/// A line that is not traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedEvent {
    /// Where it stands.
    pub position: Position,
    /// When it was written; s since 1970 UTC.
    pub second: i64,
    /// Who logged it.
    pub origin: Origin,
    /// Process; 0 when the line names none.
    pub pid: u32,
    /// The line.
    pub text: Name,
    /// Where in `text` the message begins.
    pub message_at: usize,
}

impl SealedEvent {
    /// The message without its wrapping.
    pub fn message(&self) -> &[u8] {
        self.text.get(self.message_at..).unwrap_or_default()
    }
}

/// One bucket of a timer's distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerRow {
    /// Backend.
    pub backend: Name,
    /// Server.
    pub server: Name,
    /// How the requests ended.
    pub ending: Ending,
    /// Which timer.
    pub timer: Timer,
    /// Bucket of ms.
    pub bucket: Bucket,
    /// Requests.
    pub n: u64,
}

/// A sample of what did not end well.
#[derive(Debug, Clone, PartialEq)]
pub struct VictimRow {
    /// Backend, or the frontend's name.
    pub backend: Name,
    /// In which way.
    pub symptom: Symptom,
    /// The sample.
    pub victims: Victims,
}

type TimerKey = (Ending, Timer, Bucket);

/// Something a block says of a minute.
pub enum Fact {
    /// Traffic of a second.
    Cell(i64, PlaceName, Outcome, Box<Tally>),
    /// A process that logged traffic.
    Pulse(i64, Origin, u32, u64),
    /// Another line.
    Event(SealedEvent),
    /// A bucket of a timer.
    Timer(i64, (Name, Name), TimerKey, u64),
    /// A sample.
    Victims(i64, Name, Symptom, Box<Victims>),
    /// What makes copies known.
    Print(i64, Origin, bool, Fingerprint),
}

impl Fact {
    /// The second it speaks of, or the start of its minute.
    pub fn second(&self) -> i64 {
        match self {
            Self::Cell(second, ..)
            | Self::Pulse(second, ..)
            | Self::Timer(second, ..)
            | Self::Victims(second, ..)
            | Self::Print(second, ..) => *second,
            Self::Event(event) => event.second,
        }
    }

    /// The start of its minute.
    pub fn minute(&self) -> i64 {
        self.second().div_euclid(60) * 60
    }

    /// Lines it stands for.
    pub fn lines(&self) -> u64 {
        match self {
            Self::Pulse(_, _, _, n) => *n,
            Self::Event(_) => 1,
            _ => 0,
        }
    }

    /// Requests it stands for, and how many of them failed.
    pub fn requests(&self) -> (u64, u64) {
        match self {
            Self::Cell(_, _, outcome, tally) => (
                tally.n,
                if outcome.symptom.is_failure() {
                    tally.n
                } else {
                    0
                },
            ),
            _ => (0, 0),
        }
    }
}

/// All facts of a block, their times resolved.
pub fn facts<'a>(
    source: SourceId,
    block: &'a Block,
    names: &'a Names,
    resolved: &'a Resolved,
) -> impl Iterator<Item = Fact> + 'a {
    let origin = |host, tag| Origin {
        host: names.name(host),
        tag: names.name(tag),
    };
    let cells = block
        .cells
        .iter()
        .map(move |((clock, place, outcome), tally)| {
            let second = resolved.instant(*clock);
            Fact::Cell(
                second,
                place_name(place, names),
                *outcome,
                Box::new(on_time(block, tally, clock, second)),
            )
        });
    let pulses = block.pulses.iter().map(move |((clock, process), pulse)| {
        Fact::Pulse(
            resolved.instant(*clock),
            origin(process.host, process.tag),
            process.pid,
            pulse.n,
        )
    });
    let events = block
        .events
        .iter()
        .map(move |event| Fact::Event(sealed(block, event, names, resolved)));
    let timers = block.timers.iter().map(move |((minute, key), n)| {
        let place = (names.name(key.backend), names.name(key.server));
        Fact::Timer(
            resolved.minute(*minute),
            place,
            (key.ending, key.timer, key.bucket),
            *n,
        )
    });
    let victims = block
        .victims
        .iter()
        .map(move |((minute, backend, symptom), victims)| {
            Fact::Victims(
                resolved.minute(*minute),
                names.name(*backend),
                *symptom,
                Box::new(victims.clone()),
            )
        });
    let prints = block.prints.iter().map(move |(key, print)| {
        Fact::Print(
            resolved.minute(key.minute),
            origin(key.host, key.tag),
            key.failed,
            *print,
        )
    });
    debug_assert!(
        block
            .events
            .iter()
            .all(|event| event.position.source == source)
    );
    cells
        .chain(pulses)
        .chain(events)
        .chain(timers)
        .chain(victims)
        .chain(prints)
}

fn place_name(place: &Place, names: &Names) -> PlaceName {
    PlaceName {
        origin: Origin {
            host: names.name(place.host),
            tag: names.name(place.tag),
        },
        backend: names.name(place.backend),
        server: names.name(place.server),
        tcp: place.tcp,
        at_frontend: place.at_frontend,
    }
}

/// A tally with its times as instants and its witness numbered within the block.
fn on_time(
    block: &Block,
    tally: &Tally,
    clock: &crate::rollup::clock::Clock,
    second: i64,
) -> Tally {
    let mut tally = tally.clone();
    tally.shift((second - clock.wall()) * 1000);
    if let Some(witness) = &mut tally.witness {
        witness.position = numbered(block, witness.position);
    }
    tally
}

fn sealed(block: &Block, event: &Occurrence, names: &Names, resolved: &Resolved) -> SealedEvent {
    SealedEvent {
        position: numbered(block, event.position),
        second: resolved
            .at(event.clock, event.position.offset)
            .unwrap_or_default(),
        origin: Origin {
            host: names.name(event.host),
            tag: names.name(event.tag),
        },
        pid: event.pid,
        text: event.text.as_ref().into(),
        message_at: event.message_at,
    }
}

/// The same position, counted from the start of its block.
fn numbered(block: &Block, position: Position) -> Position {
    let before: u32 = block
        .parts
        .range(..position.part)
        .map(|(_, lines)| lines)
        .sum();
    Position {
        part: position.offset / GRID * GRID,
        nth: before + position.nth,
        ..position
    }
}

impl FrozenKey for PlaceName {
    fn frozen(&self) -> u64 {
        let origin = hash::combine(
            hash::bytes(&self.origin.host),
            hash::bytes(&self.origin.tag),
        );
        let place = hash::combine(hash::bytes(&self.backend), hash::bytes(&self.server));
        hash::combine(
            hash::combine(origin, place),
            u64::from(self.tcp) << 1 | u64::from(self.at_frontend),
        )
    }
}

impl FrozenKey for Name {
    fn frozen(&self) -> u64 {
        hash::bytes(self)
    }
}

#[derive(Debug, Clone, Default)]
struct SourceMinute {
    cells: BTreeMap<i64, Capped<PlaceName, BTreeMap<Outcome, Tally>, PLACES>>,
    pulses: BTreeMap<(i64, Origin, u32), u64>,
    events: BTreeMap<(u64, u64), SealedEvent>,
    timers: Capped<(Name, Name), BTreeMap<TimerKey, Count>, PLACES>,
    victims: Capped<Name, BTreeMap<Symptom, Victims>, PLACES>,
    prints: BTreeMap<(Origin, bool), Fingerprint>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Count(u64);

impl Merge for Count {
    fn merge(&mut self, other: Self) {
        self.0 += other.0;
    }
}

/// A minute as it gathers, kept apart by source until it is known what is said twice.
#[derive(Debug, Clone, Default)]
pub struct Pending {
    sources: BTreeMap<SourceId, SourceMinute>,
}

impl Pending {
    /// Takes in a fact.
    pub fn add(&mut self, source: SourceId, fact: Fact) {
        let minute = self.sources.entry(source).or_default();
        match fact {
            Fact::Cell(second, place, outcome, tally) => {
                let places = minute.cells.entry(second).or_default();
                places
                    .slot(&place)
                    .entry(outcome)
                    .or_default()
                    .merge(*tally);
            }
            Fact::Pulse(second, origin, pid, n) => {
                *minute.pulses.entry((second, origin, pid)).or_default() += n;
            }
            Fact::Event(event) => minute.event(event),
            Fact::Timer(_, place, key, n) => {
                minute
                    .timers
                    .slot(&place)
                    .entry(key)
                    .or_default()
                    .merge(Count(n));
            }
            Fact::Victims(_, backend, symptom, victims) => {
                minute
                    .victims
                    .slot(&backend)
                    .entry(symptom)
                    .or_default()
                    .merge(*victims);
            }
            Fact::Print(_, origin, failed, print) => {
                minute
                    .prints
                    .entry((origin, failed))
                    .or_default()
                    .merge(print);
            }
        }
    }

    /// The minute, the lines that were said twice, and the requests that had no room.
    pub fn seal(self, start: i64) -> (Minute, u64, u64) {
        let twice = self.said_twice();
        let mut duplicates = 0;
        let mut whole = SourceMinute::default();
        let mut events = Vec::new();
        for (source, mut minute) in self.sources {
            let twice: BTreeSet<(Origin, bool)> = twice
                .iter()
                .filter(|(at, ..)| *at == source)
                .map(|(_, origin, failed)| (origin.clone(), *failed))
                .collect();
            duplicates += minute.forget(&twice);
            events.extend(std::mem::take(&mut minute.events).into_values());
            whole.join(minute);
        }
        events.sort_by_key(|event| (event.second, event.position.source, event.position.offset));
        let overflow = whole.overflow();
        (whole.into_minute(start, events), duplicates, overflow)
    }

    /// Whose traffic of which kind a source has that an earlier source had as well: equal in number and in the
    /// sum of the records' hashes.
    fn said_twice(&self) -> Vec<(SourceId, Origin, bool)> {
        let mut seen: BTreeSet<(&Origin, bool, u64, u64)> = BTreeSet::new();
        let mut twice = Vec::new();
        for (source, minute) in &self.sources {
            for ((origin, failed), print) in &minute.prints {
                if !seen.insert((origin, *failed, print.n, print.sum)) {
                    twice.push((*source, origin.clone(), *failed));
                }
            }
        }
        twice
    }
}

impl SourceMinute {
    fn event(&mut self, event: SealedEvent) {
        self.events
            .insert((hash::bytes(event.message()), event.position.offset), event);
        if self.events.len() > EVENTS {
            self.events.pop_last();
        }
    }

    /// Drops traffic that another source has; how many lines that were.
    fn forget(&mut self, twice: &BTreeSet<(Origin, bool)>) -> u64 {
        if twice.is_empty() {
            return 0;
        }
        let mut dropped = 0;
        let said = |origin: &Origin, failed: bool| twice.contains(&(origin.clone(), failed));
        for places in self.cells.values_mut() {
            places.change_values(|place, outcomes| {
                outcomes.retain(|outcome, tally| {
                    let gone = said(&place.origin, outcome.symptom.is_failure());
                    dropped += if gone { tally.n } else { 0 };
                    !gone
                });
            });
        }
        let all = |failed: bool| twice.iter().any(|(_, kind)| *kind == failed);
        self.timers
            .change_values(|_, timers| timers.retain(|(ending, ..), _| !all(ending.failed)));
        self.victims
            .change_values(|_, victims| victims.retain(|symptom, _| !all(symptom.is_failure())));
        self.pulses
            .retain(|(_, origin, _), _| !(said(origin, true) && said(origin, false)));
        dropped
    }

    fn join(&mut self, other: Self) {
        Merge::merge(&mut self.cells, other.cells);
        for (key, n) in other.pulses {
            *self.pulses.entry(key).or_default() += n;
        }
        self.timers.merge(other.timers);
        self.victims.merge(other.victims);
    }

    fn overflow(&self) -> u64 {
        self.cells
            .values()
            .flat_map(|places| places.overflow().values())
            .map(|tally| tally.n)
            .sum()
    }

    fn into_minute(self, start: i64, events: Vec<SealedEvent>) -> Minute {
        let mut slots: BTreeMap<i64, Slot> = BTreeMap::new();
        fn slot(slots: &mut BTreeMap<i64, Slot>, second: i64) -> &mut Slot {
            slots.entry(second).or_insert_with(|| Slot {
                second,
                ..Slot::default()
            })
        }
        for (second, places) in self.cells {
            let slot = slot(&mut slots, second);
            for (place, outcomes) in places.iter() {
                slot.cells
                    .extend(outcomes.iter().map(|(outcome, tally)| Cell {
                        place: place.clone(),
                        outcome: *outcome,
                        tally: tally.clone(),
                    }));
            }
            slot.cells
                .sort_by(|a, b| (&a.place, a.outcome).cmp(&(&b.place, b.outcome)));
        }
        for ((second, origin, pid), n) in self.pulses {
            slot(&mut slots, second).pulses.push((origin, pid, n));
        }
        for event in events {
            slot(&mut slots, event.second).events.push(event);
        }
        let mut timers: Vec<TimerRow> = Vec::new();
        for ((backend, server), counts) in self.timers.iter() {
            timers.extend(counts.iter().map(|(&(ending, timer, bucket), n)| TimerRow {
                backend: backend.clone(),
                server: server.clone(),
                ending,
                timer,
                bucket,
                n: n.0,
            }));
        }
        let mut victims: Vec<VictimRow> = Vec::new();
        for (backend, samples) in self.victims.iter() {
            victims.extend(samples.iter().map(|(symptom, victims)| VictimRow {
                backend: backend.clone(),
                symptom: *symptom,
                victims: victims.clone(),
            }));
        }
        Minute {
            start,
            slots: slots.into_values().collect(),
            timers,
            victims,
        }
    }
}
