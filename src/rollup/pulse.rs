//! Who was there in a second: the processes that logged traffic, and of which frontend.
//!
//! Enters: processes, frontends, and what their lines say. Leaves: a [`Pulse`] for each, by whatever numbers names have.
//! Must not know: how requests ended.

use serde::{Deserialize, Serialize};

use super::merge::Merge;
use super::names::Id;
use super::rows::{Hinted, spread};

/// A process that wrote something in a second.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
pub struct Process {
    /// Log host.
    pub host: Id,
    /// Program name.
    pub tag: Id,
    /// Process id; 0 when the line names none.
    pub pid: u32,
}

/// How much traffic a process logged of a frontend in a second, and where the first line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulse {
    /// Lines that are counted.
    // Lines of one second: with 32 bits the next count takes no room of its own.
    pub n: u32,
    /// Lines that a filter left out. What is stored was never filtered.
    #[serde(skip)]
    left_out: u32,
    /// Offset of the first one.
    pub first: u64,
    /// The earliest accept date, in ms on the clock of the lines.
    pub accepted: i64,
    /// The most connections of the frontend (`feconn`).
    pub most: Most,
    /// The most connections of the whole process (`actconn`), as these lines say.
    pub process: Most,
}

/// The most of something, and how many lines say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Most {
    /// How much.
    pub value: u32,
    /// Lines.
    // A quiet log has a pulse for each line: more bits would be more memory.
    pub lines: u32,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            n: 0,
            left_out: 0,
            first: u64::MAX,
            accepted: i64::MAX,
            most: Most::default(),
            process: Most::default(),
        }
    }
}

impl Pulse {
    /// Counts a line, which says how many connections the process has, and of these the frontend.
    #[inline]
    pub fn add(&mut self, offset: u64, accepted: i64, [process, frontend]: [u32; 2]) {
        self.n = self.n.saturating_add(1);
        self.meet(offset, accepted);
        self.most.add(frontend);
        self.process.add(process);
    }

    /// A line was there that is not counted.
    pub fn leave_out(&mut self, offset: u64, accepted: i64) {
        self.left_out = self.left_out.saturating_add(1);
        self.meet(offset, accepted);
    }

    /// Lines that were there, counted or not.
    pub fn lines(&self) -> u64 {
        u64::from(self.n) + u64::from(self.left_out)
    }

    #[inline]
    fn meet(&mut self, offset: u64, accepted: i64) {
        self.first = self.first.min(offset);
        self.accepted = self.accepted.min(accepted);
    }
}

impl Merge for Pulse {
    fn merge(&mut self, other: Self) {
        self.n = self.n.saturating_add(other.n);
        self.left_out = self.left_out.saturating_add(other.left_out);
        self.meet(other.first, other.accepted);
        self.most.merge(other.most);
        self.process.merge(other.process);
    }
}

impl Most {
    /// A line says so much.
    #[inline]
    fn add(&mut self, value: u32) {
        if value >= self.value {
            let is_more = value > self.value;
            self.value = value;
            self.lines = if is_more {
                1
            } else {
                self.lines.saturating_add(1)
            };
        }
    }
}

impl Merge for Most {
    fn merge(&mut self, other: Self) {
        match self.value.cmp(&other.value) {
            std::cmp::Ordering::Less => *self = other,
            std::cmp::Ordering::Equal => self.lines = self.lines.saturating_add(other.lines),
            std::cmp::Ordering::Greater => {}
        }
    }
}

impl Hinted for (u32, Process, Id) {
    #[inline]
    fn hint(&self) -> u64 {
        let (moment, process, frontend) = self;
        spread([*frontend, process.pid, *moment])
    }
}

impl Process {
    /// By the numbers that `id` gives.
    pub fn renamed(self, id: &mut impl FnMut(Id) -> Id) -> Self {
        Self {
            host: id(self.host),
            tag: id(self.tag),
            ..self
        }
    }
}
