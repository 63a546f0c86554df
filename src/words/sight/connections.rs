//! What a log shows of limits on connections and queues, of retries, and of connections that are used again.

use super::How::{Bounded, Measured};
use super::{Limit, Way};

/// A row a keyword, or a place where it stands.
pub(super) const ROWS: &[Limit] = &[
    Limit {
        keyword: "maxconn",
        part: "server",
        value: "requests on the server at once",
        met: &["sQ", "CQ", "Tw"],
        ways: &[
            Way {
                needs: &["sc"],
                how: Measured,
                by: "`%sc`, when the line was written",
            },
            Way {
                needs: &["sq"],
                how: Bounded,
                by: "`%sq` above 0: it was reached",
            },
            Way {
                needs: &["Tw"],
                how: Bounded,
                by: "`%Tw` above 0: it was reached",
            },
        ],
        otherwise: "neither connections nor waits are on the line",
        to_see_it: Some("`%sc`"),
    },
    Limit {
        keyword: "maxconn",
        part: "frontend",
        value: "connections of the frontend at once",
        met: &[],
        ways: &[Way {
            needs: &["fc"],
            how: Measured,
            by: "`%fc`, when the line was written; who waits in the kernel is on no line",
        }],
        otherwise: "connections are not on the line, and a full frontend is silent",
        to_see_it: Some("`%fc`"),
    },
    Limit {
        keyword: "maxconn",
        part: "global",
        value: "connections of the process at once",
        met: &["reached the configured maximum connection limit"],
        ways: &[Way {
            needs: &["ac"],
            how: Measured,
            by: "`%ac`, when the line was written; who waits in the kernel is on no line",
        }],
        otherwise: "connections are not on the line",
        to_see_it: Some("`%ac`"),
    },
    Limit {
        keyword: "maxqueue",
        part: "",
        value: "requests in one server's queue",
        met: &["SQ"],
        ways: &[
            Way {
                needs: &["sq"],
                how: Measured,
                by: "`%sq`: requests that were ahead; of a redispatched one the sum over its queues",
            },
            Way {
                needs: &["Tw"],
                how: Bounded,
                by: "`%Tw` above 0: there was a queue",
            },
        ],
        otherwise: "no queue is on the line",
        to_see_it: Some("`%sq`"),
    },
    Limit {
        keyword: "fullconn",
        part: "",
        value: "requests of the backend at once, from which its servers may have their `maxconn`",
        met: &[],
        ways: &[Way {
            needs: &["bc"],
            how: Measured,
            by: "`%bc`, when the line was written",
        }],
        otherwise: "connections are not on the line",
        to_see_it: Some("`%bc`"),
    },
    Limit {
        keyword: "retries",
        part: "",
        value: "attempts to connect after the first",
        met: &["SC", "sC"],
        ways: &[
            Way {
                needs: &["rc"],
                how: Measured,
                by: "`%rc`; until 2.5 also the configured number where nothing was tried",
            },
            Way {
                needs: &["Tc"],
                how: Bounded,
                by: "`%Tc` of a second and more: pauses between attempts are in it",
            },
        ],
        otherwise: "attempts are not on the line",
        to_see_it: Some("`%rc`"),
    },
    Limit {
        keyword: "option redispatch",
        part: "",
        value: "whether a request went on to another server",
        met: &["VI", "+"],
        ways: &[
            Way {
                needs: &["rc"],
                how: Measured,
                by: "`+` before `%rc`; the server on the line is the last one",
            },
            Way {
                needs: &["tsc"],
                how: Bounded,
                by: "VI in `%tsc`, where a cookie ties clients to servers",
            },
        ],
        otherwise: "the line has only the last server, if any",
        to_see_it: Some("`%rc`"),
    },
    Limit {
        keyword: "http-reuse",
        part: "",
        value: "whether the connection to the server had been used before",
        met: &["SH"],
        ways: &[
            Way {
                needs: &["bc_reused"],
                how: Measured,
                by: "`%[bc_reused]`",
            },
            Way {
                needs: &["Tc"],
                how: Bounded,
                by: "`%Tc` above 0: a new one; 0 may be either",
            },
        ],
        otherwise: "connections to servers are not on the line",
        to_see_it: Some("`%[bc_reused]` (3.2 and later)"),
    },
];
