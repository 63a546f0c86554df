//! Requests with a body that were cut while all others were answered as fast as ever.
//!
//! Enters: an incident. Leaves: whether it may be the clients' doing, and the piece that says so. Must not know: timeouts' values.
//!
//! `Tr` begins with the request's head and holds its body: a client that stops in the middle of an upload ends as `sH`, as if
//! the server had not answered (HAProxy manual 8.4, `Tr`; `option http-buffer-request`).

use super::piece::{Direction, Piece, Scope};
use crate::incident::Incident;
use crate::words::cause::{Cause, Kind};
use crate::words::numbers::count;

/// It is either that a server was slow, or that clients did not send all of a body.
pub fn is_doubtful(incident: &Incident) -> bool {
    let may_be_clients = matches!(incident.cause.runner_up, Some((Cause::ClientSlow, _)));
    incident.kind == Kind::TimeoutBurst
        && incident.cause.code == Cause::SlowBackend
        && may_be_clients
}

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
                "All requests drawn from the {} that were cut bring a body, few of the others do, and these were answered as fast as ever: clients that stopped in the middle of an upload look like this, and so does one slow page.",
                count(incident.failed)
            ),
        )
        .seen_in(incident)
    }
}
