//! What readers get, and in which order.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn at(run: u64, source: u32, number: u64, first: i64, last: i64) -> StoredBlock {
    StoredBlock {
        key: Key {
            run,
            source,
            number,
        },
        flush: 0,
        first,
        last,
        lines: 1,
        payload: vec![source as u8],
    }
}

fn stored(flush: Flush) -> (tempfile::TempDir, Reader) {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path());
    Disk::open(&settings, false)
        .unwrap()
        .write(&batch(flush))
        .unwrap();
    let reader = Reader::open(&settings.path).unwrap();
    (directory, reader)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn blocks_of_a_stretch_come_in_the_order_of_time(
        spans in vec((1..3u64, 0..3u32, -50..50i64, prop_oneof![0..5i64, 0..90i64]), 0..150),
        since in -60..60i64,
        length in 0..60i64,
    ) {
        let all: Vec<StoredBlock> = (0..)
            .zip(spans)
            .map(|(number, (run, source, first, span))| at(run, source, number, first, first + span))
            .collect();
        let mut expected: Vec<StoredBlock> = all
            .iter()
            .filter(|block| block.first < since + length && block.last >= since)
            .cloned()
            .collect();
        expected.sort_by_key(|block| (block.first, block.key.source, block.key.number, block.key.run));
        let (_directory, reader) = stored(blocks(all));
        let read: Vec<StoredBlock> = reader.blocks(since, since + length).unwrap().map(Result::unwrap).collect();
        prop_assert_eq!(read, expected);
    }
}

#[test]
fn times_that_no_calendar_has_are_in_order_too() {
    let (_directory, reader) = stored(blocks([
        at(1, 0, 0, i64::MIN / 2, i64::MAX / 2),
        at(1, 0, 1, 10, 20),
        at(1, 0, 2, i64::MAX / 2, i64::MAX / 2),
    ]));
    let read = |since, until| {
        reader
            .blocks(since, until)
            .unwrap()
            .map(|block| block.unwrap().key.number)
    };
    assert_eq!(read(15, 16).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(read(i64::MAX / 2, i64::MAX).collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn blocks_that_the_snapshot_lacks_are_those_after_it_and_of_later_runs() {
    let flush = Flush {
        snapshot: Some(Snapshot {
            run: 2,
            covers: vec![(0, 5), (1, 3)],
            bytes: vec![7],
        }),
        ..blocks([
            at(1, 0, 99, 0, 9),
            at(2, 0, 4, 10, 19),
            at(2, 0, 5, 20, 29),
            at(2, 1, 2, 21, 29),
            at(2, 1, 3, 15, 29),
            at(2, 2, 0, 22, 29),
            at(3, 0, 0, 30, 39),
        ])
    };
    let (_directory, reader) = stored(flush);
    let uncovered = reader.blocks_since_snapshot().unwrap().map(|block| {
        let Key {
            run,
            source,
            number,
        } = block.unwrap().key;
        (run, source, number)
    });
    assert_eq!(
        uncovered.collect::<Vec<_>>(),
        [(2, 1, 3), (2, 0, 5), (2, 2, 0), (3, 0, 0)]
    );
}

#[test]
fn a_snapshot_of_any_length_comes_back_and_the_last_one_alone() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path());
    let mut disk = Disk::open(&settings, false).unwrap();
    for length in [3 << 18, 700_000, 1, 0] {
        let snapshot = Snapshot {
            run: 1,
            covers: Vec::new(),
            bytes: (0..length).map(|nth: u32| (nth % 251) as u8).collect(),
        };
        let flush = Flush {
            snapshot: Some(snapshot.clone()),
            ..Flush::default()
        };
        disk.write(&batch(flush)).unwrap();
        let reader = Reader::open(&settings.path).unwrap();
        assert_eq!(reader.snapshot().unwrap(), Some(snapshot), "{length}");
    }
}

#[test]
fn without_a_snapshot_all_blocks_are_lacking() {
    let (_directory, reader) = stored(blocks([at(1, 0, 0, 0, 9), at(2, 0, 0, 10, 19)]));
    assert_eq!(reader.blocks_since_snapshot().unwrap().count(), 2);
}

#[test]
fn incidents_are_found_by_what_is_asked_page_by_page() {
    let mut incidents: Vec<IncidentRow> = (0..10)
        .map(|nth| incident(&format!("i{nth}"), nth / 2 * 1000, Some(nth * 1000)))
        .collect();
    incidents[3].end = None;
    incidents[4].backend = None;
    incidents[5].severity = 4;
    let (_directory, reader) = stored(Flush {
        incidents,
        ..Flush::default()
    });
    let ids = |asked: &Asked| -> Vec<String> {
        let page = reader.incidents(asked).unwrap();
        page.incidents
            .into_iter()
            .map(|incident| incident.id)
            .collect()
    };
    let all = Asked::default();
    assert_eq!(ids(&all).join(" "), "i9 i8 i7 i6 i5 i4 i3 i2 i1 i0");
    assert_eq!(
        ids(&Asked {
            open: Some(true),
            ..all.clone()
        }),
        ["i3"]
    );
    assert_eq!(
        ids(&Asked {
            open: Some(false),
            ..all.clone()
        })
        .len(),
        9
    );
    assert_eq!(
        ids(&Asked {
            severity: 3,
            ..all.clone()
        }),
        ["i5"]
    );
    assert_eq!(
        ids(&Asked {
            backend: Some("be_app".to_owned()),
            ..all.clone()
        })
        .len(),
        9
    );
    // The open one has not ended before any time.
    assert_eq!(
        ids(&Asked {
            since: 5000,
            until: 3000,
            ..all.clone()
        }),
        ["i5", "i3"]
    );
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = reader
            .incidents(&Asked {
                limit: 4,
                after,
                ..all.clone()
            })
            .unwrap();
        pages.push(page.incidents.len());
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(pages, [4, 4, 2]);
    assert_eq!(reader.incident("i5").unwrap().unwrap().severity, 4);
    assert_eq!(reader.incident("i10").unwrap(), None);
}

#[test]
fn a_reader_sees_one_moment_while_another_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path());
    let mut disk = Disk::open(&settings, false).unwrap();
    disk.write(&batch(blocks([block(1, 1, vec![1])]))).unwrap();
    let before = Reader::open(&settings.path).unwrap();
    disk.write(&batch(blocks([block(1, 2, vec![2]), block(2, 1, vec![3])])))
        .unwrap();
    let payloads = |reader: &Reader| -> Vec<Vec<u8>> {
        let blocks = reader.blocks(i64::MIN, i64::MAX).unwrap();
        blocks.map(|block| block.unwrap().payload).collect()
    };
    assert_eq!(payloads(&before), [vec![1]]);
    assert_eq!(
        payloads(&Reader::open(&settings.path).unwrap()),
        [vec![2], vec![3]]
    );
}

#[test]
fn names_of_files_are_no_sql_and_no_uri() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings {
        path: directory.path().join("a b?mode=memory#%41'é.db"),
        ..Settings::default()
    };
    Disk::open(&settings, false).unwrap();
    assert!(settings.path.is_file());
    assert!(Reader::open(&settings.path).is_ok());
}
