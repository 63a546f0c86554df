//! Statuses by their first digit.
//!
//! Enters: statuses. Leaves: how many of each class. Must not know: whose they are.

use crate::rollup::Merge;
use crate::stats::sheet::{Cell, Heading};

/// What stands above [`Classes::cells`].
pub const HEADINGS: [Heading; 6] = [
    Heading::figure("1xx", "requests by status"),
    Heading::figure("2xx", "requests by status"),
    Heading::figure("3xx", "requests by status"),
    Heading::figure("4xx", "requests by status"),
    Heading::figure("5xx", "requests by status"),
    Heading::figure("other", "requests with another status, or -1"),
];

/// 1xx to 5xx, and others first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Classes([u64; 6]);

impl Classes {
    #[inline]
    pub fn add(&mut self, status: i16, times: u64) {
        let class = match status {
            100..600 => (status / 100) as usize,
            _ => 0,
        };
        self.0[class] += times;
    }

    /// All of them.
    pub fn sum(&self) -> u64 {
        self.0.iter().sum()
    }

    /// 1xx, 2xx, 3xx, 4xx, 5xx, others.
    pub fn cells(&self) -> [Cell<'static>; 6] {
        [1, 2, 3, 4, 5, 0].map(|class: usize| Cell::count(self.0[class]))
    }
}

impl Merge for Classes {
    fn merge(&mut self, other: Self) {
        self.0
            .iter_mut()
            .zip(other.0)
            .for_each(|(mine, theirs)| *mine += theirs);
    }
}
