//! What HAProxy says about a proxy: its life, its limits, and that it has no server left (`proxy.c`, `listener.c`,
//! `sock.c`, `proto_tcp.c`, `backend.c`).
//!
//! Enters: a message. Leaves: an [`Event`], or `None` when it names no proxy.
//! Must not know: servers.

use super::event::{Event, ProxyEvent};
use super::phrase::proxy_in;

/// How a message begins ([`proxy_in`]) and what it tells; the longer before those they begin with.
const TEMPLATES: [(&str, ProxyEvent); 30] = [
    // Until 2.2.
    ("Proxy {proxy} started", ProxyEvent::Started),
    // Until 2.4.
    ("Stopping {kind} {proxy} in {n} ms", ProxyEvent::Stopping),
    ("Proxy {proxy} stopped", ProxyEvent::Stopped),
    ("Proxy {proxy} hard-stopped", ProxyEvent::HardStopped),
    // Until 2.2, then as the next two.
    ("Pausing {kind} {proxy}", ProxyEvent::Paused),
    ("Enabling {kind} {proxy}", ProxyEvent::Resumed),
    ("Paused {kind} {proxy}", ProxyEvent::Paused),
    ("Resumed {kind} {proxy}", ProxyEvent::Resumed),
    (
        "{kind} {proxy} failed to enter pause mode",
        ProxyEvent::Other,
    ),
    (
        "Port {n} busy while trying to enable {kind} {proxy}",
        ProxyEvent::Other,
    ),
    (
        "Bind on socket {n} busy while trying to enable {kind} {proxy}",
        ProxyEvent::Other,
    ),
    (
        "Proxy {proxy} reached process FD limit",
        ProxyEvent::FileDescriptors,
    ),
    (
        "Proxy {proxy} reached system FD limit",
        ProxyEvent::FileDescriptors,
    ),
    (
        "Proxy {proxy} reached system memory limit",
        ProxyEvent::Memory,
    ),
    (
        "Proxy {proxy} reached the configured maximum connection limit",
        ProxyEvent::Maxconn,
    ),
    (
        "Proxy {proxy} has insufficient permissions to open server socket",
        ProxyEvent::Other,
    ),
    (
        "Proxy {proxy} cannot create a server socket",
        ProxyEvent::Other,
    ),
    (
        "Connect() failed for backend {proxy}: no free ports",
        ProxyEvent::SourcePorts,
    ),
    (
        "Connect() failed for backend {proxy}: local address already in use",
        ProxyEvent::SourcePorts,
    ),
    ("Connect() failed for backend {proxy}: ", ProxyEvent::Other),
    (
        "Cannot bind to source address before connect() for backend {proxy}",
        ProxyEvent::Other,
    ),
    (
        "Cannot bind to tproxy source address before connect() for backend {proxy}",
        ProxyEvent::Other,
    ),
    (
        "Permission error on QUIC socket binding for proxy {proxy}",
        ProxyEvent::Other,
    ),
    (
        "Blocking cacheable cookie in response from instance {proxy}, server ",
        ProxyEvent::Other,
    ),
    // 1.9 to 2.1.
    ("Proxy {proxy} failed to add or set the ", ProxyEvent::Other),
    (
        "SIGHUP received, dumping servers states for proxy {proxy}",
        ProxyEvent::Other,
    ),
    ("SIGHUP: Proxy {proxy} has ", ProxyEvent::Other),
    ("SIGHUP: Proxy {proxy} is ", ProxyEvent::Other),
    // A proxy without a log format writes these when it accepts a connection: no timers, no end.
    (
        "Connect from {client} to {client} ({proxy}/HTTP)",
        ProxyEvent::Other,
    ),
    (
        "Connect from {client} to {client} ({proxy}/TCP)",
        ProxyEvent::Other,
    ),
];

/// Reads a message about a proxy.
pub(super) fn read(message: &[u8]) -> Option<Event<'_>> {
    if let Some(backend) = proxy_in("{kind} {proxy} has no server available", message) {
        return Some(Event::NoServer { backend });
    }
    TEMPLATES.iter().find_map(|(template, what)| {
        let proxy = proxy_in(template, message)?;
        Some(Event::Proxy { proxy, what: *what })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_hides_a_later_one() {
        for (at, (text, _)) in TEMPLATES.iter().enumerate() {
            let hidden = TEMPLATES[at + 1..]
                .iter()
                .find(|(later, _)| later.starts_with(text));
            assert_eq!(hidden, None, "{text}");
        }
    }
}
