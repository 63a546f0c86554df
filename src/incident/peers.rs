//! What is ordinary for each server of a backend.
//!
//! Enters: the backend's cells, second by second. Leaves: since when one of its servers is in trouble.
//! Must not know: what the backend as a whole looks like.
//!
//! Among many servers, one that fails each request is a small share of all: its own requests show it. And where a
//! log begins in trouble, no baseline does.

use serde::{Deserialize, Serialize};

use super::detector::{Detector, Sensitivity};
use super::latent::{Latent, Unhurt};
use super::place::Group;
use super::register::Register;
use super::unrest::{Says, Unrest};
use crate::rollup::Name;
use crate::rollup::seal::Cell;
use crate::words::termination::Symptom;

/// Faults of a server.
pub(super) const SERVICE: Sensitivity = Sensitivity {
    floor: 0.01,
    most: 0.05,
    unknown: 0.0,
    step: 0.3,
    spread: 12.0,
    second: 2.0,
};
/// Error statuses.
pub(super) const ERRORS: Sensitivity = Sensitivity {
    floor: 0.02,
    most: 0.1,
    unknown: 0.0,
    step: 0.3,
    spread: 12.0,
    second: 2.0,
};
/// Slow answers.
pub(super) const SLOW: Sensitivity = Sensitivity {
    floor: 0.04,
    most: 0.3,
    unknown: 0.0,
    step: 0.4,
    spread: 12.0,
    second: 0.35,
};

/// Servers of one backend that are watched one by one; more have come and gone.
const SERVERS: usize = 1_024;

/// One server.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Peer {
    unhurt: Unhurt,
    service: Latent,
    errors: Latent,
    slow: Detector,
    /// How often its faults, and its error statuses, were settled.
    settled: (u64, u64),
}

impl Peer {
    fn new(settled: (u64, u64)) -> Self {
        Self {
            unhurt: Unhurt::default(),
            service: Latent::new(&SERVICE),
            errors: Latent::new(&ERRORS),
            slow: Detector::new(SLOW),
            settled,
        }
    }

    /// Makes up for what all were told since its last step.
    fn settle(&mut self, settled: (u64, u64)) {
        if self.settled.0 != settled.0 {
            self.service.settle(&self.unhurt);
            self.slow.settle();
        }
        if self.settled.1 != settled.1 {
            self.errors.settle(&self.unhurt);
        }
        self.settled = settled;
    }
}

/// A server's requests of a second.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    requests: u64,
    service: u64,
    errors: u64,
    answers: u64,
    slow: u64,
}

impl Counts {
    fn add(&mut self, cell: &Cell, slow_from: Option<u8>) {
        let n = cell.tally.n;
        self.requests += n;
        match Group::of(cell.outcome.symptom) {
            Some(Group::Service) => self.service += n,
            Some(Group::Errors) => self.errors += n,
            None if cell.outcome.symptom == Symptom::Fine => {
                let (all, slow) = slow_from.map_or((0, 0), |from| cell.tally.scale.from(from));
                self.answers += all;
                self.slow += slow;
            }
            _ => {}
        }
    }

    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.service += other.service;
        self.errors += other.errors;
        self.answers += other.answers;
        self.slow += other.slow;
    }
}

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Peers {
    servers: Register<Name, Peer>,
    service: Unrest,
    errors: Unrest,
}

/// What may be learned as ordinary.
#[derive(Debug, Clone, Copy)]
pub struct Calm {
    /// No server fails or is slow.
    pub service: bool,
    /// No error statuses.
    pub errors: bool,
}

impl Peers {
    /// Takes a second's cells; from the step `slow_from` on an answer is slow.
    pub fn step(&mut self, second: i64, cells: &[&Cell], slow_from: Option<u8>, calm: Calm) {
        for (server, counts) in by_server(cells, slow_from) {
            let settled = (self.service.settled, self.errors.settled);
            let is_full = self.servers.len() >= SERVERS;
            let peer = match self.servers.get_mut(server) {
                Some(peer) => peer,
                None if is_full => continue,
                None => {
                    let new = || Peer::new(settled);
                    self.servers.get_or_insert_with(server, new)
                }
            };
            peer.settle(settled);
            let unrest = (&mut self.service, &mut self.errors);
            peer.step(second, counts, slow_from.is_some(), calm, unrest);
        }
    }

    /// One of them has this name.
    pub fn has(&self, server: &Name) -> bool {
        self.servers.get(server).is_some()
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.servers.keys()
    }

    /// Servers that fail or are slow.
    pub fn service(&self) -> &Unrest {
        &self.service
    }

    /// Servers with error statuses.
    pub fn errors(&self) -> &Unrest {
        &self.errors
    }

    /// What failed or was slow is over, or explained.
    pub fn settle_service(&mut self) {
        self.service.settle();
    }

    /// The error statuses are over, or explained.
    pub fn settle_errors(&mut self) {
        self.errors.settle();
    }
}

impl Peer {
    fn step(
        &mut self,
        second: i64,
        counts: Counts,
        knows_slow: bool,
        calm: Calm,
        (service, errors): (&mut Unrest, &mut Unrest),
    ) {
        let requests = counts.requests;
        self.unhurt.expect(requests);
        for (detector, hits, learn, unrest) in [
            (
                &mut self.service,
                counts.service,
                calm.service,
                &mut *service,
            ),
            (&mut self.errors, counts.errors, calm.errors, errors),
        ] {
            let before = Says::of(detector.get());
            detector.step(second, hits, requests, learn, &self.unhurt);
            unrest.step(second, before, detector.get());
        }
        // Both go their own ways when neither needs it any more.
        if self.service.get().is_none() || self.errors.get().is_none() {
            self.unhurt.step(second);
        }
        if knows_slow {
            let before = Says::of(Some(&self.slow));
            self.slow
                .step(second, counts.slow, counts.answers, calm.service);
            service.step(second, before, Some(&self.slow));
        }
    }
}

/// Servers in the order of their names.
fn by_server<'a>(cells: &[&'a Cell], slow_from: Option<u8>) -> Vec<(&'a Name, Counts)> {
    let mut servers: Vec<(&Name, Counts)> = Vec::with_capacity(cells.len());
    let real = cells
        .iter()
        .filter(|cell| !cell.place.server.starts_with(b"<"));
    for cell in real {
        let server = &cell.place.server;
        if servers.last().is_none_or(|(last, _)| *last != server) {
            servers.push((server, Counts::default()));
        }
        if let Some((_, counts)) = servers.last_mut() {
            counts.add(cell, slow_from);
        }
    }
    // Of several HAProxys, each has its own cells of a server.
    if !servers.is_sorted_by(|(a, _), (b, _)| a < b) {
        servers.sort_by_key(|(server, _)| *server);
        servers.dedup_by(|(server, counts), (first, sum)| {
            let same = server == first;
            if same {
                sum.merge(*counts);
            }
            same
        });
    }
    servers
}
