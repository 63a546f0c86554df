//! A log folded in parts is the log folded at once.

use hapline::rollup::{Merge, Rollup};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::logs::{any_log, grid};
use crate::read::{Reader, counted_once, differences, folder, name};

/// Folds lines in parts of these many lines, and merges any two parts until one is left.
pub fn in_parts(reader: &Reader, lines: &[Vec<u8>], sizes: &[usize], pairs: &[usize]) -> Rollup {
    let (mut parts, mut offset, mut from) = (Vec::new(), 0, 0);
    for size in sizes.iter().copied().chain([usize::MAX]) {
        let to = from + size.min(lines.len() - from);
        let bytes = lines[from..to].concat();
        parts.push(reader.fold(offset, &bytes));
        (offset, from) = (offset + bytes.len() as u64, to);
    }
    let mut pairs = pairs.iter().cycle();
    while parts.len() > 1 {
        let mut pick = |parts: &mut Vec<Rollup>| {
            let at = pairs.next().copied().unwrap_or_default() % parts.len();
            parts.swap_remove(at)
        };
        let (mut one, other) = (pick(&mut parts), pick(&mut parts));
        one.merge(other);
        parts.push(one);
    }
    parts.pop().unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_cut_gives_the_same(
        log in any_log(),
        grid in grid(),
        sizes in vec(0usize..20, 0..8),
        pairs in vec(any::<usize>(), 1..8),
    ) {
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let lines = log.bytes_of_lines();
        let whole = reader.fold(0, &lines.concat());
        let parts = in_parts(&reader, &lines, &sizes, &pairs);
        prop_assert_eq!(reader.minutes(&parts), reader.minutes(&whole));
        let report = reader.report("log", &whole);
        counted_once(&report);
        prop_assert_eq!(differences(&reader.report("log", &parts), &report), [""; 0]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_number_of_threads_gives_the_same(log in any_log(), grid in grid()) {
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let folder = folder();
        let path = reader.write(&folder, "haproxy.log", &log.bytes());
        let whole = reader.report(&name(&path), &reader.fold(0, &log.bytes()));
        for threads in [1, 2, 3, 8] {
            let read = reader.files(std::slice::from_ref(&path), threads);
            prop_assert_eq!(differences(&read, &whole), [""; 0], "{} threads", threads);
        }
    }
}
