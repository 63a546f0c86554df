//! What a log shows of timeouts. Those of a side count silence, and begin again with each byte: a line has whole phases.

use super::How::{Bounded, Measured};
use super::{CHECK_LINES, Limit, Way};

/// A row a timeout, or a phase of it.
pub(super) const ROWS: &[Limit] = &[
    Limit {
        keyword: "timeout connect",
        part: "",
        value: "one attempt to connect, TLS to the server included",
        met: &["sC", "L4TOUT"],
        ways: &[
            Way {
                needs: &["Tc", "rc"],
                how: Measured,
                by: "`%Tc` where `%rc` is 0; with retries it holds all attempts and the pauses between them",
            },
            Way {
                needs: &["Tc"],
                how: Bounded,
                by: "`%Tc`, which holds all attempts and the pauses between them",
            },
            TOTAL_HTTP,
            TOTAL_TCP,
        ],
        otherwise: NO_TIMER,
        to_see_it: Some("`%Tc` and `%rc`"),
    },
    Limit {
        keyword: "timeout client",
        part: "",
        value: "the client's silence while it has to send or to take",
        met: &["cR", "cQ", "cC", "cH", "cD", "cL"],
        ways: PAUSES,
        otherwise: NO_TIMER,
        to_see_it: None,
    },
    Limit {
        keyword: "timeout server",
        part: "before the headers",
        value: "the server's silence before the headers of its answer",
        met: &["sH"],
        ways: &[
            Way {
                needs: &["Tr"],
                how: Measured,
                by: "`%Tr`, for requests without a body; an upload is in it",
            },
            TOTAL_HTTP,
            TOTAL_TCP,
        ],
        otherwise: NO_TIMER,
        to_see_it: Some("`%Tr`"),
    },
    Limit {
        keyword: "timeout server",
        part: "within the answer",
        value: "the server's silence within the body of its answer, or in a TCP session",
        met: &["sD", "sL"],
        ways: PAUSES,
        otherwise: NO_TIMER,
        to_see_it: None,
    },
    Limit {
        keyword: "timeout queue",
        part: "",
        value: "the wait for a free slot",
        met: &["sQ"],
        ways: &[
            Way {
                needs: &["Tw"],
                how: Measured,
                by: "`%Tw`; of a redispatched request (`+` before `%rc`) all its waits",
            },
            TOTAL_HTTP,
            TOTAL_TCP,
        ],
        otherwise: NO_TIMER,
        to_see_it: Some("`%Tw`"),
    },
    Limit {
        keyword: "timeout http-request",
        part: "",
        value: "the time to complete request headers; on a connection's first request the idle time before it, too",
        met: &["cR"],
        ways: &[
            Way {
                needs: &["TR", "Ti"],
                how: Measured,
                by: "`%TR`, and `%Ti` with it on a connection's first request",
            },
            Way {
                needs: &["TR"],
                how: Bounded,
                by: "`%TR`; the idle time before a connection's first request counts too, and is not on the line",
            },
            Way {
                needs: &["Tq"],
                how: Bounded,
                by: "`%Tq`, which holds the handshake and the idle time of every request",
            },
        ],
        otherwise: "no timer of the request is on the line",
        to_see_it: Some("`%Ti` and `%TR`"),
    },
    Limit {
        keyword: "timeout http-keep-alive",
        part: "",
        value: "the idle time until the next request's first byte",
        met: &[],
        ways: &[
            Way {
                needs: &["Ti"],
                how: Measured,
                by: "`%Ti` of the requests that came in time; an expiry writes no line",
            },
            Way {
                needs: &["Tq"],
                how: Bounded,
                by: "`%Tq`, which holds handshake and request headers too",
            },
        ],
        otherwise: "the idle time is on no line, and an expiry closes silently",
        to_see_it: Some("`%Ti`"),
    },
    Limit {
        keyword: "timeout tunnel",
        part: "",
        value: "the silence of both sides of a tunnel",
        met: &["cD", "sD"],
        ways: PAUSES,
        otherwise: NO_TIMER,
        to_see_it: None,
    },
    Limit {
        keyword: "timeout client-fin",
        part: "",
        value: "the client's silence once one direction is closed",
        met: &["cD", "cL"],
        ways: PAUSES,
        otherwise: NO_TIMER,
        to_see_it: None,
    },
    Limit {
        keyword: "timeout server-fin",
        part: "",
        value: "the server's silence once one direction is closed",
        met: &["sD", "sL"],
        ways: PAUSES,
        otherwise: NO_TIMER,
        to_see_it: None,
    },
    Limit {
        keyword: "timeout check",
        part: "",
        value: "the wait for the answer to a check, once connected",
        met: &["L6TOUT", "L7TOUT"],
        ways: &[
            Way {
                needs: &[CHECK_LINES],
                how: Bounded,
                by: "`check duration` of each check that changed something, connecting included; checks that pass as before have no line",
            },
            Way {
                needs: &[],
                how: Bounded,
                by: "`check duration` of the checks that took a server down or up, connecting included",
            },
        ],
        otherwise: "",
        to_see_it: Some("`option log-health-checks`"),
    },
    Limit {
        keyword: "timeout tarpit",
        part: "",
        value: "how long a tarpitted request is held",
        met: &["PT"],
        ways: &[
            Way {
                needs: &["Tw", "tsc"],
                how: Measured,
                by: "`%Tw` of lines with PT; with CT the client left before",
            },
            TOTAL_HTTP,
        ],
        otherwise: NO_TIMER,
        to_see_it: Some("`%Tw` and `%tsc`"),
    },
];

const NO_TIMER: &str = "no timer is on the line";

/// The whole is longer than any of its parts.
const TOTAL_HTTP: Way = Way {
    needs: &["Ta"],
    how: Bounded,
    by: "`%Ta`, of which it is a part",
};
const TOTAL_TCP: Way = Way {
    needs: &["Tt"],
    how: Bounded,
    by: "`%Tt`, of which it is a part",
};

/// No pause is longer than the phase in which it was, and no line has the pauses themselves.
const PAUSES: &[Way] = &[
    Way {
        needs: &["Td"],
        how: Bounded,
        by: "`%Td`: no pause within it is longer",
    },
    Way {
        needs: &["Ta", "TR", "Tw", "Tc", "Tr"],
        how: Bounded,
        by: "`%Ta` - (`%TR` + `%Tw` + `%Tc` + `%Tr`): no pause within it is longer",
    },
    Way {
        needs: &["Tt", "Tw", "Tc"],
        how: Bounded,
        by: "`%Tt` - (`%Tw` + `%Tc`): no pause within it is longer",
    },
    TOTAL_HTTP,
    TOTAL_TCP,
];
