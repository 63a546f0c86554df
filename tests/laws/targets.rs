//! What two `log` targets write into one file is counted once.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::cuts::in_parts;
use crate::lines::What;
use crate::logs::{Log, NEW_YEAR, NOON, grid, steady};
use crate::read::{Reader, counted_once, coverage, differences, differences_in, folder, name};

/// The lines of a log as two targets write them: those that are asked for twice, some lines apart and within a moment.
fn twice(log: &Log, apart: usize, copied: impl Fn(&What) -> bool) -> (Vec<Vec<u8>>, u64) {
    let mut log = log.clone();
    log.ends_whole = true;
    let lines = log.bytes_of_lines();
    let (mut both, mut copies) = (Vec::new(), Vec::new());
    let (mut n, mut last) = (0, i64::MIN);
    for (line, (second, what)) in lines.into_iter().zip(&log.lines) {
        if second.abs_diff(last) > 5 {
            both.append(&mut copies);
        }
        last = *second;
        if copied(what) {
            copies.push(line.clone());
            n += 1;
        }
        both.push(line);
        if copies.len() > apart {
            both.append(&mut copies);
        }
    }
    both.append(&mut copies);
    (both, n)
}

/// A log without lines that were cut, which are not compared.
fn without_cut_lines(log: &Log) -> Log {
    let mut log = log.clone();
    log.lines.retain(|(_, what)| !matches!(what, What::Cut(_)));
    log
}

fn is_traffic(what: &What) -> bool {
    matches!(
        what,
        What::Good(_) | What::Failed(..) | What::Session(_) | What::Handshake
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_second_target_changes_nothing(
        log in steady(&[NOON, NEW_YEAR]),
        grid in grid(),
        apart in 0usize..2,
        failed_alone in any::<bool>(),
    ) {
        let log = without_cut_lines(&log);
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let copied = |what: &What| if failed_alone { matches!(what, What::Failed(..) | What::Handshake) } else { is_traffic(what) };
        let (lines, n) = twice(&log, apart, copied);
        let alone = reader.report("log", &reader.fold(0, &log.bytes()));
        let both = reader.report("log", &reader.fold(0, &lines.concat()));
        counted_once(&both);
        prop_assert_eq!(differences_in("totals", &both, &alone), [""; 0]);
        prop_assert_eq!(differences_in("figures", &both, &alone), [""; 0]);
        prop_assert_eq!(differences_in("incidents", &both, &alone), [""; 0]);
        prop_assert_eq!(coverage(&both, "duplicates") - coverage(&alone, "duplicates"), n);
    }

    #[test]
    fn copies_are_known_across_any_cut(
        log in steady(&[NOON]),
        grid in grid(),
        sizes in vec(0usize..20, 0..8),
        pairs in vec(any::<usize>(), 1..8),
    ) {
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let (lines, _) = twice(&log, 1, is_traffic);
        let bytes = lines.concat();
        let folder = folder();
        let path = reader.write(&folder, "haproxy.log", &bytes);
        let whole = reader.report(&name(&path), &reader.fold(0, &bytes));
        let parts = reader.report(&name(&path), &in_parts(&reader, &lines, &sizes, &pairs));
        prop_assert_eq!(differences(&parts, &whole), [""; 0]);
        for threads in [1, 3] {
            let read = reader.files(std::slice::from_ref(&path), threads);
            prop_assert_eq!(differences(&read, &whole), [""; 0], "{} threads", threads);
        }
    }
}
