//! Requests with a body that were cut, where that may be their clients' doing.
//!
//! Enters: an incident of them. Leaves: the piece that says so. Must not know: timeouts' values.
//!
//! `Tr` begins with the request's head and holds its body: a client that stops in the middle of an upload ends as `sH`, as if
//! the server had not answered (HAProxy manual 8.4, `Tr`; `option http-buffer-request`).

use super::piece::{Direction, Piece, Scope};
use crate::incident::{Cut, Incident};

/// The piece.
pub fn piece(scope: Scope, incident: &Incident) -> Piece {
    Piece {
        effect: "`option http-buffer-request` waits for the body first: a client that stalls within what fits in a buffer then ends as `cR`. A body larger than `tune.bufsize` still ends as `sH`, whoever stalls. `timeout http-request` then covers that wait, too: clients that send slowly get 408 where it is short."
            .to_owned(),
        ..Piece::new(
            "server",
            scope,
            Direction::CannotTell,
            incident.cause.confidence,
            format!(
                "All requests drawn from those that `timeout server` cut bring a body, {}",
                match incident.cut {
                    Some(Cut::UnequalUploads) => "and they were cut after waits of all lengths, as uploads are whether they pause or the server does not answer: which, no line tells.",
                    _ => "few of the others do, and these were answered as fast as ever: clients that stopped in the middle of an upload look like this, and so does one slow page.",
                }
            ),
        )
        .seen_in(incident)
    }
}
