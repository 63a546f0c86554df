//! Where servers stand, and what is open.
//!
//! Enters: the scan's states and incidents. Leaves: gauges. Must not know: requests.

use std::collections::BTreeMap;

use super::family::{Family, label};
use super::kept::{OTHER, Places};
use crate::incident::state::Rotation;
use crate::serve::view::View;

/// Log hosts that are told apart.
const HOSTS: usize = 16;

/// The families.
pub fn families(view: &View, places: &Places) -> Vec<Family> {
    vec![status(view, places), open(view, places)]
}

/// Of a server that has no series, nothing is told: a state cannot be summed up.
fn status(view: &View, places: &Places) -> Family {
    let mut family = Family::gauges(
        "hapline_server_status",
        "1 for the state a server is in, as the log of each HAProxy said it last, 0 for the others",
    );
    let mut hosts: Vec<String> = Vec::new();
    for (origin, backend, server, rotation) in view.engine.scanned().states().iter() {
        let (backend, server) = places.server(backend, server);
        let host = label(&origin.host);
        if server == OTHER || (!hosts.contains(&host) && hosts.len() >= HOSTS) {
            continue;
        }
        if !hosts.contains(&host) {
            hosts.push(host.clone());
        }
        for state in Rotation::ALL {
            let labels = [
                ("backend", backend.clone()),
                ("server", server.clone()),
                ("host", host.clone()),
                ("state", state.name().to_owned()),
            ];
            family.set(labels, f64::from(u8::from(state == rotation)));
        }
    }
    family
}

fn open(view: &View, places: &Places) -> Family {
    let mut family = Family::gauges(
        "hapline_incidents_open",
        "Incidents that go on, by backend (empty: a frontend itself, or HAProxy), severity and kind",
    );
    let mut counts: BTreeMap<_, u32> = BTreeMap::new();
    let incidents = view.engine.incidents();
    for incident in incidents.iter().filter(|incident| incident.end.is_none()) {
        let backend = incident.backend.as_ref();
        let backend = backend.map_or_else(String::new, |backend| places.backend(backend));
        let key = (backend, incident.severity.as_str(), incident.kind.as_str());
        *counts.entry(key).or_default() += 1;
    }
    for ((backend, severity, kind), n) in counts {
        let labels = [
            ("backend", backend),
            ("severity", severity.to_owned()),
            ("kind", kind.to_owned()),
        ];
        family.set(labels, f64::from(n));
    }
    family
}
