//! Values with a special meaning on a line, and the statuses of HAProxy's own answers.
//!
//! Enters: nothing. Leaves: one row a value. Must not know: how a line is read.

/// One value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    /// As it stands on the line.
    pub word: &'static str,
    /// What it means there.
    pub meaning: &'static str,
    /// How to tell its cases apart, and what to look at.
    pub look_at: &'static [&'static str],
    /// Other words worth asking for.
    pub see: &'static [&'static str],
}

/// Every value.
pub const VALUES: &[Value] = &[
    value(
        "-1",
        "as a timer: its event never happened; as a status: none was ever decided",
        &[
            "with a state that begins with C: the client left before there was an answer",
            "with PR: a rule closed without an answer (`reject`, `silent-drop`)",
        ],
        &["CQ", "CC", "PR"],
    ),
    value(
        "0",
        "as a status: no HTTP transaction (TCP, or an HTTP/2 request that could not be read); as a timer: under a millisecond",
        &[],
        &["PR"],
    ),
    value(
        "<NOSRV>",
        "no server was chosen",
        &[
            "with SC: the backend had no usable server",
            "with PR, CR, cR, LR: the request never got as far as a server",
        ],
        &["SC <NOSRV>", "SC"],
    ),
    value(
        "<BADREQ>",
        "there was no readable request line",
        &[
            "CR: the client left before it was complete",
            "cR: it was not complete in time",
            "PR with 400: it was invalid",
            "PR with -1: a rule closed the connection before it was read",
        ],
        &["CR", "cR", "PR"],
    ),
    value(
        "<STATS>",
        "HAProxy's statistics page answered; no server is involved",
        &[],
        &["LR"],
    ),
    value(
        "<CACHE>",
        "HAProxy's cache answered; no server is involved",
        &[],
        &["LR"],
    ),
    value(
        "<PROMEX>",
        "HAProxy's Prometheus exporter answered; no server is involved",
        &[],
        &["LR"],
    ),
    value(
        "~",
        "after the frontend's name: the client came over TLS",
        &[],
        &["frontend_name"],
    ),
    value(
        "+",
        "before a total or the bytes: written before the end (`option logasap`), a lower bound; before the retries: redispatched to another server",
        &[],
        &["option logasap", "retries"],
    ),
    value(
        "400",
        "bad request",
        &[
            "with PR and <BADREQ>: HAProxy could not parse it",
            "with CR: the client closed before it was complete",
            "with CH or cH: HAProxy's answer to a client that left or stalled",
            "with `--`: the server's own",
        ],
        &["PR", "CR", "CH"],
    ),
    value(
        "403",
        "forbidden",
        &[
            "with PR or LR: one of HAProxy's rules",
            "with `--`: the server's own",
        ],
        &["PR", "http-request deny"],
    ),
    value(
        "408",
        "the client did not send its request in time",
        &["with cR: HAProxy's own", "with `--`: the server's own"],
        &["cR", "timeout http-request"],
    ),
    value(
        "413",
        "request body too large",
        &[
            "with PR: HAProxy's own (2.5 and later)",
            "with `--`: the server's own",
        ],
        &["PR"],
    ),
    value(
        "414",
        "URI too long",
        &[
            "with PR: HAProxy's own (3.1 and later, 400 before)",
            "with `--`: the server's own",
        ],
        &["PR", "tune.bufsize"],
    ),
    value(
        "425",
        "too early",
        &["with SH: the server refused TLS early data"],
        &["SH"],
    ),
    value(
        "429",
        "too many requests",
        &[
            "with PR or LR: one of HAProxy's rules",
            "with `--`: the server's own",
        ],
        &["PR", "LR"],
    ),
    value(
        "431",
        "request headers too large",
        &[
            "with PR: HAProxy's own (3.1 and later, 400 before)",
            "with `--`: the server's own",
        ],
        &["PR", "tune.bufsize"],
    ),
    value(
        "499",
        "no status of HAProxy's",
        &["a server behind HAProxy, such as nginx, may have sent it"],
        &["CH"],
    ),
    value(
        "500",
        "internal error",
        &[
            "with `--`: the server's own",
            "with PT: the end of a tarpit",
            "with PR, PH: a failed rewrite, or a rule's `deny_status`",
            "with KC, DC, UC: killed (3.1 and later)",
            "with IR, IC, IH: HAProxy's internal error",
        ],
        &["PT", "PR", "IC"],
    ),
    value(
        "501",
        "method not supported",
        &["with PR: HAProxy's own", "with `--`: the server's own"],
        &["PR"],
    ),
    value(
        "502",
        "bad gateway",
        &[
            "with SH: the server closed or reset before its headers were complete",
            "with PH: HAProxy refused the server's answer",
            "with `--`: the server's own, from whatever is behind it",
        ],
        &["SH", "PH"],
    ),
    value(
        "503",
        "service unavailable",
        &[
            "with SC and <NOSRV>: no usable server",
            "with SC: connection refused",
            "with sC: connect timeout",
            "with sQ, SQ: the queue",
            "with PR, LR: one of HAProxy's rules",
            "with `--`: the server's own",
        ],
        &["SC <NOSRV>", "SC", "sC", "sQ"],
    ),
    value(
        "504",
        "gateway timeout",
        &[
            "with sH: the server did not answer within `timeout server`",
            "with `--`: the server's own, from whatever is behind it",
        ],
        &["sH", "timeout server"],
    ),
];

const fn value(
    word: &'static str,
    meaning: &'static str,
    look_at: &'static [&'static str],
    see: &'static [&'static str],
) -> Value {
    Value {
        word,
        meaning,
        look_at,
        see,
    }
}

/// The row of a value written exactly like this.
pub fn value_named(word: &str) -> Option<&'static Value> {
    VALUES.iter().find(|value| value.word == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_stands_once() {
        for row in VALUES {
            assert_eq!(value_named(row.word), Some(row));
        }
    }

    #[test]
    fn a_gateway_timeout_is_never_a_connect_timeout() {
        assert!(
            value_named("504")
                .unwrap()
                .look_at
                .iter()
                .all(|line| !line.contains("sC"))
        );
        assert!(
            value_named("503")
                .unwrap()
                .look_at
                .iter()
                .any(|line| line.contains("sC"))
        );
    }
}
