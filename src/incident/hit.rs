//! Whom an incident hit: frontends, methods, URLs and clients of a sample of its victims.
//!
//! Enters: the samples of a case. Leaves: shares, weighted by how many each sample stands for. Must not know: servers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::harm::Harm;
use super::urls;
use crate::rollup::Name;
use crate::rollup::victims::{Victim, Victims};
use crate::words::termination::Symptom;

/// Names that are told of one sort.
const TOLD: usize = 5;

/// Shares (0 to 1) of an incident's victims, the largest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// Victims in the sample.
    pub sampled: u64,
    /// Victims it was drawn from: those of the minutes that the incident touches.
    pub of: u64,
    /// Frontends.
    pub frontends: Vec<(Name, f64)>,
    /// Methods.
    pub methods: Vec<(Name, f64)>,
    /// Paths without their query and with `*` for ids, of those that stand in the sample more than once.
    pub urls: Vec<(Name, f64)>,
    /// Addresses of clients that stand in the sample more than once.
    pub clients: Vec<(Name, f64)>,
}

/// The victims of the symptoms asked for.
pub fn of(harm: &Harm, is_told: impl Fn(Symptom) -> bool) -> Hit {
    let samples = || {
        harm.victims
            .iter()
            .filter(|(symptom, _)| is_told(**symptom))
    };
    let of = samples().map(|(_, victims)| victims.sample.seen()).sum();
    let mut sampled = 0;
    let [mut frontends, mut methods, mut paths, mut clients] =
        std::array::from_fn(|_| Shares::default());
    for (_, victims) in samples() {
        let kept = victims.sample.iter().count() as u64;
        sampled += kept;
        for victim in victims.sample.iter() {
            let weight = victims.sample.seen() as f64 / kept as f64;
            frontends.add(Some(victim.frontend()), weight);
            methods.add(method(victim), weight);
            paths.add(path(victim).as_deref(), weight);
            clients.add(Some(victim.client()), weight);
        }
    }
    // A name that was drawn once says nothing of the others, unless these are all.
    let enough = if sampled < of { 2 } else { 1 };
    Hit {
        sampled,
        of,
        frontends: frontends.most(of, 1),
        methods: methods.most(of, enough),
        urls: paths.most(of, enough),
        clients: clients.most(of, enough),
    }
}

/// How many of a sample's requests are of methods that bring a body, and how many there are.
pub fn uploads(victims: &Victims) -> (usize, usize) {
    let brings = |victim: &&Victim| matches!(method(victim), Some(b"POST" | b"PUT" | b"PATCH"));
    let drawn = || victims.sample.iter();
    (drawn().filter(brings).count(), drawn().count())
}

/// How often names stand in the sample, and the victims they stand for.
#[derive(Debug, Default)]
struct Shares(BTreeMap<Name, (u64, f64)>);

impl Shares {
    fn add(&mut self, name: Option<&[u8]>, weight: f64) {
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            let held = self.0.entry(name.into()).or_default();
            *held = (held.0 + 1, held.1 + weight);
        }
    }

    /// The largest, of those that were drawn often enough.
    fn most(self, of: u64, enough: u64) -> Vec<(Name, f64)> {
        let drawn = self
            .0
            .into_iter()
            .filter(|(_, (times, _))| *times >= enough);
        let mut shares: Vec<(Name, f64)> = drawn
            .map(|(name, (_, victims))| (name, victims / of.max(1) as f64))
            .collect();
        // Stable: equal shares stay in the order of their names.
        shares.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        shares.truncate(TOLD);
        shares
    }
}

/// `GET` of `GET /cart HTTP/1.1`; none of what is no request.
fn method(victim: &Victim) -> Option<&[u8]> {
    let end = victim.request().iter().position(|byte| *byte == b' ')?;
    let method = &victim.request()[..end];
    let is_one = method
        .iter()
        .all(|byte| byte.is_ascii_uppercase() || *byte == b'-');
    // What failed handshakes left there is a sentence.
    let is_request = memchr::memmem::find(victim.request(), b" HTTP/").is_some()
        || victim.request().get(end + 1) == Some(&b'/');
    (is_one && is_request).then_some(method)
}

/// `/cart/*` of `GET /cart/7?id=3 HTTP/1.1`.
fn path(victim: &Victim) -> Option<Vec<u8>> {
    method(victim)?;
    urls::whole(victim)
}
