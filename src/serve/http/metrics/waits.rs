//! HAProxy's timers by backend, as histograms.
//!
//! Enters: the scan's waits. Leaves: histograms in seconds. Must not know: timeouts.
//!
//! Waits are kept in buckets that are narrower than a sixty-fourth of their values; so a bound, and a sum, is exact to
//! that much.

use std::collections::BTreeMap;

use super::family::{Distribution, Family, Value};
use super::kept::Places;
use crate::rollup::Name;
use crate::rollup::histogram::Bucket;
use crate::rollup::timers::Timer;
use crate::serve::view::View;

/// Upper bounds, in s: from what a LAN takes to what a `timeout tunnel` allows.
const BOUNDS: [f64; 17] = [
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    30.0,
    60.0,
    300.0,
    f64::INFINITY,
];

/// Timers, and the families they stand in.
const TIMERS: [(Timer, &str, &str); 5] = [
    (
        Timer::Request,
        "hapline_request_time_seconds",
        "Time for which the request itself was waited for (TR) by backend",
    ),
    (
        Timer::Queue,
        "hapline_queue_time_seconds",
        "Time spent in queues (Tw) by backend, of requests that were not tried again",
    ),
    (
        Timer::Connect,
        "hapline_connect_time_seconds",
        "Time until the connection to the server stood (Tc), retries included, by backend",
    ),
    (
        Timer::Response,
        "hapline_response_time_seconds",
        "Time until the server sent its headers (Tr) by backend",
    ),
    (
        Timer::Total,
        "hapline_total_time_seconds",
        "Time from the request to the end of its answer (Ta; in mode tcp Tt) by backend",
    ),
];

/// The families.
pub fn families(view: &View, places: &Places) -> Vec<Family> {
    let counted = counted(view);
    let mut families = Vec::with_capacity(TIMERS.len());
    for (timer, name, help) in TIMERS {
        let mut family = Family::histograms(name, help);
        let own = counted.iter().filter(|((of, _), _)| *of == timer);
        for ((_, backend), distribution) in own {
            let labels = vec![("backend", places.backend(backend))];
            match family.series.get_mut(&labels) {
                Some(Value::Histogram(held)) => add(held, distribution),
                _ => {
                    let distribution = Value::Histogram(distribution.clone());
                    family.series.insert(labels, distribution);
                }
            }
        }
        families.push(family);
    }
    families
}

/// Distributions by timer and backend.
fn counted(view: &View) -> BTreeMap<(Timer, Name), Distribution> {
    let mut counted: BTreeMap<(Timer, Name), Distribution> = BTreeMap::new();
    view.engine.scanned().waits(|backend, _, timer, waits| {
        let key = (timer, backend.clone());
        let distribution = counted.entry(key).or_insert_with(|| Distribution {
            bounds: &BOUNDS,
            counts: vec![0; BOUNDS.len()],
            sum_ms: 0,
        });
        for (bucket, n) in waits {
            distribution.counts[below(bucket)] += n;
            distribution.sum_ms += n * middle(bucket);
        }
    });
    counted
}

/// The first bound that the shortest of a bucket's waits is not above.
fn below(bucket: Bucket) -> usize {
    let seconds = f64::from(bucket.low()) / 1000.0;
    BOUNDS.partition_point(|bound| *bound < seconds)
}

fn middle(bucket: Bucket) -> u64 {
    (u64::from(bucket.low()) + u64::from(bucket.high())) / 2
}

fn add(held: &mut Distribution, more: &Distribution) {
    for (held, more) in held.counts.iter_mut().zip(&more.counts) {
        *held += more;
    }
    held.sum_ms += more.sum_ms;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_lies_below_the_first_bound_that_it_does_not_pass() {
        for (ms, bound) in [
            (0, 0.001),
            (1, 0.001),
            (2, 0.0025),
            (3, 0.005),
            (100, 0.1),
            (101, 0.25),
            (5_000, 5.0),
            (6_000, 10.0),
            (300_000, 300.0),
            (400_000, f64::INFINITY),
            (u32::MAX, f64::INFINITY),
        ] {
            assert_eq!(BOUNDS[below(Bucket::of(ms))], bound, "{ms} ms");
        }
    }
}
