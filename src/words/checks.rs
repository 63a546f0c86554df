//! Health-check codes and the texts that stand for them on a line (HAProxy: `check.c`, `check_statuses`).
//!
//! Enters: a text after `reason: `, or a code. Leaves: the code, and what it says about a server.
//! Must not know: whether a particular server is up. The code itself is never on a line; its text is.

use serde::{Deserialize, Serialize};

/// The code of a check's result, as the stats page names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CheckCode {
    /// `UNK`: Unknown
    Unknown,
    /// `INI`: Initializing
    Initializing,
    /// `CHECKED`: No status change
    Checked,
    /// `HANA`: Health analyze (`observe`)
    HealthAnalyze,
    /// `SOCKERR`: Socket error
    SocketError,
    /// `L4OK`: Layer4 check passed
    L4Ok,
    /// `L4TOUT`: Layer4 timeout
    L4Timeout,
    /// `L4CON`: Layer4 connection problem
    L4Connection,
    /// `L6OK`: Layer6 check passed
    L6Ok,
    /// `L6TOUT`: Layer6 timeout
    L6Timeout,
    /// `L6RSP`: Layer6 invalid response
    L6Response,
    /// `L7TOUT`: Layer7 timeout
    L7Timeout,
    /// `L7RSP`: Layer7 invalid response
    L7Response,
    /// `L7OK`: Layer7 check passed
    L7Ok,
    /// `L7OKC`: Layer7 check conditionally passed
    L7OkConditional,
    /// `L7STS`: Layer7 wrong status
    L7Status,
    /// `PROCERR`: External check error
    ProcError,
    /// `PROCTOUT`: External check timeout
    ProcTimeout,
    /// `PROCOK`: External check passed
    ProcOk,
}

/// Every code with its short name and the text on the line.
pub const CHECK_CODES: [(CheckCode, &str, &str); 19] = [
    (CheckCode::Unknown, "UNK", "Unknown"),
    (CheckCode::Initializing, "INI", "Initializing"),
    (CheckCode::Checked, "CHECKED", "No status change"),
    (CheckCode::HealthAnalyze, "HANA", "Health analyze"),
    (CheckCode::SocketError, "SOCKERR", "Socket error"),
    (CheckCode::L4Ok, "L4OK", "Layer4 check passed"),
    (CheckCode::L4Timeout, "L4TOUT", "Layer4 timeout"),
    (
        CheckCode::L4Connection,
        "L4CON",
        "Layer4 connection problem",
    ),
    (CheckCode::L6Ok, "L6OK", "Layer6 check passed"),
    (CheckCode::L6Timeout, "L6TOUT", "Layer6 timeout"),
    (CheckCode::L6Response, "L6RSP", "Layer6 invalid response"),
    (CheckCode::L7Timeout, "L7TOUT", "Layer7 timeout"),
    (CheckCode::L7Response, "L7RSP", "Layer7 invalid response"),
    (CheckCode::L7Ok, "L7OK", "Layer7 check passed"),
    (
        CheckCode::L7OkConditional,
        "L7OKC",
        "Layer7 check conditionally passed",
    ),
    (CheckCode::L7Status, "L7STS", "Layer7 wrong status"),
    (CheckCode::ProcError, "PROCERR", "External check error"),
    (CheckCode::ProcTimeout, "PROCTOUT", "External check timeout"),
    (CheckCode::ProcOk, "PROCOK", "External check passed"),
];

impl CheckCode {
    /// The code whose text stands on a line after `reason: `.
    pub fn from_text(text: &[u8]) -> Option<Self> {
        CHECK_CODES
            .iter()
            .find(|(_, _, known)| known.as_bytes() == text)
            .map(|(code, _, _)| *code)
    }

    /// The short name of the stats page, such as `L4CON`.
    pub fn name(self) -> &'static str {
        CHECK_CODES
            .iter()
            .find(|(code, _, _)| *code == self)
            .map_or("UNK", |(_, name, _)| name)
    }
}

/// How a check's result counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckVerdict {
    /// No result yet, or none that changes anything.
    Neutral,
    /// One step towards UP.
    Passed,
    /// Passed, and the server takes no new sessions (`http-check disable-on-404`).
    Conditional,
    /// One step towards DOWN.
    Failed,
}

impl CheckVerdict {
    /// The verdict in lower case, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            CheckVerdict::Neutral => "neutral: changes nothing",
            CheckVerdict::Passed => "passed",
            CheckVerdict::Conditional => "passed, no new sessions",
            CheckVerdict::Failed => "failed",
        }
    }
}

/// What a check code says and what is behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckMeaning {
    /// The code.
    pub code: CheckCode,
    /// How it counts.
    pub verdict: CheckVerdict,
    /// What happened.
    pub meaning: &'static str,
    /// Probable causes, most likely first; empty for passed checks.
    pub causes: &'static [&'static str],
    /// The quickest way to know.
    pub proof: &'static str,
}

/// Every code's meaning, in the order of [`CHECK_CODES`].
pub const CHECK_MEANINGS: &[CheckMeaning] = &[
    CheckMeaning {
        code: CheckCode::Unknown,
        verdict: CheckVerdict::Neutral,
        meaning: "no check has had a result",
        causes: &[],
        proof: "`show servers state` on the CLI",
    },
    CheckMeaning {
        code: CheckCode::Initializing,
        verdict: CheckVerdict::Neutral,
        meaning: "the first check is under way",
        causes: &[],
        proof: "wait for one `inter`",
    },
    CheckMeaning {
        code: CheckCode::Checked,
        verdict: CheckVerdict::Neutral,
        meaning: "an agent answered without a word about health",
        causes: &[],
        proof: "read the agent's answer",
    },
    CheckMeaning {
        code: CheckCode::HealthAnalyze,
        verdict: CheckVerdict::Failed,
        meaning: "no check: live traffic to the server failed too often in a row (`observe`)",
        causes: &["the server fails real requests while its check may still pass"],
        proof: "the traffic lines of that server at that time: `SC`, `SH`, `sH`, status 500 and above",
    },
    CheckMeaning {
        code: CheckCode::SocketError,
        verdict: CheckVerdict::Failed,
        meaning: "HAProxy could not use a socket for the check",
        causes: &[
            "HAProxy's limit of file descriptors or memory",
            "a reset right after the connection",
            "a wrong `source` address",
        ],
        proof: "count HAProxy's open files; read the `info:` text",
    },
    CheckMeaning {
        code: CheckCode::L4Ok,
        verdict: CheckVerdict::Passed,
        meaning: "a TCP connection could be opened; that proves nothing about the application",
        causes: &[],
        proof: "an HTTP check (`option httpchk`) to know more",
    },
    CheckMeaning {
        code: CheckCode::L4Timeout,
        verdict: CheckVerdict::Failed,
        meaning: "no answer to the connection attempt",
        causes: &[
            "a firewall that drops",
            "the host is down or the address is wrong",
            "a full SYN backlog",
            "`inter` or `timeout connect` too short for the path",
        ],
        proof: "watch the SYN packets leave HAProxy's host, and whether anything comes back",
    },
    CheckMeaning {
        code: CheckCode::L4Connection,
        verdict: CheckVerdict::Failed,
        meaning: "the connection was refused or could not be made",
        causes: &[
            "nothing listens on that address and port: the service stopped, crashed, or listens on another one",
            "a firewall that rejects",
            "no route to the host, or the host is down",
            "HAProxy has no free source port or a wrong `source` (see `info:`)",
        ],
        proof: "connect to the server's address and port from HAProxy's host; 0 to 1 ms means refused",
    },
    CheckMeaning {
        code: CheckCode::L6Ok,
        verdict: CheckVerdict::Passed,
        meaning: "the TLS handshake of the check worked",
        causes: &[],
        proof: "an HTTP check (`option httpchk`) to know more",
    },
    CheckMeaning {
        code: CheckCode::L6Timeout,
        verdict: CheckVerdict::Failed,
        meaning: "TCP connected and the TLS handshake got no answer",
        causes: &["the port does not speak TLS", "the server is overloaded"],
        proof: "`openssl s_client -connect` to the server's address and port",
    },
    CheckMeaning {
        code: CheckCode::L6Response,
        verdict: CheckVerdict::Failed,
        meaning: "the TLS handshake failed",
        causes: &[
            "a clear-text port checked with TLS, or the reverse",
            "no common TLS version or cipher",
            "a certificate that is not trusted, has expired, or names another host",
            "the server wants a client certificate, or a server name (`check-sni`)",
        ],
        proof: "`openssl s_client -connect` to the server's address and port",
    },
    CheckMeaning {
        code: CheckCode::L7Timeout,
        verdict: CheckVerdict::Failed,
        meaning: "connected, and the check's answer did not come in time",
        causes: &[
            "the application is slow or blocked",
            "`timeout check` is too short; without it `inter` is the limit of the whole check",
            "the check waits for a text that never comes",
        ],
        proof: "time the check's request from HAProxy's host; compare `check duration` with the limit",
    },
    CheckMeaning {
        code: CheckCode::L7Response,
        verdict: CheckVerdict::Failed,
        meaning: "the answer was not what the check's protocol expects",
        causes: &[
            "an HTTP check on a TLS port or on another protocol",
            "the server closed without an answer",
            "a broken or unexpected answer (see `info:`)",
        ],
        proof: "`curl -v` of the check's URL from HAProxy's host",
    },
    CheckMeaning {
        code: CheckCode::L7Ok,
        verdict: CheckVerdict::Passed,
        meaning: "the application answered as expected",
        causes: &[],
        proof: "nothing to prove",
    },
    CheckMeaning {
        code: CheckCode::L7OkConditional,
        verdict: CheckVerdict::Conditional,
        meaning: "404 with `http-check disable-on-404`: the server asked for no new sessions; deliberate",
        causes: &[],
        proof: "who removed the file or route that the check asks for",
    },
    CheckMeaning {
        code: CheckCode::L7Status,
        verdict: CheckVerdict::Failed,
        meaning: "the server answered the check with a status that is not accepted; the service itself may work",
        causes: &[
            "404: wrong path, not deployed, or a virtual host that needs a Host header",
            "301 or 302: the application redirects to TLS, to a login, or to another host",
            "400: the Host header is missing or wrong",
            "401 or 403: the path needs a login, or a filter blocks HAProxy's address",
            "405 or 501: OPTIONS, the check's default method, is not supported",
            "429: a rate limiter counts the checks",
            "500, 502, 503, 504: the application or what it depends on fails",
        ],
        proof: "repeat the check's request with `curl -v`, with the same method, path and Host header; `code:` on the line is the status",
    },
    CheckMeaning {
        code: CheckCode::ProcError,
        verdict: CheckVerdict::Failed,
        meaning: "the external check program failed",
        causes: &[
            "its exit code says so (`code:`, -1 for a signal)",
            "it cannot be started: path, permissions, `insecure-fork-wanted`",
        ],
        proof: "run it by hand as HAProxy's user",
    },
    CheckMeaning {
        code: CheckCode::ProcTimeout,
        verdict: CheckVerdict::Failed,
        meaning: "the external check program did not end in time",
        causes: &["it hangs, or starts too slowly"],
        proof: "run it by hand and time it",
    },
    CheckMeaning {
        code: CheckCode::ProcOk,
        verdict: CheckVerdict::Passed,
        meaning: "the external check program reported success",
        causes: &[],
        proof: "nothing to prove",
    },
];

impl CheckCode {
    /// The text that stands on a line after `reason: `.
    pub fn text(self) -> &'static str {
        CHECK_CODES
            .iter()
            .find(|(code, _, _)| *code == self)
            .map_or("Unknown", |(_, _, text)| text)
    }

    /// What the code says; every code has its row.
    pub fn explained(self) -> Option<&'static CheckMeaning> {
        CHECK_MEANINGS.iter().find(|row| row.code == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_name_a_text_and_a_meaning() {
        for (code, name, text) in CHECK_CODES {
            assert_eq!(code.name(), name);
            assert_eq!(code.text(), text);
            assert_eq!(CheckCode::from_text(text.as_bytes()), Some(code));
            let meaning = code.explained().expect(name);
            let failed = meaning.verdict == CheckVerdict::Failed;
            assert_eq!(
                !meaning.causes.is_empty(),
                failed,
                "{name}: causes belong to failures"
            );
        }
        assert_eq!(CHECK_MEANINGS.len(), CHECK_CODES.len());
    }

    #[test]
    fn a_wrong_status_does_not_blame_the_service() {
        let meaning = CheckCode::L7Status.explained().unwrap();
        assert!(meaning.meaning.contains("may work"));
        assert!(meaning.causes[0].starts_with("404"));
    }

    #[test]
    fn unknown_texts_are_no_code() {
        assert_eq!(CheckCode::from_text(b"Layer8 politics"), None);
        assert_eq!(CheckCode::from_text(b""), None);
        assert_eq!(CheckCode::from_text(b"layer4 timeout"), None);
    }
}
