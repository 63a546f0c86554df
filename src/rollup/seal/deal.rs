//! Deals a block out to its minutes.
//!
//! Enters: a block, its times resolved. Leaves: what it says of each minute, by names and instants, in that minute; what
//! is behind the bound is counted as late. Must not know: other blocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::history::History;
use super::late::Late;
use super::minute::{Origin, Pulse, SealedEvent};
use super::named::Named;
use super::pending::{Pending, SourceMinute};
use super::resolve::Resolved;
use crate::rollup::block::{Block, Cell, CellKey};
use crate::rollup::clock::Clock;
use crate::rollup::measured::Requests;
use crate::rollup::names::{Id, Names};
use crate::rollup::occurrence::Occurrence;
use crate::rollup::pulse::{self, Process};
use crate::rollup::rows::Rows;
use crate::rollup::timers::Ending;
use crate::source::position::{Position, SourceId};

/// See the module.
pub struct Deal<'a> {
    /// The block's minutes.
    pub minutes: Minutes<'a>,
    /// What came too late.
    pub late: &'a mut Late,
    /// What its numbers stand for.
    pub names: &'a Names,
    /// Its places.
    pub named: &'a Named,
    /// Its times.
    pub resolved: &'a Resolved,
    /// The offset it begins at.
    pub first: u64,
}

impl Deal<'_> {
    /// Deals all of it out.
    pub fn out(mut self, block: &mut Block) {
        let clocks: Vec<Clock> = block.moments.iter().map(|(clock, _)| *clock).collect();
        let numbered = Numbered {
            parts: &block.parts,
            first: self.first,
        };
        self.cells(&mut block.cells, &clocks, &numbered);
        self.events(&mut block.events, &numbered);
        self.pulses(&mut block.pulses, &clocks);
        self.waits(&mut block.timers, &block.waits);
        for ((minute, backend, symptom), victims) in block.victims.drain() {
            if let Some(minute) = self.minutes.at(self.resolved.minute(minute)) {
                minute.victims(self.names.name(backend), symptom, victims);
            }
        }
        for (key, print) in block.prints.drain() {
            let start = self.resolved.minute(key.minute);
            let origin = self.origin(key.host, key.tag);
            match self.minutes.at(start) {
                Some(minute) => minute.print(origin, key.kind, print),
                None => self
                    .late
                    .print(self.minutes.source, start, origin, key.kind, print),
            }
        }
    }

    fn cells(&mut self, cells: &mut Rows<CellKey, Cell>, clocks: &[Clock], numbered: &Numbered) {
        // All are changed where they stand before the first is moved: to move what was just written has to wait for that.
        for (key, cell) in cells.iter_mut() {
            let second = self.resolved.instant(key.moment);
            let by = shift(clocks[key.moment as usize], second);
            cell.tally.shift(by, |position| numbered.position(position));
            cell.tally.scale.settle();
        }
        for (key, cell) in cells.drain() {
            let second = self.resolved.instant(key.moment);
            if let Some(minute) = self.minutes.at(second) {
                let place = self.named.place(key.place);
                minute.tally(place, second, key.outcome, cell.tally);
            }
        }
    }

    fn waits(&mut self, timers: &mut Rows<(u32, u32, Ending), ()>, waits: &Requests) {
        let waits = waits.sorted();
        for (whose, ((minute, place, ending), ())) in (0..).zip(timers.drain()) {
            if let Some(minute) = self.minutes.at(self.resolved.minute(minute)) {
                minute.waits(self.named.server(place), ending, waits.of(whose));
            }
        }
    }

    fn pulses(&mut self, pulses: &mut Rows<(u32, Process, Id), pulse::Pulse>, clocks: &[Clock]) {
        for ((moment, process, frontend), pulse) in pulses.drain() {
            let second = self.resolved.instant(moment);
            let sealed = Pulse {
                origin: self.origin(process.host, process.tag),
                pid: process.pid,
                frontend: self.names.name(frontend),
                n: pulse.n.into(),
                accepted: pulse.accepted + shift(clocks[moment as usize], second),
                most: pulse.most,
                process: pulse.process,
            };
            match self.minutes.at(second) {
                Some(minute) => minute.pulse(second, sealed),
                None => self.late.count(pulse.n.into()),
            }
        }
    }

    fn events(&mut self, events: &mut Vec<Occurrence>, numbered: &Numbered) {
        for event in events.drain(..) {
            let sealed = SealedEvent {
                position: numbered.position(event.position),
                second: self.resolved.event(&event),
                origin: self.origin(event.host, event.tag),
                pid: event.pid,
                class: event.class,
                text: event.text.into(),
                message_at: event.message_at,
            };
            match self.minutes.at(sealed.second) {
                Some(minute) => minute.event(sealed),
                None => self.late.count(1),
            }
        }
    }

    fn origin(&self, host: Id, tag: Id) -> Origin {
        Origin {
            host: self.names.name(host),
            tag: self.names.name(tag),
        }
    }
}

/// The minutes of a source.
pub struct Minutes<'a> {
    /// The source.
    pub source: SourceId,
    /// What is behind this second is late; s since 1970 UTC.
    pub bound: Option<i64>,
    /// Only their minutes are known of its lines.
    pub by_minute: bool,
    /// The minutes of all sources, as they gather.
    pub pending: &'a mut BTreeMap<i64, Arc<Pending>>,
    /// What was heard of names in earlier ones.
    pub history: &'a History,
    /// What the source says of the minute that was asked for last: most of a block is of one or two.
    pub last: Option<(i64, SourceMinute)>,
}

impl Minutes<'_> {
    /// The minute of a second; `None` if that is too late.
    fn at(&mut self, second: i64) -> Option<&mut SourceMinute> {
        if self.bound.is_some_and(|bound| second < bound) {
            return None;
        }
        let is_of = |start: &i64| (*start..*start + 60).contains(&second);
        if !self.last.as_ref().is_some_and(|(start, _)| is_of(start)) {
            self.put_back();
            self.turn_to(second.div_euclid(60) * 60);
        }
        let (start, minute) = self.last.as_mut()?;
        if minute.asks()
            && let Some(before) = self.history.before(*start, self.bound)
        {
            minute.settle(&before);
        }
        Some(minute)
    }

    fn turn_to(&mut self, start: i64) {
        let minute = self.pending.entry(start).or_default();
        let minute = Arc::make_mut(minute);
        minute.by_minute |= self.by_minute;
        self.last = Some((start, std::mem::take(minute.of(self.source))));
    }

    fn put_back(&mut self) {
        if let Some((start, last)) = self.last.take()
            && let Some(minute) = self.pending.get_mut(&start)
        {
            *Arc::make_mut(minute).of(self.source) = last;
        }
    }
}

impl Drop for Minutes<'_> {
    fn drop(&mut self) {
        self.put_back();
    }
}

/// Numbers the lines of a block, which has these parts, from its start.
struct Numbered<'a> {
    parts: &'a BTreeMap<u64, u32>,
    first: u64,
}

impl Numbered<'_> {
    /// The same position, counted from the start of the block.
    fn position(&self, position: Position) -> Position {
        let before: u32 = self
            .parts
            .range(..position.part)
            .map(|(_, lines)| lines)
            .sum();
        Position {
            part: self.first,
            nth: before + position.nth,
            ..position
        }
    }
}

/// What leads (ms) from a clock, which counts from its second where that has no year, to the instant it stands for.
fn shift(clock: Clock, second: i64) -> i64 {
    (second - clock.wall().unwrap_or(0)) * 1000
}
