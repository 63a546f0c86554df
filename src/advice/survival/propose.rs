//! The limit to try.
//!
//! Enters: answers. Leaves: a round limit. Must not know: how they are found.

use super::{Outcome, Raised};
use crate::advice::amount::round_up;

/// Limits are up to so many times the present one.
const FARTHEST: f64 = 3.0;

/// The smallest step worth while.
const NEAREST: f64 = 1.1;

/// The part of what can be saved that is enough.
const ENOUGH: f64 = 0.9;

/// The smallest round limit in ms that saves enough of what the best one does, with its answer. `present` is in ms.
pub fn smallest(present: f64, ask: impl Fn(u32) -> Raised) -> Option<(u32, Raised)> {
    let mut answers: Vec<(u32, Raised, f64)> = Vec::new();
    let mut next = round_up((present * NEAREST) as u64 + 1);
    while next as f64 <= present * FARTHEST {
        let limit = u32::try_from(next).ok()?;
        let raised = ask(limit);
        if let Outcome::Saves(saved) = raised.outcome {
            // What is nearly sure to be saved: nobody changes a timeout twice with pleasure.
            answers.push((limit, raised, saved.share.low));
        }
        next = round_up(next + 1);
    }
    let most = answers.iter().map(|answer| answer.2).fold(0.0, f64::max);
    let is_enough = |answer: &&(u32, Raised, f64)| most > 0.0 && answer.2 >= ENOUGH * most;
    answers
        .iter()
        .find(is_enough)
        .map(|(limit, raised, _)| (*limit, *raised))
}
