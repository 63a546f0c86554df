//! Whether the end fell among slow work, or among what stood still.
//!
//! Enters: those at risk. Leaves: how many ended in the last part of the time, where that is slow work. Must not know: models.
//!
//! Where a limit cuts slow work, work ends shortly before it about as often as it is cut; where it ends what never ends,
//! hardly anything does. What stood still for a while lies between: whoever came during a standstill waits for what is left of
//! it, so that all waits up to its length are equally frequent, and of several standstills the longer ones are never more
//! frequent than the shorter. Waits that grow more frequent again towards the end are no standstill.

use libm::log;

use super::Z;
use super::curve::factor;
use super::risk::{Risk, Step};

/// The time up to the end, in equal parts.
const PARTS: u32 = 5;

/// Waits that ended in the last part, for each that had not ended by then: at that pace half of these would be through in
/// as long again.
const AS_MANY: f64 = 0.5;

/// The same for each wait that ended in the part before it in which the fewest did.
const MORE: f64 = 2.0;

/// Waits that ended in the last part of the time, where these are slow work for sure.
pub fn last_ended(risk: &Risk, dispersion: f64) -> Option<u64> {
    let last = ended(risk, PARTS - 1);
    // The fast ones are in the first part.
    let least = (1..PARTS - 1)
        .map(|part| ended(risk, part))
        .fold(f64::INFINITY, f64::min);
    let events = last / dispersion;
    let at_least = if events > 0.0 {
        last * factor(events, -Z)
    } else {
        0.0
    };
    let is_slow_work = risk.survivors > 0.0
        && at_least >= AS_MANY * risk.survivors
        && at_least >= MORE * (least + dispersion);
    is_slow_work.then_some(last.round() as u64)
}

/// Waits that ended in one of the parts.
fn ended(risk: &Risk, part: u32) -> f64 {
    let edge = |part: u32| log(f64::from(part) / f64::from(PARTS));
    let (from, to) = (edge(part), edge(part + 1));
    let within = |step: &Step| {
        let both = step.to.min(to) - step.from.max(from);
        step.ended * both.max(0.0) / (step.to - step.from)
    };
    risk.steps.iter().map(within).sum()
}
