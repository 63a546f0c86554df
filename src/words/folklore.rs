//! What popular articles say about HAProxy's logs and commands, and what is true.
//!
//! Enters: nothing. Leaves: a claim, its correction, and the words that bring it up.
//! Must not know: who believes it.

/// One claim that circulates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Belief {
    /// The words whose explanation should correct it; the first is its own.
    pub words: &'static [&'static str],
    /// What is said.
    pub claim: &'static str,
    /// What is true.
    pub truth: &'static str,
    /// Where that can be read.
    pub source: &'static str,
}

/// Every known claim.
pub const BELIEFS: &[Belief] = &[
    Belief {
        words: &["sR"],
        claim: "sR is a server read timeout: raise `timeout server`",
        truth: "HAProxy does not set sR. R is the request phase, before any server is involved, so no server timeout \
                can run. Server timeouts are sH (before the response headers) and sD (during the data). Do not change \
                `timeout server` for it: look whether the line was cut, edited or written by another tool.",
        source: "HAProxy manual 8.5; stream.c, http_ana.c",
    },
    Belief {
        words: &["cR"],
        claim: "cR is a client read timeout: raise `timeout client`",
        truth: "R is the request phase: the client did not send a complete request in time. `timeout http-request` \
                governs it, and `timeout client` only while that is unset. Most are browsers that connected in \
                advance, and scans: consider `option http-ignore-probes`. Raising the timeout weakens the protection \
                against slow-header attacks.",
        source: "HAProxy manual 8.5, 4.2",
    },
    Belief {
        words: &["C"],
        claim: "C is a connect timeout: raise `timeout connect`",
        truth: "The state has two or four characters, never one. C in the first place means that the client aborted, \
                in the second that HAProxy was connecting. A connect timeout is sC.",
        source: "HAProxy manual 8.5",
    },
    Belief {
        words: &["sC", "504", "timeout connect"],
        claim: "a connect timeout gives 504",
        truth: "sC gives 503 in every version. HAProxy's own 504 is sH.",
        source: "backend.c",
    },
    Belief {
        words: &["sH", "timeout server"],
        claim: "many sH: raise `timeout server`",
        truth: "A larger timeout helps only requests that would have finished soon after. Look first whether one \
                server or one URL makes them, and whether the others finish far below the limit: then the server is \
                what to fix, and a larger timeout only holds clients and slots longer.",
        source: "HAProxy manual 4.2, timeout server",
    },
    Belief {
        words: &["499", "CH"],
        claim: "HAProxy logs 499 when the client leaves",
        truth: "HAProxy never logs 499; that is nginx's. Clients that leave show in the state: CH, CD, CQ, CC.",
        source: "HAProxy manual 8.5",
    },
    Belief {
        words: &["SC", "<NOSRV>"],
        claim: "SC means that the server refused the connection",
        truth: "Only if the line names a server. SC with <NOSRV> means that the backend had no usable server; and \
                HAProxy's own lack of source ports or file descriptors is logged as SC too.",
        source: "backend.c",
    },
    Belief {
        words: &["check disabled", "check"],
        claim: "`server … check disabled` turns health checks off",
        truth: "`disabled` is a word of its own: it puts the server in maintenance from the start, and it gets no \
                traffic. To turn checks off, leave `check` out or write `no-check`.",
        source: "HAProxy manual 5.2, disabled",
    },
    Belief {
        words: &["enable server"],
        claim: "`enable server` brings a DOWN server back",
        truth: "It only ends maintenance. A server that is DOWN by its checks stays DOWN until they pass; one that leaves \
                maintenance is UP at once, until a check fails.",
        source: "HAProxy management guide 9.3",
    },
    Belief {
        words: &["health healthy"],
        claim: "`set server … health healthy` marks a server up",
        truth: "There is no such word; HAProxy answers that it expects 'up', 'stopping' or 'down'.",
        source: "HAProxy management guide 9.3",
    },
    Belief {
        words: &["health up"],
        claim: "`set server … health up` keeps a failing server up",
        truth: "The server is UP only until its checks have failed `fall` times again. To stop the checks, use \
                `disable health`; but they are seldom what is wrong.",
        source: "HAProxy management guide 9.3",
    },
    Belief {
        words: &["state ready"],
        claim: "`set server … state ready` brings a DOWN server back",
        truth: "It only ends maintenance and drain, as `enable server` does. A server that is DOWN by its checks stays DOWN \
                until they pass.",
        source: "HAProxy management guide 9.3",
    },
    Belief {
        words: &["weight 50%"],
        claim: "`set server … weight 50%` halves a server's share",
        truth: "Of the weight in its line, and a weight is a whole number: of the default of 1 it is 0, and the server gets \
                no new requests. It needs weights such as 100 in the server lines.",
        source: "HAProxy management guide 9.3; server.c",
    },
    Belief {
        words: &["HCHK", "HCHK_STATUS"],
        claim: "HCHK_… codes stand in the log",
        truth: "They are names in HAProxy's source and are never printed. A line has the text (`Layer4 timeout`), \
                the statistics have the short code (`L4TOUT`).",
        source: "check.c",
    },
    Belief {
        words: &["L4OK"],
        claim: "a server whose check passes is healthy",
        truth: "L4OK says that a TCP connection could be opened, and nothing about the application.",
        source: "HAProxy manual 5.2, check",
    },
    Belief {
        words: &["SD", "sD"],
        claim: "a status of 200 means that the client got its answer",
        truth: "With SD or sD the headers were sent and the body was cut.",
        source: "HAProxy manual 8.5",
    },
    Belief {
        words: &["timeout http-keep-alive"],
        claim: "clients cut by `timeout http-keep-alive` show as cR",
        truth: "Its expiry closes silently and logs nothing.",
        source: "http_ana.c",
    },
    Belief {
        words: &["reached maxconn"],
        claim: "HAProxy logs `Server … reached maxconn`",
        truth: "It does not. A full server shows as Tw and queue columns above 0, then as sQ.",
        source: "HAProxy manual 8.5, 5.2",
    },
];

/// The claims that `word` brings up.
pub fn about(word: &str) -> impl Iterator<Item = &'static Belief> {
    BELIEFS
        .iter()
        .filter(move |belief| belief.words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_found_by_their_words() {
        assert_eq!(about("sR").count(), 1);
        assert_eq!(about("sr").count(), 0);
        let raise = about("timeout server").next().unwrap();
        assert!(raise.claim.contains("raise") && raise.truth.contains("what to fix"));
    }

    #[test]
    fn each_claim_has_words_of_its_own() {
        for (position, belief) in BELIEFS.iter().enumerate() {
            let own = belief.words.first().expect(belief.claim);
            let earlier = &BELIEFS[..position];
            assert!(earlier.iter().all(|other| other.words.first() != Some(own)));
        }
    }
}
