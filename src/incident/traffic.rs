//! Traffic, second by second: what is watched of it, and what is taken for trouble.
//!
//! Enters: slots. Leaves: cases opened and fed. Must not know: messages.

use std::sync::Arc;

use super::backend::{Base, Watch};
use super::coming::Coming;
use super::place::{Group, Site};
use super::scan::Scan;
use crate::rollup::Name;
use crate::rollup::seal::{Cell, Slot};

/// Places that are watched; those without traffic for longest give way.
const WATCHED: usize = 4_096;

/// Requests a second that are taken for there where good ones are not logged, so that failures are measured
/// against time.
const EXPOSURE: u64 = 50;

/// Seconds after which a frontend without denied or slow clients is not watched any more.
const IDLE: i64 = 3_600;

/// What may burst where a backend was chosen.
const OF_BACKENDS: [Group; 7] = [
    Group::Service,
    Group::Errors,
    Group::Rejections,
    Group::Persistence,
    Group::Clients,
    Group::Leaving,
    Group::Denials,
];

/// What may burst before one is.
const OF_FRONTENDS: [Group; 3] = [Group::Clients, Group::Denials, Group::Handshakes];

impl Scan {
    /// Takes a second's requests.
    pub(super) fn traffic(&mut self, slot: &Slot) {
        let coming = Coming::of(slot);
        self.frontends.step(slot.second, &coming);
        let runs = by_backend(&slot.cells);
        let mut cells = Vec::with_capacity(slot.cells.len());
        for of_backend in runs.chunk_by(|a, b| name(a) == name(b)) {
            cells.clear();
            of_backend.iter().for_each(|run| cells.extend(*run));
            self.of_backend(name(of_backend[0]), &cells, &coming);
        }
        self.quiet_frontends(&coming);
    }

    /// Sums up requests of a minute whose seconds are not known.
    pub(super) fn sum_up(&mut self, slot: &Slot) {
        let runs = by_backend(&slot.cells);
        for of_backend in runs.chunk_by(|a, b| name(a) == name(b)) {
            let cells: Vec<&Cell> = of_backend.iter().copied().flatten().collect();
            self.sum(name(of_backend[0]), &cells);
        }
    }

    fn sum(&mut self, name: &Name, cells: &[&Cell]) {
        cells.iter().for_each(|cell| self.totals.add(cell));
        self.ledger.add(name, cells);
    }

    fn of_backend(&mut self, name: &Name, cells: &[&Cell], coming: &Coming) {
        self.sum(name, cells);
        if cells.iter().all(|cell| !cell.place.at_frontend) {
            self.backend(name, cells);
        } else if cells.iter().all(|cell| cell.place.at_frontend) {
            self.frontend(name, cells, coming);
        } else {
            let (frontend, backend): (Vec<&Cell>, Vec<&Cell>) =
                cells.iter().partition(|cell| cell.place.at_frontend);
            self.backend(name, &backend);
            self.frontend(name, &frontend, coming);
        }
    }

    fn backend(&mut self, name: &Name, cells: &[&Cell]) {
        let site = Site::of_backend(name.clone());
        let all = cells.iter().map(|cell| cell.tally.n).sum();
        self.watch(site, cells, all, &OF_BACKENDS);
    }

    fn frontend(&mut self, name: &Name, cells: &[&Cell], coming: &Coming) {
        let site = Site {
            frontend: name.clone(),
            ..Site::default()
        };
        // Requests that were routed do not stand here, so shares are taken of all.
        self.watch(site, cells, coming.all, &OF_FRONTENDS);
    }

    fn watch(&mut self, site: Site, cells: &[&Cell], requests: u64, groups: &[Group]) {
        let second = self.now;
        self.make_room(&site);
        let held = self.cases.at(&site);
        // A frontend is looked at from its first refused or slow client on.
        let before = match site.is_before_backends() {
            true => self.totals.requests,
            false => 0,
        };
        let watch = match self.watches.get_mut(&site) {
            Some(watch) => watch,
            None => self
                .watches
                .get_or_insert_with(&site, || Watch::new(second, before)),
        };
        let passed = (second - watch.stepped).clamp(1, IDLE).unsigned_abs();
        let base = Base {
            logged: requests,
            unlogged: self.totals.lack_good_ones().then_some(EXPOSURE * passed),
        };
        watch.step(second, cells, base, |group| held.contains(&(group, true)));
        let bursts = || groups.iter().any(|group| watch.burst(*group).is_some());
        if held.is_empty() && (watch.is_quiet() || !bursts()) {
            return;
        }
        for group in self.explained(&site) {
            if let Some(watch) = self.watches.get_mut(&site) {
                watch.settle(group);
            }
        }
        self.revive(&site, cells);
        for &group in groups {
            let burst = self.watches.get(&site).and_then(|watch| watch.burst(group));
            if burst.is_some() || held.iter().any(|(of, _)| *of == group) {
                self.follow(group, &site, cells);
            }
        }
    }

    /// A second without a denied or slow client tells about a frontend, too.
    fn quiet_frontends(&mut self, coming: &Coming) {
        let now = self.now;
        let quiet = |watch: &Watch| watch.stepped < now && now - watch.seen < IDLE;
        // They come first in the order of the sites.
        let sites: Vec<Site> = self
            .watches
            .iter()
            .take_while(|(site, _)| site.is_before_backends())
            .filter(|(_, watch)| quiet(watch))
            .map(|(site, _)| site.clone())
            .collect();
        for site in sites {
            self.watch(site, &[], coming.all, &OF_FRONTENDS);
        }
    }

    fn make_room(&mut self, site: &Site) {
        if self.watches.len() < WATCHED || self.watches.get(site).is_some() {
            return;
        }
        let idle = self
            .watches
            .iter()
            .min_by_key(|(_, watch)| watch.seen)
            .map(|(site, _)| site.clone());
        if let Some(idle) = idle {
            self.watches.remove(&idle);
        }
    }
}

/// A slot's cells by the name that stands for their backend, in the order of the names. Those of one backend stand
/// together already, in what comes of one HAProxy.
fn by_backend(cells: &[Cell]) -> Vec<&[Cell]> {
    let alike = |a: &Cell, b: &Cell| Arc::ptr_eq(&a.place, &b.place);
    let same = |a: &Cell, b: &Cell| alike(a, b) || a.place.backend == b.place.backend;
    let mut runs: Vec<&[Cell]> = cells.chunk_by(same).collect();
    // Stable: what several HAProxys say of one stays in their order.
    runs.sort_by(|a, b| name(a).cmp(name(b)));
    runs
}

/// The backend of cells that share it.
fn name(run: &[Cell]) -> &Name {
    &run[0].place.backend
}
