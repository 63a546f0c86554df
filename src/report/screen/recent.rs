//! What went on lately: the difference between two grids.
//!
//! Enters: grids as they come, each with the time of this machine. Leaves: rates, shares and times to the answer of the last
//! [`SPAN`], and curves of some minutes. Must not know: where grids come from.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use crate::report::clock;
use crate::report::grid::{BackendCell, Grid, Wait};

/// What is lately; ms.
pub const SPAN: i64 = 15_000;

/// Points of a curve.
const POINTS: usize = 240;

/// Curves that are kept.
const CURVES: usize = 4_096;

/// Requests of a span.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Lately {
    /// Requests a second.
    pub rate: f64,
    /// Failed ones a second.
    pub failures: f64,
    /// Failed of all, 0 to 1; none without requests.
    pub share: Option<f64>,
    /// Half of the answers took no longer; ms.
    pub p50_ms: Option<u64>,
    /// 99 of 100 answers took no longer; ms.
    pub p99_ms: Option<u64>,
}

/// Backend and server; no server: all of the backend; no backend: all.
type Place = (Option<String>, Option<String>);

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Recent {
    /// Of the last while, with their times (ms); the oldest is the first that is older than [`SPAN`].
    grids: VecDeque<(i64, Arc<Grid>)>,
    lately: Arc<HashMap<Place, Lately>>,
    curves: Arc<BTreeMap<Option<String>, VecDeque<Lately>>>,
}

impl Recent {
    /// A grid has come at this time of the machine; ms.
    pub fn add(&mut self, grid: Arc<Grid>, at: i64) {
        if let Some((before_at, before)) = self.grids.back() {
            let points = differences(before, &grid, at - before_at, false);
            self.draw(points);
        }
        while self
            .grids
            .get(1)
            .is_some_and(|(second, _)| at - second >= SPAN)
        {
            self.grids.pop_front();
        }
        if let Some((base_at, base)) = self.grids.front() {
            self.lately = Arc::new(differences(base, &grid, at - base_at, true));
        }
        self.grids.push_back((at, grid));
    }

    /// Of all backends; nothing before the second grid.
    pub fn all(&self) -> Option<Lately> {
        self.lately.get(&(None, None)).copied()
    }

    /// Of a backend, or one of its servers.
    pub fn of(&self, backend: &str, server: Option<&str>) -> Option<Lately> {
        let place = (Some(backend.to_owned()), server.map(str::to_owned));
        self.lately.get(&place).copied()
    }

    /// From grid to grid, the last one last; of a backend, or of all.
    pub fn history(&self, backend: Option<&str>) -> Vec<Lately> {
        let curve = self.curves.get(&backend.map(str::to_owned));
        curve.into_iter().flatten().copied().collect()
    }

    fn draw(&mut self, points: HashMap<Place, Lately>) {
        let curves = Arc::make_mut(&mut self.curves);
        for ((backend, server), lately) in points {
            let is_new = !curves.contains_key(&backend);
            if server.is_some() || (is_new && curves.len() >= CURVES) {
                continue;
            }
            let curve = curves.entry(backend).or_default();
            if curve.len() >= POINTS {
                curve.pop_front();
            }
            curve.push_back(lately);
        }
    }
}

/// What came between two grids, `passed` ms of the machine's time apart.
fn differences(before: &Grid, now: &Grid, passed: i64, servers: bool) -> HashMap<Place, Lately> {
    let written = |grid: &Grid| grid.time.as_deref().and_then(clock::millis);
    let logged = written(now).zip(written(before));
    let logged = logged.map_or(0, |(now, before)| now - before);
    // A past that is caught up with goes by faster than the clock, and in a silence no time is written.
    let seconds = passed.max(logged).max(1) as f64 / 1000.0;
    let known: HashMap<&str, &BackendCell> = before
        .backends
        .iter()
        .map(|cell| (cell.backend.as_str(), cell))
        .collect();
    let mut all = HashMap::new();
    let total = lately(
        [before.requests, before.failed],
        [now.requests, now.failed],
        seconds,
    );
    all.insert((None, None), total);
    let none = BackendCell::default();
    for cell in &now.backends {
        let held = known.get(cell.backend.as_str()).copied().unwrap_or(&none);
        let counts = lately(
            [held.requests, held.failed],
            [cell.requests, cell.failed],
            seconds,
        );
        let told = with_waits(counts, &held.waits, &cell.waits);
        all.insert((Some(cell.backend.clone()), None), told);
        if !servers {
            continue;
        }
        for server in &cell.servers {
            let of = held.servers.iter().find(|of| of.server == server.server);
            let counts = of.map_or([0, 0], |of| [of.requests, of.failed]);
            let counts = lately(counts, [server.requests, server.failed], seconds);
            let waits = of.map_or(&[][..], |of| &of.waits);
            let told = with_waits(counts, waits, &server.waits);
            let place = (Some(cell.backend.clone()), Some(server.server.clone()));
            all.insert(place, told);
        }
    }
    all
}

fn lately(before: [u64; 2], now: [u64; 2], seconds: f64) -> Lately {
    // What two sources said was counted twice until it was known to be the same.
    let [requests, failed] = [0, 1].map(|of| now[of].saturating_sub(before[of]));
    Lately {
        rate: requests as f64 / seconds,
        failures: failed as f64 / seconds,
        share: (requests > 0).then(|| (failed as f64 / requests as f64).min(1.0)),
        ..Lately::default()
    }
}

fn with_waits(lately: Lately, before: &[Wait], now: &[Wait]) -> Lately {
    let held: BTreeMap<u64, u64> = before.iter().map(|wait| (wait.ms, wait.n)).collect();
    let more = now.iter().map(|wait| {
        let held = held.get(&wait.ms).copied().unwrap_or(0);
        (wait.ms, wait.n.saturating_sub(held))
    });
    let more: Vec<(u64, u64)> = more.collect();
    Lately {
        p50_ms: quantile(&more, 50),
        p99_ms: quantile(&more, 99),
        ..lately
    }
}

/// The time that so many of a hundred did not pass.
fn quantile(waits: &[(u64, u64)], percent: u64) -> Option<u64> {
    let all: u64 = waits.iter().map(|(_, n)| n).sum();
    let mut left = (all * percent).div_ceil(100);
    let at = waits.iter().find(|(_, n)| {
        left = left.saturating_sub(*n);
        left == 0 && all > 0
    });
    at.map(|(ms, _)| *ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::grid::ServerCell;

    fn grid(second: i64, requests: u64, failed: u64, waits: &[(u64, u64)]) -> Arc<Grid> {
        let waits: Vec<Wait> = waits.iter().map(|&(ms, n)| Wait { ms, n }).collect();
        Arc::new(Grid {
            time: Some(format!(
                "2026-03-14T09:{:02}:{:02}.000Z",
                second / 60,
                second % 60
            )),
            requests,
            failed,
            backends: vec![BackendCell {
                backend: "app".into(),
                requests,
                failed,
                waits: waits.clone(),
                servers: vec![ServerCell {
                    server: "app1".into(),
                    requests,
                    failed,
                    waits,
                    ..ServerCell::default()
                }],
                ..BackendCell::default()
            }],
            ..Grid::default()
        })
    }

    #[test]
    fn one_grid_tells_no_rate() {
        let mut recent = Recent::default();
        recent.add(grid(0, 100, 1, &[]), 0);
        assert_eq!(recent.all(), None);
    }

    #[test]
    fn rates_are_of_the_longer_of_clock_and_log() {
        for (logged, passed, rate) in [
            (10, 10_000, 10.0),
            // A past is read within a second.
            (100, 1_000, 1.0),
            // Nothing is written any more.
            (0, 20_000, 5.0),
        ] {
            let mut recent = Recent::default();
            recent.add(grid(0, 100, 0, &[]), 0);
            recent.add(grid(logged, 200, 50, &[]), passed);
            let all = recent.all().unwrap();
            assert_eq!((all.rate, all.share), (rate, Some(0.5)));
            assert_eq!(recent.of("app", Some("app1")).unwrap().rate, rate);
        }
    }

    #[test]
    fn what_is_older_than_the_span_counts_no_more() {
        let mut recent = Recent::default();
        for second in 0..60 {
            let failed = second.min(10) as u64;
            recent.add(grid(second, second as u64 * 10, failed, &[]), second * 1000);
        }
        let all = recent.all().unwrap();
        assert_eq!((all.rate, all.failures), (10.0, 0.0));
        assert_eq!(recent.history(Some("app")).len(), 59);
    }

    #[test]
    fn times_are_of_what_came_between() {
        let mut recent = Recent::default();
        recent.add(grid(0, 1_000, 0, &[(5, 1_000)]), 0);
        recent.add(
            grid(1, 1_200, 0, &[(5, 1_000), (40, 150), (900, 50)]),
            1_000,
        );
        let app = recent.of("app", None).unwrap();
        assert_eq!((app.p50_ms, app.p99_ms), (Some(40), Some(900)));
        assert_eq!(recent.all().unwrap().p50_ms, None);
    }
}
