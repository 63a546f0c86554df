//! The states of a server, as the statistics, the runtime socket and the lines of checks write them.
//!
//! Enters: a state, as a person reads it. Leaves: what it says of the server. Must not know: any particular server.
//! Source: HAProxy management guide 9.1 (`status`), `stats-proxy.c`, `check.c`, `server.c`.

/// One state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerState {
    /// As HAProxy writes it, without counts and names.
    pub word: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// The requests it gets.
    pub traffic: &'static str,
    /// The words with which the log says that it begins; empty where the log is silent.
    pub in_a_log: &'static str,
    /// What ends it, and what does not.
    pub ends: &'static str,
    /// Keywords that govern it.
    pub keywords: &'static [&'static str],
    /// Other words worth asking for.
    pub see: &'static [&'static str],
}

/// What stands in a log where it says nothing.
const SILENT: &str = "nothing is written";

/// Every state, from the best to the worst; those of frontends and backends behind them.
pub const STATES: &[ServerState] = &[
    ServerState {
        word: "UP",
        meaning: "the server counts as working: its checks pass, or nothing has failed yet",
        traffic: "its share",
        in_a_log: "`is UP`; after a start nothing",
        ends: "`fall` failed checks in a row; after a start or a reload the first one",
        keywords: &["check", "fall", "slowstart"],
        see: &["UP 2/3", "no check", "--UP"],
    },
    ServerState {
        word: "UP n/m",
        meaning: "still UP, and checks have begun to fail: n more failures, of the m that `fall` asks for, make it DOWN",
        traffic: "its share, as if nothing had failed",
        in_a_log: "`status: n/m UP` with `option log-health-checks`; else nothing",
        ends: "one passed check brings all of m back; failures go on counting",
        keywords: &["fall", "fastinter", "option log-health-checks"],
        see: &["UP", "DOWN"],
    },
    ServerState {
        word: "no check",
        meaning: "nobody looks: the server has no health check, and counts as UP whatever happens to it",
        traffic: "its share, dead or alive",
        in_a_log: SILENT,
        ends: "only an operator; a server that refuses keeps getting its share",
        keywords: &["check", "observe"],
        see: &["SC", "UP"],
    },
    ServerState {
        word: "NOLB",
        meaning: "UP, and taken out of load balancing: its check was answered with 404 under `http-check disable-on-404`, or it was \
                  stopped by hand",
        traffic: "only requests that persistence ties to it",
        in_a_log: "`is stopping`",
        ends: "a check that is answered well again; failures lead to DOWN",
        keywords: &["http-check disable-on-404"],
        see: &["L7OKC", "DRAIN"],
    },
    ServerState {
        word: "NOLB n/m",
        meaning: "as NOLB, and checks have begun to fail: n more failures, of m, make it DOWN",
        traffic: "only requests that persistence ties to it",
        in_a_log: "`status: n/m UP` with `option log-health-checks`; else nothing",
        ends: "one passed check brings all of m back",
        keywords: &["http-check disable-on-404", "fall"],
        see: &["NOLB"],
    },
    ServerState {
        word: "DRAIN",
        meaning: "an operator or the agent wants it empty; on the lines of checks also a weight of 0, which the statistics show \
                  as UP",
        traffic: "only requests that persistence ties to it; what runs goes on",
        in_a_log: "`enters drain state`; a weight of 0 is set without a line",
        ends: "`set server … state ready`; checks go on meanwhile and may make it DOWN",
        keywords: &["weight", "agent-check"],
        see: &["MAINT", "NOLB"],
    },
    ServerState {
        word: "DRAIN n/m",
        meaning: "as DRAIN, and checks have begun to fail: n more failures, of m, make it DOWN",
        traffic: "only requests that persistence ties to it",
        in_a_log: "`status: n/m UP` with `option log-health-checks`, `n/m DRAIN` if its weight is 0; else nothing",
        ends: "one passed check brings all of m back",
        keywords: &["fall", "weight"],
        see: &["DRAIN"],
    },
    ServerState {
        word: "DRAIN (agent)",
        meaning: "in drain, on a server that has an agent: the agent said `drain`, or an operator did",
        traffic: "only requests that persistence ties to it",
        in_a_log: "`enters drain state`",
        ends: "the agent's `ready`, or an operator's",
        keywords: &["agent-check"],
        see: &["DRAIN"],
    },
    ServerState {
        word: "DOWN",
        meaning: "the server counts as dead: `fall` checks in a row failed, or something said so in their place",
        traffic: "none, `option persist` and `force-persist` apart",
        in_a_log: "`is DOWN`, with the reason of the last check",
        ends: "`rise` passed checks in a row; `enable server` does not end it",
        keywords: &["fall", "rise", "downinter", "on-marked-down"],
        see: &["DOWN 1/2", "MAINT", "SC <NOSRV>"],
    },
    ServerState {
        word: "DOWN n/m",
        meaning: "still DOWN, and checks have begun to pass: n of the m that `rise` asks for",
        traffic: "none",
        in_a_log: "`status: n/m DOWN` with `option log-health-checks`; else nothing",
        ends: "m passed checks in a row make it UP, one failed check starts over; `0/m` is fully DOWN",
        keywords: &["rise", "fastinter", "option log-health-checks"],
        see: &["DOWN", "UP"],
    },
    ServerState {
        word: "DOWN (agent)",
        meaning: "the agent said `down`, `fail` or `stopped`",
        traffic: "none",
        in_a_log: "`is DOWN, reason: Layer7 wrong status … via agent : down`",
        ends: "only the agent's `up`, with health checks that pass; stopping the agent leaves it DOWN",
        keywords: &["agent-check", "agent-inter"],
        see: &["DOWN"],
    },
    ServerState {
        word: "MAINT",
        meaning: "in maintenance: by an operator, by the agent, or `disabled` in the configuration. It is not checked",
        traffic: "none, `force-persist` apart; what runs goes on unless it is shut down",
        in_a_log: "`is going DOWN for maintenance`, `was DOWN and now enters maintenance`; `disabled` from the start: nothing",
        ends: "`set server … state ready`; the server is then UP at once, until a check fails",
        keywords: &["disabled", "agent-check", "on-marked-down"],
        see: &["DRAIN", "enable server"],
    },
    ServerState {
        word: "MAINT (via)",
        meaning: "in maintenance because the server that it tracks is",
        traffic: "none",
        in_a_log: "`is going DOWN for maintenance via BACKEND/SERVER`",
        ends: "the tracked server's maintenance",
        keywords: &["track"],
        see: &["MAINT"],
    },
    ServerState {
        word: "MAINT (resolution)",
        meaning: "in maintenance because its name has no usable address",
        traffic: "none",
        in_a_log: "`is going DOWN for maintenance (DNS NX status)`, or another cause in parentheses",
        ends: "a good answer of a name server (`resolves again`); no operator's word",
        keywords: &["resolvers", "hold nx", "hold timeout", "init-addr"],
        see: &["MAINT", "dns_failure"],
    },
    ServerState {
        word: "READY",
        meaning: "no operator keeps it from traffic; in `UP/READY` and `DOWN/READY` what the checks say stands before it",
        traffic: "its share if it is UP, none if it is DOWN",
        in_a_log: "`is UP/READY (leaving forced maintenance)`",
        ends: "maintenance or drain",
        keywords: &[],
        see: &["UP", "MAINT", "DRAIN"],
    },
    ServerState {
        word: "STOPPING",
        meaning: "UP and to get no new clients; the log's word for what the statistics call NOLB",
        traffic: "only requests that persistence ties to it",
        in_a_log: "`is stopping`",
        ends: "a check that is answered well again, or an operator",
        keywords: &["http-check disable-on-404"],
        see: &["NOLB"],
    },
    ServerState {
        word: "OPEN",
        meaning: "of a frontend: it takes connections",
        traffic: "all that comes",
        in_a_log: SILENT,
        ends: "a reload, an operator, or its limit",
        keywords: &["maxconn"],
        see: &["FULL", "STOP"],
    },
    ServerState {
        word: "FULL",
        meaning: "of a listener, in old versions of a frontend: `maxconn` is reached",
        traffic: "new connections wait in the kernel",
        in_a_log: SILENT,
        ends: "a connection that closes",
        keywords: &["maxconn", "backlog"],
        see: &["feconn"],
    },
    ServerState {
        word: "STOP",
        meaning: "of a frontend: it was stopped",
        traffic: "none",
        in_a_log: "`Proxy … stopped`",
        ends: "only a new process",
        keywords: &["hard-stop-after"],
        see: &["restart"],
    },
];

/// The row of a state, with or without counts and names: `DOWN 1/2`, `1/2 DOWN`, `MAINT (via app/web1)`, `UP/READY`.
pub fn state_named(text: &str) -> Option<&'static ServerState> {
    let named = |word: &str| STATES.iter().find(|state| state.word == word);
    let tracked = |word: &str| {
        let (word, of) = word.split_once('(')?;
        let of = of.strip_suffix(')')?;
        let of = of.split_whitespace().next()?;
        named(&format!("{} ({of})", word.trim_end()))
    };
    let counted = |word: &str, counts: &str| {
        let counts = counts_of(counts)?;
        match (word, counts) {
            // As the lines of checks write what the statistics call `UP` and `DOWN`.
            ("UP" | "DRAIN", (left, most)) if left == most => named(word),
            ("DOWN", (0, _)) => named(word),
            _ => named(&format!("{word} n/m")),
        }
    };
    named(text)
        .or_else(|| tracked(text))
        .or_else(|| text.rsplit_once(' ').and_then(|(word, n)| counted(word, n)))
        .or_else(|| text.split_once(' ').and_then(|(n, word)| counted(word, n)))
        .or_else(|| {
            let (checks, admin) = text.split_once('/')?;
            matches!(checks, "UP" | "DOWN")
                .then(|| named(admin))
                .flatten()
                .filter(|state| matches!(state.word, "READY" | "DRAIN"))
        })
}

/// The counts in a state's text, such as 1 and 2 in `DOWN 1/2`.
pub fn counts_in(text: &str) -> Option<(u32, u32)> {
    text.split_whitespace().find_map(counts_of)
}

/// `1/2`: how many, of how many.
fn counts_of(text: &str) -> Option<(u32, u32)> {
    let (some, of) = text.split_once('/')?;
    Some((some.parse().ok()?, of.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_finds_its_row() {
        for (text, expected) in [
            ("UP", Some("UP")),
            ("UP 2/3", Some("UP n/m")),
            ("2/3 UP", Some("UP n/m")),
            ("3/3 UP", Some("UP")),
            ("DOWN 1/2", Some("DOWN n/m")),
            ("1/2 DOWN", Some("DOWN n/m")),
            ("0/2 DOWN", Some("DOWN")),
            ("NOLB 1/3", Some("NOLB n/m")),
            ("MAINT (via app/web1)", Some("MAINT (via)")),
            ("MAINT(via)", Some("MAINT (via)")),
            ("MAINT (resolution)", Some("MAINT (resolution)")),
            ("DOWN (agent)", Some("DOWN (agent)")),
            ("UP/READY", Some("READY")),
            ("DOWN/DRAIN", Some("DRAIN")),
            ("no check", Some("no check")),
            ("up", None),
            ("UP x/3", None),
            ("UP/DOWN", None),
            ("MAINT (", None),
            ("MAINT ()", None),
            ("1/2 SIDEWAYS", None),
            ("", None),
        ] {
            assert_eq!(state_named(text).map(|row| row.word), expected, "{text}");
        }
    }

    #[test]
    fn each_state_stands_once_and_says_what_it_gets() {
        for row in STATES {
            assert_eq!(state_named(row.word), Some(row), "{} twice", row.word);
            for text in [row.meaning, row.traffic, row.in_a_log, row.ends] {
                assert!(!text.is_empty(), "{}", row.word);
            }
        }
    }
}
