//! Claims about keywords of the configuration.

use super::Belief;

/// A row a claim.
pub(super) const ROWS: &[Belief] = &[
    Belief {
        words: &["timeout http-keep-alive"],
        claim: "clients cut by `timeout http-keep-alive` show as cR",
        truth: "Its expiry closes silently and logs nothing.",
        source: "http_ana.c",
    },
    Belief {
        words: &["check disabled", "check"],
        claim: "`server … check disabled` turns health checks off",
        truth: "`disabled` is a word of its own: it puts the server in maintenance from the start, and it gets no \
                traffic. To turn checks off, leave `check` out or write `no-check`.",
        source: "HAProxy manual 5.2, disabled",
    },
    Belief {
        words: &["reached maxconn"],
        claim: "HAProxy logs `Server … reached maxconn`",
        truth: "It does not. A full server shows as Tw and queue columns above 0, then as sQ.",
        source: "HAProxy manual 8.5, 5.2",
    },
    Belief {
        words: &["timeout unit", "timeout connect", "timeout check"],
        claim: "`timeout connect 5` is five seconds",
        truth: "Without a unit it is milliseconds: 5 ms. Write 5s. HAProxy 3.1 and later warn of values below 100 without a unit.",
        source: "HAProxy manual 2.5; proxy.c",
    },
    Belief {
        words: &["timeout server"],
        claim: "`timeout server` limits how long a request may take",
        truth: "It is a limit of silence: each byte from the server starts it again, and an answer that keeps coming may take hours. Nothing in HAProxy limits the whole.",
        source: "HAProxy manual 4.2, timeout server",
    },
    Belief {
        words: &["timeout client", "timeout server"],
        claim: "where `timeout client` is shorter than `timeout server`, slow answers are cut",
        truth: "Not in HTTP mode: while a client that has sent its request waits, `timeout client` does not run, nor while the answer pauses within its body. In TCP mode it does run, and in tunnels without `timeout tunnel`: the client's side is closed and the session logged as cD, although the server was at work. There the two should be alike.",
        source: "HAProxy manual 4.2, timeout client",
    },
    Belief {
        words: &["timeout connect"],
        claim: "many sC: raise `timeout connect`",
        truth: "A connection in a data centre takes a millisecond or two. Where it takes longer than some seconds the packets are lost: a firewall that drops, a host that is gone, a full SYN backlog. A larger timeout only makes clients wait longer for the 503.",
        source: "HAProxy manual 8.4, 8.5",
    },
    Belief {
        words: &["timeout check"],
        claim: "`timeout check` limits the whole health check",
        truth: "It limits the wait for the answer, once connected. Connecting is limited by the shorter of `timeout connect` and `inter`. Only while `timeout check` is not set, `inter` limits the whole.",
        source: "HAProxy manual 4.2, timeout check",
    },
    Belief {
        words: &["timeout queue"],
        claim: "without `timeout queue` requests wait without limit",
        truth: "Without it `timeout connect` is the limit of the queue, too.",
        source: "HAProxy manual 4.2, timeout queue",
    },
    Belief {
        words: &["timeout tunnel"],
        claim: "`timeout tunnel` is for keep-alive connections",
        truth: "It begins when a connection is a tunnel: TCP, web sockets, CONNECT. Idle keep-alive connections of clients are limited by `timeout http-keep-alive`.",
        source: "HAProxy manual 4.2, timeout tunnel",
    },
    Belief {
        words: &["timeout http-request"],
        claim: "`timeout http-request` limits the whole request with its answer",
        truth: "It ends with the request's headers (with its body under `option http-buffer-request`). The answer is limited by `timeout server`.",
        source: "HAProxy manual 4.2, timeout http-request",
    },
    Belief {
        words: &["maxconn"],
        claim: "a frontend at its `maxconn` queues requests, or answers 503",
        truth: "It stops taking connections: they wait in the kernel's backlog, without an answer and without a line. Only a server's `maxconn` makes a queue in HAProxy (Tw, sQ).",
        source: "HAProxy manual 4.2, maxconn",
    },
    Belief {
        words: &["ulimit-n"],
        claim: "`ulimit -n` has to be as large as `maxconn`",
        truth: "A connection takes two files, one to the client and one to the server; listeners and checks take more. Unset, HAProxy computes it from `maxconn`.",
        source: "HAProxy manual 3, ulimit-n, maxconn",
    },
    Belief {
        words: &["option redispatch"],
        claim: "`option redispatch` sends a failed request to another server at once",
        truth: "At once only where nothing ties it to its server and another active one is left. With a cookie or a hash it stays until its last retry, some seconds later, or until its server is DOWN; `option redispatch 1` moves it at the first retry. A request that was already sent is moved only where `retry-on` allows it.",
        source: "HAProxy manual 4.2, option redispatch; backend.c",
    },
    Belief {
        words: &["retries"],
        claim: "retries make a POST run twice",
        truth: "Only connecting is tried again: the request was not sent yet. What was sent is repeated only with `retry-on` beyond `conn-failure`.",
        source: "HAProxy manual 4.2, retries, retry-on",
    },
    Belief {
        words: &["option httpclose"],
        claim: "`option httpclose` cures SH",
        truth: "It takes away one cause: a server that closes an idle connection just as a request is sent on it. In the backend `option http-server-close` does as much and leaves keep-alive to clients. Servers that crash, restart or speak another protocol give SH as before.",
        source: "HAProxy manual 4.2, option httpclose; 8.5",
    },
    Belief {
        words: &["option httpchk"],
        claim: "`option httpchk` turns health checks on",
        truth: "It says how they ask. Only servers with `check` in their line are checked; the others stay UP whatever happens.",
        source: "HAProxy manual 4.2, option httpchk; 5.2, check",
    },
    Belief {
        words: &["agent-check"],
        claim: "`agent-check` can stand in for `check`",
        truth: "An agent that cannot be reached counts as no failure, and without `check` nobody finds out that the server is dead.",
        source: "HAProxy manual 5.2, agent-check",
    },
    Belief {
        words: &["fall"],
        claim: "a dead server is noticed after `fall` times `inter`",
        truth: "The first failure comes with the next check, up to one `inter` later; then follow `fall` - 1 intervals (of `fastinter` where it is set), and each check that is not refused takes its whole timeout besides.",
        source: "HAProxy manual 5.2, inter",
    },
    Belief {
        words: &["L7STS"],
        claim: "a wrong status on the check means that the server is down",
        truth: "It means that this path does not answer as the check expects. Clients may get good answers all the while, until HAProxy takes the server out.",
        source: "HAProxy manual 5.2; 4.2, http-check expect",
    },
    Belief {
        words: &["backup"],
        claim: "all backup servers take over together",
        truth: "Only the first one that is usable does, and all the load with it, unless `option allbackups` is set.",
        source: "HAProxy manual 4.2, option allbackups",
    },
    Belief {
        words: &["leastconn", "balance"],
        claim: "`balance leastconn` keeps requests away from a sick server",
        truth: "Only from a slow one. A server that answers errors at once has the fewest connections, and gets the most requests.",
        source: "HAProxy manual 4.2, balance",
    },
    Belief {
        words: &["weight"],
        claim: "a weight of 0 turns a server off",
        truth: "New clients stay away; those that a cookie ties to it still come, and its checks go on.",
        source: "HAProxy manual 5.2, weight",
    },
    Belief {
        words: &["resolvers"],
        claim: "HAProxy follows the DNS of its servers",
        truth: "Without `resolvers` a name is resolved once, at start, and its address kept until the next reload.",
        source: "HAProxy manual 5.3",
    },
    Belief {
        words: &["option httplog"],
        claim: "`option httplog` belongs into the backend",
        truth: "A line is written in the format of its frontend; in a backend the option is without effect.",
        source: "HAProxy manual 4.2, option httplog",
    },
];
