//! Why connections failed before there was a request.
//!
//! Enters: a case whose victims are failed handshakes. Leaves: a cause. Must not know: requests.
//!
//! HAProxy gives each of them one of its fixed texts (`connection.c`, `conn_err_code_str`).

use std::collections::BTreeMap;

use super::case::Case;
use super::cause::Opinion;
use crate::words::cause::Cause;
use crate::words::termination::Symptom;

/// What most of the sampled texts say.
pub fn opinion(case: &Case) -> Opinion {
    let mut counts: BTreeMap<Cause, usize> = BTreeMap::new();
    let sampled = case.harm.victims.get(&Symptom::Handshake);
    for victim in sampled.into_iter().flat_map(|held| held.sample.iter()) {
        *counts.entry(cause(victim.request())).or_default() += 1;
    }
    let most = counts.iter().max_by_key(|(_, n)| **n);
    match most.map_or(Cause::TlsMismatch, |(cause, _)| *cause) {
        // A client that does not like the certificate leaves, too.
        Cause::ClientAbort => Opinion::new(Cause::ClientAbort, 0.5).or(Cause::TlsMismatch, 0.4),
        cause => Opinion::new(cause, 0.8),
    }
}

fn cause(text: &[u8]) -> Cause {
    let says = |part: &str| memchr::memmem::find(text, part.as_bytes()).is_some();
    if says("Timeout") {
        Cause::ClientSlow
    } else if says("Too many") || says("Out of memory") {
        Cause::ProxyLimits
    } else if says("closed") || says("Connection error") {
        Cause::ClientAbort
    } else if says("PROXY") || says("NetScaler") {
        Cause::ProtocolMismatch
    } else {
        Cause::TlsMismatch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_names_who_is_to_be_asked() {
        for (text, expected) in [
            ("SSL handshake failure", Cause::TlsMismatch),
            ("SSL client certificate not trusted", Cause::TlsMismatch),
            ("Timeout during SSL handshake", Cause::ClientSlow),
            (
                "Timeout while waiting for PROXY protocol header",
                Cause::ClientSlow,
            ),
            ("Connection closed during SSL handshake", Cause::ClientAbort),
            ("Too many SSL connections", Cause::ProxyLimits),
            (
                "Received something which does not look like a PROXY protocol header",
                Cause::ProtocolMismatch,
            ),
        ] {
            assert_eq!(cause(text.as_bytes()), expected, "{text}");
        }
    }
}
