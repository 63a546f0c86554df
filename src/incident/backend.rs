//! What is ordinary for one backend (or one frontend), and what is not.
//!
//! Enters: its cells, second by second. Leaves: which groups of symptoms burst.
//! Must not know: server states, or what is made of a burst.

use super::case::Before;
use super::detector::{Detector, Pace, Sensitivity};
use super::harm;
use super::place::Group;
use crate::rollup::seal::Cell;
use crate::words::termination::{Symptom, is_persistence_loss};

/// Faults of servers hardly ever occur in calm.
const SERVICE: Sensitivity = Sensitivity {
    floor: 0.002,
    step: 0.05,
};
/// Applications answer some requests with an error all day.
const ERRORS: Sensitivity = Sensitivity {
    floor: 0.005,
    step: 0.06,
};
/// Clients come and go.
const CLIENTS: Sensitivity = Sensitivity {
    floor: 0.02,
    step: 0.1,
};
/// One answer in fifty is slow by definition; an incident makes it one in four.
const SLOW: Sensitivity = Sensitivity {
    floor: 0.02,
    step: 0.25,
};

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

/// See the module.
#[derive(Debug, Clone)]
pub struct Watch {
    service: Detector,
    aborts: Detector,
    slow: Detector,
    errors: Detector,
    clients: Detector,
    denials: Detector,
    persistence: Detector,
    pace: Pace,
    rate: (f64, f64),
    /// The last second in which it had cells.
    pub seen: i64,
    /// The last second that was taken in.
    pub stepped: i64,
}

impl Watch {
    /// One that knows nothing yet.
    pub fn new(second: i64) -> Self {
        Self {
            service: Detector::new(SERVICE),
            aborts: Detector::new(CLIENTS),
            slow: Detector::new(SLOW),
            errors: Detector::new(ERRORS),
            clients: Detector::new(CLIENTS),
            denials: Detector::new(CLIENTS),
            persistence: Detector::new(CLIENTS),
            pace: Pace::default(),
            rate: (0.0, 0.0),
            seen: second - 1,
            stepped: second - 1,
        }
    }

    /// Takes a second's cells. `requests` is what shares are taken of; `troubled` tells of which groups an
    /// incident goes on, so that it is not learned as ordinary.
    pub fn step(
        &mut self,
        second: i64,
        cells: &[&Cell],
        requests: u64,
        troubled: impl Fn(Group) -> bool,
    ) {
        let count = |of: &dyn Fn(Symptom) -> bool| -> u64 {
            cells
                .iter()
                .filter(|cell| of(cell.outcome.symptom))
                .map(|cell| cell.tally.n)
                .sum()
        };
        let well = |group| !troubled(group);
        let service = well(Group::Service);
        self.service.step(
            second,
            count(&|symptom| Group::Service.explains(symptom)),
            requests,
            service,
        );
        self.aborts
            .step(second, waited_in_vain(cells), requests, service);
        self.errors.step(
            second,
            count(&|symptom| symptom == Symptom::ServerError),
            requests,
            well(Group::Errors),
        );
        self.clients.step(
            second,
            count(&|symptom| symptom == Symptom::ClientTimeout),
            requests,
            well(Group::Clients),
        );
        self.denials.step(
            second,
            count(&|symptom| symptom == Symptom::Denied),
            requests,
            well(Group::Denials),
        );
        let lost = cells
            .iter()
            .filter(|cell| is_persistence_loss(cell.outcome.term))
            .map(|cell| cell.tally.n);
        self.persistence
            .step(second, lost.sum(), requests, well(Group::Persistence));
        self.answers(second, cells, service);
        self.note(second, cells, requests, service);
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

    fn note(&mut self, second: i64, cells: &[&Cell], requests: u64, learn: bool) {
        let passed = (second - self.stepped).max(1) as f64;
        if learn {
            // A minute's mean, whatever the gaps between seconds with traffic.
            let kept = (-passed / 60.0).exp();
            let (sum, weight) = self.rate;
            self.rate = (
                sum * kept + requests as f64 / passed * (1.0 - kept),
                weight * kept + (1.0 - kept),
            );
        }
        self.stepped = second;
        if !cells.is_empty() {
            self.seen = second;
        }
    }

    /// A group's burst is over, or explained by something else.
    pub fn settle(&mut self, group: Group) {
        match group {
            Group::Service => {
                self.service.settle();
                self.aborts.settle();
                self.slow.settle();
            }
            Group::Errors => self.errors.settle(),
            Group::Clients => self.clients.settle(),
            Group::Denials => self.denials.settle(),
            Group::Persistence => self.persistence.settle(),
            Group::Maintenance | Group::Restart => {}
        }
    }

    /// Since when (s) a group of symptoms bursts.
    pub fn burst(&self, group: Group) -> Option<i64> {
        self.all(group).filter_map(Detector::burst).min()
    }

    /// Nothing of this group is suspicious.
    pub fn is_calm(&self, group: Group) -> bool {
        self.all(group).all(Detector::is_calm)
    }

    /// Every detector that may tell of a group.
    fn all(&self, group: Group) -> impl Iterator<Item = &Detector> {
        let also = [&self.aborts, &self.slow];
        let also = also.into_iter().filter(move |_| group == Group::Service);
        self.main(group).into_iter().chain(also)
    }

    /// Whether a victim tells that the trouble goes on, and whether noise may be behind it.
    pub fn pulse(&self, group: Group, second: i64) -> Pulse {
        match self.main(group) {
            Some(detector) if detector.is_noisy() => Pulse::Noisy {
                bursts: detector.peaked(second),
            },
            _ => Pulse::Clear,
        }
    }

    /// The detector of a group's own symptoms.
    fn main(&self, group: Group) -> Option<&Detector> {
        match group {
            Group::Service => Some(&self.service),
            Group::Errors => Some(&self.errors),
            Group::Clients => Some(&self.clients),
            Group::Denials => Some(&self.denials),
            Group::Persistence => Some(&self.persistence),
            Group::Maintenance | Group::Restart => None,
        }
    }

    /// Clients leave more than they ordinarily do; their ordinary share.
    pub fn aborts(&self) -> Option<f64> {
        self.aborts.burst().map(|_| self.aborts.seen_share())
    }

    /// What answers take from which on they are slow.
    pub fn slow_from(&self) -> Option<u8> {
        self.pace.slow_from()
    }

    /// What was ordinary until now.
    pub fn before(&self) -> Before {
        let (sum, weight) = self.rate;
        let rate = if weight > 0.0 { sum / weight } else { 0.0 };
        Before {
            rate,
            median: self.pace.median(),
            failures_only: false,
        }
    }
}

/// Clients that left while they waited for a server: in the queue, connecting, or for the answer.
fn waited_in_vain(cells: &[&Cell]) -> u64 {
    cells
        .iter()
        .filter(|cell| {
            cell.outcome.symptom == Symptom::ClientAbort
                && matches!(cell.outcome.term[1], b'Q' | b'C' | b'H')
        })
        .map(|cell| cell.tally.n)
        .sum()
}
