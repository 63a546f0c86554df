//! The names of settings: in the file, in the environment, as flags.
//!
//! Enters: nothing. Leaves: one row for each setting of a section, and the keys of targets and silences. Must not know:
//! values.

use std::collections::BTreeSet;

use crate::words::near;

/// A setting of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// In the file: `store.keep`.
    pub name: &'static str,
    /// Its flag without the dashes: `keep`.
    pub flag: &'static str,
    /// What its value is called in the help.
    pub value: &'static str,
    /// How text becomes its value.
    pub shape: Shape,
    /// What it is, for the help.
    pub help: &'static str,
}

/// How the text of a flag or of a variable becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// As it is.
    Text,
    /// Several, between commas.
    List,
    /// Several, one a line: they may have commas.
    Lines,
    /// A whole number.
    Number,
    /// `true` or `false`; as a flag it has no value.
    Switch,
}

impl Key {
    /// `HAPLINE_STORE_KEEP`.
    pub fn variable(&self) -> String {
        format!("HAPLINE_{}", self.name.replace('.', "_").to_uppercase())
    }

    /// `store` and `keep`.
    pub fn parts(&self) -> (&'static str, &'static str) {
        self.name.split_once('.').unwrap_or(("", self.name))
    }
}

const fn key(
    name: &'static str,
    flag: &'static str,
    value: &'static str,
    shape: Shape,
    help: &'static str,
) -> Key {
    Key {
        name,
        flag,
        value,
        shape,
        help,
    }
}

use Shape::{Lines, List, Number, Switch, Text};

/// Every setting of a section, in the order in which they are shown.
#[rustfmt::skip]
pub const KEYS: &[Key] = &[
    key("listen.udp", "udp", "ADDR", List, "Address to receive syslog datagrams on; '' for none [default: 127.0.0.1:5514]"),
    key("listen.tcp", "tcp", "ADDR", List, "Address to receive syslog streams on"),
    key("listen.tls", "tls", "ADDR", List, "Address to receive syslog streams under TLS on"),
    key("listen.tls_certificate", "tls-certificate", "FILE", Text, "Chain of certificates for --tls, PEM"),
    key("listen.tls_key", "tls-key", "FILE", Text, "Its key, PEM"),
    key("listen.tls_client_ca", "tls-client-ca", "FILE", Text, "Ask clients for a certificate signed by one of these, PEM"),
    key("listen.unix", "unix", "PATH", List, "Unix datagram socket to receive syslog on"),
    key("listen.stdin", "stdin", "", Switch, "Read standard input, too"),
    key("listen.allow", "allow", "CIDR", List, "Network that may send; without it all may"),
    key("listen.sockets", "sockets", "N", Number, "Sockets for each --udp address [default: 1]"),
    key("listen.buffer", "buffer", "SIZE", Text, "Receive buffer of each socket for datagrams [default: 32MiB]"),
    key("listen.max_connections", "max-connections", "N", Number, "Most streams that are open at once [default: 1000]"),
    key("listen.idle", "idle", "TIME", Text, "Close streams that send nothing for so long; 0: never [default: 0]"),
    key("follow.paths", "follow", "FILE", List, "File, or glob of files, to follow as they grow and are rotated"),
    key("follow.from", "follow-from", "start|end", Text, "Where to begin with a file that was never followed [default: start]"),
    key("store.path", "store", "PATH", Text, "Keep history and state in this database"),
    key("store.keep", "keep", "TIME", Text, "How long history is kept [default: 90d]"),
    key("store.keep_seconds", "keep-seconds", "TIME", Text, "How long the seconds of requests are kept; of older ones the minutes are, but around incidents [default: 2d]"),
    key("store.max_size", "store-max-size", "SIZE", Text, "Most that the database may take; the oldest goes first [default: 10GiB]"),
    key("http.address", "http", "ADDR", Text, "Address to serve metrics, API and pages on"),
    key("http.token_file", "http-token-file", "FILE", Text, "File with the bearer token to ask for, else $HAPLINE_HTTP_TOKEN; needed on any address but loopback"),
    key("http.external_url", "external-url", "URL", Text, "How people reach these pages: for links in alerts, and as a host to answer to"),
    key("haproxy.config", "config", "FILE", List, "The haproxy.cfg in force, or a folder of them: sharpens causes, commands and advice"),
    key("haproxy.stats_socket", "stats-socket", "PATH", Text, "Ask the running HAProxy through this socket how its servers are, every 10 s: a path or HOST:PORT"),
    key("haproxy.timezone", "timezone", "ZONE", Text, "Zone of times without one, such as Europe/Paris; else the machine's"),
    key("haproxy.log_formats", "log-format", "FORMAT", Lines, "A log-format that lines may have; may be given several times"),
    key("haproxy.events", "events", "FILE", Text, "Deployments and changes, one 'TIME text' a line"),
    key("haproxy.redact", "redact", "", Switch, "Hide clients, query strings, cookies and captured headers"),
];

/// Tables that may stand several times, with their keys in the order in which they are shown.
pub(super) const TABLES: &[(&str, &[&str])] = &[
    (
        "notify",
        &[
            "name",
            "type",
            "url",
            "url_file",
            "url_env",
            "token_file",
            "token_env",
            "ca_file",
            "command",
            "min_severity",
            "backends",
            "hold_off",
            "timeout",
            "give_up",
            "repeat",
            "instance",
            "severities",
        ],
    ),
    ("silence", &["until", "backends", "targets", "comment"]),
];

/// The sections, in the order in which they are shown.
pub(super) fn sections() -> Vec<&'static str> {
    let mut seen = BTreeSet::new();
    let names = KEYS.iter().map(|key| key.parts().0);
    names.filter(|name| seen.insert(*name)).collect()
}

/// The keys that may stand in a section, or in a table of an array; none for a name that is neither.
pub(super) fn within(name: &str) -> Option<Vec<&'static str>> {
    let table = TABLES.iter().find(|(table, _)| *table == name);
    let keys = match table {
        Some((_, keys)) => keys.to_vec(),
        None => KEYS
            .iter()
            .filter(|key| key.parts().0 == name)
            .map(|key| key.parts().1)
            .collect(),
    };
    (!keys.is_empty()).then_some(keys)
}

/// What to do about a name that is none of these.
pub(super) fn instead(name: &str, known: &[&'static str]) -> String {
    match near::among(name, known.iter().copied()).first() {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known here: {}", known.join(", ")),
    }
}
