//! Health checks: missing, asked for the wrong thing, cut too early, too slow to notice or to forgive, or too quick to judge.
//!
//! Enters: a backend with its incidents. Leaves: a review of `timeout check`, and pieces. Must not know: other timers.

mod back;
mod blind;
pub mod elsewhere;
mod flaps;
mod lag;
mod limit;
mod missing;
mod pace;
mod page;

use super::piece::Piece;
use super::subject::Subject;

pub use limit::review;

/// The pieces that need no durations of checks.
pub fn pieces(subject: &Subject) -> Vec<Piece> {
    let mut pieces = page::pieces(subject);
    pieces.extend(missing::piece(subject));
    pieces.extend(blind::piece(subject));
    pieces.extend(elsewhere::piece(subject));
    // A quicker pace of all checks brings servers back sooner as well.
    pieces.extend(lag::piece(subject).or_else(|| back::piece(subject)));
    pieces.extend(flaps::piece(subject));
    pieces
}
