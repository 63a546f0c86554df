//! Which incidents hang together: those of different backends that began together.
//!
//! Enters: incidents, what is told of each, and the configuration. Leaves: what is told, with the others each of them is
//! related to, and a sentence where they have machines in common. Must not know: how either is shown.

use std::collections::{BTreeMap, BTreeSet};

use super::sentences::list;
use super::{Incident, runbook, section, text};
use crate::config::{Config, Proxy};
use crate::incident;
use crate::words::cause::Severity;

/// Incidents whose first causes appear within this time (ms) of one another may share it: the slower of two
/// usual checks (`inter 2s fall 3`) notices within it.
pub const TOGETHER: i64 = 6_000;

/// Those that began together are told to be related where their reason is the same, or their machines are.
pub fn relate(found: &[incident::Incident], told: &mut [Incident], config: Option<&Config>) {
    let machines: Vec<BTreeSet<String>> = found.iter().map(|one| machines(one, config)).collect();
    for (at, own) in found.iter().enumerate() {
        let mut beside = Shared::new();
        for (other, that) in found.iter().enumerate() {
            let shared: BTreeSet<&String> = machines[at].intersection(&machines[other]).collect();
            let is_near = (own.start - that.start).abs() <= TOGETHER && are_two(own, that);
            if is_near && (own.cause.code == that.cause.code || !shared.is_empty()) {
                told[at].related.push(that.id.clone());
                let backend = that.backend.as_ref().map(text).unwrap_or_default();
                beside.entry(shared).or_default().push(backend);
            }
        }
        beside.remove(&BTreeSet::new());
        told[at].story.extend(beside.iter().map(in_common));
    }
}

/// Machines, and the other backends that failed on them.
type Shared<'a> = BTreeMap<BTreeSet<&'a String>, Vec<String>>;

/// Neither was planned, and their backends differ.
fn are_two(a: &incident::Incident, b: &incident::Incident) -> bool {
    let is_planned = |one: &incident::Incident| one.severity == Severity::Planned;
    let backends = [a, b].map(|one| one.backend.as_ref());
    backends.iter().all(Option::is_some)
        && backends[0] != backends[1]
        && !is_planned(a)
        && !is_planned(b)
}

/// Where its servers run, as far as the configuration says.
fn machines(found: &incident::Incident, config: Option<&Config>) -> BTreeSet<String> {
    let servers = section(found, config).map(Proxy::servers);
    let servers = servers.unwrap_or_default();
    let hit = found.servers.iter().chain(&found.affected_servers);
    let is_hit = |name: &str| hit.clone().any(|hit| **hit == *name.as_bytes());
    let hit = servers.iter().filter(|server| is_hit(&server.name));
    hit.filter_map(runbook::machine).collect()
}

fn in_common((machines, others): (&BTreeSet<&String>, &Vec<String>)) -> String {
    let machines: Vec<String> = machines.iter().copied().cloned().collect();
    let machine = if machines.len() == 1 {
        "machine"
    } else {
        "machines"
    };
    format!(
        "Servers of {} that failed with them are on the same {machine}: {}.",
        list(others),
        list(&machines)
    )
}
