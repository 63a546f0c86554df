//! The termination state: how a stream ended, where it stood, and what its cookie did
//! (HAProxy: `log.c`, `sess_term_cond`, `sess_fin_state`, `sess_cookie`, `sess_set_cookie`).
//!
//! Enters: the four characters of a line. Leaves: their meaning and the family of failure they belong to.
//! Must not know: where the characters came from. In TCP mode the last two are `-`.

mod connect;
mod data;
pub mod letters;
mod request;
mod response;
pub mod symptom;

pub use symptom::{Symptom, symptom};

use letters::FIRST;
use serde::{Deserialize, Serialize};

/// Who to look at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Owner {
    /// Nobody: it went as intended.
    None,
    /// The client, or the network between it and HAProxy.
    Client,
    /// A server, its application or its capacity.
    Server,
    /// The path between HAProxy and its servers.
    Network,
    /// HAProxy: its configuration, its rules, or the machine it runs on.
    Proxy,
    /// A person or a script that gave HAProxy an order.
    Operator,
}

impl Owner {
    /// The owner in lower case, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Owner::None => "nobody",
            Owner::Client => "client",
            Owner::Server => "server",
            Owner::Network => "network between HAProxy and server",
            Owner::Proxy => "HAProxy (configuration or host)",
            Owner::Operator => "operator",
        }
    }
}

/// One row of what the first two characters say together (HAProxy manual 8.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The first two characters.
    pub chars: &'static str,
    /// This row holds only where the line names no server (`<NOSRV>`).
    pub no_server: bool,
    /// What happened.
    pub meaning: &'static str,
    /// Who to look at first.
    pub owner: Owner,
    /// The timers that are -1 in HTTP mode.
    pub absent: &'static [&'static str],
    /// The status on the line, as far as the state fixes it; empty in TCP mode.
    pub status: &'static str,
    /// Configuration keywords that govern it.
    pub keywords: &'static [&'static str],
    /// What to look at, most telling first.
    pub look_at: &'static [&'static str],
}

/// Stands for the state of a line whose format has none. It has no row, and tells nothing.
pub const NOT_LOGGED: [u8; 4] = *b"????";

/// Every known pair, in the order of a stream's life; a new row goes into the file of its phase.
pub fn pairs() -> impl Iterator<Item = &'static Pair> {
    [request::ROWS, connect::ROWS, response::ROWS, data::ROWS]
        .into_iter()
        .flatten()
}

/// The row for the first two characters of `term`; a state without a row is a rare mixture of its two letters.
pub fn pair(term: [u8; 4], no_server: bool) -> Option<&'static Pair> {
    let of_chars = || pairs().filter(|pair| pair.chars.as_bytes() == &term[..2]);
    of_chars()
        .find(|pair| pair.no_server == no_server)
        .or_else(|| of_chars().next())
}

/// Who to look at first: by the pair, else by the first character alone.
pub fn owner(term: [u8; 4]) -> Owner {
    if let Some(pair) = pair(term, false) {
        return pair.owner;
    }
    FIRST
        .iter()
        .find(|first| first.letter == term[0])
        .map_or(Owner::None, |first| first.owner)
}

/// The client's cookie named a server it did not reach: gone (`I`), down (`D`), or found unreachable (`VI`).
pub fn is_persistence_loss(term: [u8; 4]) -> bool {
    matches!([term[2], term[3]], [b'D' | b'I', _] | [b'V', b'I'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owner_follows_the_pair_and_else_the_first_letter() {
        for (term, expected) in [
            (b"----", Owner::None),
            (b"sH--", Owner::Server),
            (b"sHVN", Owner::Server),
            (b"sC--", Owner::Network),
            (b"SC--", Owner::Server),
            (b"cR--", Owner::Client),
            (b"cC--", Owner::Proxy),
            (b"PT--", Owner::Proxy),
            (b"CQ--", Owner::Server),
            (b"KC--", Owner::Operator),
            (b"DC--", Owner::Server),
            (b"LR--", Owner::None),
            // No rows of their own.
            (b"KQ--", Owner::Operator),
            (b"sR--", Owner::Server),
            (&NOT_LOGGED, Owner::None),
        ] {
            assert_eq!(owner(*term), expected, "{}", term.escape_ascii());
        }
    }

    #[test]
    fn a_refused_server_and_a_missing_server_are_two_rows() {
        let refused = pair(*b"SCNN", false).unwrap();
        let missing = pair(*b"SCNN", true).unwrap();
        assert!(!refused.no_server && missing.no_server);
        assert_ne!(refused.meaning, missing.meaning);
        // Where there is one row it holds with and without a server.
        assert_eq!(pair(*b"sQ--", true), pair(*b"sQ--", false));
        assert_eq!(pair(*b"ZZ--", true), None);
    }

    #[test]
    fn each_row_is_written_once_and_with_known_letters() {
        let mut seen = Vec::new();
        for pair in pairs() {
            assert!(
                !seen.contains(&(pair.chars, pair.no_server)),
                "{} twice",
                pair.chars
            );
            seen.push((pair.chars, pair.no_server));
            let [first, second] = pair.chars.as_bytes() else {
                panic!("{} is not a pair", pair.chars);
            };
            assert!(
                FIRST.iter().any(|row| row.letter == *first),
                "{}",
                pair.chars
            );
            assert!(
                letters::SECOND.iter().any(|row| row.letter == *second),
                "{}",
                pair.chars
            );
            assert!(
                !pair.meaning.is_empty() && !pair.look_at.is_empty(),
                "{}",
                pair.chars
            );
        }
        assert!(seen.len() >= 50);
    }

    #[test]
    fn a_cookie_that_no_longer_leads_to_its_server_is_a_loss() {
        for lost in [b"--DI", b"--II", b"--VI", b"--DN", b"--IN", b"sHDI"] {
            assert!(is_persistence_loss(*lost), "{}", lost.escape_ascii());
        }
        for kept in [
            b"----", b"--NI", b"--VN", b"--VU", b"--EI", b"--OI", b"--NN", b"DDVN", b"IC--",
        ] {
            assert!(!is_persistence_loss(*kept), "{}", kept.escape_ascii());
        }
    }
}
