//! Clients that left because they waited, and clients that just left.
//!
//! Enters: cells. Leaves: how many of the clients that left had waited longer for a server than is ordinary.
//! Must not know: what else went wrong.

use super::harm;
use crate::rollup::cell::Outcome;
use crate::rollup::scale::Scale;
use crate::rollup::seal::Cell;
use crate::words::termination::Symptom;

/// What is a long wait (ms) where nothing is known of the backend.
const LONG: i64 = 1_000;

/// The step of [`Scale`] from which on a wait was in vain.
pub fn from(slow_from: Option<u8>) -> u8 {
    slow_from.unwrap_or(Scale::step(LONG))
}

/// The client left while it waited for a server: in the queue, connecting, or for the answer. One that resets the
/// connection then may be logged as if it had left within the answer, but got no status.
pub fn is_waiting(outcome: &Outcome) -> bool {
    outcome.symptom == Symptom::ClientAbort
        && (matches!(outcome.term[1], b'Q' | b'C' | b'H') || outcome.status == -1)
}

/// Clients that left after so long a wait.
pub fn among(cells: &[&Cell], from: u8) -> u64 {
    cells
        .iter()
        .filter(|cell| is_waiting(&cell.outcome))
        .map(|cell| harm::slow_answers(&cell.tally.scale, Some(from)))
        .sum()
}
