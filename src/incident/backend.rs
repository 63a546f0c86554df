//! What is ordinary for one backend (or one frontend), and what is not.
//!
//! Enters: its cells, second by second. Leaves: which groups of symptoms burst.
//! Must not know: server states, or what is made of a burst.

use super::case::Before;
use super::detector::{Detector, Sensitivity};
use super::good::Good;
use super::harm;
use super::mean::Mean;
use super::pace::Pace;
use super::peers::{Calm, Peers};
use super::place::Group;
use super::vain;
use crate::rollup::Name;
use crate::rollup::seal::Cell;
use crate::words::termination::Symptom;

/// Faults of servers hardly ever occur in calm.
pub(super) const SERVICE: Sensitivity = Sensitivity {
    floor: 0.002,
    most: 0.05,
    unknown: 0.0,
    step: 0.05,
    spread: 12.0,
    second: 2.0,
};
/// Requests that a retry saved: nobody was hurt yet.
const RETRIES: Sensitivity = Sensitivity {
    floor: 0.01,
    most: 0.1,
    unknown: 0.0,
    step: 0.1,
    spread: 12.0,
    second: 2.0,
};
/// Good answers that waited long for a slot or a connection.
const HELD: Sensitivity = Sensitivity {
    floor: 0.01,
    most: 0.2,
    unknown: 0.0,
    step: 0.25,
    spread: 12.0,
    second: 0.35,
};
/// Applications answer some requests with an error all day.
pub(super) const ERRORS: Sensitivity = Sensitivity {
    floor: 0.005,
    most: 0.1,
    unknown: 0.0,
    step: 0.06,
    spread: 12.0,
    second: 2.0,
};
/// Clients come and go, and some sites have clients that always leave.
pub(super) const CLIENTS: Sensitivity = Sensitivity {
    floor: 0.02,
    most: 0.6,
    unknown: 0.3,
    step: 0.1,
    spread: f64::INFINITY,
    second: 2.0,
};
/// Who leaves after a wait that is long for the backend has a reason.
const VAIN: Sensitivity = Sensitivity {
    most: 0.3,
    ..CLIENTS
};
/// Pages that are not there, and visitors without a password.
const REJECTIONS: Sensitivity = Sensitivity {
    floor: 0.05,
    most: 0.9,
    unknown: 0.3,
    step: 0.3,
    spread: f64::INFINITY,
    second: 2.0,
};
/// One answer in fifty is slow by definition; an incident makes it one in four.
const SLOW: Sensitivity = Sensitivity {
    floor: 0.02,
    most: 0.6,
    unknown: 0.0,
    step: 0.25,
    spread: 12.0,
    second: 0.35,
};

/// The part of the good answers that is left at most when rejections took their place. A scanner's come on top.
const REPLACED: f64 = 0.5;

/// What a second with victims tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulse {
    /// The symptom hardly occurs in calm: every victim tells that it goes on.
    Clear,
    /// It does: only a burst that is as high as ever tells it.
    Noisy {
        /// It is.
        bursts: bool,
    },
}

/// What shares are taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base {
    /// Requests in the log.
    pub logged: u64,
    /// Requests there may have been, where good ones are not logged.
    pub unlogged: Option<u64>,
}

/// The share of one sort of failure in all that is logged, from which on it is no log of failures: in one, there are
/// others, retries and clients that left.
const NOTHING_ELSE: f64 = 0.9;

/// Requests in a row that found no server: it says of each of them what checks say of servers.
const NOBODY: u64 = 5;

/// See the module.
#[derive(Debug, Clone)]
pub struct Watch {
    service: Detector,
    retries: Detector,
    held: Detector,
    vain: Detector,
    slow: Detector,
    errors: Detector,
    rejections: Detector,
    clients: Detector,
    leaving: Detector,
    denials: Detector,
    persistence: Detector,
    handshakes: Detector,
    peers: Peers,
    pace: Pace,
    rate: Mean,
    good: Good,
    /// Requests in a row that found no server, and the second of the first one.
    nobody: (u64, i64),
    /// Requests that were logged.
    logged: u64,
    /// The last second in which it had cells.
    pub seen: i64,
    /// The last second that was taken in.
    pub stepped: i64,
}

impl Watch {
    /// One of which nothing is known but that so many requests came before without a symptom.
    pub fn new(second: i64, before: u64) -> Self {
        let of = |sensitivity| Detector::new(sensitivity).began_without(before);
        Self {
            service: of(SERVICE),
            retries: of(RETRIES),
            held: of(HELD),
            vain: of(VAIN),
            slow: of(SLOW),
            errors: of(ERRORS),
            rejections: of(REJECTIONS),
            clients: of(CLIENTS),
            leaving: of(CLIENTS),
            denials: of(CLIENTS),
            persistence: of(CLIENTS),
            handshakes: of(CLIENTS),
            peers: Peers::default(),
            pace: Pace::default(),
            rate: Mean::over(60.0),
            good: Good::default(),
            nobody: (0, second),
            logged: 0,
            seen: second - 1,
            stepped: second - 1,
        }
    }

    /// Takes a second's cells. `base` is what shares are taken of; `troubled` tells of which groups an
    /// incident goes on, so that it is not learned as ordinary.
    pub fn step(
        &mut self,
        second: i64,
        cells: &[&Cell],
        base: Base,
        troubled: impl Fn(Group) -> bool,
    ) {
        self.logged += base.logged;
        let requests = base.unlogged.unwrap_or(base.logged);
        let well = |group| !troubled(group);
        let calm = Calm {
            service: well(Group::Service),
            errors: well(Group::Errors),
        };
        self.answers(second, cells, calm.service);
        let from = vain::from(self.pace.slow_from());
        let vain = vain::among(cells, from);
        let left = hurt(cells, Group::Leaving) - vain;
        let retried = cells.iter().map(|cell| cell.tally.retried).sum();
        let held = cells
            .iter()
            .map(|cell| cell.tally.waited + cell.tally.late)
            .sum();
        for (detector, group) in [
            (&mut self.service, Group::Service),
            (&mut self.errors, Group::Errors),
        ] {
            let hits = hurt(cells, group);
            let nothing_else = detector.seen() + hits as f64 >= NOTHING_ELSE * self.logged as f64;
            let requests = if nothing_else { base.logged } else { requests };
            detector.step(second, hits, requests, well(group));
        }
        for (detector, hits, group) in [
            (&mut self.retries, retried, Group::Service),
            (&mut self.held, held, Group::Service),
            (&mut self.vain, vain, Group::Service),
            (&mut self.leaving, left, Group::Leaving),
        ] {
            detector.step(second, hits, requests, well(group));
        }
        for (detector, group) in [
            (&mut self.rejections, Group::Rejections),
            (&mut self.clients, Group::Clients),
            (&mut self.denials, Group::Denials),
            (&mut self.persistence, Group::Persistence),
            (&mut self.handshakes, Group::Handshakes),
        ] {
            detector.step(second, hurt(cells, group), requests, well(group));
        }
        if base.unlogged.is_none() {
            let is_fault = |symptom| Group::Service.explains(symptom);
            self.peers
                .step(second, cells, is_fault, self.pace.slow_from(), calm);
        }
        self.note(second, cells, base, &well);
    }

    fn answers(&mut self, second: i64, cells: &[&Cell], learn: bool) {
        let fine = || {
            cells
                .iter()
                .filter(|cell| cell.outcome.symptom == Symptom::Fine)
        };
        let answers: Vec<(u8, u32)> = fine().flat_map(|cell| cell.tally.scale.steps()).collect();
        let all = answers.iter().map(|(_, n)| u64::from(*n)).sum();
        let from = self.pace.slow_from();
        let slow = fine()
            .map(|cell| harm::slow_answers(&cell.tally.scale, from))
            .sum();
        if from.is_some() {
            self.slow.step(second, slow, all, learn);
        }
        self.pace
            .step(second, answers, learn && self.slow.is_calm());
    }

    fn note(&mut self, second: i64, cells: &[&Cell], base: Base, well: &impl Fn(Group) -> bool) {
        let passed = second - self.stepped;
        let good = good(cells);
        self.good.add(second, passed, good);
        self.note_nobody(second, cells, good);
        if well(Group::Service) {
            self.rate.add(passed, base.unlogged.unwrap_or(base.logged));
        }
        self.stepped = second;
        if !cells.is_empty() {
            self.seen = second;
        }
    }

    fn note_nobody(&mut self, second: i64, cells: &[&Cell], good: u64) {
        let without = cells
            .iter()
            .filter(|cell| cell.outcome.symptom == Symptom::NoServer);
        let n: u64 = without.map(|cell| cell.tally.n).sum();
        self.nobody = match self.nobody {
            _ if good > 0 => (0, second),
            (0, _) => (n, second),
            (before, since) => (before + n, since),
        };
    }

    /// A group's burst is over, or explained by something else.
    pub fn settle(&mut self, group: Group) {
        match group {
            Group::Service => {
                self.nobody = (0, 0);
                self.service.settle();
                self.retries.settle();
                self.held.settle();
                self.vain.settle();
                self.slow.settle();
                self.peers.settle_service();
            }
            Group::Errors => {
                self.errors.settle();
                self.peers.settle_errors();
            }
            Group::Rejections => self.rejections.settle(),
            Group::Clients => self.clients.settle(),
            Group::Leaving => self.leaving.settle(),
            Group::Denials => self.denials.settle(),
            Group::Persistence => self.persistence.settle(),
            Group::Handshakes => self.handshakes.settle(),
            Group::Maintenance | Group::Restart | Group::Silence | Group::Limits => {}
        }
    }

    /// Since when (s) a group of symptoms bursts.
    pub fn burst(&self, group: Group) -> Option<i64> {
        let nobody = (group == Group::Service && self.nobody.0 >= NOBODY).then_some(self.nobody.1);
        let bursts = self.all(group).filter_map(Detector::burst);
        let since = bursts.chain(nobody).min();
        let replaced = |since: &i64| self.good.left(*since).is_some_and(|left| left < REPLACED);
        since.filter(|since| group != Group::Rejections || replaced(since))
    }

    /// Nothing of this group is suspicious.
    pub fn is_calm(&self, group: Group) -> bool {
        self.all(group).all(Detector::is_calm)
    }

    /// Every detector that may tell of a group.
    fn all(&self, group: Group) -> impl Iterator<Item = &Detector> {
        let of_service = (group == Group::Service).then(|| {
            let also = [&self.retries, &self.held, &self.vain, &self.slow];
            also.into_iter().chain(self.peers.service())
        });
        let of_errors = (group == Group::Errors).then(|| self.peers.errors());
        self.main(group)
            .into_iter()
            .chain(of_service.into_iter().flatten())
            .chain(of_errors.into_iter().flatten())
    }

    /// Whether a victim tells that the trouble goes on, and whether noise may be behind it.
    pub fn pulse(&self, group: Group, second: i64) -> Pulse {
        match self.main(group) {
            Some(detector) if detector.is_noisy() => Pulse::Noisy {
                bursts: self.all(group).any(|detector| detector.peaked(second)),
            },
            _ => Pulse::Clear,
        }
    }

    /// The detector of a group's own symptoms.
    fn main(&self, group: Group) -> Option<&Detector> {
        match group {
            Group::Service => Some(&self.service),
            Group::Errors => Some(&self.errors),
            Group::Rejections => Some(&self.rejections),
            Group::Clients => Some(&self.clients),
            Group::Leaving => Some(&self.leaving),
            Group::Denials => Some(&self.denials),
            Group::Persistence => Some(&self.persistence),
            Group::Handshakes => Some(&self.handshakes),
            Group::Maintenance | Group::Restart | Group::Silence | Group::Limits => None,
        }
    }

    /// Clients leave more than they ordinarily do, because they wait (`Service`) or without (`Leaving`); their
    /// ordinary share.
    pub fn aborts(&self, group: Group) -> Option<f64> {
        let detector = match group {
            Group::Service => &self.vain,
            Group::Leaving => &self.leaving,
            _ => return None,
        };
        detector.burst().map(|_| detector.seen_share())
    }

    /// The log holds nothing of it but a group's symptoms.
    pub fn shows_only(&self, group: Group) -> bool {
        self.main(group)
            .is_some_and(|detector| detector.seen() >= NOTHING_ELSE * self.logged as f64)
    }

    /// It has given good answers.
    pub fn has_served(&self) -> bool {
        self.good.is_any()
    }

    /// What answers take from which on they are slow.
    pub fn slow_from(&self) -> Option<u8> {
        self.pace.slow_from()
    }

    /// The servers that were heard of.
    pub fn servers(&self) -> impl Iterator<Item = &Name> {
        self.peers.names()
    }

    /// What was ordinary until now.
    pub fn before(&self) -> Before {
        Before {
            rate: self.rate.value(),
            median: self.pace.median(),
            failures_only: false,
        }
    }
}

/// Good answers.
fn good(cells: &[&Cell]) -> u64 {
    let fine =
        |cell: &&&Cell| cell.outcome.symptom == Symptom::Fine && !cell.outcome.is_rejection();
    cells.iter().filter(fine).map(|cell| cell.tally.n).sum()
}

/// Requests that show a group's symptoms.
fn hurt(cells: &[&Cell], group: Group) -> u64 {
    cells
        .iter()
        .filter(|cell| group.hurts(&cell.outcome))
        .map(|cell| cell.tally.n)
        .sum()
}
