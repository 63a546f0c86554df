//! Incidents that are over, as many as anyone reads.
//!
//! Enters: incidents as they close. Leaves: the same; of too many, the worst and the latest. Must not know: what goes on.

use super::Incident;

/// Incidents that are kept; nobody reads more.
const KEPT: usize = 4_096;

/// Those among which the ones of the last minutes are looked for.
const RECENT: usize = 1_024;

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Closed {
    /// In the order in which they closed.
    incidents: Vec<Incident>,
    forgotten: u64,
}

impl Closed {
    /// Keeps one more.
    pub fn keep(&mut self, incident: Incident) {
        self.incidents.push(incident);
        if self.incidents.len() > KEPT {
            self.forget_one();
        }
    }

    /// Of the mildest, the one that closed first is let go of.
    fn forget_one(&mut self) {
        // Severities are listed from the worst on.
        let mildest = self.iter().map(|incident| incident.severity).max();
        let of_them = |incident: &Incident| Some(incident.severity) == mildest;
        if let Some(first) = self.incidents.iter().position(of_them) {
            self.incidents.remove(first);
            self.forgotten += 1;
        }
    }

    /// All that are kept.
    pub fn iter(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.iter()
    }

    /// The latest, last one first.
    pub fn recent(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.iter().rev().take(RECENT)
    }

    /// How many were not kept.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }
}
