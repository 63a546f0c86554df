//! Servers that are taken up again without a word.
//!
//! Enters: good answers of servers that are DOWN, and when the process that got them came. Leaves: such a server is
//! back. Must not know: why it was DOWN.
//!
//! After a reload HAProxy takes every server as up and only says which are DOWN. One that answers the new process
//! and is not found DOWN again within a few checks has come back with it. And a line may be lost: one that answers
//! many requests that were sent to it long after it went DOWN is not.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::ledger::Standing;
use super::place::{Group, Site};
use super::scan::Scan;
use crate::rollup::Name;
use crate::rollup::seal::{Cell, Origin};
use crate::words::termination::Symptom;

/// Seconds in which a new process finds a server DOWN that is: a few times the usual `inter`.
const FOUND_OUT: i64 = 10;

/// Good answers of a server that no process took up again, after which its UP line is believed lost.
const MANY: u64 = 20;

/// The first good answer (ms), and how many there were, by HAProxy, backend and server. Only servers that are DOWN
/// stand here.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Revivals(BTreeMap<(Origin, Name, Name), (i64, u64)>);

impl Revivals {
    /// HAProxy spoke of the server.
    pub fn refute(&mut self, origin: &Origin, backend: &Name, server: &Name) {
        self.0
            .remove(&(origin.clone(), backend.clone(), server.clone()));
    }

    /// Servers of a backend that answered in this second, or have answered since they are DOWN; in the order of their
    /// names.
    fn candidates(&self, backend: &Name, cells: &[&Cell]) -> BTreeSet<(Name, Origin)> {
        let answered = cells.iter().filter(|cell| is_answer(cell));
        let answered = answered.map(|cell| (cell.place.server.clone(), cell.place.origin.clone()));
        let held = self.0.keys().filter(|(_, of, _)| of == backend);
        let held = held.map(|(origin, _, server)| (server.clone(), origin.clone()));
        answered.chain(held).collect()
    }
}

fn is_answer(cell: &Cell) -> bool {
    cell.outcome.symptom == Symptom::Fine
}

impl Scan {
    /// Notes the servers of a backend that answered a new process, and takes back those that were not found DOWN.
    pub(super) fn revive(&mut self, site: &Site, cells: &[&Cell]) {
        let now = self.now;
        let Some(case) = self.cases.get_mut(&(Group::Service, site.clone())) else {
            return;
        };
        let mut back = Vec::new();
        for (server, origin) in self.revivals.candidates(&case.site.backend, cells) {
            let Some(since) = case.absences.down_since(&server, &origin) else {
                continue;
            };
            let came = self.processes.newest(&origin).filter(|came| *came >= since);
            let (from, enough) = came.map_or((since + FOUND_OUT, MANY), |came| (came, 1));
            let answered = || {
                cells
                    .iter()
                    .filter(|cell| cell.place.server == server && cell.place.origin == origin)
                    .filter(|cell| is_answer(cell))
                    .filter(|cell| cell.tally.onset().is_some_and(|onset| onset >= from * 1000))
            };
            let key = (origin.clone(), site.backend.clone(), server.clone());
            let first = answered().filter_map(|cell| cell.tally.first_end()).min();
            let held = self.revivals.0.get(&key).copied();
            let Some((first, n)) = held.or(first.map(|first| (first, 0))) else {
                continue;
            };
            let n = n + answered().map(|cell| cell.tally.n).sum::<u64>();
            self.revivals.0.insert(key.clone(), (first, n));
            if now - from >= FOUND_OUT && n >= enough {
                back.push((key, first));
            }
        }
        for ((origin, backend, server), first) in back {
            let second = first.div_euclid(1000);
            case.absences
                .come_back(&server, &origin, second, None, false);
            case.absences.served.entry(second).or_insert(first);
            case.absences.somebody(&origin, second);
            self.states.revive(&origin, &backend, &server);
            let place = (&backend, &server);
            self.ledger
                .turn(&origin, place, second, Standing::InRotation);
            self.revivals.refute(&origin, &backend, &server);
        }
    }
}
