//! Claims about the states of servers, their checks, and the commands that set them.

use super::Belief;

/// A row a claim.
pub(super) const ROWS: &[Belief] = &[
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
        words: &["DRAIN"],
        claim: "drain ends the sessions of a server",
        truth: "It keeps new clients away. What runs goes on, and clients with a cookie for it still come; maintenance turns those away, and `shutdown sessions server` ends what runs.",
        source: "HAProxy management guide 9.3",
    },
    Belief {
        words: &["MAINT"],
        claim: "maintenance cuts the requests that run",
        truth: "It turns new requests away and stops the checks. What runs goes on, unless `on-marked-down shutdown-sessions` or an operator ends it.",
        source: "HAProxy management guide 9.3; server.c",
    },
    Belief {
        words: &["no check"],
        claim: "a server that is shown without DOWN is healthy",
        truth: "With `no check` nobody looks: it is counted as UP, and gets its share, dead or alive.",
        source: "HAProxy manual 5.2, check",
    },
];
