//! A sample of the requests that did not end well, and how many distinct clients they came from; and of those that did, to
//! hold them against.
//!
//! Enters: failed records. Leaves: [`Victims`] by backend, symptom and minute: clients, URLs and frontends with
//! their shares. Must not know: which incident they belong to.

use serde::{Deserialize, Serialize};

use super::distinct::Distinct;
use super::hash;
use super::merge::Merge;
use super::sample::BottomK;
use crate::line::Traffic;

/// Records kept per backend, symptom and minute; shares of the sample are good to some ±0.25 at 16.
const KEPT: usize = 16;

/// Bytes of a name, an address or a request line that are kept.
const TEXT: usize = 256;

/// One failed request, as far as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Victim {
    /// Frontend it came through.
    pub frontend: Box<[u8]>,
    /// Client address.
    pub client: Box<[u8]>,
    /// Request line, escapes kept.
    pub request: Box<[u8]>,
}

/// The failed requests of one backend, symptom and minute.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Victims {
    /// A fair sample of them.
    pub sample: BottomK<Victim, KEPT>,
    /// Their clients.
    pub clients: Distinct,
}

impl Victims {
    /// Takes one in. `identity` must not depend on what a client can choose.
    pub fn add(&mut self, traffic: &Traffic, identity: u64) {
        self.clients.add(hash::bytes(traffic.client));
        self.draw(traffic, identity);
    }

    /// The same without counting its client.
    pub fn draw(&mut self, traffic: &Traffic, identity: u64) {
        self.sample.offer(identity, || Victim {
            frontend: begun(traffic.frontend),
            client: begun(traffic.client),
            request: begun(traffic.request),
        });
    }
}

fn begun(text: &[u8]) -> Box<[u8]> {
    text[..text.len().min(TEXT)].into()
}

impl Merge for Victims {
    fn merge(&mut self, other: Self) {
        self.sample.merge(other.sample);
        self.clients.merge(other.clients);
    }
}

/// A hash of what HAProxy says of a request, without what its client can choose.
pub fn identity(traffic: &Traffic) -> u64 {
    let timers = &traffic.timers;
    [
        timers.queue,
        timers.connect,
        timers.response,
        timers.total,
        i64::from(traffic.status),
    ]
    .into_iter()
    .fold(
        hash::combine(hash::bytes(traffic.server), traffic.accepted as u64),
        |hash, value| hash::combine(hash, value as u64),
    )
}
