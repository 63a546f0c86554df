//! What each character of the termination state means on its own.
//!
//! Enters: nothing. Leaves: one table for each of the four positions.
//! Must not know: which combinations occur; that is the pairs' business.

use super::Owner;

/// A character in the first position: the first event that ended the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct First {
    /// The character.
    pub letter: u8,
    /// What ended the stream.
    pub meaning: &'static str,
    /// Who to look at first when the pair is not known.
    pub owner: Owner,
}

/// A character in one of the other positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    /// The character.
    pub letter: u8,
    /// What it says there.
    pub meaning: &'static str,
}

/// First position (`SF_ERR_*`); `L`, `D`, `K` and `U` since HAProxy 1.5.
pub const FIRST: &[First] = &[
    first(b'-', "the stream ended normally", Owner::None),
    first(
        b'L',
        "HAProxy answered by itself, on purpose (redirect, return, stats, cache)",
        Owner::None,
    ),
    first(b'c', "a client-side timeout expired", Owner::Client),
    first(
        b'C',
        "the client aborted (close, reset, write error)",
        Owner::Client,
    ),
    first(
        b's',
        "a server-side timeout expired (queue, connect or server)",
        Owner::Server,
    ),
    first(
        b'S',
        "the server aborted or refused, or no server or queue slot was available",
        Owner::Server,
    ),
    first(
        b'P',
        "HAProxy refused: a rule, an invalid message, a limit, a failed rewrite",
        Owner::Proxy,
    ),
    first(
        b'R',
        "HAProxy ran out of a resource (memory, sockets, ports)",
        Owner::Proxy,
    ),
    first(b'I', "HAProxy met an internal error", Owner::Proxy),
    first(
        b'D',
        "killed because its server went DOWN (`on-marked-down shutdown-sessions`)",
        Owner::Server,
    ),
    first(
        b'K',
        "killed by an operator, a script, or `hard-stop-after`",
        Owner::Operator,
    ),
    first(
        b'U',
        "moved off a backup server that was no longer needed (`on-marked-up shutdown-backup-sessions`)",
        Owner::Operator,
    ),
];

/// Second position (`SF_FINST_*`): where the stream was.
pub const SECOND: &[Letter] = &[
    letter(b'-', "after the last data, or before anything was recorded"),
    letter(
        b'R',
        "the request was awaited or analysed; no server is involved yet (R is not \"read\")",
    ),
    letter(b'Q', "waiting in a queue for a server slot"),
    letter(
        b'C',
        "connecting to the server, retries and TLS to the server included",
    ),
    letter(b'H', "waiting for the response headers, or analysing them"),
    letter(b'D', "data was being transferred"),
    letter(b'L', "the last data was on its way to the client"),
    letter(b'T', "held in a tarpit"),
];

/// Third position: the persistence cookie the client sent.
pub const CLIENT_COOKIE: &[Letter] = &[
    letter(b'-', "no persistence cookie is in use"),
    letter(b'N', "the client sent no cookie"),
    letter(
        b'I',
        "the client's cookie names no server of the backend (removed, renamed, or another cluster's)",
    ),
    letter(b'D', "the client's cookie names a server that is DOWN"),
    letter(b'V', "the client's cookie is valid and was used"),
    letter(b'E', "the client's cookie has expired (`maxidle`)"),
    letter(b'O', "the client's cookie is too old (`maxlife`)"),
    letter(
        b'U',
        "a cookie came and was not used (`use-server`, `force-persist`, or no persistence)",
    ),
];

/// Fourth position: what the response did with the cookie.
pub const RESPONSE_COOKIE: &[Letter] = &[
    letter(b'-', "no persistence cookie is in use"),
    letter(b'N', "the response set no cookie"),
    letter(b'I', "HAProxy inserted a cookie"),
    letter(b'D', "HAProxy deleted the server's cookie"),
    letter(b'P', "the server's own cookie was passed on"),
    letter(b'R', "HAProxy rewrote the server's cookie"),
    letter(b'U', "HAProxy updated the cookie's date"),
];

/// Third and fourth position together, where that says more than each alone.
pub const COOKIE_PAIRS: &[(&str, &str)] = &[
    ("NN", "no cookie came, none was set"),
    ("NI", "a first visit: the client now has a cookie"),
    ("VN", "a returning client, on its server"),
    (
        "VU",
        "a returning client, on its server, with the cookie's date refreshed",
    ),
    (
        "VI",
        "the client's server could not be reached: redispatched, with a new cookie (expect `+` before the retries)",
    ),
    (
        "DI",
        "the client's server is DOWN: sent to another one, with a new cookie; its session may be lost",
    ),
    (
        "II",
        "the cookie's server is unknown: removed or renamed, or the cookie is another cluster's",
    ),
    (
        "EI",
        "the cookie had been idle for too long: a new one was set",
    ),
    ("OI", "the cookie was too old: a new one was set"),
];

const fn first(letter: u8, meaning: &'static str, owner: Owner) -> First {
    First {
        letter,
        meaning,
        owner,
    }
}

const fn letter(letter: u8, meaning: &'static str) -> Letter {
    Letter { letter, meaning }
}

/// The meaning of `letter` in `table`.
pub fn meaning(table: &[Letter], letter: u8) -> Option<&'static str> {
    table
        .iter()
        .find(|row| row.letter == letter)
        .map(|row| row.meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_letter_stands_once_in_its_table() {
        for table in [SECOND, CLIENT_COOKIE, RESPONSE_COOKIE] {
            for row in table {
                assert_eq!(meaning(table, row.letter), Some(row.meaning));
            }
        }
        for (position, row) in FIRST.iter().enumerate() {
            assert!(
                FIRST[..position]
                    .iter()
                    .all(|other| other.letter != row.letter)
            );
        }
    }

    #[test]
    fn cookie_pairs_are_made_of_known_letters() {
        for (chars, _) in COOKIE_PAIRS {
            let [third, fourth] = chars.as_bytes() else {
                panic!("{chars} is not a pair");
            };
            assert!(meaning(CLIENT_COOKIE, *third).is_some());
            assert!(meaning(RESPONSE_COOKIE, *fourth).is_some());
        }
    }

    #[test]
    fn case_tells_a_timeout_from_an_abort() {
        let of = |letter| {
            FIRST
                .iter()
                .find(|row| row.letter == letter)
                .unwrap()
                .meaning
        };
        assert!(of(b's').contains("timeout") && !of(b'S').contains("timeout"));
        assert!(of(b'c').contains("timeout") && !of(b'C').contains("timeout"));
    }
}
