//! Lines like one before: they are counted where that one was, and nothing is looked for.
//!
//! Enters: what decides where a line is counted. Leaves: where one like it was. Must not know: what is counted there.
//!
//! Most lines name the same process, frontend, backend and server as one before, and ended as well. One look finds all
//! that follows from it, where names, place and end would each have to be looked for; and in the same second the very
//! rows that count it. A line of another kind is counted as right, only not as fast.

use super::cell::{Outcome, Place};
use super::hash;
use super::names::Id;
use super::pulse::Process;
use crate::line::Traffic;

/// What decides where a line is counted, but for its second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Like {
    /// The termination state, the status and the mode, and the number of the names.
    ending: u64,
    process: Process,
}

impl Like {
    /// Of a line of traffic by a route of this number; 0 says nothing, and then it is like none.
    #[inline]
    pub fn of(traffic: &Traffic, route: u32, process: Process) -> Option<Self> {
        let term = u64::from(u32::from_le_bytes(traffic.term));
        let status = u64::from(traffic.status.cast_unsigned());
        let mode = traffic.mode as u64;
        (route > 0).then_some(Self {
            ending: term | status << 32 | mode << 48 | u64::from(route) << 50,
            process,
        })
    }

    /// Bits that tell most lines apart.
    #[inline]
    fn bits(&self) -> usize {
        let Process { host, tag, pid } = self.process;
        let process = pid ^ host.rotate_left(16) ^ tag.rotate_left(24);
        let mixed = hash::step(hash::step(0, self.ending), u64::from(process));
        (mixed >> (u64::BITS - WAYS.ilog2())) as usize
    }
}

/// A second of a block, by its number there; two blocks have none in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Second {
    /// Number of the block, as [`Ways::begin`] gives them out.
    pub block: u32,
    /// Number of the second.
    pub moment: u32,
}

/// Where lines are counted, by names that are good for all blocks, and by rows that are good for one second.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// The second of the rows.
    pub second: Second,
    /// Their rows.
    pub spot: Spot,
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
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    /// Number of the place.
    pub place: u32,
    /// Number of the cell.
    pub cell: u32,
    /// Number of the pulse.
    pub pulse: u32,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    /// By some bits of what is alike; empty before the first line.
    known: Vec<Option<(Like, Way)>>,
    blocks: u32,
}

/// As many as there are servers and frontends that they are reached through, some times over: two that share their bits
/// would drive each other out by turns.
const WAYS: usize = 2_048;

impl Ways {
    /// A number for a block that begins.
    pub fn begin(&mut self) -> u32 {
        self.blocks += 1;
        self.blocks
    }

    /// Routes are numbered anew.
    pub fn forget(&mut self) {
        self.known.clear();
    }

    /// Where a line like this one was counted.
    #[inline]
    pub fn find(&mut self, like: &Like) -> Option<&mut Way> {
        let bits = like.bits();
        let is_at = |place: usize| {
            let known = self.known.get(place).and_then(Option::as_ref);
            known.is_some_and(|(known, _)| known == like)
        };
        let place = if is_at(bits) {
            bits
        } else if is_at(beside(bits)) {
            beside(bits)
        } else {
            return None;
        };
        let (_, way) = self.known.get_mut(place)?.as_mut()?;
        Some(way)
    }

    /// Lines like this one go the same way. It takes the place of one that shares its bits, if it must; of one that no
    /// line of this second went, if it may.
    pub fn keep(&mut self, like: Like, way: Way) {
        if self.known.is_empty() {
            self.known.resize(WAYS, None);
        }
        let bits = like.bits();
        let is_used = |(_, known): &(Like, Way)| known.second == way.second;
        let place = match self.known[bits].as_ref().is_some_and(is_used) {
            true => beside(bits),
            false => bits,
        };
        self.known[place] = Some((like, way));
    }
}

/// The other place for what has these bits.
const fn beside(bits: usize) -> usize {
    bits ^ 1
}
