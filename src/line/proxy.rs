//! What HAProxy says about a proxy: its life, its limits, and that it has no server left (`proxy.c`, `listener.c`,
//! `sock.c`, `proto_tcp.c`, `backend.c`).
//!
//! Enters: a message. Leaves: an [`Event`], or `None` when it names no proxy.
//! Must not know: servers.

use super::event::{Event, ProxyEvent};
use super::phrase::proxy_in;
use super::told::{Facts, by_wording};

/// How a message begins ([`slots`]), the name of the event, and what it tells; the longer before those they begin with.
const TEMPLATES: [(&str, &str, ProxyEvent); 30] = [
    // Until 2.2.
    (
        "Proxy {proxy} started",
        "proxy_started",
        ProxyEvent::Started,
    ),
    // Until 2.4.
    (
        "Stopping {proxy_kind} {proxy} in {:n} ms",
        "proxy_stopping",
        ProxyEvent::Stopping,
    ),
    (
        "Proxy {proxy} stopped",
        "proxy_stopped",
        ProxyEvent::Stopped,
    ),
    (
        "Proxy {proxy} hard-stopped",
        "proxy_hard_stopped",
        ProxyEvent::HardStopped,
    ),
    // Until 2.2, then as the next two.
    (
        "Pausing {proxy_kind} {proxy}",
        "proxy_paused",
        ProxyEvent::Paused,
    ),
    (
        "Enabling {proxy_kind} {proxy}",
        "proxy_resumed",
        ProxyEvent::Resumed,
    ),
    (
        "Paused {proxy_kind} {proxy}",
        "proxy_paused",
        ProxyEvent::Paused,
    ),
    (
        "Resumed {proxy_kind} {proxy}",
        "proxy_resumed",
        ProxyEvent::Resumed,
    ),
    (
        "{proxy_kind} {proxy} failed to enter pause mode",
        "proxy_pause_failed",
        ProxyEvent::Other,
    ),
    (
        "Port {:n} busy while trying to enable {proxy_kind} {proxy}",
        "bind_busy",
        ProxyEvent::Other,
    ),
    (
        "Bind on socket {:n} busy while trying to enable {proxy_kind} {proxy}",
        "bind_busy",
        ProxyEvent::Other,
    ),
    (
        "Proxy {proxy} reached process FD limit",
        "fd_limit",
        ProxyEvent::FileDescriptors,
    ),
    (
        "Proxy {proxy} reached system FD limit",
        "fd_limit",
        ProxyEvent::FileDescriptors,
    ),
    (
        "Proxy {proxy} reached system memory limit",
        "memory_limit",
        ProxyEvent::Memory,
    ),
    (
        "Proxy {proxy} reached the configured maximum connection limit",
        "maxconn_limit",
        ProxyEvent::Maxconn,
    ),
    (
        "Proxy {proxy} has insufficient permissions to open server socket",
        "server_socket_failed",
        ProxyEvent::Other,
    ),
    (
        "Proxy {proxy} cannot create a server socket",
        "server_socket_failed",
        ProxyEvent::Other,
    ),
    (
        "Connect() failed for backend {backend}: no free ports",
        "source_port_exhaustion",
        ProxyEvent::SourcePorts,
    ),
    (
        "Connect() failed for backend {backend}: local address already in use",
        "source_port_exhaustion",
        ProxyEvent::SourcePorts,
    ),
    (
        "Connect() failed for backend {backend}: ",
        "connect_failed",
        ProxyEvent::Other,
    ),
    (
        "Cannot bind to source address before connect() for backend {backend}",
        "source_bind_failed",
        ProxyEvent::SourcePorts,
    ),
    (
        "Cannot bind to tproxy source address before connect() for backend {backend}",
        "source_bind_failed",
        ProxyEvent::Other,
    ),
    (
        "Permission error on QUIC socket binding for proxy {proxy}",
        "quic_bind_failed",
        ProxyEvent::Other,
    ),
    (
        "Blocking cacheable cookie in response from instance {backend}, server ",
        "cacheable_cookie_blocked",
        ProxyEvent::Other,
    ),
    // 1.9 to 2.1.
    (
        "Proxy {proxy} failed to add or set the ",
        "rewrite_failed",
        ProxyEvent::Other,
    ),
    (
        "SIGHUP received, dumping servers states for proxy {proxy}",
        "sighup",
        ProxyEvent::Other,
    ),
    (
        "SIGHUP: Proxy {proxy} has ",
        "sighup_proxy",
        ProxyEvent::Other,
    ),
    (
        "SIGHUP: Proxy {proxy} is ",
        "sighup_proxy",
        ProxyEvent::Other,
    ),
    // A proxy without a log format writes these when it accepts a connection: no timers, no end.
    (
        "Connect from {:word} to {:word} ({proxy}/HTTP)",
        "connect",
        ProxyEvent::Other,
    ),
    (
        "Connect from {:word} to {:word} ({proxy}/TCP)",
        "connect",
        ProxyEvent::Other,
    ),
];

const NO_SERVER: &str = "{proxy_kind} {backend} has no server available";

/// Wordings of whole messages that say more, the longer before those they begin with.
const WORDINGS: [&str; 23] = [
    "Proxy {proxy} stopped (cumulated conns: FE: {fe_conns:n}, BE: {be_conns:n})",
    // Until 2.1.
    "Proxy {proxy} stopped (FE: {fe_conns:n} conns, BE: {be_conns:n} conns)",
    "Proxy {proxy} hard-stopped ({remaining_conns:n} remaining conns",
    "Stopping {proxy_kind} {proxy} in {grace_ms:n} ms",
    "Port {port:n} busy while trying to enable {proxy_kind} {proxy}",
    "Bind on socket {socket:n} busy while trying to enable {proxy_kind} {proxy}",
    "Proxy {proxy} reached {limit:word} FD limit (maxsock={maxsock:n})",
    // Since 3.4 of the system's limits.
    "Proxy {proxy} reached {limit:word} FD limit (actconn={actconn:n})",
    // Until 1.8.
    "Proxy {proxy} reached {limit:word} FD limit at {maxsock:n}.",
    "Proxy {proxy} reached {limit:word} FD limit at {maxsock:n} ",
    "Proxy {proxy} reached {limit:word} FD limit",
    "Proxy {proxy} reached {limit:word} memory limit (maxsock={maxsock:n})",
    "Proxy {proxy} reached {limit:word} memory limit (actconn={actconn:n})",
    "Proxy {proxy} reached {limit:word} memory limit at {maxsock:n} sockets",
    "Proxy {proxy} reached {limit:word} memory limit",
    "Proxy {proxy} cannot create a server socket: {reason:text}",
    "Connect() failed for backend {backend}: no free ports",
    "Connect() failed for backend {backend}: {reason:text}",
    "Blocking cacheable cookie in response from instance {backend}, server {server:word}",
    "SIGHUP: Proxy {proxy} has {active:n} active servers and {backup:n} backup servers available. Conn: act(FE+BE): {fe_active:n}+{be_active:n}, {pending:n} pend ({unassigned:n} unass), tot(FE+BE): {fe_conns:n}+{be_conns:n}.",
    "SIGHUP: Proxy {proxy} has {:text} Conn: act(FE+BE): {fe_active:n}+{be_active:n}, {pending:n} pend ({unassigned:n} unass), tot(FE+BE): {fe_conns:n}+{be_conns:n}.",
    "SIGHUP: Proxy {proxy} is {:text} Conn: act(FE+BE): {fe_active:n}+{be_active:n}, {pending:n} pend ({unassigned:n} unass), tot(FE+BE): {fe_conns:n}+{be_conns:n}.",
    "Connect from {client:word} to {dest:word} ({frontend:proxy}/{mode:word})",
];

/// Reads a message about a proxy.
pub(super) fn read(message: &[u8]) -> Option<Event<'_>> {
    if let Some(backend) = proxy_in(NO_SERVER, message) {
        return Some(Event::NoServer { backend });
    }
    TEMPLATES.iter().find_map(|(template, _, what)| {
        let proxy = proxy_in(template, message)?;
        Some(Event::Proxy { proxy, what: *what })
    })
}

/// What it says, by name.
pub(super) fn facts(message: &[u8]) -> Option<Facts<'_>> {
    if proxy_in(NO_SERVER, message).is_some() {
        return Some(by_wording("backend_down", &[NO_SERVER], message));
    }
    let (template, event, _) = TEMPLATES
        .iter()
        .find(|(template, ..)| proxy_in(template, message).is_some())?;
    let facts = by_wording(event, &WORDINGS, message);
    // A message without more to say than its beginning.
    let only_named = facts.len() == 1;
    Some(if only_named {
        by_wording(event, &[template], message)
    } else {
        facts
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_hides_a_later_one() {
        for (at, (text, ..)) in TEMPLATES.iter().enumerate() {
            let hidden = TEMPLATES[at + 1..]
                .iter()
                .find(|(later, ..)| later.starts_with(text));
            assert_eq!(hidden, None, "{text}");
        }
    }
}
