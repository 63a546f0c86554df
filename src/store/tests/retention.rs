//! What is too old or too much goes, step by step, and nothing else.

use super::*;

fn stored(settings: &Settings, flush: Flush) -> Disk {
    let mut disk = Disk::open(settings, false).unwrap();
    disk.write(&batch(flush)).unwrap();
    disk
}

/// Steps until there is nothing more to do.
fn retain(disk: &mut Disk, settings: &Settings, now_s: i64) -> (u64, u64) {
    let (mut for_age, mut for_size) = (0, 0);
    for _ in 0..1000 {
        let step = disk.retain(settings, now_s * 1000).unwrap();
        for_age += step.for_age;
        for_size += step.for_size;
        if !step.is_more {
            return (for_age, for_size);
        }
    }
    panic!("it never ends");
}

#[test]
fn what_is_past_its_age_goes_and_open_incidents_stay() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings {
        keep_s: 100 * 3600,
        ..settings(directory.path())
    };
    let mut long = block(1000, 1, vec![1]);
    (long.first, long.last) = (0, 1000 * 3600);
    let flush = Flush {
        incidents: vec![
            incident("old", 0, Some(99 * 3_600_000)),
            incident("open", 0, None),
            incident("new", 0, Some(101 * 3_600_000)),
        ],
        ..blocks((0..300).map(|hour| block(hour, 1, vec![1])).chain([long]))
    };
    let mut disk = stored(&settings, flush);
    assert_eq!(retain(&mut disk, &settings, 200 * 3600), (101, 0));
    let left = Contents::read(&settings.path, &[]).unwrap();
    assert_eq!(left.blocks.keys().map(|key| key.number).min(), Some(100));
    assert_eq!(left.blocks.len(), 201);
    assert_eq!(left.incidents.keys().collect::<Vec<_>>(), ["new", "open"]);
}

#[test]
fn the_oldest_go_until_the_file_has_its_size() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings {
        max_bytes: 16 << 20,
        keep_s: u64::MAX,
        ..settings(directory.path())
    };
    let mut disk = stored(
        &settings,
        Flush {
            incidents: vec![
                incident("old", 0, Some(3_600_000)),
                incident("new", 0, Some(999 * 3_600_000)),
            ],
            ..blocks((0..1000).map(|hour| block(hour, 1, vec![hour as u8; 30_000])))
        },
    );
    disk.connection
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    assert!(place::length(&settings.path) > 30_000_000);
    let (for_age, for_size) = retain(&mut disk, &settings, 2000 * 3600);
    disk.connection
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    let left = Contents::read(&settings.path, &[]).unwrap();
    assert_eq!((for_age, for_size), (0, 1001 - left.blocks.len() as u64));
    // The newest are left, and they fill the room.
    assert_eq!(
        left.blocks.keys().next().unwrap().number,
        1000 - left.blocks.len() as u64
    );
    assert_eq!(left.incidents.keys().collect::<Vec<_>>(), ["new"]);
    let size = place::length(&settings.path);
    assert!((5_000_000..=16 << 20).contains(&size), "{size}");
}

#[test]
fn sources_go_with_the_last_block_of_an_earlier_run() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings {
        keep_s: 10 * 3600,
        ..settings(directory.path())
    };
    let source = |run, source| StoredSource {
        run,
        source,
        name: "udp:127.0.0.1:514".to_owned(),
    };
    let mut of_second = block(100, 1, vec![1]);
    of_second.key.source = 1;
    let mut disk = stored(
        &settings,
        Flush {
            sources: vec![source(1, 0), source(1, 1), source(2, 0)],
            snapshot: Some(Snapshot {
                run: 2,
                covers: Vec::new(),
                bytes: Vec::new(),
            }),
            ..blocks([block(1, 1, vec![1]), of_second])
        },
    );
    retain(&mut disk, &settings, 100 * 3600);
    let left = Contents::read(&settings.path, &[]).unwrap();
    assert_eq!(left.sources.keys().collect::<Vec<_>>(), [&(1, 1), &(2, 0)]);
}

#[test]
fn a_log_that_a_reader_holds_on_to_costs_no_blocks() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings {
        max_bytes: 16 << 20,
        ..settings(directory.path())
    };
    let mut disk = stored(&settings, blocks([block(1, 1, vec![1])]));
    let reader = Reader::open(&settings.path).unwrap();
    for flush in 2..40 {
        let open = batch(blocks([block(2, flush, vec![flush as u8; 1_000_000])]));
        disk.write(&open).unwrap();
    }
    assert!(place::log(&settings.path) > settings.max_bytes);
    assert_eq!(retain(&mut disk, &settings, 0), (0, 0));
    assert_eq!(reader.blocks(i64::MIN, i64::MAX).unwrap().count(), 1);
    drop(reader);
    // Now it is carried over, and cut.
    disk.write(&batch(blocks([block(3, 1, vec![1])]))).unwrap();
    disk.write(&batch(blocks([block(4, 1, vec![1])]))).unwrap();
    assert!(place::log(&settings.path) <= 8 << 20);
}
