//! Lines like one before: they are counted where that one was, and nothing is looked for.
//!
//! Enters: what decides where a line is counted. Leaves: where one like it was. Must not know: what is counted there.
//!
//! Most lines name the same process, frontend, backend and server as one before, and ended as well. One look finds all
//! that follows from it, where names, place and end would each have to be looked for; and in the same second the very
//! rows that count it. A line of another kind is counted as right, only not as fast.

use hashbrown::HashMap;

use super::cell::{Outcome, Place};
use super::hash;
use super::names::Id;
use super::pulse::Process;
use crate::line::Traffic;

/// What decides where a line is counted, but for its second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Like {
    /// The termination state, the status and the mode, and the number of the names.
    ending: u64,
    /// The number of the process; 0 is none.
    process: u32,
}

impl Like {
    /// Of a line of traffic by a route and a process of these [numbers](Ways::process); 0 says nothing, and then it is like
    /// none.
    #[inline]
    pub fn of(traffic: &Traffic, route: u32, process: u32) -> Option<Self> {
        let term = u64::from(u32::from_le_bytes(traffic.term));
        let status = u64::from(traffic.status.cast_unsigned());
        let mode = traffic.mode as u64;
        ((route > 0) & (process > 0)).then_some(Self {
            ending: term | status << 32 | mode << 48 | u64::from(route) << 50,
            process,
        })
    }

    /// Bits that tell most lines apart.
    #[inline]
    fn bits(&self) -> usize {
        let mixed = hash::step(hash::step(0, self.ending), u64::from(self.process));
        (mixed >> (u64::BITS - WAYS.ilog2())) as usize
    }
}

/// A second of a block, by its number there; two blocks have none in common.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Second {
    /// Number of the block, as [`Ways::begin`] gives them out.
    pub block: u32,
    /// Number of the second.
    pub moment: u32,
}

/// Where lines are counted, by names that are good for all blocks.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// Where the requests went.
    pub place: Place,
    /// What the name of the server adds to a fingerprint.
    pub server: u64,
    /// Frontend.
    pub frontend: Id,
    /// How they ended.
    pub outcome: Outcome,
}

/// The rows of a block that count a line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spot {
    /// Number of the place.
    pub place: u32,
    /// Number of the cell.
    pub cell: u32,
    /// Number of the pulse.
    pub pulse: u32,
}

/// Where a line like one before was counted last.
// All that each line asks for, in half a line of a cache: what few ask for stands elsewhere.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(32))]
struct Last {
    ending: u64,
    process: u32,
    second: Second,
    spot: Spot,
}

impl Last {
    #[inline]
    fn is_like(&self, like: &Like) -> bool {
        (self.ending == like.ending) & (self.process == like.process)
    }
}

/// A line like one before.
pub struct Again<'a> {
    /// Where it is counted.
    pub way: &'a Way,
    /// The second of the rows.
    pub second: &'a mut Second,
    /// Their rows.
    pub spot: &'a mut Spot,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    /// By some bits of what is alike; empty before the first line.
    last: Vec<Last>,
    /// The way of each of them; any, where there is none.
    known: Vec<Way>,
    /// By their numbers, from 1.
    processes: HashMap<Process, u32, foldhash::fast::RandomState>,
    blocks: u32,
}

/// As many as there are servers and frontends that they are reached through, some times over: two that share their bits
/// would drive each other out by turns.
const WAYS: usize = 2_048;

/// Processes that are told apart; lines of others are counted as right.
const PROCESSES: usize = 4_096;

impl Ways {
    /// A number for a block that begins.
    pub fn begin(&mut self) -> u32 {
        self.blocks += 1;
        self.blocks
    }

    /// Another process finds a number.
    pub fn has_room(&self) -> bool {
        self.processes.len() < PROCESSES
    }

    /// Routes and processes are numbered anew.
    pub fn forget(&mut self) {
        let blocks = self.blocks;
        *self = Self {
            blocks,
            ..Self::default()
        };
    }

    /// The number of a process, until it is forgotten; 0 where there is none left.
    pub fn process(&mut self, process: Process) -> u32 {
        let next = self.processes.len() as u32 + 1;
        let has_room = self.has_room();
        match self.processes.get(&process) {
            Some(number) => *number,
            None if has_room => *self.processes.entry(process).or_insert(next),
            None => 0,
        }
    }

    /// Where a line like this one was counted.
    #[inline]
    pub fn find(&mut self, like: &Like) -> Option<Again<'_>> {
        let bits = like.bits();
        let is_at = |place: usize| self.last.get(place).is_some_and(|last| last.is_like(like));
        let place = if is_at(bits) {
            bits
        } else if is_at(beside(bits)) {
            beside(bits)
        } else {
            return None;
        };
        let Last { second, spot, .. } = self.last.get_mut(place)?;
        let way = self.known.get(place)?;
        Some(Again { way, second, spot })
    }

    /// Lines like this one go the same way. It takes the place of one that shares its bits, if it must; of one that no
    /// line of this second went, if it may.
    pub fn keep(&mut self, like: Like, way: Way, second: Second, spot: Spot) {
        if self.known.is_empty() {
            self.last.resize(WAYS, Last::default());
            self.known.resize(WAYS, way);
        }
        let bits = like.bits();
        let place = match self.last[bits].second == second {
            true => beside(bits),
            false => bits,
        };
        let Like { ending, process } = like;
        self.last[place] = Last {
            ending,
            process,
            second,
            spot,
        };
        self.known[place] = way;
    }
}

/// The other place for what has these bits.
const fn beside(bits: usize) -> usize {
    bits ^ 1
}
