//! How far requests are from independent.
//!
//! Enters: counts by minute, as sums. Leaves: a factor. Must not know: what is counted.
//!
//! One slow minute makes many slow requests: they tell less than as many independent ones. Of independent requests a
//! part with share p has per-minute counts whose variance is p(1-p) of the mean, and p² of the variance that traffic
//! has itself. What is beyond is dispersion (McCullagh and Nelder, Generalized Linear Models, 1989, 4.5). Where slow
//! minutes come in a row, count by as many minutes as a slow time lasts (batch means).

use crate::incident::spells::Counts;

/// How many times more the counts of slow requests vary than those of as many independent ones, given how all requests
/// vary: at least 1. Both are of the same minutes. 1 where there are too few to tell.
pub fn dispersion(slow: &Counts, all: &Counts) -> f64 {
    if slow.blocks < 2 || all.blocks < 2 || slow.sum == 0 || slow.sum >= all.sum {
        return 1.0;
    }
    let share = slow.sum as f64 / all.sum as f64;
    let independent = (1.0 - share) * slow.mean();
    let excess = slow.variance() - share * share * all.variance();
    (excess / independent).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::{Counts, dispersion};

    fn minutes(counts: impl IntoIterator<Item = u64>) -> Counts {
        let mut minutes = Counts::default();
        counts.into_iter().for_each(|count| minutes.add(count));
        minutes
    }

    #[test]
    fn slow_minutes_are_told_from_busy_ones() {
        // One in ten is slow in each minute, and minutes differ: nothing but traffic.
        let busy = minutes((0..200).map(|i| 100 + 900 * (i % 2)));
        let even = minutes((0..200).map(|i| 10 + 90 * (i % 2)));
        assert_eq!(dispersion(&even, &busy), 1.0);
        // The same traffic each minute; all slow ones in every tenth minute.
        let all = minutes([1_000; 200]);
        let slow = minutes((0..200).map(|i| if i % 10 == 0 { 100 } else { 0 }));
        let factor = dispersion(&slow, &all);
        assert!((90.0..93.0).contains(&factor), "{factor}");
    }

    #[test]
    fn too_little_to_tell() {
        let none = Counts::default();
        assert_eq!(dispersion(&none, &none), 1.0);
        assert_eq!(dispersion(&minutes([3]), &minutes([9])), 1.0);
        assert_eq!(dispersion(&minutes([3, 4]), &minutes([3, 4])), 1.0);
    }
}
