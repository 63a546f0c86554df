//! What a longer limit would have saved, or why that cannot be told.
//!
//! Enters: those at risk, the tail and a limit. Leaves: [`Raised`]. Must not know: how tails are fitted.

use core::f64::consts::LN_2;

use libm::{exp, log};

use super::curve::Curve;
use super::risk::Risk;
use super::tail::Tail;
use super::{Interval, Z};

/// Cut requests that an answer needs, as independent ones.
const CUTS: f64 = 10.0;

/// Completed requests that it needs, as independent ones.
const COMPLETED: f64 = 100.0;

/// An interval as wide as that says nothing.
const WIDEST: f64 = 0.7;

/// Up to so many times the last observation, a longer limit is thought of.
const HORIZON: f64 = 4.0;

/// If less than this share completes up to the horizon, the others never do.
const NEVER: f64 = 0.2;

/// What a longer limit would have done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Raised {
    /// Requests that were cut earlier than this limit. All else is of them.
    pub reached: u64,
    /// How many of them it saves.
    pub outcome: Outcome,
    /// Slot-seconds they would have held beyond the moment they were cut; its widest bounds where nothing is known.
    pub held_s: Interval,
}

/// What becomes of requests that were cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// A share of them completes.
    Saves(Saved),
    /// Requests end before the limit or, for all that is seen, not at all.
    Never {
        /// The share that completes after all, at most.
        at_most: f64,
    },
    /// The waits do not tell.
    CannotTell(Doubt),
}

/// Requests that a longer limit saves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Saved {
    /// Their share, 0 to 1: that which is expected of such requests, not of these few.
    pub share: Interval,
    /// The limit is not beyond the last observation: no model was needed.
    pub is_observed: bool,
}

/// Why waits do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Too few requests completed, in all or among the slowest.
    TooFewCompleted,
    /// Too few were cut before the limit asked for.
    TooFewCut,
    /// The interval is so wide that it says nothing.
    TooWide,
    /// Requests end ever more seldom towards the limit, as where some of them never do.
    Fades,
    /// The slowest waits follow no tail that could be carried on.
    NoFit,
}

/// The answer for a limit in ms.
pub fn answer(risk: &Risk, tail: Result<&Tail, &Doubt>, limit: u32, dispersion: f64) -> Raised {
    let limit = f64::from(limit);
    let earlier = risk.limits.iter().filter(|cut| cut.at < limit);
    let reached = earlier
        .clone()
        .fold(0u64, |sum, cut| sum.saturating_add(cut.cut));
    let widest: f64 = earlier
        .map(|cut| (limit - cut.at) / 1e3 * cut.cut as f64)
        .sum();
    let raised = |outcome, held_s| Raised {
        reached,
        outcome,
        held_s,
    };
    let unknown = Interval {
        low: 0.0,
        middle: widest / 2.0,
        high: widest,
    };
    if (reached as f64) < CUTS * dispersion {
        return raised(Outcome::CannotTell(Doubt::TooFewCut), unknown);
    }
    let completed: f64 = risk.steps.iter().map(|step| step.ended).sum();
    if completed < COMPLETED * dispersion {
        return raised(Outcome::CannotTell(Doubt::TooFewCompleted), unknown);
    }
    if let Some(at_most) = never(risk, tail.ok(), limit, dispersion) {
        let held_s = Interval {
            low: widest * (1.0 - at_most),
            middle: widest * (1.0 - at_most / 2.0),
            high: widest,
        };
        return raised(Outcome::Never { at_most }, held_s);
    }
    let is_observed = limit <= risk.end;
    match tail {
        Err(doubt) if !is_observed => raised(Outcome::CannotTell(*doubt), unknown),
        _ => {
            let (share, held_s) = Curve::new(risk, tail.ok(), limit, dispersion).answer();
            let outcome = if share.high - share.low > WIDEST {
                Outcome::CannotTell(Doubt::TooWide)
            } else {
                Outcome::Saves(Saved { share, is_observed })
            };
            raised(outcome, held_s)
        }
    }
}

/// The share that completes at most by the limit, where hardly any does up to the horizon.
fn never(risk: &Risk, tail: Option<&Tail>, limit: f64, dispersion: f64) -> Option<f64> {
    let horizon = limit.max(HORIZON * risk.end);
    let by_rate = |to: f64| 1.0 - exp(-late_rate(risk, dispersion) * log(to / risk.end).max(0.0));
    if limit > risk.end && by_rate(horizon) < NEVER {
        return Some(by_rate(limit));
    }
    let high = |to: f64| Curve::new(risk, tail, to, dispersion).answer().0.high;
    (tail.is_some() && high(horizon) < NEVER).then(|| high(limit))
}

/// The largest rate per unit of ln t with which requests may have completed in the last half of the time.
fn late_rate(risk: &Risk, dispersion: f64) -> f64 {
    let (mut ended, mut waited) = (0.0, 0.0);
    for step in risk.steps.iter().filter(|step| step.to > -LN_2) {
        let width = step.to - step.from.max(-LN_2);
        ended += step.ended * width / (step.to - step.from) / dispersion;
        waited += step.risk * width / dispersion;
    }
    let seen = ended + 1.0;
    let root = 1.0 - 1.0 / (9.0 * seen) + Z / (3.0 * seen.sqrt());
    seen * root * root * root / waited.max(1e-9)
}
