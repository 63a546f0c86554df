//! What comes to each frontend in a second, whatever becomes of it.
//!
//! Enters: slots. Leaves: what frontends' shares are taken of, and how many requests of each are left when something
//! keeps others from coming so far. Must not know: backends.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::good::Good;
use crate::rollup::Name;
use crate::rollup::seal::Slot;
use crate::words::termination::Symptom;

/// See the module.
#[derive(Debug)]
pub struct Coming<'a> {
    /// Requests and failed handshakes of all frontends.
    pub all: u64,
    /// Lines of each frontend, and how many of them are failed handshakes.
    frontends: BTreeMap<&'a Name, (u64, u64)>,
}

impl<'a> Coming<'a> {
    /// Of a slot.
    pub fn of(slot: &'a Slot) -> Self {
        let mut frontends: BTreeMap<&Name, (u64, u64)> = BTreeMap::new();
        for pulse in &slot.pulses {
            frontends.entry(&pulse.frontend).or_default().0 += pulse.n;
        }
        let failed = slot
            .cells
            .iter()
            .filter(|cell| cell.outcome.symptom == Symptom::Handshake);
        for cell in failed {
            frontends.entry(&cell.place.backend).or_default().1 += cell.tally.n;
        }
        Self {
            all: slot.cells.iter().map(|cell| cell.tally.n).sum(),
            frontends,
        }
    }
}

/// Frontends that are remembered; more are forged.
const FRONTENDS: usize = 1_024;

/// The requests of each frontend in the last minute.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Frontends(BTreeMap<Name, (i64, Good)>);

impl Frontends {
    /// Takes a second.
    pub fn step(&mut self, second: i64, coming: &Coming) {
        for (frontend, (lines, failed)) in &coming.frontends {
            if self.0.len() >= FRONTENDS && !self.0.contains_key(*frontend) {
                continue;
            }
            let (last, requests) = self
                .0
                .entry((*frontend).clone())
                .or_insert((second - 1, Good::default()));
            requests.add(second, second - *last, lines.saturating_sub(*failed));
            *last = second;
        }
    }

    /// The part of a frontend's requests that is left since a second; see [`Good::left`].
    pub fn left(&self, frontend: &Name, since: i64) -> Option<f64> {
        self.0.get(frontend)?.1.left(since)
    }
}
