//! What is ordinary for one backend (or one frontend), and what is not.
//!
//! Enters: its cells, second by second. Leaves: which groups of symptoms burst.
//! Must not know: server states, or what is made of a burst.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::case::Before;
use super::detector::{Detector, Sensitivity};
use super::good::Good;
use super::latent::{Latent, Unhurt};
use super::mean::Mean;
use super::pace::Pace;
use super::peers::{Calm, Peers};
use super::place::Group;
use super::sums::Sums;
use super::unrest::Unrest;
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
pub(super) const RETRIES: Sensitivity = Sensitivity {
    floor: 0.01,
    most: 0.1,
    unknown: 0.0,
    step: 0.1,
    spread: 12.0,
    second: 2.0,
};
/// Good answers that waited long for a slot or a connection.
pub(super) const HELD: Sensitivity = Sensitivity {
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
pub(super) const VAIN: Sensitivity = Sensitivity {
    most: 0.3,
    ..CLIENTS
};
/// Pages that are not there, and visitors without a password.
pub(super) const REJECTIONS: Sensitivity = Sensitivity {
    floor: 0.05,
    most: 0.9,
    unknown: 0.3,
    step: 0.3,
    spread: f64::INFINITY,
    second: 2.0,
};
/// One answer in fifty is slow by definition; an incident makes it one in four.
pub(super) const SLOW: Sensitivity = Sensitivity {
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Watch {
    unhurt: Unhurt,
    service: Latent,
    retries: Latent,
    held: Latent,
    vain: Latent,
    slow: Detector,
    errors: Latent,
    rejections: Latent,
    clients: Latent,
    leaving: Latent,
    denials: Latent,
    persistence: Latent,
    handshakes: Latent,
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
        Self {
            unhurt: Unhurt::began_without(before),
            service: Latent::new(&SERVICE),
            retries: Latent::new(&RETRIES),
            held: Latent::new(&HELD),
            vain: Latent::new(&VAIN),
            slow: Detector::new(SLOW).began_without(before),
            errors: Latent::new(&ERRORS),
            rejections: Latent::new(&REJECTIONS),
            clients: Latent::new(&CLIENTS),
            leaving: Latent::new(&CLIENTS),
            denials: Latent::new(&CLIENTS),
            persistence: Latent::new(&CLIENTS),
            handshakes: Latent::new(&CLIENTS),
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
        let well = |group| !troubled(group);
        let calm = Calm {
            service: well(Group::Service),
            errors: well(Group::Errors),
        };
        let sums = Sums::of(cells);
        self.answers(second, cells, calm.service);
        self.weigh(second, cells, &sums, base, &well);
        if base.unlogged.is_none() {
            self.peers.step(second, cells, self.pace.slow_from(), calm);
        }
        self.note(second, &sums, base, calm);
        if !cells.is_empty() {
            self.seen = second;
        }
    }

    fn answers(&mut self, second: i64, cells: &[&Cell], learn: bool) {
        let scales = || {
            let fine = |cell: &&&Cell| cell.outcome.symptom == Symptom::Fine;
            cells.iter().filter(fine).map(|cell| &cell.tally.scale)
        };
        if let Some(from) = self.pace.slow_from() {
            let (all, slow) = scales().fold((0, 0), |(all, slow), scale| {
                let more = scale.from(from);
                (all + more.0, slow + more.1)
            });
            self.slow.step(second, slow, all, learn);
        }
        self.pace
            .step(second, scales(), learn && self.slow.is_calm());
    }

    fn weigh(
        &mut self,
        second: i64,
        cells: &[&Cell],
        sums: &Sums,
        base: Base,
        well: &impl Fn(Group) -> bool,
    ) {
        let requests = base.unlogged.unwrap_or(base.logged);
        let unhurt = &mut self.unhurt;
        unhurt.expect(requests);
        for (detector, group) in [
            (&mut self.service, Group::Service),
            (&mut self.errors, Group::Errors),
        ] {
            let hits = sums.hurt(group);
            let nothing_else = detector.seen() + hits as f64 >= NOTHING_ELSE * self.logged as f64;
            let requests = if nothing_else { base.logged } else { requests };
            detector.step(second, hits, requests, well(group), unhurt);
        }
        let vain = match sums.hurt(Group::Leaving) {
            0 => 0,
            _ => vain::among(cells, vain::from(self.pace.slow_from())),
        };
        for (detector, hits, group) in [
            (&mut self.retries, sums.retried, Group::Service),
            (&mut self.held, sums.held, Group::Service),
            (&mut self.vain, vain, Group::Service),
            (
                &mut self.leaving,
                sums.hurt(Group::Leaving) - vain,
                Group::Leaving,
            ),
        ] {
            detector.step(second, hits, requests, well(group), unhurt);
        }
        for (detector, group) in [
            (&mut self.rejections, Group::Rejections),
            (&mut self.clients, Group::Clients),
            (&mut self.denials, Group::Denials),
            (&mut self.persistence, Group::Persistence),
            (&mut self.handshakes, Group::Handshakes),
        ] {
            detector.step(second, sums.hurt(group), requests, well(group), unhurt);
        }
        unhurt.step(second);
    }

    fn note(&mut self, second: i64, sums: &Sums, base: Base, calm: Calm) {
        let passed = second - self.stepped;
        self.good.add(second, passed, sums.good);
        self.nobody = match self.nobody {
            _ if sums.good > 0 => (0, second),
            (0, _) => (sums.nobody, second),
            (before, since) => (before + sums.nobody, since),
        };
        if calm.service {
            self.rate.add(passed, base.unlogged.unwrap_or(base.logged));
        }
        self.stepped = second;
    }

    /// A group's burst is over, or explained by something else.
    pub fn settle(&mut self, group: Group) {
        let unhurt = &self.unhurt;
        match group {
            Group::Service => {
                self.nobody = (0, 0);
                self.service.settle(unhurt);
                self.retries.settle(unhurt);
                self.held.settle(unhurt);
                self.vain.settle(unhurt);
                self.slow.settle();
                self.peers.settle_service();
            }
            Group::Errors => {
                self.errors.settle(unhurt);
                self.peers.settle_errors();
            }
            Group::Rejections => self.rejections.settle(unhurt),
            Group::Clients => self.clients.settle(unhurt),
            Group::Leaving => self.leaving.settle(unhurt),
            Group::Denials => self.denials.settle(unhurt),
            Group::Persistence => self.persistence.settle(unhurt),
            Group::Handshakes => self.handshakes.settle(unhurt),
            Group::Maintenance | Group::Restart | Group::Silence | Group::Limits => {}
        }
    }

    /// Since when (s) a group of symptoms bursts.
    pub fn burst(&self, group: Group) -> Option<i64> {
        let nobody = (group == Group::Service && self.nobody.0 >= NOBODY).then_some(self.nobody.1);
        let bursts = self.all(group).filter_map(Detector::burst);
        let of_peers = self.of_peers(group).and_then(Unrest::burst);
        let since = bursts.chain(of_peers).chain(nobody).min();
        let replaced = |since: &i64| self.good.left(*since).is_some_and(|left| left < REPLACED);
        since.filter(|since| group != Group::Rejections || replaced(since))
    }

    /// No group bursts, as far as is seen at a glance.
    pub fn is_quiet(&self) -> bool {
        let latent = [
            &self.service,
            &self.retries,
            &self.held,
            &self.vain,
            &self.errors,
            &self.rejections,
            &self.clients,
            &self.leaving,
            &self.denials,
            &self.persistence,
            &self.handshakes,
        ];
        self.nobody.0 < NOBODY
            && self.slow.burst().is_none()
            && self.peers.service().burst().is_none()
            && self.peers.errors().burst().is_none()
            && latent
                .iter()
                .filter_map(|latent| latent.get())
                .all(|detector| detector.burst().is_none())
    }

    /// Nothing of this group is suspicious.
    pub fn is_calm(&self, group: Group) -> bool {
        self.all(group).all(Detector::is_calm) && self.of_peers(group).is_none_or(Unrest::is_calm)
    }

    /// Every detector of the whole place that may tell of a group.
    fn all(&self, group: Group) -> impl Iterator<Item = &Detector> {
        let of_service = (group == Group::Service).then(|| {
            let latent = [&self.retries, &self.held, &self.vain];
            let also = latent.into_iter().filter_map(Latent::get);
            also.chain([&self.slow])
        });
        let main = self.main(group).and_then(Latent::get);
        main.into_iter().chain(of_service.into_iter().flatten())
    }

    /// What its servers say of a group, each by itself.
    fn of_peers(&self, group: Group) -> Option<&Unrest> {
        match group {
            Group::Service => Some(self.peers.service()),
            Group::Errors => Some(self.peers.errors()),
            _ => None,
        }
    }

    /// Whether a victim tells that the trouble goes on, and whether noise may be behind it.
    pub fn pulse(&self, group: Group, second: i64) -> Pulse {
        match self.main(group).and_then(Latent::get) {
            Some(detector) if detector.is_noisy() => Pulse::Noisy {
                bursts: self.all(group).any(|detector| detector.peaked(second))
                    || self
                        .of_peers(group)
                        .is_some_and(|peers| peers.peaked(second)),
            },
            _ => Pulse::Clear,
        }
    }

    /// The detector of a group's own symptoms.
    fn main(&self, group: Group) -> Option<&Latent> {
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
            Group::Service => self.vain.get()?,
            Group::Leaving => self.leaving.get()?,
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

    /// A server was heard of.
    pub fn has_server(&self, server: &Name) -> bool {
        self.peers.has(server)
    }

    /// The servers that were heard of.
    pub fn servers(&self) -> impl Iterator<Item = &Name> {
        self.peers.names()
    }

    /// What was ordinary until now.
    pub fn before(&self) -> Before {
        Before {
            rate: self.rate.value(),
            is_rate_known: false,
            by_server: BTreeMap::new(),
            median: self.pace.median(),
            quartile: self.pace.quartile(),
            failures_only: false,
        }
    }
}
