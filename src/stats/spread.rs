//! How often each time was seen, fine enough for any percentile.
//!
//! Enters: times in ms. Leaves: the one at a rank. Must not know: which timer it is.
//!
//! Each octave has 1024 buckets: up to 2047 ms a bucket is one value, above it is narrower than a thousandth of its values,
//! and its smallest stands for it, as timeouts are round. What was never seen takes no room.

use crate::rollup::Merge;

/// Buckets in an octave, as a power of two.
const OCTAVE_BITS: u32 = 10;
const OCTAVE: usize = 1 << OCTAVE_BITS;

/// Buckets that stand together.
const PAGE: usize = 128;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spread {
    /// Empty where nothing was seen.
    pages: Vec<Vec<u64>>,
    count: u64,
}

impl Spread {
    /// Adds a time in ms, `n` times; below 0 it is none.
    #[inline]
    pub fn add(&mut self, ms: i64, n: u64) {
        if ms < 0 {
            return;
        }
        let bucket = bucket(u32::try_from(ms).unwrap_or(u32::MAX));
        let (page, at) = (bucket / PAGE, bucket % PAGE);
        self.count += n;
        match self.pages.get_mut(page).and_then(|page| page.get_mut(at)) {
            Some(count) => *count += n,
            None => self.page(page)[at] += n,
        }
    }

    #[cold]
    fn page(&mut self, nth: usize) -> &mut Vec<u64> {
        if self.pages.len() <= nth {
            self.pages.resize(nth + 1, Vec::new());
        }
        let page = &mut self.pages[nth];
        page.resize(PAGE, 0);
        page
    }

    /// The time in ms below or at which so many tenths of a percent are (nearest rank); `None` without any time.
    pub fn at(&self, permille: u16) -> Option<u64> {
        let rank = rank(self.count, permille);
        let mut passed = 0;
        for (nth, page) in self.pages.iter().enumerate() {
            for (at, count) in page.iter().enumerate() {
                passed += count;
                if passed >= rank && *count > 0 {
                    return Some(low(nth * PAGE + at));
                }
            }
        }
        None
    }
}

/// The number of the value, from the smallest on, that so many tenths of a percent of `count` reach to.
pub fn rank(count: u64, permille: u16) -> u64 {
    let rank = (u128::from(count) * u128::from(permille)).div_ceil(1000);
    u64::try_from(rank).unwrap_or(u64::MAX).max(1)
}

impl Merge for Spread {
    fn merge(&mut self, other: Self) {
        self.count += other.count;
        for (nth, page) in other.pages.into_iter().enumerate() {
            if page.is_empty() {
                continue;
            }
            let mine = self.page(nth);
            mine.iter_mut().zip(page).for_each(|(mine, n)| *mine += n);
        }
    }
}

#[inline]
const fn bucket(ms: u32) -> usize {
    let significant = u32::BITS - ms.leading_zeros();
    let shift = significant.saturating_sub(OCTAVE_BITS + 1);
    shift as usize * OCTAVE + (ms >> shift) as usize
}

/// The smallest time of a bucket, in ms.
const fn low(bucket: usize) -> u64 {
    let shift = (bucket / OCTAVE).saturating_sub(1);
    ((bucket - shift * OCTAVE) as u64) << shift
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[u32]) -> Spread {
        let mut spread = Spread::default();
        values.iter().for_each(|ms| spread.add(i64::from(*ms), 1));
        spread
    }

    #[test]
    fn what_is_short_is_exact_and_what_never_was_is_none() {
        let spread = of(&[2047, 3, 3, 0]);
        for (permille, expected) in [
            (1, 0),
            (250, 0),
            (251, 3),
            (750, 3),
            (751, 2047),
            (1000, 2047),
        ] {
            assert_eq!(spread.at(permille), Some(expected), "{permille}");
        }
        assert_eq!(Spread::default().at(500), None);
        let mut none = Spread::default();
        none.add(-1, 1);
        assert_eq!(none, Spread::default());
    }

    #[test]
    fn a_spike_at_a_timeout_stays_one() {
        for ms in [3_000, 5_000, 10_000, 30_000, 60_000, 120_000] {
            assert_eq!(of(&[ms]).at(500), Some(u64::from(ms)));
        }
        assert_eq!(of(&[u32::MAX]).at(500), Some(0xffe0_0000));
    }

    proptest! {
        #[test]
        fn a_percentile_is_within_a_thousandth(
            mut values in vec((any::<u32>(), 0u32..32).prop_map(|(bits, shift)| bits >> shift), 1..200),
            permille in 1u16..=1000,
        ) {
            let found = of(&values).at(permille).unwrap();
            values.sort_unstable();
            let rank = rank(values.len() as u64, permille) as usize;
            let exact = u64::from(values[rank - 1]);
            prop_assert!(found.abs_diff(exact) * 1000 <= exact, "{found} for {exact}");
        }

        #[test]
        fn merging_is_adding_all(values in vec(0u32..1_000_000, 0..60), cut in 0usize..60) {
            let cut = cut.min(values.len());
            let mut merged = of(&values[cut..]);
            merged.merge(of(&values[..cut]));
            for permille in 1..=1000 {
                prop_assert_eq!(merged.at(permille), of(&values).at(permille));
            }
        }
    }
}
