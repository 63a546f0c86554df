//! Puts folded blocks into time order.
//!
//! Enters: complete [`Block`]s, in the order of the time they begin at. Leaves: [`Minute`]s in time order, each
//! once and complete, when no source will still write before its end (the frontier).
//! Must not know: what is an incident.
//!
//! Here is decided what one line cannot know: years, the two passes of an hour that occurs twice, the time of a
//! line without one, its number, and what two sources say twice. Every decision rests on whole blocks in their
//! order and, of live ones, on when they came, never on when this was asked; so any schedule of steps gives the same minutes.

use serde::{Deserialize, Serialize};

mod deal;
mod directory;
mod frontier;
mod history;
mod kept;
mod late;
mod losses;
mod minute;
mod named;
mod pending;
mod queue;
mod resolve;
mod room;
mod seconds;
mod shelves;
mod source;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::block::Block;
use super::counts::Counts;
use super::cut::Cuts;
use super::dating::DISORDER;
use super::merge::Merge;
use super::names::Names;
use crate::source::{BlockId, Grid};
use crate::source::{Position, SourceId};
use crate::time::zone::Zone;

use deal::{Deal, Minutes};
use frontier::{Frontier, Standing};
use history::History;
pub use late::Late;
pub use losses::{Loss, Losses};
pub use minute::{
    Cell, Minute, Origin, PlaceName, Pulse, Requests, SealedEvent, ServerName, Slot, TimerRow,
    VictimRow,
};
use named::Named;
pub use named::{Register, held_once};
use pending::Pending;
use queue::Queue;
use resolve::Resolved;
pub use source::SourceState;

/// See the module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sealer {
    #[serde(skip, default = "Zone::machine")]
    zone: Zone,
    grid: Grid,
    sources: BTreeMap<SourceId, SourceState>,
    /// Shared with copies of it, until either goes on.
    pending: BTreeMap<i64, Arc<Pending>>,
    /// What was heard of names in complete minutes.
    history: History,
    #[serde(skip)]
    register: Register,
    frontier: Frontier,
    /// Blocks come as their lines are written, and not in the order in which they begin.
    #[serde(skip)]
    is_live: bool,
    /// Somebody looks at what there would be if no more lines came: all of it is told, whatever it takes.
    #[serde(skip)]
    is_look: bool,
    #[serde(skip)]
    queue: Queue,
    late: Late,
    duplicates: Counts,
    aside: u64,
    passed_over: u64,
    losses: Losses,
    cuts: Cuts,
}

/// What is known of a block beside what it says.
#[derive(Debug, Clone, Copy, Default)]
struct How {
    /// The time of the last dated line before it, s since 1970 UTC, where that is not the end of the block before.
    context: Option<i64>,
    /// None that follows begins before this; s since 1970 UTC. Else it is asked itself.
    begins: Option<i64>,
    /// Of its requests only the minutes are known.
    by_minute: bool,
}

impl Sealer {
    /// An empty one.
    pub fn new(zone: Zone, grid: Grid) -> Self {
        Self {
            zone,
            grid,
            sources: BTreeMap::new(),
            pending: BTreeMap::new(),
            history: History::default(),
            register: Register::default(),
            frontier: Frontier::default(),
            is_live: false,
            is_look: false,
            queue: Queue::default(),
            late: Late::default(),
            duplicates: Counts::default(),
            aside: 0,
            passed_over: 0,
            losses: Losses::default(),
            cuts: Cuts::default(),
        }
    }

    /// It was read in, and its names with it: what it goes on with.
    pub fn go_on(&mut self, zone: Zone, register: Register) {
        (self.zone, self.register) = (zone, register);
        self.settle();
    }

    /// Announces a source: the latest its lines can be, in s since 1970 UTC.
    pub fn source(&mut self, source: SourceId, latest: i64) {
        self.sources.entry(source).or_default().latest = latest;
    }

    /// Blocks to come are those of live streams: the latest that lines of a source can be is when they come.
    pub fn go_live(&mut self) {
        if std::mem::replace(&mut self.is_live, true) {
            return;
        }
        for (id, source) in &self.sources {
            if let Some(ends) = source.ends_before(u64::MAX) {
                self.frontier.note_past(*id, ends, source.latest);
            }
        }
    }

    /// It is a copy that takes blocks before they are whole. Nothing is let go of for what a part of one says.
    pub fn look_ahead(&mut self) {
        self.is_look = true;
    }

    /// It takes no more blocks: names are not asked for again. What it was copied from can let go of those that nobody
    /// else has.
    pub fn close(&mut self) {
        self.register = Register::default();
    }

    /// The zone that times without one are read in.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The grid of the blocks it takes.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// The sources, in the order of their numbers.
    pub fn sources(&self) -> &BTreeMap<SourceId, SourceState> {
        &self.sources
    }

    /// What came too late.
    pub fn late(&self) -> &Late {
        &self.late
    }

    /// Lines that another source had as well.
    pub fn duplicates(&self) -> Counts {
        let mut duplicates = self.duplicates;
        duplicates.merge(self.late.duplicates());
        duplicates
    }

    /// Requests put aside because their minute had too many names.
    pub fn aside(&self) -> u64 {
        self.aside
    }

    /// What loggers on the way dropped.
    pub fn losses(&self) -> &Losses {
        &self.losses
    }

    /// Where lines that were cut end.
    pub fn cuts(&self) -> &Cuts {
        &self.cuts
    }

    /// Messages passed over because their minute had too many.
    pub fn passed_over(&self) -> u64 {
        self.passed_over
    }

    /// The line number, from 1, of a sealed position.
    pub fn line_number(&self, position: Position) -> Option<u64> {
        let source = self.sources.get(&position.source)?;
        let before = source.lines_before(self.grid.block(position.offset));
        Some(before + u64::from(position.nth) + 1)
    }

    /// So many blocks of some source are known that those should be forgotten of which no line is shown.
    pub fn is_crowded(&self) -> bool {
        self.sources.values().any(SourceState::is_crowded)
    }

    /// Forgets the blocks of which no line is shown: only these positions will be asked for, and those of blocks to come.
    pub fn forget_blocks(&mut self, shown: &[Position]) {
        for (id, source) in &mut self.sources {
            let of_it = shown.iter().filter(|position| position.source == *id);
            let blocks = of_it.map(|position| self.grid.block(position.offset));
            source.forget_blocks(&blocks.collect());
        }
    }

    /// Takes a complete block. One that is taken before the block before it brings the time of the last dated line
    /// before it (s since 1970 UTC) as `context`. Minutes that are complete with it are `told` first, one after the other:
    /// there is never more than one that is neither pending nor told. The room it took is left for another one.
    pub fn take(
        &mut self,
        id: BlockId,
        block: Block,
        names: &Names,
        context: Option<i64>,
        told: impl FnMut(Minute),
    ) -> Block {
        let how = How {
            context,
            ..How::default()
        };
        self.take_as(id, block, names, how, told)
    }

    /// Takes a block that was kept since it was live, in the order of what its [span](Self::span) was said to begin at: `begins`,
    /// s since 1970 UTC. Its [seconds may have been let go of](super::coarse).
    pub fn take_kept(
        &mut self,
        id: BlockId,
        block: Block,
        names: &Names,
        (begins, by_minute): (i64, bool),
        told: impl FnMut(Minute),
    ) {
        let how = How {
            begins: Some(begins),
            by_minute,
            ..How::default()
        };
        self.take_as(id, block, names, how, told);
    }

    fn take_as(
        &mut self,
        id: BlockId,
        mut block: Block,
        names: &Names,
        how: How,
        mut told: impl FnMut(Minute),
    ) -> Block {
        let source = self.sources.entry(id.source).or_default();
        let context = how.context.or(source.ends_before(id.block));
        let resolved = Resolved::of(&block, &self.zone, context, source.latest);
        source.note(id.block, &block, &resolved);
        source.note_hosts(&block, names);
        self.duplicates.merge(block.copies);
        self.cuts.merge(block.cuts.clone());
        for notice in &block.notices {
            let second = resolved.dates.at(notice.offset).unwrap_or(source.latest);
            self.losses.add(second, notice);
        }
        let now = self.is_live.then_some(source.latest);
        let standing = now.map(|now| Standing::of(&resolved.dates, now));
        match &standing {
            Some(standing) => self.frontier.note_live(id.source, standing),
            None => {
                let begins = resolved.dates.begins();
                let begins = begins.map(|begins| how.begins.unwrap_or(begins));
                self.frontier.note(begins);
            }
        }
        self.complete(&mut told);
        let named = Named::of(&block, names, &mut self.register);
        let bound = self.frontier();
        let deal = Deal {
            minutes: Minutes {
                source: id.source,
                bound,
                by_minute: how.by_minute,
                pending: &mut self.pending,
                last: None,
                history: &self.history,
            },
            first: self.grid.start(id.block),
            late: &mut self.late,
            names,
            named: &named,
            resolved: &resolved,
        };
        deal.out(&mut block);
        if let Some(standing) = standing.filter(|_| !self.is_look) {
            self.make_room(&standing, told);
        }
        block.emptied()
    }

    /// When a block begins that is not taken yet, odd dates and a few lines of hours ago left aside, and when its last line was
    /// written; s since 1970 UTC.
    pub fn span(&self, id: BlockId, block: &Block) -> Option<(i64, i64)> {
        let dates = self.resolved(id, block)?.dates;
        let (first, last) = dates.span()?;
        Some((dates.stands().unwrap_or(first), last))
    }

    /// When a block begins that is not taken yet, odd dates left aside; s since 1970 UTC.
    pub fn begins(&self, id: BlockId, block: &Block) -> Option<i64> {
        self.resolved(id, block)?.dates.begins()
    }

    fn resolved(&self, id: BlockId, block: &Block) -> Option<Resolved> {
        let source = self.sources.get(&id.source)?;
        let context = source.ends_before(id.block);
        Some(Resolved::of(block, &self.zone, context, source.latest))
    }

    /// No block to come has a line before this second, a whole minute, that still counts.
    pub fn frontier(&self) -> Option<i64> {
        self.frontier.second()
    }

    /// The first minute that is left, to be called when no block will follow.
    pub fn first_left(&mut self) -> Option<Minute> {
        let (start, pending) = self.pending.pop_first()?;
        self.frontier.tell(start + 60);
        Some(self.seal(start, Arc::unwrap_or_clone(pending)))
    }

    /// The first of them, unless it is yet to come: one line with a wrong date must not make it later than it is for all
    /// others.
    pub fn first_present(&mut self) -> Option<Minute> {
        let latest = self.sources.values().map(|source| source.latest).max();
        self.first_up_to(latest.max(self.frontier.reached())? + DISORDER)
    }

    fn first_up_to(&mut self, last: i64) -> Option<Minute> {
        let (start, _) = self.pending.first_key_value()?;
        (*start <= last).then(|| self.first_left()).flatten()
    }

    /// Seals the minutes to which no block will add: it is known before more is dealt out what was heard in them.
    fn complete(&mut self, told: impl FnMut(Minute)) {
        let Some(frontier) = self.frontier() else {
            return;
        };
        std::iter::from_fn(|| self.first_up_to(frontier - 1)).for_each(told);
        self.settle();
    }

    /// Tells pending minutes that ask for it what was heard before, as far as that is known.
    fn settle(&mut self) {
        let frontier = self.frontier();
        for (start, pending) in self
            .pending
            .iter_mut()
            .filter(|(_, pending)| pending.asks())
        {
            let Some(before) = self.history.before(*start, frontier) else {
                return;
            };
            Arc::make_mut(pending).settle(&before);
        }
    }

    fn seal(&mut self, start: i64, mut pending: Pending) -> Minute {
        if pending.asks()
            && let Some(before) = self.history.before(start, Some(start))
        {
            pending.settle(&before);
        }
        self.history.note(start, pending.word());
        self.history.forget(start + 60);
        self.passed_over += pending.passed_over();
        let (minute, duplicates) = pending.seal(start);
        self.duplicates.merge(duplicates);
        self.aside += minute.slots.iter().map(|slot| slot.aside.n).sum::<u64>();
        minute
    }
}
