//! Phrases of HAProxy's messages: what stands in them beside names and numbers.
//!
//! Enters: a phrase. Leaves: what it says. Must not know: how a message is read.
//! Source: `server.c`, `check.c`, `proxy.c`, `sock_inet.c` of HAProxy; texts change little between versions.

/// One phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase {
    /// As it stands on the line, without names and numbers.
    pub text: &'static str,
    /// What it says.
    pub meaning: &'static str,
    /// Other words worth asking for.
    pub see: &'static [&'static str],
}

/// Every phrase, by subject: servers, their checks, `observe`, the agent, names, limits, handshakes.
pub const PHRASES: &[Phrase] = &[
    phrase(
        "has no server available",
        "the last usable server of the backend, backups included, is gone; requests get 503 until one is back. No line says \
         when that ends: look for the next `is UP`",
        &["SC <NOSRV>", "backend_down"],
    ),
    phrase(
        "Running on backup",
        "no active server is left, and backup servers carry the load",
        &["backup", "option allbackups"],
    ),
    phrase(
        "sessions active",
        "what still runs on a server that went out of rotation; it goes on unless `on-marked-down` or an operator shuts it down",
        &["on-marked-down", "DRAIN"],
    ),
    phrase(
        "requeued",
        "requests that waited for this server and were sent to wait for another one",
        &["srv_queue", "backend_queue"],
    ),
    phrase(
        "remaining in queue",
        "requests that still wait, tied to this server or to the backend",
        &["backend_queue", "timeout queue"],
    ),
    phrase(
        "going DOWN for maintenance",
        "a server enters maintenance: an operator's word, or a name that does not resolve (the cause stands in parentheses)",
        &["MAINT", "MAINT (resolution)"],
    ),
    phrase(
        "leaving forced maintenance",
        "an operator ended the maintenance; the server counts as UP until a check fails",
        &["MAINT", "READY"],
    ),
    phrase(
        "enters drain state",
        "no new clients for the server; what persistence ties to it still comes",
        &["DRAIN"],
    ),
    phrase(
        "is stopping",
        "the server asked for no new clients (404 with `http-check disable-on-404`), or was told so by hand",
        &["NOLB", "L7OKC"],
    ),
    phrase(
        "changed from CLI",
        "an operator or a script said so on the runtime socket, not a check",
        &["health up"],
    ),
    phrase(
        "changed from server-state after a reload",
        "the new process took the state from the file of the old one",
        &["load-server-state-from-file"],
    ),
    phrase(
        "check duration",
        "how long the check took, connecting included: 0 or 1 ms is a refusal, near its limit a timeout",
        &["timeout check", "inter", "L4CON"],
    ),
    phrase(
        "L4 unsuccessful connection",
        "`observe`: the last of the failures was a connection that failed",
        &["HANA", "observe"],
    ),
    phrase(
        "Wrong http response",
        "`observe layer7`: the last of the failures was a status of 500 or more, 501 and 505 apart",
        &["HANA", "observe"],
    ),
    phrase(
        "Invalid http response",
        "`observe layer7`: the last of the failures was no readable answer",
        &["HANA", "PH"],
    ),
    phrase(
        "Read error (http)",
        "`observe layer7`: the last of the failures was a connection that broke before the answer",
        &["HANA", "SH"],
    ),
    phrase(
        "Read timeout (http)",
        "`observe layer7`: the last of the failures ran into `timeout server`",
        &["HANA", "sH"],
    ),
    phrase(
        "Close from server (http)",
        "`observe layer7`: the last of the failures was a server that closed before it answered",
        &["HANA", "SH"],
    ),
    phrase(
        "via agent",
        "the agent said so; its own text stands in parentheses",
        &["agent-check", "DOWN (agent)"],
    ),
    phrase(
        "agent warns",
        "the agent's answer had words that HAProxy does not know; what it did know is in force",
        &["agent-check"],
    ),
    phrase(
        "agent reports an error",
        "the agent's answer had no word that HAProxy knows",
        &["agent-check"],
    ),
    phrase(
        "DNS NX status",
        "name servers say that the name does not exist, for longer than `hold nx`",
        &["MAINT (resolution)", "hold nx"],
    ),
    phrase(
        "DNS timeout status",
        "no name server answers, for longer than `hold timeout`",
        &["MAINT (resolution)", "hold timeout"],
    ),
    phrase(
        "DNS refused status",
        "name servers refuse to answer, for longer than `hold refused`",
        &["MAINT (resolution)", "hold refused"],
    ),
    phrase(
        "unspecified DNS error",
        "answers of name servers are invalid, for longer than `hold other`",
        &["MAINT (resolution)", "hold other"],
    ),
    phrase(
        "No IP for server",
        "the name has no address that this server could take: none at all, or others of its template have them",
        &["MAINT (resolution)", "accepted_payload_size"],
    ),
    phrase(
        "entry removed from SRV record",
        "the name server no longer lists this server, for longer than `hold obsolete`",
        &["MAINT (resolution)", "hold obsolete"],
    ),
    phrase(
        "resolves again",
        "the name has an address again; the server counts as UP until a check fails",
        &["MAINT (resolution)"],
    ),
    phrase(
        "no free ports",
        "HAProxy has no source port left for this server; the requests are logged as SC, as if the server had refused",
        &["SC", "source", "proxy_limits"],
    ),
    phrase(
        "reached the configured maximum connection limit",
        "the global `maxconn` is used up: further clients wait in the kernel, unseen",
        &["maxconn", "actconn"],
    ),
    phrase(
        "reached process FD limit",
        "HAProxy may open no more files; new clients wait, and connections to servers fail as SC",
        &["ulimit-n", "SC"],
    ),
    phrase(
        "reached system FD limit",
        "the whole system may open no more files; HAProxy's own limit is not what is short",
        &["ulimit-n"],
    ),
    phrase(
        "stopped (cumulated conns",
        "an old process has let go of the proxy: a reload or a stop, with the connections of its whole life",
        &["restart", "hard-stop-after"],
    ),
    phrase(
        "Connection closed during SSL handshake",
        "the client closed before TLS was agreed: a probe, a scan, or a client that does not trust the certificate",
        &["option dontlognull", "tls_mismatch"],
    ),
    phrase(
        "SSL handshake failure",
        "client and HAProxy could not agree on TLS: version, cipher, certificate, or no TLS at all",
        &["tls_mismatch"],
    ),
    phrase(
        "Timeout during SSL handshake",
        "the client did not finish the TLS handshake within `timeout client-hs`, else `timeout client`",
        &["timeout client-hs", "timeout client"],
    ),
    phrase(
        "Received an invalid PROXY protocol header",
        "the port expects the PROXY protocol (`accept-proxy`), and what came was no good header of it",
        &["protocol_mismatch"],
    ),
];

const fn phrase(text: &'static str, meaning: &'static str, see: &'static [&'static str]) -> Phrase {
    Phrase { text, meaning, see }
}

/// The row of a phrase written exactly like this; a mark at its end does not count.
pub fn phrase_named(text: &str) -> Option<&'static Phrase> {
    let text = text.trim_end_matches(['.', '!', ',', ':']);
    PHRASES.iter().find(|row| row.text == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_phrase_stands_once() {
        for row in PHRASES {
            assert_eq!(phrase_named(row.text), Some(row), "{} twice", row.text);
        }
        assert!(phrase_named("has no server available!").is_some());
        assert_eq!(phrase_named("has a server available"), None);
        assert_eq!(phrase_named(""), None);
    }
}
