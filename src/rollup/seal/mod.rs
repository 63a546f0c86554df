//! Puts folded blocks into time order.
//!
//! Enters: complete [`Block`]s, in the order of the time they begin at. Leaves: [`Minute`]s in time order, each
//! once and complete, when no source will still write before its end (the frontier).
//! Must not know: what is an incident.
//!
//! Here is decided what one line cannot know: years, the two passes of an hour that occurs twice, the time of a
//! line without one, its number, and what two sources say twice. Every decision rests on whole blocks in their
//! order, never on when this was asked; so any schedule of steps gives the same minutes.

mod minute;
mod resolve;

use std::collections::{BTreeMap, BTreeSet};

use super::block::{Block, Counts};
use super::merge::Merge;
use super::names::{Name, Names};
use super::position::{Position, SourceId};
use super::{BlockId, GRID};
use crate::time::zone::Zone;

use minute::Pending;
pub use minute::{Cell, Minute, Origin, PlaceName, SealedEvent, Slot, TimerRow, VictimRow};
use resolve::Resolved;

/// Seconds that lines of one source may be out of order. Hosts that share a receiver have clocks a little apart.
const DISORDER: i64 = 60;

/// Hosts named per source; more are forged.
const HOSTS: usize = 64;

/// See the module.
#[derive(Debug, Clone)]
pub struct Sealer {
    zone: Zone,
    sources: BTreeMap<SourceId, SourceState>,
    pending: BTreeMap<i64, Pending>,
    /// The latest beginning of a block so far; s since 1970 UTC.
    high: Option<i64>,
    late: Late,
    duplicates: u64,
    overflow: u64,
}

/// What is known of a source.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceState {
    /// The latest its lines can be (when the file was changed last, or now); s since 1970 UTC.
    pub latest: i64,
    /// When the last dated line before the next block was written.
    context: Option<i64>,
    /// Lines by block.
    lines: BTreeMap<u64, u64>,
    /// What the lines were.
    pub counts: Counts,
    /// Log hosts.
    pub hosts: BTreeSet<Name>,
    /// First dated second.
    pub first: Option<i64>,
    /// Last dated second.
    pub last: Option<i64>,
}

/// What came too late to be put in order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Late {
    /// Lines.
    pub lines: u64,
    /// Requests among them.
    pub requests: u64,
    /// Failed ones.
    pub failed: u64,
}

impl SourceState {
    /// Lines read.
    pub fn lines(&self) -> u64 {
        self.lines.values().sum()
    }
}

impl Sealer {
    /// An empty one.
    pub fn new(zone: Zone) -> Self {
        Self {
            zone,
            sources: BTreeMap::new(),
            pending: BTreeMap::new(),
            high: None,
            late: Late::default(),
            duplicates: 0,
            overflow: 0,
        }
    }

    /// Announces a source: the latest its lines can be, in s since 1970 UTC.
    pub fn source(&mut self, source: SourceId, latest: i64) {
        self.sources.entry(source).or_default().latest = latest;
    }

    /// The zone that times without one are read in.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The sources, in the order of their numbers.
    pub fn sources(&self) -> &BTreeMap<SourceId, SourceState> {
        &self.sources
    }

    /// What came too late.
    pub fn late(&self) -> Late {
        self.late
    }

    /// Lines of traffic that another source had as well.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Requests put aside because their second had too many names.
    pub fn overflow(&self) -> u64 {
        self.overflow
    }

    /// The line number, from 1, of a sealed position.
    pub fn line_number(&self, position: Position) -> Option<u64> {
        let lines = &self.sources.get(&position.source)?.lines;
        let before: u64 = lines
            .range(..position.offset / GRID)
            .map(|(_, lines)| lines)
            .sum();
        Some(before + u64::from(position.nth) + 1)
    }

    /// Takes a complete block. Blocks of one source that are not in their order bring the time of the last
    /// dated line before them (s since 1970 UTC) as `context`.
    pub fn take(&mut self, id: BlockId, block: &Block, names: &Names, context: Option<i64>) {
        let source = self.sources.entry(id.source).or_default();
        let resolved = Resolved::of(block, &self.zone, context.or(source.context), source.latest);
        source.note(id.block, block, &resolved, names);
        if let Some(begins) = resolved.begins() {
            self.high = self.high.max(Some(begins));
        }
        let bound = self.frontier();
        for fact in minute::facts(id.source, block, names, &resolved) {
            if bound.is_some_and(|bound| fact.second() < bound) {
                self.late.count(&fact);
            } else {
                self.pending
                    .entry(fact.minute())
                    .or_default()
                    .add(id.source, fact);
            }
        }
    }

    /// No block to come has a line before this second, a whole minute, that still counts.
    pub fn frontier(&self) -> Option<i64> {
        self.high.map(|high| (high - DISORDER).div_euclid(60) * 60)
    }

    /// The minutes that are complete, each given out once.
    pub fn ready(&mut self) -> Vec<Minute> {
        let Some(frontier) = self.frontier() else {
            return Vec::new();
        };
        let left = self.pending.split_off(&frontier);
        let ready = std::mem::replace(&mut self.pending, left);
        self.seal(ready)
    }

    /// All minutes that are left; to be called when no block will follow.
    pub fn finish(&mut self) -> Vec<Minute> {
        let ready = std::mem::take(&mut self.pending);
        self.seal(ready)
    }

    fn seal(&mut self, ready: BTreeMap<i64, Pending>) -> Vec<Minute> {
        let mut minutes = Vec::with_capacity(ready.len());
        for (start, pending) in ready {
            let (minute, duplicates, overflow) = pending.seal(start);
            self.duplicates += duplicates;
            self.overflow += overflow;
            minutes.push(minute);
        }
        minutes
    }
}

impl SourceState {
    fn note(&mut self, number: u64, block: &Block, resolved: &Resolved, names: &Names) {
        self.lines.insert(number, block.lines());
        self.counts.merge(block.counts);
        if let Some((first, last)) = resolved.span() {
            self.first = Some(self.first.map_or(first, |held| held.min(first)));
            self.last = self.last.max(Some(last));
        }
        self.context = resolved.ends().or(self.context);
        for (_, process) in block.pulses.keys() {
            let host = names.name(process.host);
            if !host.is_empty() && self.hosts.len() < HOSTS {
                self.hosts.insert(host);
            }
        }
    }
}

impl Late {
    fn count(&mut self, fact: &minute::Fact) {
        let (requests, failed) = fact.requests();
        self.lines += fact.lines();
        self.requests += requests;
        self.failed += failed;
    }
}
