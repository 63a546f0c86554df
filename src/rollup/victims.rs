//! A sample of the requests that did not end well, and how many distinct clients they came from; and of those that did, to
//! hold them against.
//!
//! Enters: failed records. Leaves: [`Victims`] by backend, symptom and minute: clients, URLs and frontends with
//! their shares. Must not know: which incident they belong to.

use serde::{Deserialize, Serialize, Serializer};

use super::distinct::Distinct;
use super::hash;
use super::merge::Merge;
use super::sample::BottomK;
use crate::line::Traffic;

/// Records kept per backend, symptom and minute; shares of the sample are good to some ±0.25 at 16.
const KEPT: usize = 16;

/// Bytes of a name, an address or a request line that are kept.
const TEXT: usize = 256;

/// One failed request, as far as it is kept. Its texts stand in one piece of memory: of a block's thousands, most are let go
/// when the minute is put together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "Texts<Box<[u8]>>")]
pub struct Victim {
    /// The frontend, the client and the request line.
    texts: Box<[u8]>,
    /// Where the first two end.
    ends: [u16; 2],
}

/// What is kept of a request, as it is written.
#[derive(Serialize, Deserialize)]
struct Texts<T> {
    frontend: T,
    client: T,
    request: T,
}

impl Victim {
    /// Keeps the beginnings of the texts.
    pub fn new(frontend: &[u8], client: &[u8], request: &[u8]) -> Self {
        let [frontend, client, request] = [frontend, client, request].map(begun);
        let ends = [frontend.len(), frontend.len() + client.len()];
        Self {
            texts: [frontend, client, request].concat().into(),
            ends: ends.map(|end| end as u16),
        }
    }

    /// Frontend it came through.
    pub fn frontend(&self) -> &[u8] {
        self.between(0, self.ends[0])
    }

    /// Client address.
    pub fn client(&self) -> &[u8] {
        self.between(self.ends[0], self.ends[1])
    }

    /// Request line, escapes kept.
    pub fn request(&self) -> &[u8] {
        &self.texts[usize::from(self.ends[1])..]
    }

    fn between(&self, from: u16, to: u16) -> &[u8] {
        &self.texts[usize::from(from)..usize::from(to)]
    }
}

impl From<Texts<Box<[u8]>>> for Victim {
    fn from(texts: Texts<Box<[u8]>>) -> Self {
        Self::new(&texts.frontend, &texts.client, &texts.request)
    }
}

impl Serialize for Victim {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texts = Texts {
            frontend: self.frontend(),
            client: self.client(),
            request: self.request(),
        };
        texts.serialize(serializer)
    }
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
        self.sample.offer(identity, || {
            Victim::new(traffic.frontend, traffic.client, traffic.request)
        });
    }
}

fn begun(text: &[u8]) -> &[u8] {
    &text[..text.len().min(TEXT)]
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
