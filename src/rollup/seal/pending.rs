//! A minute of all sources as it gathers.
//!
//! Enters: facts of blocks. Leaves: a [`Minute`] in which what two sources said twice stands once.
//! Must not know: other minutes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::directory::Shared;
use super::late::Late;
use super::minute::{
    Cell, Minute, Origin, PlaceName, Pulse, Requests, SealedEvent, ServerName, TimerRow, VictimRow,
};
use super::seconds::Seconds;
use super::shelves::{Cells, Endings, Events, Said, Samples, Timers};
use crate::rollup::cell::Outcome;
use crate::rollup::counts::Counts;
use crate::rollup::fingerprint::{Fingerprint, Kind};
use crate::rollup::hash::FrozenKey;
use crate::rollup::heard::{Heard, Word};
use crate::rollup::measured::Four;
use crate::rollup::merge::Merge;
use crate::rollup::names::Name;
use crate::rollup::pulse::Most;
use crate::rollup::ration::Rationed;
use crate::rollup::sample::Capped;
use crate::rollup::sorted::Sorted;
use crate::rollup::tally::Tally;
use crate::rollup::timers::Ending;
use crate::rollup::victims::Victims;
use crate::source::position::SourceId;
use crate::words::termination::Symptom;

/// HAProxys whose processes and copies are told apart in one minute; more are forged.
const ORIGINS: usize = 2048;

/// Processes and frontends whose traffic is told apart in one minute.
const PULSES: usize = 4096;

type Pulses = Capped<(Origin, (u32, Name)), Sorted<i64, Beat>, PULSES>;
type Prints = Capped<Origin, Sorted<Kind, Fingerprint>, ORIGINS>;

/// Lines of a second, and the earliest accept date (ms) among them.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Beat {
    n: u64,
    accepted: i64,
    most: Most,
    process: Most,
}

impl Default for Beat {
    fn default() -> Self {
        Self {
            n: 0,
            accepted: i64::MAX,
            most: Most::default(),
            process: Most::default(),
        }
    }
}

impl Merge for Beat {
    fn merge(&mut self, other: Self) {
        self.n = self.n.saturating_add(other.n);
        self.accepted = self.accepted.min(other.accepted);
        self.most.merge(other.most);
        self.process.merge(other.process);
    }
}

/// What one source says of a minute.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SourceMinute {
    cells: Cells,
    /// Traffic by second that there was no room for.
    aside: BTreeMap<i64, Requests>,
    pulses: Pulses,
    events: Events,
    /// Events that were not kept.
    passed_over: u64,
    timers: Timers,
    victims: Samples,
    prints: Prints,
    /// How much was heard of what there was no room for.
    heard: Heard,
}

/// A minute as it gathers, kept apart by source until it is known what is said twice.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Pending {
    /// Of some source only the minute is known.
    pub by_minute: bool,
    // Most minutes have one source, and a map has room for eleven at once.
    sources: BTreeMap<SourceId, Box<SourceMinute>>,
}

impl Pending {
    /// What a source says of it.
    pub fn of(&mut self, source: SourceId) -> &mut SourceMinute {
        self.sources.entry(source).or_default()
    }

    /// There is no room for all, so that it matters what was heard of names before.
    pub fn asks(&self) -> bool {
        asks(self.sources.values().map(Box::as_ref))
    }

    /// It is known now what was heard of names before.
    pub fn settle(&mut self, before: &Arc<Heard>) {
        let sources = self.sources.values_mut();
        sources.for_each(|source| source.settle(before));
    }

    /// What is heard of names in it.
    pub fn word(&self) -> Word {
        let mut word = Word::default();
        self.sources
            .values()
            .for_each(|source| source.tell(&mut word));
        word
    }

    /// Events that are not in the minute, because a source had too many.
    pub fn passed_over(&self) -> u64 {
        self.sources.values().map(|minute| minute.passed_over).sum()
    }

    /// Bytes that it takes, about.
    pub fn room(&self) -> usize {
        self.sources.values().map(|minute| minute.room()).sum()
    }

    /// The minute, which begins at `start` (s since 1970 UTC), is not told: all its lines are out of order.
    pub fn out_of_order(self, start: i64, late: &mut Late) {
        for (source, minute) in self.sources {
            minute.out_of_order(source, start, late);
        }
    }

    /// The minute, and what was said twice.
    pub fn seal(self, start: i64) -> (Minute, Counts) {
        let twice = self.said_twice();
        let mut duplicates = Counts::default();
        let by_minute = self.by_minute;
        let mut whole = SourceMinute::default();
        let mut events = Vec::new();
        for (source, mut minute) in self.sources {
            if let Some(twice) = twice.get(&source) {
                minute.forget(twice, &mut duplicates);
            }
            let lines = std::mem::take(&mut minute.events).into_shelves();
            events.extend(lines.filter_map(|(_, line)| line.0));
            whole.join(*minute);
        }
        let events = said_once(events, &mut duplicates);
        let minute = whole.into_minute(start, events);
        (
            Minute {
                by_minute,
                ..minute
            },
            duplicates,
        )
    }

    /// Whose traffic of which kind a source has that an earlier source had as well: equal in number and in the
    /// sum of the records' hashes.
    fn said_twice(&self) -> BTreeMap<SourceId, BTreeSet<(Origin, Kind)>> {
        let mut seen: BTreeSet<(&Origin, Kind, Fingerprint)> = BTreeSet::new();
        let mut twice: BTreeMap<SourceId, BTreeSet<(Origin, Kind)>> = BTreeMap::new();
        for (source, minute) in &self.sources {
            for (origin, kinds) in minute.prints.iter() {
                for (kind, print) in kinds.iter() {
                    if !seen.insert((origin, *kind, *print)) {
                        let twice = twice.entry(*source).or_default();
                        twice.insert((origin.clone(), *kind));
                    }
                }
            }
        }
        twice
    }
}

/// Events in order, each line once: what a process said `n` times in a second according to one source, it said as
/// often according to another, and not twice as often.
fn said_once(mut events: Vec<SealedEvent>, duplicates: &mut Counts) -> Vec<SealedEvent> {
    events.sort_by_key(|event| (event.second, event.position.source, event.position.offset));
    let mut said: HashMap<(i64, Origin, u32, Name), BTreeMap<SourceId, u32>> = HashMap::new();
    events.retain(|event| {
        let what = (
            event.second,
            event.origin.clone(),
            event.pid,
            event.message().into(),
        );
        let counts = said.entry(what).or_default();
        let others = counts.range(..event.position.source);
        let elsewhere = others.map(|(_, n)| *n).max().unwrap_or(0);
        let here = counts.entry(event.position.source).or_default();
        *here += 1;
        let first = *here > elsewhere;
        if !first {
            duplicates.count(event.class);
        }
        first
    });
    events
}

/// In what all sources say of a minute there is no room for all.
fn asks<'a>(sources: impl Iterator<Item = &'a SourceMinute> + Clone) -> bool {
    Rationed::ask(sources.clone().map(|source| &source.cells))
        || Rationed::ask(sources.clone().map(|source| &source.events))
        || Rationed::ask(sources.clone().map(|source| &source.timers))
        || Rationed::ask(sources.map(|source| &source.victims))
}

impl SourceMinute {
    /// There is no room for all, so that it matters what was heard of names before.
    pub fn asks(&self) -> bool {
        asks(std::iter::once(self))
    }

    /// It is known now what was heard of names before.
    pub fn settle(&mut self, before: &Arc<Heard>) {
        let (aside, heard) = (&mut self.aside, &mut self.heard);
        self.cells.settle(before, put_into(aside, heard));
        let passed_over = pass_over(&mut self.passed_over, heard);
        self.events.settle(before, passed_over);
        self.timers.settle(before, |_, _| ());
        self.victims.settle(before, |_, _| ());
    }

    /// Tells what is heard of names in it.
    fn tell(&self, word: &mut Word) {
        word.add_all(self.heard.clone());
        for (place, tallies) in self.cells.iter() {
            let lines = tallies.lines();
            names_of(place).for_each(|name| word.add(name, lines));
        }
        for (said, _) in self.events.iter() {
            said.subject.iter().for_each(|name| word.add(*name, 1));
        }
    }

    /// Bytes that it takes, about: tables count a name that comes once for twice what it takes.
    fn room(&self) -> usize {
        let tables = 100 * (self.cells.taken() + self.victims.taken()) + 8 * self.timers.taken();
        let lines = 500 * self.events.taken();
        let beats = self.pulses.iter().map(|(_, seconds)| seconds.len());
        let others = 60 * beats.sum::<usize>() + 100 * self.prints.iter().count();
        size_of::<Self>() + tables + lines + others
    }

    fn out_of_order(self, source: SourceId, start: i64, late: &mut Late) {
        let beats = self.pulses.iter().map(|(_, seconds)| seconds);
        let beats = beats.chain([self.pulses.overflow()]);
        let beats = beats.flat_map(Sorted::iter);
        let traffic: u64 = beats.map(|(_, beat)| beat.n).sum();
        late.count(traffic + self.events.iter().count() as u64 + self.passed_over);
        let nobody = Origin::default();
        let prints = self.prints.iter();
        for (origin, kinds) in prints.chain([(&nobody, self.prints.overflow())]) {
            for (kind, print) in kinds.iter() {
                late.print(source, start, origin.clone(), *kind, *print);
            }
        }
    }

    /// Takes in traffic of a place and a second.
    pub fn tally(
        &mut self,
        place: &Shared<PlaceName>,
        second: i64,
        outcome: Outcome,
        tally: Tally,
    ) {
        let item = ((second, outcome), tally);
        let (aside, heard) = (&mut self.aside, &mut self.heard);
        self.cells.put(place, item, put_into(aside, heard));
    }

    /// Takes in that a process logged traffic of a frontend.
    pub fn pulse(&mut self, second: i64, pulse: Pulse) {
        let key = (pulse.origin, (pulse.pid, pulse.frontend));
        let seconds = self.pulses.slot(&key);
        seconds.slot(second).merge(Beat {
            n: pulse.n,
            accepted: pulse.accepted,
            most: pulse.most,
            process: pulse.process,
        });
    }

    /// Takes in the waits of requests at a server that ended alike.
    pub fn waits(&mut self, server: &Shared<ServerName>, ending: Ending, requests: &[Four]) {
        let count = |endings: &mut Endings| endings.count(ending, requests);
        self.timers.fill(server, count, |_, _| ());
    }

    /// Takes in a sample.
    pub fn victims(&mut self, backend: Name, symptom: Option<Symptom>, victims: Victims) {
        self.victims.put(&backend, (symptom, victims), |_, _| ());
    }

    /// Takes in what makes copies known.
    pub fn print(&mut self, origin: Origin, kind: Kind, print: Fingerprint) {
        let kinds = self.prints.slot(&origin);
        kinds.slot(kind).merge(print);
    }

    /// Takes in another line.
    pub fn event(&mut self, event: SealedEvent) {
        let passed_over = pass_over(&mut self.passed_over, &mut self.heard);
        self.events.put(&Said::of(&event), event, passed_over);
    }

    /// Drops traffic that another source has.
    fn forget(&mut self, twice: &BTreeSet<(Origin, Kind)>, duplicates: &mut Counts) {
        for (origin, kind) in twice {
            let print = self.prints.get(origin).and_then(|kinds| kinds.get(kind));
            let print = print.copied().unwrap_or_default();
            duplicates.traffic += print.n - print.truncated;
            duplicates.truncated += print.truncated;
        }
        let said = |origin: &Origin, symptom: Symptom| {
            twice.contains(&(origin.clone(), Kind::of(symptom)))
        };
        // What is kept without its origin goes when all origins said it twice.
        let all = |kind: Kind| {
            let mut of_kind = self
                .prints
                .iter()
                .filter(|(_, has)| has.get(&kind).is_some());
            self.prints.overflow().get(&kind).is_none()
                && of_kind.all(|(origin, _)| twice.contains(&(origin.clone(), kind)))
        };
        let (good, failed) = (all(Kind::Good), all(Kind::Failed));
        let gone = |is_failure: bool| if is_failure { failed } else { good };
        self.cells.change(|place, tallies| {
            let origin = &place.origin;
            tallies.retain(|outcome| !said(origin, outcome.symptom));
        });
        for requests in self.aside.values_mut() {
            requests.forget(good, failed);
        }
        self.timers
            .change(|_, endings| endings.retain(|ending| !gone(ending.failed)));
        let kind = |symptom: Option<Symptom>| symptom.map_or(Kind::Good, Kind::of);
        self.victims
            .change(|_, samples| samples.0.retain(|symptom, _| !all(kind(*symptom))));
        let prints = &self.prints;
        self.pulses.change_values(|(origin, ..), seconds| {
            let all_twice = prints.get(origin).is_some_and(|kinds| {
                let mut kinds = kinds.iter();
                kinds.all(|(kind, _)| twice.contains(&(origin.clone(), *kind)))
            });
            if all_twice {
                seconds.clear();
            }
        });
    }

    fn join(&mut self, other: Self) {
        // It is known already what was heard of them.
        let heard = &mut Heard::default();
        self.cells
            .join(other.cells, put_into(&mut self.aside, heard));
        Merge::merge(&mut self.aside, other.aside);
        self.pulses.merge(other.pulses);
        self.timers.join(other.timers, |_, _| ());
        self.victims.join(other.victims, |_, _| ());
    }

    fn into_minute(self, start: i64, events: Vec<SealedEvent>) -> Minute {
        let mut seconds = Seconds::of(start);
        let mut places: Vec<_> = self.cells.into_shelves().collect();
        // So the cells of each second come in their order.
        places.sort_by(|(a, _), (b, _)| a.cmp(b));
        seconds.reserve(places.iter().map(|(_, tallies)| tallies));
        for (place, tallies) in places {
            let place = place.into_arc();
            for ((second, outcome), tally) in tallies.in_order() {
                seconds.slot(second).cells.push(Cell {
                    place: place.clone(),
                    outcome,
                    tally,
                });
            }
        }
        for (second, requests) in self.aside {
            seconds.slot(second).aside = requests;
        }
        for ((origin, (pid, frontend)), beats) in self.pulses.iter() {
            for (second, beat) in beats.iter() {
                seconds.slot(*second).pulses.push(Pulse {
                    origin: origin.clone(),
                    pid: *pid,
                    frontend: frontend.clone(),
                    n: beat.n,
                    accepted: beat.accepted,
                    most: beat.most,
                    process: beat.process,
                });
            }
        }
        for event in events {
            seconds.slot(event.second).events.push(event);
        }
        Minute {
            start,
            by_minute: false,
            slots: seconds.into_slots(),
            timers: timer_rows(self.timers),
            victims: victim_rows(self.victims),
        }
    }
}

/// Counts traffic that there was no room for.
fn put_into(
    aside: &mut BTreeMap<i64, Requests>,
    heard: &mut Heard,
) -> impl FnMut(&Shared<PlaceName>, ((i64, Outcome), Tally)) {
    |place, ((second, outcome), tally)| {
        let requests = aside.entry(second).or_default();
        requests.count(outcome, tally.n);
        names_of(place).for_each(|name| heard.add(name, tally.n));
    }
}

/// Counts events that there was no room for.
fn pass_over(passed_over: &mut u64, heard: &mut Heard) -> impl FnMut(&Said, SealedEvent) {
    |said, _| {
        *passed_over += 1;
        said.subject.iter().for_each(|name| heard.add(*name, 1));
    }
}

/// Whoever speaks of a place speaks of its server and its backend, too.
fn names_of(place: &Shared<PlaceName>) -> impl Iterator<Item = u64> {
    let server = ServerName::hash(&place.backend, &place.server);
    [place.frozen(), server, place.backend.frozen()].into_iter()
}

/// By the names of backends and servers.
fn timer_rows(timers: Timers) -> Vec<TimerRow> {
    let mut servers: Vec<_> = timers.into_shelves().collect();
    servers.sort_by(|(a, _), (b, _)| a.cmp(b));
    let rows = servers.into_iter().flat_map(|(name, endings)| {
        endings.in_order().map(move |(ending, waits)| TimerRow {
            backend: name.backend.clone(),
            server: name.server.clone(),
            ending,
            waits: waits.into_waits(),
        })
    });
    rows.collect()
}

/// By the names of backends.
fn victim_rows(samples: Samples) -> Vec<VictimRow> {
    let mut backends: Vec<_> = samples.into_shelves().collect();
    backends.sort_by(|(a, _), (b, _)| a.cmp(b));
    let rows = backends.into_iter().flat_map(|(backend, samples)| {
        samples
            .0
            .into_iter()
            .map(move |(symptom, victims)| VictimRow {
                backend: backend.clone(),
                symptom,
                victims,
            })
    });
    rows.collect()
}
