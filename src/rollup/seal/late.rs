//! What came too late to be put in order, or is dated too far ahead.
//!
//! Enters: what blocks say of minutes behind the frontier, and minutes to come for which there is no room. Leaves: how many
//! lines and requests they stand for, each once. Must not know: when they happened.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::minute::{Origin, Requests};
use crate::rollup::counts::Counts;
use crate::rollup::fingerprint::{Fingerprint, Kind};
use crate::rollup::hash::{self, FrozenKey};
use crate::rollup::merge::Merge;
use crate::rollup::sample::Capped;
use crate::rollup::sorted::Sorted;
use crate::source::position::SourceId;

/// Minutes and origins whose copies are told apart.
const MINUTES: usize = 2048;

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Late {
    lines: u64,
    prints: Capped<Key, Sorted<SourceId, Fingerprint>, MINUTES>,
}

/// Traffic of a minute: its start, whose, and of which kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Key(i64, Origin, Kind);

impl FrozenKey for Key {
    fn frozen(&self) -> u64 {
        let minute = (self.0 as u64) << 2 | self.2 as u64;
        hash::combine(self.1.frozen(), minute)
    }
}

impl Late {
    pub(super) fn count(&mut self, lines: u64) {
        self.lines += lines;
    }

    /// Takes in what makes copies known of a minute (its start, s since 1970 UTC).
    pub(super) fn print(
        &mut self,
        source: SourceId,
        minute: i64,
        origin: Origin,
        kind: Kind,
        print: Fingerprint,
    ) {
        let prints = self.prints.slot(&Key(minute, origin, kind));
        prints.slot(source).merge(print);
    }

    /// Lines.
    pub fn lines(&self) -> u64 {
        let twice = self.duplicates();
        self.lines - twice.traffic - twice.truncated
    }

    /// Requests among them.
    pub fn requests(&self) -> Requests {
        let mut requests = Requests::default();
        let kept = self.prints.iter();
        for (key, prints) in kept.filter(|(key, _)| key.2 != Kind::Handshake) {
            let once: BTreeSet<&Fingerprint> = prints.iter().map(|(_, print)| print).collect();
            let n: u64 = once.iter().map(|print| print.requests).sum();
            requests.n += n;
            requests.failed += if key.2 == Kind::Failed { n } else { 0 };
        }
        requests.n += self
            .prints
            .overflow()
            .iter()
            .map(|(_, print)| print.requests)
            .sum::<u64>();
        requests
    }

    /// Lines of traffic that another source had as well.
    pub(super) fn duplicates(&self) -> Counts {
        let mut twice = Counts::default();
        for (_, prints) in self.prints.iter() {
            let mut seen = BTreeSet::new();
            let prints = prints.iter().map(|(_, print)| print);
            for print in prints.filter(|print| !seen.insert(**print)) {
                twice.traffic += print.n - print.truncated;
                twice.truncated += print.truncated;
            }
        }
        twice
    }
}
