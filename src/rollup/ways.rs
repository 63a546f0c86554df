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
use crate::line::{FieldSet, Traffic};

/// What decides where a line is counted, but for its second.
#[derive(Debug, Clone, Copy)]
pub struct Like<'a> {
    /// The message from the name of the frontend to that of the server.
    names: &'a [u8],
    /// Where they stand in it.
    edges: [u8; 4],
    /// The termination state, the status and the mode.
    ending: u64,
    process: Process,
}

/// Without one of these, more than names and the end decides.
const NAMED: FieldSet = FieldSet::FRONTEND
    .and(FieldSet::BACKEND)
    .and(FieldSet::SERVER)
    .and(FieldSet::TERM);

/// Bytes from the first name to the end of the last one, for which there is room.
const LONGEST: usize = 64;

impl<'a> Like<'a> {
    /// Of a line of traffic; `None` where its names do not stand together in its message.
    #[inline]
    pub fn of(traffic: &Traffic, message: &'a [u8], process: Process) -> Option<Self> {
        let first = traffic.frontend.as_ptr() as usize;
        let behind = |text: &[u8]| (text.as_ptr() as usize).wrapping_sub(first);
        let (backend, server) = (behind(traffic.backend), behind(traffic.server));
        let length = server.wrapping_add(traffic.server.len());
        let at = first.wrapping_sub(message.as_ptr() as usize);
        // What stands elsewhere is far away.
        let is_near = length <= LONGEST
            && backend.wrapping_add(traffic.backend.len()) <= server
            && traffic.frontend.len() <= length;
        if !is_near || !traffic.fields.has(NAMED) {
            return None;
        }
        let lengths = [traffic.frontend.len(), traffic.backend.len()];
        let term = u64::from(u32::from_le_bytes(traffic.term));
        let status = u64::from(traffic.status.cast_unsigned());
        Some(Self {
            names: message.get(at..)?.get(..length)?,
            edges: [lengths[0], backend, lengths[1], server].map(|edge| edge as u8),
            ending: term | status << 32 | (traffic.mode as u64) << 48,
            process,
        })
    }

    /// Bits that tell most lines apart: the ends of all three names are in them.
    #[inline]
    fn bits(&self) -> usize {
        let [_, backend, length, _] = self.edges.map(usize::from);
        let to_backend = self.names.get(..backend + length);
        let first = self.names.first_chunk::<8>();
        let lasts = [to_backend.unwrap_or_default(), self.names].map(<[u8]>::last_chunk::<8>);
        let names = [first, lasts[0], lasts[1]];
        let names = names.map(|eight| eight.map_or(0, |eight| u64::from_le_bytes(*eight)));
        let mixed = names.into_iter().fold(self.ending, hash::step);
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
    /// Where the requests went.
    pub place: Place,
    /// What the name of the server adds to a fingerprint.
    pub server: u64,
    /// Frontend.
    pub frontend: Id,
    /// How they ended.
    pub outcome: Outcome,
    /// The second of the rows.
    pub second: Second,
    /// Their rows.
    pub spot: Spot,
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
    known: Vec<Option<Known>>,
    blocks: u32,
}

/// As many as there are servers and frontends that they are reached through, some times over: two that share their bits
/// would drive each other out by turns.
const WAYS: usize = 2_048;

#[derive(Debug, Clone, Copy)]
struct Known {
    names: [u8; LONGEST],
    length: u8,
    edges: [u8; 4],
    ending: u64,
    process: Process,
    way: Way,
}

impl Ways {
    /// A number for a block that begins.
    pub fn begin(&mut self) -> u32 {
        self.blocks += 1;
        self.blocks
    }

    /// Where a line like this one was counted.
    #[inline]
    pub fn find(&mut self, like: &Like) -> Option<&mut Way> {
        let bits = like.bits();
        let is_at = |place: usize| {
            let known = self.known.get(place).and_then(Option::as_ref);
            known.is_some_and(|known| known.is_like(like))
        };
        let place = if is_at(bits) {
            bits
        } else if is_at(beside(bits)) {
            beside(bits)
        } else {
            return None;
        };
        let known = self.known.get_mut(place)?.as_mut()?;
        Some(&mut known.way)
    }

    /// Lines like this one go the same way. It takes the place of one that shares its bits, if it must; of one that no
    /// line of this second went, if it may.
    pub fn keep(&mut self, like: &Like, way: Way) {
        if self.known.is_empty() {
            self.known.resize(WAYS, None);
        }
        let bits = like.bits();
        let is_used = |known: &Known| known.way.second == way.second;
        let place = match self.known[bits].as_ref().is_some_and(is_used) {
            true => beside(bits),
            false => bits,
        };
        let mut names = [0; LONGEST];
        names[..like.names.len()].copy_from_slice(like.names);
        self.known[place] = Some(Known {
            names,
            length: like.names.len() as u8,
            edges: like.edges,
            ending: like.ending,
            process: like.process,
            way,
        });
    }
}

/// The other place for what has these bits.
const fn beside(bits: usize) -> usize {
    bits ^ 1
}

impl Known {
    #[inline]
    fn is_like(&self, like: &Like) -> bool {
        self.ending == like.ending
            && self.edges == like.edges
            && self.process == like.process
            && is_same(self.names(), like.names)
    }

    #[inline]
    fn names(&self) -> &[u8] {
        let names = self.names.get(..usize::from(self.length));
        names.unwrap_or_default()
    }
}

/// Whether two texts are the same. Both ends are all of most names, and compared as numbers, with nothing called.
#[inline]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    const END: usize = 16;
    let ends = |text: &[u8]| Some((*text.first_chunk::<END>()?, *text.last_chunk::<END>()?));
    match (ends(one), ends(other)) {
        (Some(one_ends), Some(other_ends)) if one.len() <= 2 * END => {
            one.len() == other.len() && one_ends == other_ends
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_anywhere_are_not_the_same() {
        for length in 0..=LONGEST {
            let text = vec![b'a'; length];
            assert!(is_same(&text, &text.clone()), "{length}");
            assert!(!is_same(&text, &vec![b'a'; length + 1]), "{length}");
            for at in 0..length {
                let mut other = text.clone();
                other[at] = b'b';
                assert!(!is_same(&text, &other), "{at} of {length}");
            }
        }
    }
}
