//! The family of failure a line belongs to.
//!
//! Enters: termination state, status, whether a server was chosen. Leaves: one [`Symptom`].
//! Must not know: any other line.

use serde::{Deserialize, Serialize};

/// The families in which outcomes are counted; a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Symptom {
    /// The backend had no usable server (`SC` with `<NOSRV>`).
    NoServer,
    /// The server refused, reset or was unreachable while HAProxy connected (`SC`).
    ConnectRefused,
    /// `timeout connect` ran out (`sC`).
    ConnectTimeout,
    /// `timeout server` or `timeout tunnel` ran out (`sH`, `sD`, `sL`).
    ServerTimeout,
    /// The server closed or reset before its answer was complete (`SH`, `SD`, `SL`).
    Reset,
    /// The queue was full, or `timeout queue` ran out (`SQ`, `sQ`).
    Queue,
    /// A complete answer with a status of 500 or more.
    ServerError,
    /// Killed: its server went DOWN, or an operator did it (`D`, `K`).
    Killed,
    /// HAProxy lacked a resource, or could not handle what a server sent (`R`, `I`, `PC`, `PH` with 5xx).
    ProxyResource,
    /// The client left after its request was complete (`CQ`, `CC`, `CH`, `CD`, `CL`).
    ClientAbort,
    /// The client was too slow (`c`), or was told so (408).
    ClientTimeout,
    /// No complete or no valid request came (`CR`, `PR` with 400 and its kin).
    BadRequest,
    /// A rule refused.
    Denied,
    /// A connection that failed before there was a request.
    Handshake,
    /// Nothing failed.
    Fine,
}

impl Symptom {
    /// Whether it counts as a failed request: the client got no complete, intended answer, and it was not the
    /// client's own or a rule's doing. Client aborts are none by themselves.
    pub fn is_failure(self) -> bool {
        match self {
            Symptom::NoServer
            | Symptom::ConnectRefused
            | Symptom::ConnectTimeout
            | Symptom::ServerTimeout
            | Symptom::Reset
            | Symptom::Queue
            | Symptom::ServerError
            | Symptom::Killed
            | Symptom::ProxyResource => true,
            Symptom::ClientAbort
            | Symptom::ClientTimeout
            | Symptom::BadRequest
            | Symptom::Denied
            | Symptom::Handshake
            | Symptom::Fine => false,
        }
    }

    /// It happened to a request, or in mode tcp to a session.
    pub fn is_request(self) -> bool {
        self != Symptom::Handshake
    }
}

/// The family of a line. Only the first two characters of `term` count; `status` is that of the line (-1 when none
/// was decided, 0 in TCP mode), `no_server` says that `<NOSRV>` stands in the server's place.
pub fn symptom(tcp: bool, term: [u8; 4], status: i16, no_server: bool) -> Symptom {
    match [term[0], term[1]] {
        [b'L', _] if matches!(status, 403 | 429) => Symptom::Denied,
        [b'L' | b'U', _] => Symptom::Fine,
        [b'D' | b'K', _] => Symptom::Killed,
        [b'R' | b'I', _] => Symptom::ProxyResource,
        [b's' | b'S', b'Q'] => Symptom::Queue,
        [b's', b'C'] => Symptom::ConnectTimeout,
        [b's', _] => Symptom::ServerTimeout,
        [b'S', b'C'] if no_server => Symptom::NoServer,
        [b'S', b'C'] => Symptom::ConnectRefused,
        [b'S', _] => Symptom::Reset,
        // The server's error had reached the client before the client left or stalled.
        [b'c' | b'C', b'D' | b'L'] if status >= 500 => Symptom::ServerError,
        [b'c', _] => Symptom::ClientTimeout,
        [b'C', b'R'] if status == 408 => Symptom::ClientTimeout,
        [b'C', b'R'] => Symptom::BadRequest,
        // The rule had decided before the client lost patience.
        [b'C', b'T'] => Symptom::Denied,
        [b'C', _] => Symptom::ClientAbort,
        [b'P', phase] => refused(tcp, phase, status),
        _ => ended(tcp, status),
    }
}

/// HAProxy refused (`P`): a rule, a bad message, or a limit of its own.
fn refused(tcp: bool, phase: u8, status: i16) -> Symptom {
    match (phase, status) {
        (b'C' | b'Q', _) => Symptom::ProxyResource,
        (b'H' | b'D' | b'L', 500..) => Symptom::ProxyResource,
        (_, 408) => Symptom::ClientTimeout,
        // Errors HAProxy finds by itself; with -1 it was told to say nothing (`reject`, `silent-drop`).
        (b'R' | b'H', 400 | 413 | 414 | 422 | 431 | 501) => Symptom::BadRequest,
        // HTTP/2 reports no status for a request it could not read.
        (b'R', 0) if !tcp => Symptom::BadRequest,
        _ => Symptom::Denied,
    }
}

/// The stream ended normally: the status alone decides.
fn ended(tcp: bool, status: i16) -> Symptom {
    match status {
        _ if tcp => Symptom::Fine,
        500.. => Symptom::ServerError,
        408 => Symptom::ClientTimeout,
        _ => Symptom::Fine,
    }
}

#[cfg(test)]
mod tests {
    use super::Symptom::*;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn http_lines() {
        for (term, status, no_server, expected) in [
            (b"----", 200, false, Fine),
            (b"----", 404, false, Fine),
            (b"----", 403, false, Fine),
            (b"----", 408, false, ClientTimeout),
            (b"----", 500, false, ServerError),
            (b"----", 503, false, ServerError),
            (b"--NI", 200, false, Fine),
            (b"--VN", 502, false, ServerError),
            (b"SC--", 503, true, NoServer),
            (b"SCNN", 503, true, NoServer),
            (b"SC--", 503, false, ConnectRefused),
            (b"sC--", 503, false, ConnectTimeout),
            (b"sH--", 504, false, ServerTimeout),
            (b"sHVN", 504, false, ServerTimeout),
            (b"sD--", 200, false, ServerTimeout),
            (b"sL--", 200, false, ServerTimeout),
            (b"SH--", 502, false, Reset),
            (b"SH--", 425, false, Reset),
            (b"SD--", 200, false, Reset),
            (b"SL--", 200, false, Reset),
            (b"sQ--", 503, false, Queue),
            (b"sQ--", 503, true, Queue),
            (b"SQ--", 503, false, Queue),
            (b"KC--", 500, false, Killed),
            (b"KD--", 200, false, Killed),
            (b"DC--", 500, false, Killed),
            (b"DD--", 200, false, Killed),
            (b"DL--", 200, false, Killed),
            (b"UC--", 500, false, Fine),
            (b"UD--", 200, false, Fine),
            (b"RC--", 503, false, ProxyResource),
            (b"IC--", 500, false, ProxyResource),
            (b"IR--", 500, true, ProxyResource),
            (b"PC--", 503, false, ProxyResource),
            (b"PH--", 502, false, ProxyResource),
            (b"PD--", 500, false, ProxyResource),
            (b"PH--", 403, false, Denied),
            (b"PH--", 400, false, BadRequest),
            (b"PD--", 200, false, Denied),
            (b"CD--", 200, false, ClientAbort),
            (b"CL--", 200, false, ClientAbort),
            (b"CH--", 400, false, ClientAbort),
            (b"CH--", -1, false, ClientAbort),
            (b"CC--", -1, false, ClientAbort),
            (b"CQ--", -1, false, ClientAbort),
            // Until 2.4 a 503 that nobody received.
            (b"CC--", 503, false, ClientAbort),
            (b"CQ--", 503, false, ClientAbort),
            (b"CD--", 500, false, ServerError),
            (b"cL--", 503, false, ServerError),
            (b"cR--", 408, true, ClientTimeout),
            (b"cD--", 200, false, ClientTimeout),
            (b"cH--", 400, false, ClientTimeout),
            (b"cQ--", -1, false, ClientTimeout),
            (b"cC--", 503, false, ClientTimeout),
            (b"CR--", 400, true, BadRequest),
            (b"CR--", -1, true, BadRequest),
            (b"CR--", 408, true, ClientTimeout),
            (b"PR--", 400, true, BadRequest),
            (b"PR--", 0, true, BadRequest),
            (b"PR--", 414, true, BadRequest),
            (b"PR--", 431, true, BadRequest),
            (b"PR--", 501, true, BadRequest),
            (b"PR--", 403, true, Denied),
            (b"PR--", 429, true, Denied),
            (b"PR--", 500, true, Denied),
            // `http-request deny deny_status 503`
            (b"PR--", 503, true, Denied),
            // `http-request reject`, `silent-drop`
            (b"PR--", -1, true, Denied),
            (b"PT--", 500, true, Denied),
            (b"CT--", 500, true, Denied),
            (b"LR--", 429, true, Denied),
            (b"LR--", 403, true, Denied),
            (b"LR--", 503, true, Fine),
            (b"LR--", 200, true, Fine),
            (b"LR--", 301, true, Fine),
        ] {
            let got = symptom(false, *term, status, no_server);
            assert_eq!(got, expected, "{} {status}", term.escape_ascii());
        }
    }

    #[test]
    fn tcp_lines() {
        for (term, no_server, expected) in [
            (b"----", false, Fine),
            (b"SC--", true, NoServer),
            (b"SC--", false, ConnectRefused),
            (b"sC--", false, ConnectTimeout),
            (b"sD--", false, ServerTimeout),
            (b"cD--", false, ClientTimeout),
            (b"SD--", false, Reset),
            (b"CD--", false, ClientAbort),
            (b"cR--", true, ClientTimeout),
            (b"CR--", true, BadRequest),
            // `tcp-request content reject`
            (b"PR--", true, Denied),
            (b"D---", false, Killed),
            (b"DC--", false, Killed),
            (b"K---", false, Killed),
            (b"U---", false, Fine),
        ] {
            let got = symptom(true, *term, 0, no_server);
            assert_eq!(got, expected, "{}", term.escape_ascii());
        }
    }

    #[test]
    fn what_clients_or_rules_cause_is_no_failed_request() {
        for family in [ClientAbort, ClientTimeout, BadRequest, Denied, Fine] {
            assert!(!family.is_failure(), "{family:?}");
        }
        for family in [
            NoServer,
            ConnectRefused,
            ConnectTimeout,
            ServerTimeout,
            Reset,
            Queue,
            ServerError,
            Killed,
            ProxyResource,
        ] {
            assert!(family.is_failure(), "{family:?}");
        }
    }

    proptest! {
        #[test]
        fn the_last_two_characters_never_matter(
            term: [u8; 4], cookies: [u8; 2], tcp: bool, status: i16, no_server: bool,
        ) {
            let other = [term[0], term[1], cookies[0], cookies[1]];
            prop_assert_eq!(symptom(tcp, term, status, no_server), symptom(tcp, other, status, no_server));
        }

        #[test]
        fn server_side_first_letters_fail_whatever_the_status(
            first in prop::sample::select(&b"sSRIDK"[..]), rest: [u8; 3], tcp: bool, status: i16, no_server: bool,
        ) {
            let term = [first, rest[0], rest[1], rest[2]];
            prop_assert!(symptom(tcp, term, status, no_server).is_failure());
        }

        #[test]
        fn what_was_answered_on_purpose_never_fails(
            first in prop::sample::select(&b"LU"[..]), rest: [u8; 3], tcp: bool, status: i16, no_server: bool,
        ) {
            let term = [first, rest[0], rest[1], rest[2]];
            prop_assert!(!symptom(tcp, term, status, no_server).is_failure());
        }
    }
}
