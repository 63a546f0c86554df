//! Timer distributions in two accounts: calm, and during incidents.
//!
//! Enters: minutes, each with the backends that were in trouble then. Leaves: a
//! histogram for each backend, server, ending and timer. Must not know: timeouts.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cookies::Cookies;
use super::exemplars::Exemplars;
use super::load::Loads;
use super::spells::Spells;
use super::urls::Urls;
use crate::rollup::Name;
use crate::rollup::histogram::Histogram;
use crate::rollup::seal::{Minute, TimerRow};
use crate::rollup::timers::{Ending, Timer, Wait};

/// Servers whose distributions are kept; more are forged.
const SERVERS: usize = 4_096;

/// Distributions of the requests of one backend and server, in ms, kept apart by how the requests ended.
pub type Distributions = BTreeMap<(Ending, Timer), Histogram>;

/// Distributions by backend and server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Account {
    // Whoever looks ahead holds the same, until there is more to count.
    servers: BTreeMap<(Name, Name), Arc<Distributions>>,
    spells: BTreeMap<Name, Arc<Spells>>,
}

impl Account {
    /// Takes rows of one backend and server.
    fn add(&mut self, rows: &[TimerRow]) {
        let Some(TimerRow {
            backend, server, ..
        }) = rows.first()
        else {
            return;
        };
        let key = (backend.clone(), server.clone());
        if self.servers.len() >= SERVERS && !self.servers.contains_key(&key) {
            return;
        }
        let timers = Arc::make_mut(self.servers.entry(key).or_default());
        for row in rows {
            let waits: Vec<(Wait, u64)> = row.waits.iter().collect();
            for waits in waits.chunk_by(|(a, _), (b, _)| a.timer() == b.timer()) {
                let counts = waits.iter().map(|(wait, n)| (wait.bucket(), *n));
                timers
                    .entry((row.ending, waits[0].0.timer()))
                    .or_default()
                    .add_in_order(counts);
            }
        }
    }

    /// Takes a minute of one backend.
    fn spell(&mut self, start: i64, rows: &[TimerRow]) {
        let Some(backend) = rows.first().map(|row| &row.backend) else {
            return;
        };
        if self.spells.len() < SERVERS || self.spells.contains_key(backend) {
            let spells = self.spells.entry(backend.clone()).or_default();
            Arc::make_mut(spells).add(start, rows.iter());
        }
    }

    /// How late and cut requests of a backend are spread over time.
    pub fn spells(&self, backend: &Name) -> Option<&Spells> {
        self.spells.get(backend).map(|spells| &**spells)
    }

    /// Each backend and server with its distributions, in the order of their names. Where no backend was chosen,
    /// the backend is the frontend's name and the server `<NOSRV>`.
    pub fn servers(&self) -> impl Iterator<Item = (&Name, &Name, &Distributions)> {
        self.servers
            .iter()
            .map(|((backend, server), timers)| (backend, server, &**timers))
    }
}

/// See the module. A clone shares with it what neither adds to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Accounts {
    /// Minutes in which the backend had no incident.
    pub calm: Arc<Account>,
    /// Minutes in which it had one.
    pub incident: Arc<Account>,
    /// How much was at work at once.
    pub loads: Arc<Loads>,
    /// What was asked for.
    pub urls: Arc<Urls>,
    /// Lines of what did not end well, of all minutes that came.
    pub exemplars: Exemplars,
    /// Who brought a cookie.
    pub cookies: Arc<Cookies>,
}

impl Accounts {
    /// Takes in a minute. `troubled` tells which backends were in trouble during it.
    pub fn add(&mut self, minute: &Minute, troubled: impl Fn(&Name) -> bool) {
        Arc::make_mut(&mut self.loads).add(minute, &troubled);
        Arc::make_mut(&mut self.urls).add(minute);
        Arc::make_mut(&mut self.cookies).add(minute);
        let same_backend = |a: &TimerRow, b: &TimerRow| a.backend == b.backend;
        let same_server = |a: &TimerRow, b: &TimerRow| a.server == b.server;
        for of_backend in minute.timers.chunk_by(same_backend) {
            let account = Arc::make_mut(match troubled(&of_backend[0].backend) {
                true => &mut self.incident,
                false => &mut self.calm,
            });
            account.spell(minute.start, of_backend);
            for rows in of_backend.chunk_by(same_server) {
                account.add(rows);
            }
        }
    }
}
