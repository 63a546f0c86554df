//! The fields of what HAProxy says about servers, checks, proxies and its processes.
//!
//! Enters: what an operational message tells. Leaves: values. Must not know: how the message was worded.

use super::{Field, Kind};
use crate::line::{Fact, escapes};
use crate::record::{Record, Value};

/// Rows whose name is also that of the fact.
macro_rules! facts {
    ($table:ident: $($name:literal $kind:ident $about:literal;)+) => {
        table!(
            $table if |record| record.details().is_told();
            $(Field {
                name: $name,
                about: $about,
                kind: Kind::$kind,
                get: |record| fact(record, $name),
            }),+
        );
    };
}

// The name that a server's address is resolved from, where `host` is the log's.
table!(
    Host,
    Field {
        name: "server_host",
        about: "name that the server's address is resolved from, on lines with a log host",
        kind: Kind::Text,
        get: |record| fact(record, "host").filter(|_| !record.envelope.host.is_empty()),
    },
);

facts! {
    Fields:
    "backup_server" Flag "a backup server";
    "proxy" Text "proxy";
    "proxy_kind" Text "frontend, backend, proxy (listen) or defaults";
    "state" Text "UP, DOWN or DRAIN";
    "admin" Text "READY or DRAIN: how the operators have it";
    "conditional" Flag "the check passed only conditionally (404 with disable-on-404)";
    "reason" Text "result of the check in words, or the reason of an error";
    "check" Text "code of the check's result, such as L4CON";
    "code" Number "HTTP status or reply code of the check; exit code of a process";
    "info" Text "what the check says beside its result";
    "duration_ms" Duration "ms that the check took";
    "health" Text "counter of the check and its end";
    "agent" Flag "an agent's check";
    "cause" Text "why an operator, DNS or a state file changed it";
    "via" Text "tracked server that it follows, as backend/server";
    "active" Number "usable active servers after the change";
    "backup" Number "usable backup servers after the change";
    "running_on_backup" Flag "only backup servers are left";
    "sessions_active" Number "sessions on the server";
    "requeued" Number "sessions sent back into the queue";
    "queued" Number "requests left in the queue";
    "fe_conns" Number "connections the frontend has had";
    "be_conns" Number "streams the backend has had";
    "fe_active" Number "connections on the frontend now";
    "be_active" Number "streams on the backend now";
    "remaining_conns" Number "connections that will be closed";
    "grace_ms" Duration "ms until the proxy stops";
    "port" Number "port that is busy";
    "socket" Number "socket that is busy";
    "limit" Text "whose limit: process or system";
    "maxsock" Number "sockets that the process may have";
    "from_ip" Address "address before";
    "to_ip" Address "address after";
    "from_port" Text "port before";
    "to_port" Text "port after";
    "from_fqdn" Text "name before";
    "to_fqdn" Text "name after";
    "by" Text "who changed it: resolver and name server";
    "worker" Number "number of the worker (until 2.4)";
    "worker_pid" Number "process id of the worker";
    "program" Text "name of the program that the master runs";
    "signal" Text "signal that ended it, or Exit";
    "active_conns" Number "connections on the server now";
    "pending" Number "requests waiting now";
    "unassigned" Number "of these, requests without a server";
    "total" Number "connections the server has had";
}

#[inline]
pub(super) fn fact<'a>(record: &Record<'a>, name: &str) -> Option<Value<'a>> {
    if !record.details().is_told() {
        return None;
    }
    Some(match record.details().fact(name)? {
        Fact::Yes => Value::Bool(true),
        Fact::Number(number) => Value::Number(number),
        Fact::Text(text) => Value::text(text),
        Fact::Escaped(text) => Value::Text(escapes::hashes(text).into()),
    })
}
