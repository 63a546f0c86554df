//! Which incidents hang together: those of different backends that began together.
//!
//! Enters: incidents, what is told of each, and the configuration. Leaves: what is told, with the others each of them is
//! related to, and a sentence where they have machines in common. Must not know: how either is shown.

use std::collections::BTreeSet;

use super::sentences::list;
use super::{Incident, runbook, text};
use crate::config::{Config, Proxy};
use crate::incident;
use crate::words::cause::Severity;

/// Incidents whose first causes appear within this time (ms) of one another may share it: the slower of two
/// usual checks (`inter 2s fall 3`) notices within it.
pub const TOGETHER: i64 = 6_000;

/// Those that began together are told to be related where their reason is the same, or their machines are.
pub fn relate(found: &[incident::Incident], told: &mut [Incident], config: Option<&Config>) {
    for (at, a) in found.iter().enumerate() {
        // They are in order of their starts.
        let near = (0..at).rev();
        for before in near.take_while(|before| a.start - found[*before].start <= TOGETHER) {
            let b = &found[before];
            let of_two_backends = a.backend.is_some() && a.backend != b.backend;
            let is_planned = [a, b].iter().any(|one| one.severity == Severity::Planned);
            if !of_two_backends || is_planned {
                continue;
            }
            let [of_a, of_b] = [a, b].map(|one| machines(one, config));
            let shared: Vec<String> = of_a.intersection(&of_b).cloned().collect();
            if a.cause.code == b.cause.code || !shared.is_empty() {
                told[at].related.push(b.id.clone());
                told[before].related.push(a.id.clone());
            }
            if !shared.is_empty() {
                told[at].story.push(in_common(&shared, b));
                told[before].story.push(in_common(&shared, a));
            }
        }
    }
}

/// Where its servers run, as far as the configuration says.
fn machines(found: &incident::Incident, config: Option<&Config>) -> BTreeSet<String> {
    let backend = found.backend.as_ref().map(text);
    let proxy = config.zip(backend);
    let proxy = proxy.and_then(|(config, backend)| config.backend(&backend));
    let servers = proxy.map(Proxy::servers).unwrap_or_default();
    let hit = found.servers.iter().chain(&found.affected_servers);
    let is_hit = |name: &str| hit.clone().any(|hit| **hit == *name.as_bytes());
    let hit = servers.iter().filter(|server| is_hit(&server.name));
    hit.filter_map(runbook::machine).collect()
}

fn in_common(machines: &[String], other: &incident::Incident) -> String {
    let other = other.backend.as_ref().map(text).unwrap_or_default();
    let machine = if machines.len() == 1 {
        "machine"
    } else {
        "machines"
    };
    format!(
        "Servers of {other} that failed with them are on the same {machine}: {}.",
        list(machines)
    )
}
