//! Whenever it ends, what is left is what some number of flushes made of it.

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use rusqlite::TransactionBehavior;

use super::*;

const NOTES: [&str; 2] = ["notifier", "silences"];

fn a_block() -> impl Strategy<Value = StoredBlock> {
    (1..3u64, 0..3u32, 0..6u64, 0..5u64, 0..20_000usize).prop_map(
        |(run, source, number, flush, bytes)| StoredBlock {
            key: Key {
                run,
                source,
                number,
            },
            flush,
            first: number as i64 * 60 - flush as i64,
            last: number as i64 * 60 + 59,
            lines: flush * 10,
            payload: vec![bytes as u8; bytes],
        },
    )
}

fn a_mark() -> impl Strategy<Value = StoredMark> {
    (0..2u8, 0..2u8, option::of(any::<u8>())).prop_map(|(path, generation, value)| StoredMark {
        path: vec![b'/', path],
        generation: vec![generation],
        value: value.map(|offset| vec![offset]),
    })
}

fn an_incident() -> impl Strategy<Value = IncidentRow> {
    (0..4i64, option::of(0..9i64))
        .prop_map(|(start, end)| incident(&format!("i{start}"), start, end))
}

fn a_flush() -> impl Strategy<Value = Flush> {
    let snapshot = (1..3u64, vec((0..3u32, 0..6u64), 0..3), any::<u8>()).prop_map(
        |(run, mut covers, byte)| {
            covers.sort_unstable();
            covers.dedup_by_key(|(source, _)| *source);
            Snapshot {
                run,
                covers,
                bytes: vec![byte; 5000],
            }
        },
    );
    let sources = vec((1..3u64, 0..3u32, any::<u8>()), 0..2);
    let notes = vec((0..2usize, any::<u8>()), 0..2);
    (
        vec(a_block(), 0..5),
        vec(a_mark(), 0..3),
        sources,
        vec(an_incident(), 0..2),
        option::weighted(0.2, snapshot),
        notes,
    )
        .prop_map(
            |(blocks, marks, sources, incidents, snapshot, notes)| Flush {
                blocks,
                marks,
                sources: sources
                    .into_iter()
                    .map(|(run, source, name)| StoredSource {
                        run,
                        source,
                        name: name.to_string(),
                    })
                    .collect(),
                incidents,
                snapshot,
                notes: notes
                    .into_iter()
                    .map(|(key, value)| (NOTES[key].to_owned(), vec![value]))
                    .collect(),
            },
        )
}

/// What a machine finds that starts again with the files as they are now; with so many bytes of the log.
fn found_again(settings: &Settings, log: Option<usize>) -> Contents {
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = super::settings(elsewhere.path());
    fs::copy(&settings.path, &copy.path).unwrap();
    let mut written = fs::read(place::beside(&settings.path, "-wal")).unwrap();
    written.truncate(log.map_or(usize::MAX, |bytes| bytes % (written.len() + 1)));
    fs::write(place::beside(&copy.path, "-wal"), written).unwrap();
    let disk = Disk::open(&copy, false).unwrap();
    assert_eq!(disk.aside, None);
    Contents::read(&copy.path, &NOTES).unwrap()
}

fn begin(directory: &Path, checkpoint_pages: u32) -> (Settings, Disk) {
    let settings = settings(directory);
    let disk = Disk::open(&settings, false).unwrap();
    disk.connection
        .pragma_update(None, "wal_autocheckpoint", checkpoint_pages)
        .unwrap();
    // So few that pages go into the log before the commit, too.
    disk.connection
        .pragma_update(None, "cache_size", 5)
        .unwrap();
    (settings, disk)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_kill_at_any_statement_leaves_whole_flushes(
        flushes in vec((a_flush(), 1..3usize, any::<usize>(), any::<prop::sample::Index>()), 1..10),
        checkpoint_pages in 1..60u32,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let (settings, mut disk) = begin(directory.path(), checkpoint_pages);
        let mut model = Contents::default();
        for (nth, (flush, times, kill, earlier)) in flushes.iter().enumerate() {
            let batch = batch(flush.clone());
            for _ in 0..*times {
                let all = disk.connection.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
                let kill = kill % (batch.changes().count() + 1);
                for (statement, change) in batch.changes().enumerate() {
                    if statement == kill {
                        prop_assert_eq!(&found_again(&settings, None), &model);
                    }
                    change.write(&all).unwrap();
                }
                prop_assert_eq!(&Contents::read(&settings.path, &NOTES).unwrap(), &model);
                all.commit().unwrap();
                model.apply(flush);
            }
            // A replay of older blocks changes nothing.
            let (again, ..) = earlier.get(&flushes[..=nth]);
            disk.write(&super::batch(blocks(again.blocks.clone()))).unwrap();
            prop_assert_eq!(&found_again(&settings, None), &model);
        }
        prop_assert_eq!(&Contents::read(&settings.path, &NOTES).unwrap(), &model);
    }

    #[test]
    fn a_log_whose_end_never_reached_the_disk_leaves_whole_flushes(
        flushes in vec(a_flush(), 1..8),
        cuts in vec(any::<usize>(), 1..8),
    ) {
        let directory = tempfile::tempdir().unwrap();
        // Before the log is carried over it is synced, so that only one that was not can lose its end.
        let (settings, mut disk) = begin(directory.path(), 0);
        disk.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let mut prefixes = vec![Contents::default()];
        for flush in &flushes {
            disk.write(&batch(flush.clone())).unwrap();
            let mut next = prefixes.last().unwrap().clone();
            next.apply(flush);
            prefixes.push(next);
        }
        for cut in cuts {
            prop_assert!(prefixes.contains(&found_again(&settings, Some(cut))));
        }
        prop_assert_eq!(&found_again(&settings, None), prefixes.last().unwrap());
    }

    #[test]
    fn flushes_that_waited_together_make_what_they_make_one_by_one(
        flushes in vec(vec(a_flush(), 1..4), 1..4),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let (settings, mut disk) = begin(directory.path(), 1000);
        let mut model = Contents::default();
        for together in flushes {
            let mut waiting = Batch::default();
            for flush in together {
                model.apply(&flush);
                waiting.append(batch(flush));
            }
            disk.write(&waiting).unwrap();
            prop_assert_eq!(&Contents::read(&settings.path, &NOTES).unwrap(), &model);
        }
    }
}
