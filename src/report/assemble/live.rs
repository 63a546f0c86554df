//! What goes on right now: the last hour, and where each server stands.
//!
//! Enters: states as HAProxys said them last, and requests of the last minutes. Leaves: a [`Live`]. Must not know: who looks.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::chart::Charts;
use super::missing::Missing;
use super::{Assembly, figures, text};
use crate::advice::Review;
use crate::incident::state::Rotation;
use crate::report::document::{Live, LiveBackend, LiveRequests, LiveServer};
use crate::rollup::Name;
use crate::rollup::seal::Requests;

/// Seconds whose requests are told.
const LATELY: i64 = 300;

/// Servers that are told.
const SERVERS: usize = 1_000;

/// What is known of a server.
type Known = (Option<Rotation>, Requests);

/// See the module.
pub fn of(assembly: &Assembly) -> Live {
    let scan = assembly.scan;
    let (shown, review) = (assembly.shown(), Review::default());
    let mut backends: Vec<LiveBackend> = known(assembly)
        .into_iter()
        .map(|(name, servers)| backend(assembly, name, servers))
        .collect();
    // Stable: equal ones stay in the order of their names.
    backends.sort_by_key(|of| Reverse((of.out > 0, of.requests.failed, of.out)));
    let mut room = SERVERS;
    let mut omitted = 0;
    for of in &mut backends {
        omitted += of.servers.len().saturating_sub(room);
        of.servers.truncate(room);
        room -= of.servers.len();
    }
    Live {
        time: assembly
            .window_ms()
            .map(|_| assembly.time(scan.now() * 1000)),
        chart: Charts::new(assembly, &shown, &review).lately(),
        seconds: LATELY,
        backends,
        servers_omitted: omitted as u64,
    }
}

/// Backends and servers that were heard of lately, or are not in rotation.
fn known<'a>(assembly: &Assembly<'a>) -> BTreeMap<&'a Name, BTreeMap<&'a Name, Known>> {
    let mut backends: BTreeMap<&Name, BTreeMap<&Name, Known>> = BTreeMap::new();
    for ((backend, server), requests) in assembly.scan.recent(LATELY) {
        let servers = backends.entry(backend).or_default();
        servers.entry(server).or_default().1 = requests;
    }
    for (_, backend, server, rotation) in assembly.scan.states().iter() {
        let servers = backends.entry(backend).or_default();
        let state = &mut servers.entry(server).or_default().0;
        *state = Some(state.map_or(rotation, |held| worse(held, rotation)));
    }
    let asked = &assembly.window.backends;
    backends.retain(|name, _| asked.is_empty() || asked.contains(&text(name)));
    backends
}

/// Down before what somebody took out, and that before what serves.
fn worse(one: Rotation, other: Rotation) -> Rotation {
    let rank = |of: Rotation| (of != Rotation::Down, of == Rotation::Up, of);
    if rank(other) < rank(one) { other } else { one }
}

fn backend(assembly: &Assembly, name: &Name, servers: BTreeMap<&Name, Known>) -> LiveBackend {
    let missing = Missing::of_backend(assembly, &text(name));
    let lacks = missing.unwrap_or_else(|| Missing::of_log(assembly));
    let lacks = lacks.lacks_good_ones();
    let told = |of: Requests| LiveRequests {
        requests: of.n,
        failed: of.failed,
        share: figures::share(of.failed, of.n).filter(|_| !lacks),
    };
    let mut all = Requests::default();
    for (_, of) in servers.values() {
        (all.n, all.failed) = (all.n + of.n, all.failed + of.failed);
    }
    // `<NOSRV>`, and what HAProxy answers by itself, are no servers.
    let own = servers
        .into_iter()
        .filter(|(name, _)| !name.starts_with(b"<"));
    let servers: Vec<LiveServer> = own
        .map(|(name, (state, of))| LiveServer {
            server: text(name),
            state: state.map(Rotation::name),
            requests: told(of),
            sessions: None,
        })
        .collect();
    let is_out = |of: &&LiveServer| of.state.is_some_and(|state| state != Rotation::Up.name());
    LiveBackend {
        backend: text(name),
        requests: told(all),
        out: servers.iter().filter(is_out).count() as u64,
        servers,
    }
}
