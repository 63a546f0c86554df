//! What is said of requests that were cut holds for waits whose distribution is known.

mod answers;
mod coverage;
mod minutes;
mod times;

use hapline::advice::survival::Survival;
use hapline::rollup::histogram::{Bucket, Histogram};

use times::{Random, Times};

/// The timeout, in ms.
const LIMIT: u32 = 7_300;

/// Waits under a timeout.
struct Waits {
    completed: Histogram,
    cut: Histogram,
    dispersion: f64,
}

impl Waits {
    fn survival(&self) -> Survival<'_> {
        Survival::of(&self.completed, &self.cut, self.dispersion).under(LIMIT)
    }
}

/// Counts by bucket, which are quicker to add to than a histogram.
struct Counts(Vec<u64>);

impl Counts {
    fn new() -> Self {
        Self(vec![0; usize::from(Bucket::of(u32::MAX).0) + 1])
    }

    fn add(&mut self, ms: f64) {
        self.0[usize::from(Bucket::of(ms as u32).0)] += 1;
    }

    fn histogram(&self) -> Histogram {
        let mut histogram = Histogram::default();
        for (bucket, n) in (0u16..).zip(&self.0) {
            histogram.add_bucket(Bucket(bucket), *n);
        }
        histogram
    }
}

/// `n` requests whose times are cut at limits in ms, by turns.
fn waits(times: &Times, unit: f64, n: usize, limits: &[u32], random: &mut Random) -> Waits {
    let (mut completed, mut cut) = (Counts::new(), Counts::new());
    for limit in limits.iter().cycle().take(n) {
        let (time, limit) = (times.draw(random) * unit, f64::from(*limit));
        if time < limit {
            completed.add(time);
        } else {
            cut.add(limit);
        }
    }
    Waits {
        completed: completed.histogram(),
        cut: cut.histogram(),
        dispersion: 1.0,
    }
}
