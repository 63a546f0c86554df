//! What an incident did to requests, as it adds up.
//!
//! Enters: cells of its span. Leaves: sums by server and outcome, first and last victims, and a curve.
//! Must not know: why.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Clue;
use super::curve::Curve;
use crate::rollup::cell::Outcome;
use crate::rollup::distinct::Distinct;
use crate::rollup::scale::Scale;
use crate::rollup::seal::{Cell, VictimRow};
use crate::rollup::tally::Tally;
use crate::rollup::victims::Victims;
use crate::rollup::{Merge, Name};
use crate::words::termination::Symptom;

/// Requests of an incident's place in its span.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Harm {
    /// All requests, by server.
    pub requests: BTreeMap<Name, u64>,
    /// What did not end well, by server and outcome; without samples of its response times.
    pub bad: BTreeMap<(Name, Outcome), Tally>,
    /// What good answers took.
    pub pace: Scale,
    /// Slow answers, by server.
    pub slow: BTreeMap<Name, u64>,
    /// The first slow request entered its last phase; ms.
    pub slow_onset: Option<i64>,
    /// The last slow answer was complete; ms.
    pub slow_end: Option<i64>,
    /// Retried requests.
    pub retried: u64,
    /// Redispatched requests.
    pub redispatched: u64,
    /// Good answers after a long wait for a slot, and after one for the connection.
    pub held: (u64, u64),
    /// The first of them began to wait; ms.
    pub held_onset: Option<i64>,
    /// The last second with any of them was over; ms.
    pub held_end: Option<i64>,
    /// Retried requests that stayed at their server.
    pub stayed: BTreeMap<Name, u64>,
    /// Those that another server handed on (`+`), by the one that had them last.
    pub moved: BTreeMap<Name, u64>,
    /// The first retried request was first sent; ms.
    pub retry_onset: Option<i64>,
    /// The last second with retried requests was over; ms.
    pub retry_end: Option<i64>,
    /// The line of the first victim, by symptom.
    pub witnesses: BTreeMap<Symptom, (i64, Clue)>,
    /// Samples, by symptom.
    pub victims: BTreeMap<Symptom, Victims>,
    /// A sample of the requests beside them that were well.
    pub well: Victims,
    /// Victims by second.
    pub curve: Curve,
}

impl Harm {
    /// It has taken in nothing.
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// Takes in a cell. From `slow_from` on, answers are slow; the curve shows the incident's own victims.
    pub fn add(&mut self, second: i64, cell: &Cell, slow_from: Option<u8>, victims: bool) {
        let (tally, strain) = (&cell.tally, cell.tally.strain());
        count(&mut self.requests, &cell.place.server, tally.n);
        self.retried += strain.retried;
        self.redispatched += strain.redispatched;
        self.retry_onset = earliest(self.retry_onset, strain.retry_onset);
        if strain.waited + strain.late > 0 {
            self.held.0 += strain.waited;
            self.held.1 += strain.late;
            self.held_onset = earliest(self.held_onset, strain.wait_onset);
            self.held_end = self.held_end.max(tally.last_end());
        }
        if strain.retried > 0 {
            let stayed = strain.retried.saturating_sub(strain.redispatched);
            count(&mut self.stayed, &cell.place.server, stayed);
            count(&mut self.moved, &cell.place.server, strain.redispatched);
            self.retry_end = self.retry_end.max(tally.last_end());
        }
        if cell.outcome.symptom == Symptom::Fine && !victims {
            self.add_fine(cell, slow_from);
            return;
        }
        if let Some(witness) = &strain.witness {
            let clue = Clue {
                second,
                position: witness.position,
                host: cell.place.origin.host.clone(),
                text: witness.text.as_ref().into(),
            };
            let held = self
                .witnesses
                .entry(cell.outcome.symptom)
                .or_insert_with(|| (witness.onset, clue.clone()));
            if (witness.onset, &clue) < (held.0, &held.1) {
                *held = (witness.onset, clue);
            }
        }
        if victims {
            self.curve.add(second, tally.n);
        }
        let sum = self
            .bad
            .entry((cell.place.server.clone(), cell.outcome))
            .or_default();
        sum.merge(tally.without_witness());
    }

    fn add_fine(&mut self, cell: &Cell, slow_from: Option<u8>) {
        self.pace.merge(cell.tally.scale.clone());
        let slow = slow_answers(&cell.tally.scale, slow_from);
        if slow > 0 {
            count(&mut self.slow, &cell.place.server, slow);
            self.slow_onset = earliest(self.slow_onset, cell.tally.onset());
            self.slow_end = self.slow_end.max(cell.tally.last_end());
        }
    }

    /// Takes in what came after it.
    pub fn join(&mut self, later: Self) {
        for (server, n) in later.requests {
            *self.requests.entry(server).or_default() += n;
        }
        for (key, tally) in later.bad {
            self.bad.entry(key).or_default().merge(tally);
        }
        for (server, n) in later.slow {
            *self.slow.entry(server).or_default() += n;
        }
        self.pace.merge(later.pace);
        self.slow_onset = earliest(self.slow_onset, later.slow_onset);
        self.slow_end = self.slow_end.max(later.slow_end);
        self.retried += later.retried;
        self.redispatched += later.redispatched;
        self.retry_onset = earliest(self.retry_onset, later.retry_onset);
        self.retry_end = self.retry_end.max(later.retry_end);
        self.held.0 += later.held.0;
        self.held.1 += later.held.1;
        self.held_onset = earliest(self.held_onset, later.held_onset);
        self.held_end = self.held_end.max(later.held_end);
        for (server, n) in later.stayed {
            *self.stayed.entry(server).or_default() += n;
        }
        for (server, n) in later.moved {
            *self.moved.entry(server).or_default() += n;
        }
        for (symptom, witness) in later.witnesses {
            let held = self
                .witnesses
                .entry(symptom)
                .or_insert_with(|| witness.clone());
            *held = witness.min(held.clone());
        }
        self.curve.join(later.curve);
    }

    /// Takes in a minute's sample.
    pub fn sample(&mut self, row: &VictimRow) {
        let held = match row.symptom {
            Some(symptom) => self.victims.entry(symptom).or_default(),
            None => &mut self.well,
        };
        held.merge(row.victims.clone());
    }

    /// How many requests showed a symptom of the kind asked for.
    pub fn count(&self, of: impl Fn(Symptom) -> bool) -> u64 {
        self.bad
            .iter()
            .filter(|((_, outcome), _)| of(outcome.symptom))
            .map(|(_, tally)| tally.n)
            .sum()
    }

    /// How many requests to one server ended in a way that is asked for.
    pub fn count_at(&self, server: &Name, of: impl Fn(&Outcome) -> bool) -> u64 {
        self.bad
            .iter()
            .filter(|((at, outcome), _)| at == server && of(outcome))
            .map(|(_, tally)| tally.n)
            .sum()
    }

    /// All requests.
    pub fn all(&self) -> u64 {
        self.requests.values().sum()
    }

    /// All slow answers.
    pub fn all_slow(&self) -> u64 {
        self.slow.values().sum()
    }

    /// The clients of the symptoms asked for.
    pub fn clients(&self, of: impl Fn(Symptom) -> bool) -> Distinct {
        let mut clients = Distinct::default();
        for (_, victims) in self.victims.iter().filter(|(symptom, _)| of(**symptom)) {
            clients.merge(victims.clients.clone());
        }
        clients
    }
}

fn count(servers: &mut BTreeMap<Name, u64>, server: &Name, n: u64) {
    match servers.get_mut(server) {
        Some(held) => *held += n,
        None => {
            servers.insert(server.clone(), n);
        }
    }
}

/// The earlier of what is there.
fn earliest(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    [one, other].into_iter().flatten().min()
}

/// Answers at or above a step.
pub fn slow_answers(scale: &Scale, slow_from: Option<u8>) -> u64 {
    slow_from.map_or(0, |from| scale.from(from).1)
}

/// When the first victim in a cell entered the phase that failed; ms.
///
/// A transfer that a timeout cut stood still for that timeout, which is at most the shortest time that one of
/// them spent there; one that was reset or killed was well until then.
pub fn onset(outcome: &Outcome, tally: &Tally) -> Option<i64> {
    let data = matches!(outcome.term[1], b'D' | b'L');
    match outcome.term[0] {
        b's' | b'c' if data => Some(tally.onset()?.max(tally.first_end()? - tally.shortest()?)),
        b'S' if data => tally.first_end(),
        b'D' | b'K' => tally.first_end(),
        _ => tally.onset(),
    }
}
