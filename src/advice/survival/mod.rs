//! What another timeout would have done to the requests that were cut, and to those that were not.
//!
//! Enters: waits that completed, waits that were cut, and when clients left. Leaves: shares, counts and slot-seconds,
//! each as an interval, or why there is none. Must not know: which timeout it is, and in what words it is told.
//!
//! A cut request is a censored observation: it would have taken longer, by an unknown time. Up to the last observation
//! the product-limit estimate answers (Kaplan and Meier 1958). Beyond it, models of how the rate of completion changes
//! with the time waited are fitted to the slowest waits and carried on ([`tail`]). No random numbers are drawn, and
//! logarithms are those of one library: equal samples have equal answers on every machine.

mod curve;
mod density;
mod dispersion;
mod fit;
mod lowered;
mod matrix;
mod propose;
mod raised;
mod risk;
mod shape;
mod tail;
mod unrest;
mod window;

use std::cell::OnceCell;

use crate::rollup::histogram::Histogram;

pub use dispersion::dispersion;
pub use lowered::Lowered;
pub use raised::{Doubt, Outcome, Raised, Saved};

use risk::Risk;
use tail::Tail;

/// The 95 % point of the normal distribution: intervals are two-sided, of 90 %.
const Z: f64 = 1.645;

/// A 90 % interval. What it is of, stands with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// The estimate.
    pub middle: f64,
    /// Its upper end.
    pub high: f64,
}

/// Waits under a timeout, ready for questions.
#[derive(Debug, Clone)]
pub struct Survival<'a> {
    completed: &'a Histogram,
    cut: &'a Histogram,
    /// The timeout in force in ms, where it is known.
    present: Option<u32>,
    dispersion: f64,
    fitted: OnceCell<Fitted>,
}

impl<'a> Survival<'a> {
    /// Of waits in ms: those that completed, and those that were cut, at the moment they were.
    ///
    /// `dispersion` (at least 1) is how many times fewer independent requests would tell as much: see [`dispersion()`].
    pub fn of(completed: &'a Histogram, cut: &'a Histogram, dispersion: f64) -> Self {
        Self {
            completed,
            cut,
            present: None,
            dispersion: if dispersion > 1.0 { dispersion } else { 1.0 },
            fitted: OnceCell::new(),
        }
    }

    /// The same with the timeout in force in ms. Buckets are 1/64 wide; without it, it is taken as the roundest
    /// number in its bucket.
    pub fn under(self, present: u32) -> Self {
        Self {
            present: Some(present),
            fitted: OnceCell::new(),
            ..self
        }
    }

    /// What a limit of `limit` ms would have done to the requests that were cut before it. `patience` holds the waits
    /// in ms after which clients left on their own, while they waited; they are not among the other two.
    pub fn raised(&self, limit: u32, patience: Option<&Histogram>) -> Raised {
        self.fitted(patience, |fitted| fitted.raised(limit))
    }

    /// What a limit of `limit` ms would have done to all requests that waited longer.
    pub fn lowered(&self, limit: u32) -> Lowered {
        lowered::answer(self.completed, self.cut, limit)
    }

    /// How many waits ended in the last fifth of the time up to the end, where the limit fell among slow work: `None` where
    /// hardly any did, or as many as where servers stand still for a while.
    pub fn last_ended(&self) -> Option<u64> {
        self.fitted(None, |fitted| {
            density::last_ended(&fitted.risk, fitted.dispersion)
        })
    }

    /// The smallest round limit in ms, up to three times the present one, that saves most of what such limits
    /// can save, with its answer; `None` where none can be told to save anything.
    pub fn proposed(&self, patience: Option<&Histogram>) -> Option<(u32, Raised)> {
        self.fitted(patience, |fitted| {
            propose::smallest(fitted.risk.end, |limit| fitted.raised(limit))
        })
    }

    /// The fit without patience is made once.
    fn fitted<T>(&self, patience: Option<&Histogram>, ask: impl FnOnce(&Fitted) -> T) -> T {
        let fit = || Fitted::of(self, patience);
        match patience {
            None => ask(self.fitted.get_or_init(fit)),
            Some(_) => ask(&fit()),
        }
    }
}

/// What is asked.
#[derive(Debug, Clone)]
struct Fitted {
    risk: Risk,
    tail: Result<Tail, Doubt>,
    dispersion: f64,
}

impl Fitted {
    fn of(waits: &Survival, patience: Option<&Histogram>) -> Self {
        let risk = Risk::of(waits.completed, waits.cut, patience, waits.present);
        Self {
            tail: Tail::of(&risk, waits.dispersion),
            risk,
            dispersion: waits.dispersion,
        }
    }

    fn raised(&self, limit: u32) -> Raised {
        raised::answer(&self.risk, self.tail.as_ref(), limit, self.dispersion)
    }
}
