//! Which of many counts are not 0.
//!
//! Enters: counts. Leaves: their places, in order. Must not know: what is counted.

/// Counts that are looked at together.
pub const ROW: usize = 32;

/// The places in a row of the counts that are not 0: only these are looked at one by one.
#[inline]
pub fn places(row: &[u32; ROW]) -> impl Iterator<Item = usize> + use<> {
    let each = row.iter().enumerate();
    let mut left = each.fold(0u32, |bits, (place, n)| bits | u32::from(*n > 0) << place);
    std::iter::from_fn(move || {
        let place = left.trailing_zeros() as usize;
        left &= left.wrapping_sub(1);
        (place < ROW).then_some(place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_in_order() {
        let cases: [&[usize]; 4] = [&[], &[0], &[31], &[0, 1, 7, 30, 31]];
        for filled in cases {
            let mut row = [0; ROW];
            filled.iter().for_each(|place| row[*place] = 3);
            assert!(places(&row).eq(filled.iter().copied()), "{filled:?}");
        }
        assert!(places(&[u32::MAX; ROW]).eq(0..ROW));
    }
}
