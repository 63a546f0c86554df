//! How often each time was seen, in buckets that are fixed for ever.
//!
//! Enters: times in ms, or buckets. Leaves: quantiles and tails, as the edges of a bucket, because
//! nothing is known of the values within one. Must not know: which timer it is.
//!
//! Each octave has 64 buckets: up to 127 ms a bucket is one value, above it is narrower than 1/64 of
//! its values. Quantiles are never interpolated: a spike at a timeout stays a spike.

use serde::{Deserialize, Serialize};

use super::merge::Merge;

/// Buckets in an octave, as a power of two.
const OCTAVE_BITS: u32 = 6;
const OCTAVE: u16 = 1 << OCTAVE_BITS;
/// The bucket of `u32::MAX`.
const LAST: u16 = 1727;

/// A range of times in ms, by its number: 0 to 1727, in the order of the times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Bucket(pub u16);

impl Bucket {
    /// The bucket of a time in ms.
    pub const fn of(ms: u32) -> Self {
        // The highest seven bits of the time are kept, so times below 128 are kept whole.
        let significant = u32::BITS - ms.leading_zeros();
        let shift = significant.saturating_sub(OCTAVE_BITS + 1);
        Self(shift as u16 * OCTAVE + (ms >> shift) as u16)
    }

    /// Its smallest time in ms. A number above 1727 is taken as 1727.
    pub const fn low(self) -> u32 {
        let shift = self.shift();
        ((self.known().0 - shift * OCTAVE) as u32) << shift
    }

    /// Its largest time in ms. A number above 1727 is taken as 1727.
    pub const fn high(self) -> u32 {
        self.low() + ((1 << self.shift()) - 1)
    }

    /// Its width in ms, as a power of two.
    const fn shift(self) -> u16 {
        (self.known().0 / OCTAVE).saturating_sub(1)
    }

    /// Numbers come from stored rows too.
    const fn known(self) -> Self {
        if self.0 > LAST { Self(LAST) } else { self }
    }

    const fn edges(self) -> (u32, u32) {
        (self.low(), self.high())
    }
}

/// For one bucket among so many it is searched; more of them are found faster by going through all.
const FEW: usize = 8;

/// Counts of times in ms by bucket; empty buckets take no room.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// In their order, each once: equal histograms are equal values. Apart from the counts, so that a search among those of
    /// a server that was not heard of for a while waits for less memory.
    buckets: Vec<Bucket>,
    /// How often each was seen; never 0.
    counts: Vec<u64>,
}

impl Histogram {
    /// Adds a time in ms, `n` times.
    pub fn add(&mut self, ms: u32, n: u64) {
        self.add_bucket(Bucket::of(ms), n);
    }

    /// Adds `n` times of one bucket. A number above 1727 is taken as 1727.
    pub fn add_bucket(&mut self, bucket: Bucket, n: u64) {
        if n == 0 {
            return;
        }
        let bucket = bucket.known();
        match self.buckets.binary_search(&bucket) {
            Ok(at) => self.counts[at] = self.counts[at].saturating_add(n),
            Err(at) => {
                self.buckets.insert(at, bucket);
                self.counts.insert(at, n);
            }
        }
    }

    /// Adds buckets that come in the order of their numbers, each `n` times.
    pub fn add_in_order(&mut self, counts: impl ExactSizeIterator<Item = (Bucket, u64)>) {
        let held = self.buckets.len();
        if counts.len() < held / FEW {
            return counts.for_each(|(bucket, n)| self.add_bucket(bucket, n));
        }
        let mut new = Self::default();
        let mut at = 0;
        for (bucket, n) in counts {
            let bucket = bucket.known();
            while at < held && self.buckets[at] < bucket {
                at += 1;
            }
            if at < held && self.buckets[at] == bucket {
                self.counts[at] = self.counts[at].saturating_add(n);
            } else if n > 0 {
                new.append(bucket, n);
            }
        }
        self.insert(new);
    }

    /// Adds a bucket that is none of those before the last one.
    fn append(&mut self, bucket: Bucket, n: u64) {
        match (self.buckets.last(), self.counts.last_mut()) {
            (Some(last), Some(count)) if *last == bucket => *count = count.saturating_add(n),
            _ => {
                self.buckets.push(bucket);
                self.counts.push(n);
            }
        }
    }

    /// Puts in buckets none of which is there yet.
    fn insert(&mut self, new: Self) {
        if self.buckets.is_empty() {
            return *self = new;
        }
        let mut held = self.buckets.len();
        let len = held + new.buckets.len();
        // There are thousands, and each fills up slowly: half of their room would be free.
        self.buckets.reserve_exact(new.buckets.len());
        self.counts.reserve_exact(new.buckets.len());
        self.buckets.resize(len, Bucket(0));
        self.counts.resize(len, 0);
        // From the end, where there is room now: nothing is moved twice.
        for (before, (bucket, n)) in new.iter().enumerate().rev() {
            while held > 0 && self.buckets[held - 1] > bucket {
                held -= 1;
                self.buckets[held + before + 1] = self.buckets[held];
                self.counts[held + before + 1] = self.counts[held];
            }
            self.buckets[held + before] = bucket;
            self.counts[held + before] = n;
        }
    }

    /// Number of times added.
    pub fn count(&self) -> u64 {
        sum(self.iter())
    }

    /// Edges in ms, inclusive, of the bucket that holds the ⌈q·n⌉-th smallest of n times; `None`
    /// when there are none. `q` is a fraction: below 0 or not a number it is taken as 0, above 1 as 1.
    pub fn quantile(&self, q: f64) -> Option<(u32, u32)> {
        let rank = rank(q, self.count());
        let mut passed = 0u64;
        self.iter().find_map(|(bucket, n)| {
            passed = passed.saturating_add(n);
            (passed >= rank).then(|| bucket.edges())
        })
    }

    /// Edges in ms, inclusive, of the bucket of the largest time; `None` when there is none.
    pub fn max(&self) -> Option<(u32, u32)> {
        self.buckets.last().map(|bucket| bucket.edges())
    }

    /// How many times are longer than `ms`: at least the first number, at most the second.
    pub fn above(&self, ms: u32) -> (u64, u64) {
        let certain = sum(self.iter().filter(|(bucket, _)| bucket.low() > ms));
        let possible = sum(self.iter().filter(|(bucket, _)| bucket.high() > ms));
        (certain, possible)
    }

    /// Buckets that are not empty with their counts, in the order of the times.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Bucket, u64)> + ExactSizeIterator + '_ {
        let counts = self.counts.iter().copied();
        self.buckets.iter().copied().zip(counts)
    }
}

impl Merge for Histogram {
    fn merge(&mut self, other: Self) {
        self.add_in_order(other.iter());
    }
}

fn sum(counts: impl Iterator<Item = (Bucket, u64)>) -> u64 {
    counts.fold(0, |total, (_, n)| total.saturating_add(n))
}

/// ⌈q·n⌉, at least 1.
fn rank(q: f64, n: u64) -> u64 {
    let exact = q.clamp(0.0, 1.0) * n as f64;
    let nearest = exact.round();
    // 0.07 · 100 comes out above 7: the rounding of two floats must not make it the eighth.
    let rounding = exact * 2.0 * f64::EPSILON;
    let whole = if (exact - nearest).abs() <= rounding {
        nearest
    } else {
        exact.ceil()
    };
    (whole as u64).clamp(1, n.max(1))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::{Bucket, Histogram, LAST};
    use crate::rollup::merge::{Merge, law};

    #[test]
    fn buckets_are_fixed_for_ever() {
        // ms, number, low, high
        let golden = [
            (0, 0, 0, 0),
            (1, 1, 1, 1),
            (127, 127, 127, 127),
            (128, 128, 128, 129),
            (129, 128, 128, 129),
            (255, 191, 254, 255),
            (256, 192, 256, 259),
            (3_000, 413, 2_976, 3_007),
            (30_000, 629, 29_952, 30_207),
            (60_000, 693, 59_904, 60_415),
            (3_600_000, 1_069, 3_571_712, 3_604_479),
            (u32::MAX, 1_727, 0xfe00_0000, u32::MAX),
        ];
        for (ms, number, low, high) in golden {
            let bucket = Bucket::of(ms);
            assert_eq!(
                (bucket.0, bucket.low(), bucket.high()),
                (number, low, high),
                "{ms} ms"
            );
        }
    }

    #[test]
    fn buckets_leave_no_gap() {
        assert_eq!(Bucket(0).low(), 0);
        assert_eq!(Bucket(LAST).high(), u32::MAX);
        for number in 0..LAST {
            assert_eq!(
                Bucket(number).high() + 1,
                Bucket(number + 1).low(),
                "bucket {number}"
            );
        }
        for number in 0..=LAST {
            let (low, high) = Bucket(number).edges();
            assert_eq!((Bucket::of(low).0, Bucket::of(high).0), (number, number));
            assert!(low > 127 || low == high, "bucket {number}");
            assert!((high - low).saturating_mul(64) <= low, "bucket {number}");
        }
    }

    #[test]
    fn unknown_numbers_are_the_last_bucket() {
        assert_eq!(Bucket(u16::MAX).edges(), Bucket(LAST).edges());
        let mut stored = Histogram::default();
        stored.add_bucket(Bucket(u16::MAX), 3);
        assert_eq!(stored, of(&[u32::MAX; 3]));
    }

    #[test]
    fn nothing_seen() {
        let mut empty = Histogram::default();
        empty.add(5, 0);
        assert_eq!(empty, Histogram::default());
        assert_eq!(
            (
                empty.count(),
                empty.quantile(0.5),
                empty.max(),
                empty.above(0)
            ),
            (0, None, None, (0, 0))
        );
    }

    #[test]
    fn a_spike_at_a_timeout_stays_one() {
        let mut times = Histogram::default();
        times.add(20, 9_800);
        times.add(30_000, 200);
        assert_eq!(times.quantile(0.98), Some((20, 20)));
        assert_eq!(times.quantile(0.9801), Some((29_952, 30_207)));
        assert_eq!(times.quantile(0.999), times.max());
        assert_eq!(times.above(29_999), (0, 200));
        assert_eq!(times.above(29_951), (200, 200));
        assert_eq!(times.above(30_207), (0, 0));
    }

    #[test]
    fn fractions_outside_the_scale() {
        let times = of(&[1, 2, 3]);
        for (q, expected) in [
            (f64::NAN, 1),
            (-1.0, 1),
            (0.0, 1),
            (1.0, 3),
            (7.0, 3),
            (f64::INFINITY, 3),
        ] {
            assert_eq!(times.quantile(q), Some((expected, expected)), "{q}");
        }
    }

    #[test]
    fn whole_ranks_are_not_rounded_up() {
        let times = of(&Vec::from_iter(1..=100));
        for percent in 1..=100 {
            let q = f64::from(percent) / 100.0;
            assert_eq!(times.quantile(q), Some((percent, percent)), "{q}");
        }
    }

    #[test]
    fn counts_saturate() {
        let mut times = Histogram::default();
        times.add(1, u64::MAX);
        times.add(1, 1);
        times.add(2, u64::MAX);
        times.merge(times.clone());
        assert_eq!(times.count(), u64::MAX);
        assert_eq!(times.quantile(1.0), Some((1, 1)));
        assert_eq!(times.above(0), (u64::MAX, u64::MAX));
    }

    fn of(values: &[u32]) -> Histogram {
        let mut histogram = Histogram::default();
        values.iter().for_each(|&ms| histogram.add(ms, 1));
        histogram
    }

    /// All magnitudes alike, so that few values meet in a bucket and many do.
    fn ms() -> impl Strategy<Value = u32> {
        (any::<u32>(), 0u32..32).prop_map(|(bits, shift)| bits >> shift)
    }

    proptest! {
        #[test]
        fn a_time_is_within_its_bucket(ms in ms()) {
            let (low, high) = Bucket::of(ms).edges();
            prop_assert!(low <= ms && ms <= high);
        }

        #[test]
        fn quantiles_hold_the_true_value(mut values in vec(ms(), 1..300), per_mille in 0usize..=1000) {
            let histogram = of(&values);
            values.sort_unstable();
            let rank = (per_mille * values.len()).div_ceil(1000).max(1);
            let expected = Bucket::of(values[rank - 1]).edges();
            prop_assert_eq!(histogram.quantile(per_mille as f64 / 1000.0), Some(expected));
            prop_assert_eq!(histogram.max(), Some(Bucket::of(values[values.len() - 1]).edges()));
            prop_assert_eq!(histogram.count(), values.len() as u64);
        }

        #[test]
        fn tails_hold_the_true_count(values in vec(ms(), 0..300), ms in ms()) {
            let (certain, possible) = of(&values).above(ms);
            let truth = values.iter().filter(|&&value| value > ms).count() as u64;
            let beside = values.iter().filter(|&&value| Bucket::of(value) == Bucket::of(ms)).count() as u64;
            prop_assert!(certain <= truth && truth <= possible);
            prop_assert!(possible - certain <= beside);
        }

        #[test]
        fn adding_in_order_is_adding(before in vec(ms(), 0..40), mut later in vec(ms(), 0..40)) {
            let (mut held, mut expected) = (of(&before), of(&before));
            later.sort_unstable();
            held.add_in_order(later.iter().map(|ms| (Bucket::of(*ms), 1)));
            later.iter().for_each(|ms| expected.add(*ms, 1));
            prop_assert_eq!(held, expected);
        }

        #[test]
        fn merging_is_counting_all(parts in vec(vec(ms(), 0..40), 0..6)) {
            let mut whole = Histogram::default();
            parts.iter().for_each(|part| whole.merge(of(part)));
            prop_assert_eq!(&whole, &of(&parts.concat()));
            prop_assert!(whole.iter().is_sorted_by(|a, b| a.0 < b.0));
            law::holds(parts.iter().map(|part| of(part)).collect());
        }
    }
}
