//! Incidents that are over, as many as anyone reads.
//!
//! Enters: incidents as they close. Leaves: the same; of too many, the worst and the latest, and how many the others
//! were. Must not know: what goes on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Incident;
use crate::words::cause::{Kind, Severity};

/// Incidents that are kept; nobody reads more.
const KEPT: usize = 4_096;

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Closed {
    /// In the order in which they closed, with the second (s since 1970 UTC) in which they did.
    incidents: Vec<(i64, Incident)>,
    forgotten: BTreeMap<(Severity, Kind), u64>,
}

impl Closed {
    /// Keeps one more.
    pub fn keep(&mut self, now: i64, incident: Incident) {
        self.incidents.push((now, incident));
        if self.incidents.len() > KEPT {
            self.forget_some();
        }
    }

    /// An eighth of the room is made at once: of the mildest, those that closed first are let go of.
    fn forget_some(&mut self) {
        let mut mildest_first: Vec<usize> = (0..self.incidents.len()).collect();
        // Severities are listed from the worst on.
        mildest_first.sort_by_key(|at| std::cmp::Reverse(self.incidents[*at].1.severity));
        let mut is_kept = vec![true; self.incidents.len()];
        for at in mildest_first.into_iter().take(KEPT / 8) {
            let gone = &self.incidents[at].1;
            *self
                .forgotten
                .entry((gone.severity, gone.kind))
                .or_default() += 1;
            is_kept[at] = false;
        }
        let mut kept = is_kept.into_iter();
        self.incidents.retain(|_| kept.next().unwrap_or(true));
    }

    /// All that are kept.
    pub fn iter(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.iter().map(|(_, incident)| incident)
    }

    /// Those that closed since a second (s since 1970 UTC), last one first: all that ended since then.
    pub fn since(&self, second: i64) -> impl Iterator<Item = &Incident> {
        let latest = self.incidents.iter().rev();
        latest
            .take_while(move |(closed, _)| *closed >= second)
            .map(|(_, incident)| incident)
    }

    /// How many of which severity and kind were not kept.
    pub fn forgotten(&self) -> &BTreeMap<(Severity, Kind), u64> {
        &self.forgotten
    }
}
