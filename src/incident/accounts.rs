//! Timer distributions in two accounts: calm, and during incidents.
//!
//! Enters: minutes as they leave the look-back, each with the backends that were in trouble then. Leaves: a
//! histogram for each backend, server, ending and timer. Must not know: timeouts.

use std::collections::BTreeMap;

use crate::rollup::Name;
use crate::rollup::histogram::Histogram;
use crate::rollup::seal::{Minute, TimerRow};
use crate::rollup::timers::{Ending, Timer};

/// Servers whose distributions are kept; more are forged.
const SERVERS: usize = 4_096;

/// Distributions of the requests of one backend and server, in ms, kept apart by how the requests ended.
pub type Distributions = BTreeMap<(Ending, Timer), Histogram>;

/// Distributions by backend and server.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Account {
    servers: BTreeMap<(Name, Name), Distributions>,
}

impl Account {
    fn add(&mut self, row: &TimerRow) {
        let key = (row.backend.clone(), row.server.clone());
        if self.servers.len() >= SERVERS && !self.servers.contains_key(&key) {
            return;
        }
        let timers = self.servers.entry(key).or_default();
        for (wait, n) in row.waits.iter() {
            timers
                .entry((row.ending, wait.timer()))
                .or_default()
                .add_bucket(wait.bucket(), n);
        }
    }

    /// Each backend and server with its distributions, in the order of their names. Where no backend was chosen,
    /// the backend is the frontend's name and the server `<NOSRV>`.
    pub fn servers(&self) -> impl Iterator<Item = (&Name, &Name, &Distributions)> {
        self.servers
            .iter()
            .map(|((backend, server), timers)| (backend, server, timers))
    }
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Accounts {
    /// Minutes in which the backend had no incident.
    pub calm: Account,
    /// Minutes in which it had one.
    pub incident: Account,
}

impl Accounts {
    /// Takes in a minute. `troubled` tells which backends were in trouble during it.
    pub fn add(&mut self, minute: &Minute, troubled: impl Fn(&Name) -> bool) {
        let mut known: Option<(&Name, bool)> = None;
        for row in &minute.timers {
            let in_trouble = match known {
                Some((backend, in_trouble)) if *backend == row.backend => in_trouble,
                _ => troubled(&row.backend),
            };
            known = Some((&row.backend, in_trouble));
            if in_trouble {
                self.incident.add(row)
            } else {
                self.calm.add(row)
            }
        }
    }
}
