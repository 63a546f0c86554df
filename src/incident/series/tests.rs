//! Parts and their sums, against the seconds they were made from.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::rollup::cell::Outcome;
use crate::rollup::packed::{pack, unpack};
use crate::rollup::seal::PlaceName;
use crate::rollup::tally::Tally;

/// Requests of a second: good ones with the ms that each took, and those that failed by their termination state.
fn taken(good: &[i64], failed: &[(&[u8; 4], u64)]) -> Taken {
    let place = Arc::new(PlaceName {
        origin: Default::default(),
        backend: b"app"[..].into(),
        server: b"app1"[..].into(),
        tcp: false,
        at_frontend: false,
    });
    let cell = |term: &[u8; 4], symptom, tally| Cell {
        place: place.clone(),
        outcome: Outcome {
            term: *term,
            status: 0,
            symptom,
            tunnel: false,
        },
        tally,
    };
    let of = |n: u64| {
        let mut tally = Tally::default();
        tally.n = n;
        tally
    };
    let mut answers = of(good.len() as u64);
    good.iter().for_each(|ms| answers.scale.add(*ms, 1));
    answers.scale.settle();
    let bad = failed.iter();
    let bad = bad.map(|(term, n)| cell(term, Symptom::ServerTimeout, of(*n)));
    let good = cell(b"----", Symptom::Fine, answers);
    let cells: Vec<Cell> = std::iter::once(good).chain(bad).collect();
    Taken::of(&cells)
}

fn one_each(seconds: impl IntoIterator<Item = i64>, mut series: Series) -> Series {
    let each = taken(&[40], &[]);
    seconds.into_iter().for_each(|at| series.add(at, &each));
    series
}

#[test]
fn owners_and_percentiles_of_a_part() {
    let mut series = Series::widening(4);
    let good: Vec<i64> = (0..98).map(|_| 20).chain([400, 3_000]).collect();
    series.add(10, &taken(&good, &[(b"sH--", 3), (b"sC--", 2)]));
    series.add(12, &taken(&[], &[(b"sH--", 1)]));
    // The same second again is the same requests.
    series.add(12, &taken(&[], &[(b"sH--", 1)]));
    let course = series.course(10, 12);
    assert_eq!((course.start, course.width, course.end()), (10, 1, 13));
    assert_eq!(course.requests, [105, 0, 1]);
    assert_eq!(
        course.failed,
        BTreeMap::from([
            (Owner::Server, vec![3, 0, 1]),
            (Owner::Network, vec![2, 0, 0])
        ])
    );
    assert_eq!(course.p50, [Some(20), None, None]);
    assert_eq!(course.p99, [Some(384), None, None]);
}

#[test]
fn parts_are_as_long_as_the_span_makes_them_and_begin_at_multiples_of_it() {
    for (seconds, expected) in [
        (0..4, (0, 1, vec![1; 4])),
        (5..9, (5, 1, vec![1; 4])),
        (5..10, (4, 2, vec![1, 2, 2])),
        (7..15, (4, 4, vec![1, 4, 3])),
        (-3..2, (-4, 2, vec![1, 2, 2])),
    ] {
        let (from, to) = (seconds.start, seconds.end - 1);
        let course = one_each(seconds, Series::widening(4)).course(from, to);
        assert_eq!((course.start, course.width, course.requests), expected);
    }
}

#[test]
fn a_course_holds_the_span_that_is_asked_for() {
    let series = one_each([8, 9], Series::widening(4));
    for (span, expected) in [
        ((8, 9), (8, 1, vec![1, 1])),
        ((7, 10), (7, 1, vec![0, 1, 1, 0])),
        ((0, 9), (0, 4, vec![0, 0, 2])),
        ((8, 40), (0, 16, vec![2, 0, 0])),
    ] {
        let course = series.course(span.0, span.1);
        assert_eq!((course.start, course.width, course.requests), expected);
    }
    let nothing = Series::widening(4).course(3, 4);
    assert_eq!((nothing.start, nothing.requests), (3, vec![0, 0]));
}

#[test]
fn what_slides_keeps_the_last_parts() {
    let series = one_each([0, 1, 5, 6, 7, 9], Series::sliding(3, 2));
    let course = series.course(4, 9);
    assert_eq!((course.start, course.requests), (4, vec![1, 2, 1]));
    assert_eq!(course.p50, [Some(40); 3]);
    let much_later = one_each([0, 1, 1_000], Series::sliding(3, 2)).course(996, 1_001);
    assert_eq!(
        (much_later.start, much_later.requests),
        (996, vec![0, 0, 1])
    );
    assert_eq!(much_later.p50, [None, None, Some(40)]);
}

#[test]
fn silence_takes_no_room_and_is_told() {
    let mut series = one_each([3], Series::widening(4));
    (4..1_000).for_each(|silent| series.add(silent, &Taken::default()));
    assert_eq!(series.parts.len(), 1);
    let told = |series: &Series| {
        let course = series.course(3, 10);
        (course.start, course.width, course.requests)
    };
    assert_eq!(told(&series), (0, 256, vec![1, 0, 0, 0]));
    series.add(1_000, &taken(&[40], &[]));
    assert_eq!(told(&series), (0, 256, vec![1, 0, 0, 1]));
}

proptest! {
    #[test]
    fn no_request_is_lost_and_a_snapshot_goes_on(
        gaps in proptest::collection::vec((0i64..40, 0i64..5_000, 0u64..3), 1..200),
        first in -5_000i64..5_000, most in 2i64..20, cut in 0usize..200,
    ) {
        let (mut series, mut resumed) = (Series::widening(most), Series::widening(most));
        let (mut second, mut all) = (first, Vec::new());
        for (nth, (gap, ms, failed)) in gaps.iter().enumerate() {
            second += gap + i64::from(nth > 0);
            let taken = taken(&[*ms], &[(b"SC--", *failed)]);
            series.add(second, &taken);
            if nth == cut {
                let bytes = pack(Vec::new(), &resumed);
                resumed = unpack(b"", &bytes, 1 << 20).expect("a snapshot");
            }
            resumed.add(second, &taken);
            all.push((second, *ms, *failed));
        }
        let course = series.course(first, second);
        prop_assert_eq!(&resumed.course(first, second), &course);
        prop_assert!(course.requests.len() as i64 <= most);
        prop_assert_eq!(course.start.rem_euclid(course.width), 0);
        for at in 0..course.requests.len() {
            let from = course.start + at as i64 * course.width;
            let within = all.iter().filter(|(second, ..)| (from..from + course.width).contains(second));
            let within: Vec<_> = within.collect();
            let failed: u64 = within.iter().map(|(.., failed)| failed).sum();
            let told = course.failed.get(&Owner::Server).map_or(0, |of| of[at]);
            prop_assert_eq!((course.requests[at], told), (within.len() as u64 + failed, failed));
            let mut took: Vec<i64> = within.iter().map(|(_, ms, _)| *ms).collect();
            took.sort_unstable();
            let at_most = |percent: usize| {
                let rank = (took.len() * percent).div_ceil(100).checked_sub(1)?;
                Some(Scale::low(Scale::step(took[rank])).unsigned_abs())
            };
            prop_assert_eq!((course.p50[at], course.p99[at]), (at_most(50), at_most(99)));
        }
    }
}
