//! Traffic that stands in one file twice, because two `log` targets end in it.
//!
//! Enters: traffic lines of a source, in their order. Leaves: whether the same line stood there just before.
//! Must not know: blocks, or what the lines say.
//!
//! Two targets are written at once, so that copies are a few lines apart: all of them (two `log` lines), or just the
//! failed ones (`option log-separate-errors` into a second target). They differ in facility and level at most, and a
//! file holds neither. A line tells its client's address and port and a date to the millisecond: no two requests
//! have all of it in common, down to the last counter. Lines without a port, and those of containers, are not compared.
//!
//! What a line is depends on the lines before it, no farther than [`Copies::REACH`]. Whoever reads on from the middle
//! of a source shows those first.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::lens::Lens;
use crate::envelope::{Container, Envelope, Said};
use crate::line::{FieldSet, Reading, Traffic};
use crate::record;

/// Lines of traffic before a line among which its copy is looked for.
const LINES: usize = 32;

/// See the module.
#[derive(Debug, Clone)]
pub struct Copies {
    /// The last lines, hashed.
    seen: [u64; LINES],
    /// Where they stand.
    offsets: [u64; LINES],
    next: usize,
}

impl Default for Copies {
    fn default() -> Self {
        Self {
            seen: [0; LINES],
            offsets: [0; LINES],
            next: 0,
        }
    }
}

impl Copies {
    /// Bytes before a line in which its copy is looked for.
    pub const REACH: u64 = 8 * 1024;

    /// Takes in the lines before `offset`, which end there; the first of them may lack its beginning.
    pub fn follow(&mut self, before: &[u8], offset: u64, lens: &Lens) {
        let mut at = offset - before.len() as u64;
        for line in before.split_inclusive(|byte| *byte == b'\n') {
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            record::read(text, &lens.reader, |record| {
                if let Reading::Traffic(traffic) = &record.reading {
                    self.is_copy(traffic, &record.envelope, at);
                }
            });
            at += line.len() as u64;
        }
    }

    /// The same process wrote the same line just before; `offset` is where it stands now.
    pub fn is_copy(&mut self, traffic: &Traffic, envelope: &Envelope, offset: u64) -> bool {
        // Lines of containers may be joined, and are told when their parts are; and what a relay says was repeated was.
        let is_joined = envelope.container != Container::default();
        if is_joined || envelope.said != Said::Once || !has_port(traffic, envelope.message) {
            return false;
        }
        let line = (envelope.host, envelope.pid, envelope.message);
        let hash = FixedState::default().hash_one(line);
        let near = |at: usize| self.offsets[at] + Self::REACH >= offset;
        let is_copy = (0..LINES).any(|at| self.seen[at] == hash && near(at));
        (self.seen[self.next], self.offsets[self.next]) = (hash, offset);
        self.next = (self.next + 1) % LINES;
        is_copy
    }
}

/// The message begins with an address, a port behind it, and tells a date.
fn has_port(traffic: &Traffic, message: &[u8]) -> bool {
    let address = traffic.client;
    let behind = message.strip_prefix(address);
    traffic.fields.has(FieldSet::ACCEPTED)
        && address != b"unix"
        && behind.is_some_and(|rest| rest.starts_with(b":"))
}
