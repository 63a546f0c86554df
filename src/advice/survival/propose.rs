//! The limit to try.
//!
//! Enters: answers. Leaves: a round limit. Must not know: how they are found.

use std::iter::successors;

use super::{Outcome, Raised};
use crate::advice::amount::round_up;

/// Limits are up to so many times the present one.
const FARTHEST: f64 = 3.0;

/// The smallest step worth while.
const NEAREST: f64 = 1.1;

/// The part of what can be saved that is enough: nobody changes a timeout twice with pleasure.
const ENOUGH: f64 = 0.95;

/// The smallest round limit in ms that saves enough of what the best one does, with its answer. `present` is in ms.
pub fn smallest(present: f64, ask: impl Fn(u32) -> Raised) -> Option<(u32, Raised)> {
    let mut answers: Vec<(u32, Raised, f64)> = Vec::new();
    let first = round_up((present * NEAREST) as u64 + 1);
    // At HAProxy's longest time, rounding up goes no further.
    let limits = successors(Some(first), |limit| {
        Some(round_up(limit + 1)).filter(|next| next > limit)
    });
    for limit in limits.take_while(|limit| *limit as f64 <= present * FARTHEST) {
        let limit = u32::try_from(limit).ok()?;
        let raised = ask(limit);
        if let Outcome::Saves(saved) = raised.outcome {
            // What is expected to be saved: what is sure to be grows no more where the model is the limit, not the timeout.
            answers.push((limit, raised, saved.share.middle));
        }
    }
    let most = answers.iter().map(|answer| answer.2).fold(0.0, f64::max);
    let is_enough = |answer: &&(u32, Raised, f64)| most > 0.0 && answer.2 >= ENOUGH * most;
    answers
        .iter()
        .find(is_enough)
        .map(|(limit, raised, _)| (*limit, *raised))
}
