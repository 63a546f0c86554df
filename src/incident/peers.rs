//! What is ordinary for each server of a backend.
//!
//! Enters: the backend's cells, second by second. Leaves: since when one of its servers is in trouble.
//! Must not know: what the backend as a whole looks like.
//!
//! Among many servers, one that fails each request is a small share of all: its own requests show it. And where a
//! log begins in trouble, no baseline does.

use std::collections::BTreeMap;

use super::detector::{Detector, Sensitivity};
use super::harm;
use crate::rollup::Name;
use crate::rollup::seal::Cell;
use crate::words::termination::Symptom;

/// Faults of a server.
const SERVICE: Sensitivity = Sensitivity {
    floor: 0.01,
    most: 0.05,
    unknown: 0.0,
    step: 0.3,
    spread: 12.0,
    second: 2.0,
};
/// Error statuses.
const ERRORS: Sensitivity = Sensitivity {
    floor: 0.02,
    most: 0.1,
    unknown: 0.0,
    step: 0.3,
    spread: 12.0,
    second: 2.0,
};
/// Slow answers.
const SLOW: Sensitivity = Sensitivity {
    floor: 0.04,
    most: 0.3,
    unknown: 0.0,
    step: 0.4,
    spread: 12.0,
    second: 0.35,
};

/// Servers of one backend that are watched one by one; more have come and gone.
const SERVERS: usize = 1_024;

#[derive(Debug, Clone)]
struct Peer {
    service: Detector,
    errors: Detector,
    slow: Detector,
}

impl Peer {
    fn new() -> Self {
        Self {
            service: Detector::new(SERVICE),
            errors: Detector::new(ERRORS),
            slow: Detector::new(SLOW),
        }
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

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Peers(BTreeMap<Name, Peer>);

/// What may be learned as ordinary.
#[derive(Debug, Clone, Copy)]
pub struct Calm {
    /// No server fails or is slow.
    pub service: bool,
    /// No error statuses.
    pub errors: bool,
}

impl Peers {
    /// Takes a second's cells; `is_fault` tells a server's fault, `slow_from` the step from which on an answer is slow.
    pub fn step(
        &mut self,
        second: i64,
        cells: &[&Cell],
        is_fault: impl Fn(Symptom) -> bool,
        slow_from: Option<u8>,
        calm: Calm,
    ) {
        for (server, counts) in by_server(cells, is_fault, slow_from) {
            if self.0.len() >= SERVERS && !self.0.contains_key(server) {
                continue;
            }
            let peer = self.0.entry(server.clone()).or_insert_with(Peer::new);
            let Counts { requests, .. } = counts;
            peer.service
                .step(second, counts.service, requests, calm.service);
            peer.errors
                .step(second, counts.errors, requests, calm.errors);
            if slow_from.is_some() {
                peer.slow
                    .step(second, counts.slow, counts.answers, calm.service);
            }
        }
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.0.keys()
    }

    /// Servers that fail or are slow.
    pub fn service(&self) -> impl Iterator<Item = &Detector> {
        self.0.values().flat_map(|peer| [&peer.service, &peer.slow])
    }

    /// Servers with error statuses.
    pub fn errors(&self) -> impl Iterator<Item = &Detector> {
        self.0.values().map(|peer| &peer.errors)
    }

    /// What failed or was slow is over, or explained.
    pub fn settle_service(&mut self) {
        for peer in self.0.values_mut() {
            peer.service.settle();
            peer.slow.settle();
        }
    }

    /// The error statuses are over, or explained.
    pub fn settle_errors(&mut self) {
        self.0.values_mut().for_each(|peer| peer.errors.settle());
    }
}

fn by_server<'a>(
    cells: &[&'a Cell],
    is_fault: impl Fn(Symptom) -> bool,
    slow_from: Option<u8>,
) -> BTreeMap<&'a Name, Counts> {
    let mut servers: BTreeMap<&Name, Counts> = BTreeMap::new();
    let real = cells
        .iter()
        .filter(|cell| !cell.place.server.starts_with(b"<"));
    for cell in real {
        let counts = servers.entry(&cell.place.server).or_default();
        let n = cell.tally.n;
        counts.requests += n;
        match cell.outcome.symptom {
            Symptom::Fine => {
                counts.answers += harm::answers(&cell.tally.scale);
                counts.slow += harm::slow_answers(&cell.tally.scale, slow_from);
            }
            Symptom::ServerError => counts.errors += n,
            symptom if is_fault(symptom) => counts.service += n,
            _ => {}
        }
    }
    servers
}
