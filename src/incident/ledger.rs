//! Sums over the whole log: requests of each backend by the state they ended in, and each server's time out of rotation.
//!
//! Enters: cells, and servers as they leave the rotation and come back. Leaves: the sums, in the order of the names.
//! Must not know: incidents, and what is told of it.
//!
//! There is room for the names of a large installation. Those that came first stay; what goes beyond is not summed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::register::Register;
use crate::rollup::Name;
use crate::rollup::cell::Outcome;
use crate::rollup::seal::{Cell, Origin};
use crate::words::termination::Symptom;

/// Backends whose requests are summed.
const BACKENDS: usize = 4_096;

/// Pairs of a backend and a termination state; HAProxy has some dozens, and a backend few of them.
const STATES: usize = 65_536;

/// Servers whose absences are summed, as each HAProxy sees them.
const SERVERS: usize = 16_384;

/// How requests of a backend ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Requests, and in mode tcp sessions.
    pub requests: u64,
    /// Those that were neither denied nor ended by their client, so that it was up to the service how they end.
    pub eligible: u64,
    /// Those of them that failed.
    pub failed: u64,
    /// Requests by termination state.
    pub states: BTreeMap<[u8; 4], u64>,
}

impl Sum {
    /// Counts requests; so many states are there in all sums.
    fn add(&mut self, cells: &[&Cell], states: &mut usize) {
        let same = |a: &&Cell, b: &&Cell| a.outcome.term == b.outcome.term;
        for cells in cells.chunk_by(same) {
            let mut requests = 0;
            for cell in cells.iter().filter(|cell| is_request(cell)) {
                let n = cell.tally.n;
                requests += n;
                self.eligible += if is_eligible(&cell.outcome) { n } else { 0 };
                let failed = cell.outcome.symptom.is_failure();
                self.failed += if failed { n } else { 0 };
            }
            self.requests += requests;
            if requests > 0 {
                self.count(cells[0].outcome.term, requests, states);
            }
        }
    }

    fn count(&mut self, term: [u8; 4], n: u64, states: &mut usize) {
        if let Some(held) = self.states.get_mut(&term) {
            *held += n;
        } else if *states < STATES {
            *states += 1;
            self.states.insert(term, n);
        }
    }
}

fn is_request(cell: &Cell) -> bool {
    cell.outcome.symptom.is_request()
}

/// Where a server stands, as far as it matters how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Takes requests.
    InRotation,
    /// Checks, or DNS, took it out.
    Down,
    /// Somebody took it out: maintenance, drain, stopping.
    Planned,
}

/// Times out of rotation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// How often.
    pub times: u64,
    /// In all; s.
    pub seconds: i64,
    /// The longest; s.
    pub longest: i64,
}

impl Absence {
    fn add(&mut self, seconds: i64) {
        self.times += 1;
        self.seconds += seconds;
        self.longest = self.longest.max(seconds);
    }
}

/// A server's times out of rotation, as one HAProxy sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absences {
    /// Where it stands now.
    pub standing: Standing,
    /// Since when; s since 1970 UTC.
    since: i64,
    /// DOWN.
    pub down: Absence,
    /// In maintenance, drain, or stopping.
    pub planned: Absence,
}

impl Absences {
    /// The same if it has stood like this up to `until` (s since 1970 UTC), and nothing counts before `from`.
    fn at(mut self, from: i64, until: i64) -> Self {
        let absence = match self.standing {
            Standing::InRotation => return self,
            Standing::Down => &mut self.down,
            Standing::Planned => &mut self.planned,
        };
        if until >= from {
            absence.add((until - self.since.max(from)).max(0));
        }
        self
    }
}

/// See the module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ledger {
    /// Nothing counts before; s since 1970 UTC.
    from: i64,
    backends: Register<Name, Sum>,
    /// Requests for which no backend was chosen.
    without_backend: Sum,
    states: usize,
    servers: BTreeMap<(Name, Name, Origin), Absences>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self::since(None)
    }
}

impl Ledger {
    /// An empty one, in which nothing counts before `since` (s since 1970 UTC).
    pub fn since(since: Option<i64>) -> Self {
        Self {
            from: since.unwrap_or(i64::MIN),
            backends: Register::default(),
            without_backend: Sum::default(),
            states: 0,
            servers: BTreeMap::new(),
        }
    }

    /// Counts the requests of cells that share their backend's name.
    pub fn add(&mut self, name: &Name, cells: &[&Cell]) {
        for cells in cells.chunk_by(|a, b| a.place.at_frontend == b.place.at_frontend) {
            let Some(first) = cells.iter().find(|cell| is_request(cell)) else {
                continue;
            };
            let sum = if first.place.at_frontend {
                &mut self.without_backend
            } else {
                let is_full = self.backends.len() >= BACKENDS;
                match self.backends.get_mut(name) {
                    Some(sum) => sum,
                    None if is_full => continue,
                    None => self.backends.get_or_insert_with(name, Sum::default),
                }
            };
            sum.add(cells, &mut self.states);
        }
    }

    /// A server turns to this standing at a second.
    pub fn turn(&mut self, origin: &Origin, place: (&Name, &Name), second: i64, to: Standing) {
        let key = (place.0.clone(), place.1.clone(), origin.clone());
        let Some(server) = self.servers.get_mut(&key) else {
            if self.servers.len() < SERVERS {
                let absences = Absences {
                    standing: to,
                    since: second,
                    down: Absence::default(),
                    planned: Absence::default(),
                };
                self.servers.insert(key, absences);
            }
            return;
        };
        if server.standing != to {
            *server = Absences {
                standing: to,
                since: second,
                ..server.at(self.from, second)
            };
        }
    }

    /// What one saw of a server, another one sees from now on.
    pub fn hand_over(&mut self, from: &Origin, to: &Origin, place: (&Name, &Name)) {
        let key = |origin: &Origin| (place.0.clone(), place.1.clone(), origin.clone());
        if let Some(held) = self.servers.remove(&key(from)) {
            self.servers.entry(key(to)).or_insert(held);
        }
    }

    /// Backends with their requests.
    pub fn backends(&self) -> impl Iterator<Item = (&Name, &Sum)> {
        self.backends.iter()
    }

    /// Requests for which no backend was chosen.
    pub fn without_backend(&self) -> &Sum {
        &self.without_backend
    }

    /// Backends and servers that were out of rotation up to `until` (s since 1970 UTC), by the HAProxy that missed each
    /// for longest.
    pub fn absences(&self, until: i64) -> BTreeMap<(&Name, &Name), Absences> {
        let mut worst: BTreeMap<(&Name, &Name), Absences> = BTreeMap::new();
        for ((backend, server, _), absences) in &self.servers {
            let absences = absences.at(self.from, until);
            let held = worst.entry((backend, server)).or_insert(absences);
            let extent = |of: &Absences| (of.down.seconds, of.planned.seconds, of.down.times);
            if extent(&absences) > extent(held) {
                *held = absences;
            }
        }
        worst.retain(|_, absences| absences.down.times + absences.planned.times > 0);
        worst
    }
}

/// It was up to the service how the request ended.
pub fn is_eligible(outcome: &Outcome) -> bool {
    outcome.symptom == Symptom::Fine || outcome.symptom.is_failure()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.as_bytes().into()
    }

    #[test]
    fn absences_add_up_and_count_from_the_span_that_is_asked_for() {
        let (backend, server) = (name("app"), name("app1"));
        let turns = [
            (100, Standing::Down),
            (110, Standing::InRotation),
            (200, Standing::Down),
            (203, Standing::Planned),
            (210, Standing::InRotation),
            (300, Standing::Down),
        ];
        for (since, down, planned) in [
            (None, (3, 10 + 3 + 20, 20), (1, 7, 7)),
            (Some(105), (3, 5 + 3 + 20, 20), (1, 7, 7)),
            (Some(202), (2, 1 + 20, 20), (1, 7, 7)),
            (Some(250), (1, 20, 20), (0, 0, 0)),
        ] {
            let mut ledger = Ledger::since(since);
            for (second, to) in turns {
                ledger.turn(&Origin::default(), (&backend, &server), second, to);
            }
            let absences = ledger.absences(320)[&(&backend, &server)];
            let told = |of: Absence| (of.times, of.seconds, of.longest);
            assert_eq!(
                (told(absences.down), told(absences.planned)),
                (down, planned)
            );
            assert_eq!(absences.standing, Standing::Down);
        }
    }

    #[test]
    fn of_several_haproxys_the_one_that_missed_it_longest_counts() {
        let (backend, server) = (name("app"), name("app1"));
        let origin = |host: &str| Origin {
            host: name(host),
            tag: name("haproxy"),
        };
        let mut ledger = Ledger::default();
        for (host, from, to) in [("lb1", 10, 20), ("lb2", 11, 25)] {
            ledger.turn(&origin(host), (&backend, &server), from, Standing::Down);
            ledger.turn(&origin(host), (&backend, &server), to, Standing::InRotation);
        }
        let down = ledger.absences(30)[&(&backend, &server)].down;
        assert_eq!((down.times, down.seconds), (1, 14));
    }

    #[test]
    fn made_up_names_take_no_more_room() {
        let mut ledger = Ledger::default();
        for nth in 0..SERVERS + 10 {
            let server = name(&nth.to_string());
            ledger.turn(
                &Origin::default(),
                (&name("app"), &server),
                0,
                Standing::Down,
            );
        }
        assert_eq!(ledger.absences(1).len(), SERVERS);
    }
}
