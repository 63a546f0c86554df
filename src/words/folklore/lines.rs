//! Claims about what stands on a line: states, statuses, timers.

use super::Belief;

/// A row a claim.
pub(super) const ROWS: &[Belief] = &[
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
        words: &["SD", "sD"],
        claim: "a status of 200 means that the client got its answer",
        truth: "With SD or sD the headers were sent and the body was cut.",
        source: "HAProxy manual 8.5",
    },
    Belief {
        words: &["SH", "http-reuse"],
        claim: "SH comes from keep-alive: servers close idle connections",
        truth: "Only with `http-reuse aggressive` or `always`. With `safe`, the default, a client's first request gets a connection of its own; and where a later one meets a closed connection, HAProxy closes the client's without a line, and the client repeats the request. Where keep-alive it is, `Tc` is 0 and the request failed at once; `retry-on empty-response` repeats it, a POST too.",
        source: "HAProxy manual 4.2, http-reuse, retry-on; http_ana.c",
    },
    Belief {
        words: &["sQ"],
        claim: "many sQ: raise the server's `maxconn`",
        truth: "That helps only servers that have room: where Tr grows with `srv_conn`, more at once makes each request slower, and the queue moves into the server, where the log cannot see it. Compare Tr while the server is full with Tr while it is calm.",
        source: "HAProxy manual 8.5; 5.2, maxconn",
    },
    Belief {
        words: &["cD"],
        claim: "many cD: raise `timeout client`",
        truth: "Most are clients that are gone without a word: a larger timeout only keeps their connections longer. In tunnels it is `timeout tunnel` that ran out, and for clients that are silent on purpose that is the one to raise.",
        source: "HAProxy manual 8.5; 4.2, timeout tunnel",
    },
    Belief {
        words: &["CD"],
        claim: "CD means that the server failed",
        truth: "The client closed while data was on its way: downloads that were stopped, closed browsers, ended sessions. The server is to blame only if clients leave because it sends slowly.",
        source: "HAProxy manual 8.5",
    },
    Belief {
        words: &["--"],
        claim: "a line with `--` is a request that went well",
        truth: "HAProxy saw nothing wrong with the connections. The status is the server's own, and may be 500.",
        source: "HAProxy manual 8.5",
    },
    Belief {
        words: &["<NOSRV>"],
        claim: "<NOSRV> means that all servers are down",
        truth: "It says that no server was chosen: also for requests that a rule denied or answered, that were redirected, or that never became complete. Only SC with <NOSRV> is a backend without a server.",
        source: "HAProxy manual 8.2.3",
    },
    Belief {
        words: &["<BADREQ>"],
        claim: "<BADREQ> is an attack",
        truth: "It says that there was no readable request line. Browsers that connect in advance, load balancers that probe the port and TLS on a port without TLS make most of them.",
        source: "HAProxy manual 8.5, cR, CR, PR",
    },
    Belief {
        words: &["502"],
        claim: "502 means that HAProxy cannot reach the server",
        truth: "It had reached the server, and the answer was cut short or not valid (SH, PH), or the server itself sent 502 (`--`). A server that cannot be reached gives 503.",
        source: "HAProxy manual 1.3; 8.5",
    },
    Belief {
        words: &["503"],
        claim: "503 means that all servers are down",
        truth: "Only with SC and <NOSRV>. It is also a refused or timed out connection (SC, sC), a queue (sQ, SQ), a rule (PR, LR), or the server's own answer (`--`).",
        source: "HAProxy manual 1.3; 8.5",
    },
    Belief {
        words: &["Tr"],
        claim: "Tr is the time the server worked",
        truth: "It runs from the connection to the complete headers of the answer, and the upload of the request's body is in it: a slow client that posts makes a large Tr.",
        source: "HAProxy manual 8.4",
    },
    Belief {
        words: &["Ta"],
        claim: "a large Ta is a slow server",
        truth: "Ta holds the client's time to send (TR) and to take (Td = Ta - (TR + Tw + Tc + Tr)), the queue and the connection. The server's part is Tr.",
        source: "HAProxy manual 8.4",
    },
    Belief {
        words: &["Tc"],
        claim: "Tc is the network's round trip",
        truth: "It holds all attempts, the pauses between them, and TLS to the server. With retries above 0 it is no single connection.",
        source: "HAProxy manual 8.4; 4.2, retries",
    },
];
