//! Detectors of a place in which most have seen nothing yet.
//!
//! Enters: how many of a second's requests showed a symptom. Leaves: what a [`Detector`] tells. Must not know: which
//! symptom.
//!
//! As long as no request of a place shows a symptom, its detector knows nothing but how many requests came. So do all
//! others that wait for theirs: what they know is learned once, and each goes on from there when it sees its first hit.

use serde::{Deserialize, Serialize};

use super::backend;
use super::baseline::Baseline;
use super::detector::{Detector, Sensitivity};
use super::peers;

/// What is known of a place by all its detectors that saw no hit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Unhurt {
    baseline: Baseline,
    /// The requests of the second that is being taken.
    requests: u64,
}

impl Unhurt {
    /// So many requests came before it was looked at.
    pub fn began_without(requests: u64) -> Self {
        let mut unhurt = Self::default();
        unhurt.baseline.began_without_hits(requests);
        unhurt
    }

    /// Says how many requests a second has, before the detectors take it.
    #[inline]
    pub fn expect(&mut self, requests: u64) {
        self.requests = requests;
    }

    /// Takes the second, after the detectors.
    pub fn step(&mut self, second: i64) {
        self.baseline.forget(second);
        self.baseline.learn(second, 0.0, self.requests as f64);
    }
}

/// A detector that stands on its own from the first hit on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Latent {
    #[serde(with = "row")]
    sensitivity: &'static Sensitivity,
    own: Option<Box<Detector>>,
}

/// All sensitivities of latent detectors.
static SENSITIVITIES: [&Sensitivity; 9] = [
    &backend::SERVICE,
    &backend::RETRIES,
    &backend::HELD,
    &backend::ERRORS,
    &backend::CLIENTS,
    &backend::VAIN,
    &backend::REJECTIONS,
    &peers::SERVICE,
    &peers::ERRORS,
];

/// A sensitivity as bytes: the number of its row.
mod row {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{SENSITIVITIES, Sensitivity};

    pub fn serialize<S: Serializer>(of: &Sensitivity, to: S) -> Result<S::Ok, S::Error> {
        let row = SENSITIVITIES.iter().position(|row| *row == of);
        row.serialize(to)
    }

    pub fn deserialize<'de, D>(from: D) -> Result<&'static Sensitivity, D::Error>
    where
        D: Deserializer<'de>,
    {
        let row = Option::<usize>::deserialize(from)?;
        let row = row.and_then(|row| SENSITIVITIES.get(row));
        row.copied().ok_or_else(|| D::Error::custom("no such row"))
    }
}

impl Latent {
    /// One that has seen nothing.
    pub fn new(sensitivity: &'static Sensitivity) -> Self {
        Self {
            sensitivity,
            own: None,
        }
    }

    /// Takes a second; see [`Detector::step`]. What may not be learned here is learned by the others.
    #[inline]
    pub fn step(&mut self, second: i64, hits: u64, requests: u64, learn: bool, unhurt: &Unhurt) {
        if self.own.is_none() && hits == 0 && learn && requests == unhurt.requests {
            return;
        }
        self.own(unhurt).step(second, hits, requests, learn);
    }

    /// See [`Detector::settle`].
    pub fn settle(&mut self, unhurt: &Unhurt) {
        self.own(unhurt).settle();
    }

    fn own(&mut self, unhurt: &Unhurt) -> &mut Detector {
        self.own.get_or_insert_with(|| {
            Box::new(Detector::going_on(
                *self.sensitivity,
                unhurt.baseline.clone(),
            ))
        })
    }

    /// The detector, if it has anything to tell.
    #[inline]
    pub fn get(&self) -> Option<&Detector> {
        self.own.as_deref()
    }

    /// Hits so far.
    pub fn seen(&self) -> f64 {
        self.get().map_or(0.0, Detector::seen)
    }
}
