//! Health checks that fail and are logged (`option log-health-checks`).
//!
//! Enters: failed and passed checks, by who made them. Leaves: the run of failures a server is in, whose last line
//! holds the reason that the DOWN line then lacks. Must not know: server states.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Clue;
use super::reason::Reason;
use crate::rollup::Name;
use crate::rollup::seal::Origin;

/// Servers whose failing checks are remembered; more are forged.
const FAILING: usize = 4_096;

/// Who checks, backend and server.
type Key = (Origin, Name, Name);

/// The run of failed checks a server is in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Failing {
    /// When the first one failed; s since 1970 UTC.
    pub since: i64,
    /// The line of the first one.
    pub first: Clue,
    /// Why the last one failed.
    pub reason: Option<Reason>,
    /// The line of the last one.
    pub last: Clue,
}

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Checks(BTreeMap<Key, Failing>);

impl Checks {
    /// A check failed.
    pub fn fail(&mut self, key: Key, told: Clue, reason: Option<Reason>) {
        if self.0.len() >= FAILING && !self.0.contains_key(&key) {
            return;
        }
        let failing = self.0.entry(key).or_insert_with(|| Failing {
            since: told.second,
            first: told.clone(),
            reason: None,
            last: told.clone(),
        });
        (failing.reason, failing.last) = (reason, told);
    }

    /// The server passes its checks, or has changed its state.
    pub fn forget(&mut self, origin: &Origin, backend: &Name, server: &Name) {
        self.0
            .remove(&(origin.clone(), backend.clone(), server.clone()));
    }

    /// The run a server is in.
    pub fn of(&self, origin: &Origin, backend: &Name, server: &Name) -> Option<&Failing> {
        self.0
            .get(&(origin.clone(), backend.clone(), server.clone()))
    }
}
