//! The fields of what HAProxy says about servers, checks, proxies and its processes.

use super::Field;
use crate::line::Fact;
use crate::record::{Record, Value, decode};

/// Rows whose name is also that of the fact.
macro_rules! facts {
    ($($name:literal $about:literal;)+) => {
        &[$(Field { name: $name, about: $about, get: |record| fact(record, $name) }),+]
    };
}

/// The name that a server's address is resolved from, where `host` is the log's.
pub(super) const HOST: &[Field] = &[Field {
    name: "server_host",
    about: "name that the server's address is resolved from, on lines with a log host",
    get: |record| fact(record, "host").filter(|_| !record.envelope.host.is_empty()),
}];

pub(super) const FIELDS: &[Field] = facts! {
    "backup_server" "a backup server";
    "proxy" "proxy";
    "proxy_kind" "frontend, backend, proxy (listen) or defaults";
    "state" "UP, DOWN or DRAIN";
    "admin" "READY or DRAIN: how the operators have it";
    "conditional" "the check passed only conditionally (404 with disable-on-404)";
    "reason" "result of the check in words, or the reason of an error";
    "check" "code of the check's result, such as L4CON";
    "code" "HTTP status or reply code of the check; exit code of a process";
    "info" "what the check says beside its result";
    "duration_ms" "ms that the check took";
    "health" "counter of the check and its end";
    "agent" "an agent's check";
    "cause" "why an operator, DNS or a state file changed it";
    "via" "tracked server that it follows, as backend/server";
    "active" "usable active servers after the change";
    "backup" "usable backup servers after the change";
    "running_on_backup" "only backup servers are left";
    "sessions_active" "sessions on the server";
    "requeued" "sessions sent back into the queue";
    "queued" "requests left in the queue";
    "fe_conns" "connections the frontend has had";
    "be_conns" "streams the backend has had";
    "fe_active" "connections on the frontend now";
    "be_active" "streams on the backend now";
    "remaining_conns" "connections that will be closed";
    "grace_ms" "ms until the proxy stops";
    "port" "port that is busy";
    "socket" "socket that is busy";
    "limit" "whose limit: process or system";
    "maxsock" "sockets that the process may have";
    "from_ip" "address before";
    "to_ip" "address after";
    "from_port" "port before";
    "to_port" "port after";
    "from_fqdn" "name before";
    "to_fqdn" "name after";
    "by" "who changed it: resolver and name server";
    "worker" "number of the worker (until 2.4)";
    "worker_pid" "process id of the worker";
    "program" "name of the program that the master runs";
    "signal" "signal that ended it, or Exit";
    "active_conns" "connections on the server now";
    "pending" "requests waiting now";
    "unassigned" "of these, requests without a server";
    "total" "connections the server has had";
};

pub(super) fn fact<'a>(record: &Record<'a>, name: &str) -> Option<Value<'a>> {
    Some(match record.details().fact(name)? {
        Fact::Yes => Value::Bool(true),
        Fact::Number(number) => Value::Number(number),
        Fact::Text(text) => Value::text(text),
        Fact::Escaped(text) => Value::Text(decode::escapes(text)),
    })
}
