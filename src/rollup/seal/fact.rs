//! What a block says of each minute, by names and instants.
//!
//! Enters: a block, its times resolved. Leaves: [`Fact`]s. Must not know: other blocks.

use std::collections::BTreeMap;

use super::minute::{Origin, PlaceName, Pulse, SealedEvent};
use super::resolve::Resolved;
use crate::rollup::block::{Block, Fingerprint, Kind, Occurrence};
use crate::rollup::cell::{Outcome, Place, Tally};
use crate::rollup::clock::Clock;
use crate::rollup::names::{Name, Names};
use crate::rollup::timers::{Ending, Wait};
use crate::rollup::victims::Victims;
use crate::source::position::Position;
use crate::words::termination::Symptom;

/// Something a block says of a minute.
pub enum Fact {
    /// Traffic of a second.
    Cell(i64, PlaceName, Outcome, Box<Tally>),
    /// A process that logged traffic of a frontend.
    Pulse(i64, Pulse),
    /// Another line.
    Event(SealedEvent),
    /// Timers of a place whose requests ended alike.
    Timer(i64, (Name, Name), Ending, Vec<Wait>),
    /// A sample.
    Victims(i64, Name, Symptom, Box<Victims>),
    /// What makes copies known.
    Print(i64, Origin, Kind, Fingerprint),
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
            Self::Pulse(_, pulse) => pulse.n,
            Self::Event(_) => 1,
            _ => 0,
        }
    }
}

/// All facts of a block, their times resolved; `first` is the offset it begins at.
pub fn facts<'a>(
    block: Block,
    first: u64,
    names: &'a Names,
    resolved: &'a Resolved,
) -> impl Iterator<Item = Fact> + 'a {
    let origin = |host, tag| Origin {
        host: names.name(host),
        tag: names.name(tag),
    };
    let parts = block.parts;
    let number = move |position| numbered(&parts, first, position);
    let numbered = number.clone();
    let cells = block.cells.into_iter();
    let cells = cells.map(move |((clock, place, outcome), tally)| {
        let second = resolved.instant(clock);
        let tally = on_time(tally, &number, &clock, second);
        Fact::Cell(second, place_name(&place, names), outcome, Box::new(tally))
    });
    let pulses = block.pulses.into_iter();
    let pulses = pulses.map(move |((clock, process, frontend), pulse)| {
        let second = resolved.instant(clock);
        let pulse = Pulse {
            origin: origin(process.host, process.tag),
            pid: process.pid,
            frontend: names.name(frontend),
            n: pulse.n,
            accepted: pulse.accepted + shift(&clock, second),
            most: pulse.most,
        };
        Fact::Pulse(second, pulse)
    });
    let events = block.events.into_iter();
    let events = events.map(move |event| Fact::Event(sealed(event, &numbered, names, resolved)));
    let timers = block.timers.into_iter();
    let timers = timers.map(move |((minute, key), waits)| {
        let place = (names.name(key.backend), names.name(key.server));
        Fact::Timer(resolved.minute(minute), place, key.ending, waits)
    });
    let victims = block.victims.into_iter();
    let victims = victims.map(move |((minute, backend, symptom), victims)| {
        let (minute, backend) = (resolved.minute(minute), names.name(backend));
        Fact::Victims(minute, backend, symptom, Box::new(victims))
    });
    let prints = block.prints.into_iter();
    let prints = prints.map(move |(key, print)| {
        let origin = origin(key.host, key.tag);
        Fact::Print(resolved.minute(key.minute), origin, key.kind, print)
    });
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

/// What leads (ms) from a clock, which counts from its second where that has no year, to the instant it stands for.
fn shift(clock: &Clock, second: i64) -> i64 {
    (second - clock.wall().unwrap_or(0)) * 1000
}

/// A tally with its times, which count from the clock's second where that has no year, as instants and its witness
/// numbered within the block.
fn on_time(
    mut tally: Tally,
    numbered: impl Fn(Position) -> Position,
    clock: &Clock,
    second: i64,
) -> Tally {
    tally.shift(shift(clock, second));
    if let Some(witness) = &mut tally.witness {
        witness.position = numbered(witness.position);
    }
    tally
}

fn sealed(
    event: Occurrence,
    numbered: impl Fn(Position) -> Position,
    names: &Names,
    resolved: &Resolved,
) -> SealedEvent {
    SealedEvent {
        position: numbered(event.position),
        second: resolved.event(&event),
        origin: Origin {
            host: names.name(event.host),
            tag: names.name(event.tag),
        },
        pid: event.pid,
        class: event.class,
        text: event.text.into(),
        message_at: event.message_at,
    }
}

/// The same position, counted from the start of its block, which has these parts.
fn numbered(parts: &BTreeMap<u64, u32>, first: u64, position: Position) -> Position {
    let before: u32 = parts.range(..position.part).map(|(_, lines)| lines).sum();
    Position {
        part: first,
        nth: before + position.nth,
        ..position
    }
}
