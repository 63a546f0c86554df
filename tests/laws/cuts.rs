//! A log folded in parts is the log folded at once.

use hapline::rollup::{Merge, Rollup};
use hapline::source::Lines;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::lines::{Header, Wall, What};
use crate::logs::{Log, NOON, any_log, grid};
use crate::read::{Reader, counted_once, differences, figures_add_up, folder, name};

/// Folds lines in parts of these many lines, each seeing those around it, and merges any two parts until one is left.
pub fn in_parts(reader: &Reader, lines: &[Vec<u8>], sizes: &[usize], pairs: &[usize]) -> Rollup {
    let (mut parts, mut from) = (Vec::new(), 0);
    for size in sizes.iter().copied().chain([usize::MAX]) {
        let to = from + size.min(lines.len() - from);
        let [before, bytes, after] =
            [&lines[..from], &lines[from..to], &lines[to..]].map(<[_]>::concat);
        parts.push(reader.fold_among(Lines {
            offset: before.len() as u64,
            bytes: &bytes,
            before: &before,
            after: &after,
        }));
        from = to;
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

/// A log folded in these parts has the minutes and the report of the log folded at once.
pub fn same_in_parts(
    reader: &Reader,
    log: &Log,
    sizes: &[usize],
    pairs: &[usize],
) -> Result<(), TestCaseError> {
    let lines = log.bytes_of_lines();
    let whole = reader.fold(0, &lines.concat());
    let parts = in_parts(reader, &lines, sizes, pairs);
    prop_assert_eq!(reader.minutes(&parts), reader.minutes(&whole));
    let report = reader.report("log", &whole);
    counted_once(&report);
    figures_add_up(&report);
    prop_assert_eq!(differences(&reader.report("log", &parts), &report), [""; 0]);
    Ok(())
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
        same_in_parts(&reader, &log, &sizes, &pairs)?;
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Most of the lines were cut at one length, wherever they are read.
    #[test]
    fn lines_cut_at_one_length_are_counted_the_same(
        ragged in vec(90usize..140, 0..20),
        accident in vec(any::<bool>(), 0..20),
        grid in grid(),
        sizes in vec(0usize..20, 0..8),
        pairs in vec(any::<usize>(), 1..8),
    ) {
        let at_limit = std::iter::repeat_n(120, ragged.len() + 3);
        let more = accident.iter().map(|is_cut| if *is_cut { 120 } else { 1_000 });
        let lengths = ragged.iter().copied().chain(at_limit).chain(more);
        let wall = Wall::of(NOON.zone);
        let line = |(port, length): (u16, usize)| {
            let mut line = wall.line(NOON.begins, Header::Traditional, &What::Cut(length), port);
            line.push(b'\n');
            line
        };
        let lines: Vec<Vec<u8>> = (10_000..).zip(lengths).map(line).collect();
        let reader = Reader::new(NOON.zone, grid, NOON.begins + 60);
        let report = reader.report("log", &reader.fold(0, &lines.concat()));
        // The file's header has a host, and lacks the priority.
        let sent = 120 - "lb1 ".len() + "<134>".len();
        let said = format!("most of them at {sent} bytes");
        prop_assert!(report.contains(&said), "{}", report);
        let parts = in_parts(&reader, &lines, &sizes, &pairs);
        prop_assert_eq!(differences(&reader.report("log", &parts), &report), [""; 0]);
        let folder = folder();
        let path = reader.write(&folder, "haproxy.log", &lines.concat());
        let whole = reader.report(&name(&path), &reader.fold(0, &lines.concat()));
        for threads in [1, 3] {
            let read = reader.files(std::slice::from_ref(&path), threads);
            prop_assert_eq!(differences(&read, &whole), [""; 0], "{} threads", threads);
        }
    }
}
