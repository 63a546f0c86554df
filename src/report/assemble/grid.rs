//! Backends and servers as they stand.
//!
//! Enters: the scan's counts and states. Leaves: a [`Grid`]. Must not know: incidents, and what was counted when.

use std::collections::BTreeMap;

use super::{Assembly, figures, text};
use crate::incident::ended::Ending;
use crate::incident::ledger::Sum;
use crate::incident::state::Rotation;
use crate::report::grid::{BackendCell, EndingCell, Grid, SCHEMA, ServerCell, Wait};
use crate::rollup::Name;
use crate::rollup::histogram::Bucket;
use crate::rollup::timers::Timer;
use crate::words::termination::Symptom;
use crate::words::termination::symptom::symptom;

/// What HAProxy logs where no server was chosen.
const NO_SERVER: &[u8] = b"<NOSRV>";

/// Bits of a time that are kept.
const KEPT: u32 = 5;

/// The grid.
pub fn of(assembly: &Assembly) -> Grid {
    let ledger = assembly.scan.ledger();
    let mut backends: BTreeMap<&Name, Cells> = BTreeMap::new();
    for (name, sum) in ledger.backends() {
        backends.entry(name).or_default().sum = Some(sum);
    }
    for (_, backend, server, rotation) in assembly.scan.states().iter() {
        let state = &mut backends.entry(backend).or_default().server(server).state;
        // Where one HAProxy misses it, that is what there is to see.
        *state = (*state).max(Some(rotation));
    }
    for (backend, server, ending, n) in assembly.scan.ended().iter() {
        // A frontend that answered itself is no backend.
        if let Some(cells) = backends.get_mut(backend) {
            let cell = cells.server(server);
            cell.requests += n;
            cell.failed += if has_failed(ending, server) { n } else { 0 };
        }
    }
    assembly.scan.waits(|backend, server, timer, waits| {
        if let (Timer::Response, Some(cells)) = (timer, backends.get_mut(backend)) {
            let cell = cells.server(server);
            for (bucket, n) in waits {
                *cell.waits.entry(about(bucket)).or_default() += n;
            }
        }
    });
    let totals = assembly.scan.totals();
    Grid {
        schema: SCHEMA.to_owned(),
        time: assembly.window_ms().map(|(_, end)| assembly.time(end)),
        requests: totals.requests,
        failed: totals.failed,
        backends: backends
            .into_iter()
            .filter(|(name, _)| is_asked(assembly, name))
            .map(|(name, cells)| cells.told(name))
            .collect(),
    }
}

fn is_asked(assembly: &Assembly, name: &Name) -> bool {
    let asked = &assembly.window.backends;
    asked.is_empty() || asked.contains(&text(name))
}

/// The class of a status is enough: within one, none fails that another does not.
fn has_failed(ending: Ending, server: &Name) -> bool {
    let status = i16::from(ending.class) * 100;
    let is_without = server.as_ref() == NO_SERVER;
    let symptom: Symptom = symptom(false, ending.term, status, is_without);
    symptom.is_failure()
}

/// The middle of the times that share the highest bits with a bucket's.
fn about(bucket: Bucket) -> u64 {
    let low = bucket.low();
    let shift = (u32::BITS - low.leading_zeros()).saturating_sub(KEPT);
    let low = u64::from(low >> shift << shift);
    low + ((1_u64 << shift) - 1) / 2
}

/// A backend's counts in the making.
#[derive(Default)]
struct Cells<'a> {
    sum: Option<&'a Sum>,
    servers: BTreeMap<Name, Server>,
}

#[derive(Default)]
struct Server {
    state: Option<Rotation>,
    requests: u64,
    failed: u64,
    waits: BTreeMap<u64, u64>,
}

impl Cells<'_> {
    fn server(&mut self, name: &Name) -> &mut Server {
        self.servers.entry(name.clone()).or_default()
    }

    fn told(self, name: &Name) -> BackendCell {
        let mut waits: BTreeMap<u64, u64> = BTreeMap::new();
        for (ms, n) in self.servers.values().flat_map(|server| &server.waits) {
            *waits.entry(*ms).or_default() += n;
        }
        let states = self.sum.map(|sum| sum.states.iter()).unwrap_or_default();
        let ending = |(term, n): (&[u8; 4], &u64)| EndingCell {
            state: String::from_utf8_lossy(term).into_owned(),
            owner: figures::owner_of(*term).to_owned(),
            requests: *n,
        };
        BackendCell {
            backend: text(name),
            requests: self.sum.map_or(0, |sum| sum.requests),
            failed: self.sum.map_or(0, |sum| sum.failed),
            waits: listed(&waits),
            endings: states.map(ending).collect(),
            servers: self.servers.iter().map(server).collect(),
        }
    }
}

fn server((name, server): (&Name, &Server)) -> ServerCell {
    ServerCell {
        server: text(name),
        state: server.state.map(|state| state.name().to_owned()),
        requests: server.requests,
        failed: server.failed,
        waits: listed(&server.waits),
        sessions: None,
    }
}

fn listed(waits: &BTreeMap<u64, u64>) -> Vec<Wait> {
    waits
        .iter()
        .map(|(ms, n)| Wait { ms: *ms, n: *n })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_within_a_sixteenth() {
        for ms in [0, 1, 15, 16, 31, 32, 100, 1_234, 60_000, 3_600_000] {
            let about = about(Bucket::of(ms)) as f64;
            let off = (about - f64::from(ms)).abs();
            assert!(
                off <= (f64::from(ms) / 16.0).max(0.5),
                "{ms} is told as {about}"
            );
        }
    }

    #[test]
    fn the_class_of_a_status_tells_whether_it_failed() {
        let ending = |term: &[u8; 4], class| Ending { term: *term, class };
        for (term, class, server, failed) in [
            (b"----", 2, "app1", false),
            (b"----", 4, "app1", false),
            (b"----", 5, "app1", true),
            (b"sH--", 5, "app1", true),
            (b"SC--", 5, "<NOSRV>", true),
            (b"CD--", 2, "app1", false),
            (b"PR--", 5, "<NOSRV>", false),
            (b"sD--", 0, "db1", true),
            (b"----", 0, "db1", false),
        ] {
            let name: Name = server.as_bytes().into();
            assert_eq!(has_failed(ending(term, class), &name), failed, "{term:?}");
        }
    }
}
