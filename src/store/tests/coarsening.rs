//! Old blocks are joined, each step whole or not at all; what is new, what a restart needs and what is around incidents stays.

use super::*;

/// Their payloads one after another, unless one of them is no good, or they are too much for one.
fn join() -> Join {
    Join::by(|blocks| {
        let payload = blocks.iter().flat_map(|block| block.payload.clone());
        let last = blocks.last()?;
        let joined = StoredBlock {
            flush: last.flush,
            last: last.last,
            lines: blocks.iter().map(|block| block.lines).sum(),
            payload: payload.collect(),
            ..blocks[0].clone()
        };
        let is_good = !joined.payload.contains(&BAD) && joined.payload.len() <= MOST;
        is_good.then_some(joined)
    })
}

const BAD: u8 = 255;

const MOST: usize = 12;

/// A block of a minute that begins `number` minutes after 1970.
fn minute(number: u64) -> StoredBlock {
    let first = number as i64 * 60;
    StoredBlock {
        first,
        last: first + 59,
        ..block(number, number, vec![number as u8])
    }
}

fn snapshot(below: u64) -> Option<Snapshot> {
    Some(Snapshot {
        run: 1,
        covers: vec![(0, below)],
        bytes: vec![1],
    })
}

fn stored(settings: &Settings, flush: Flush) -> Disk {
    let mut disk = Disk::open(settings, false).unwrap();
    disk.write(&batch(flush)).unwrap();
    disk
}

fn coarse(directory: &Path) -> Settings {
    Settings {
        seconds_s: 3_600,
        ..settings(directory)
    }
}

fn steps(disk: &mut Disk, settings: &Settings, now_s: i64) {
    for _ in 0..1000 {
        if disk.coarsen(settings, now_s * 1000, &join()).unwrap() == 0 {
            return;
        }
    }
    panic!("it never ends");
}

/// The blocks of a store: their numbers, and the payloads in them.
fn left(settings: &Settings) -> Vec<(u64, Vec<u8>)> {
    let reader = Reader::open(&settings.path).unwrap();
    let blocks = reader.blocks(i64::MIN, i64::MAX).unwrap();
    let blocks = blocks.map(|block| block.unwrap());
    blocks
        .map(|block| (block.key.number, block.payload))
        .collect()
}

fn alone(numbers: std::ops::Range<u8>) -> Vec<(u64, Vec<u8>)> {
    numbers
        .map(|number| (u64::from(number), vec![number]))
        .collect()
}

#[test]
fn old_blocks_are_joined_by_stretches_and_new_ones_are_not() {
    let directory = tempfile::tempdir().unwrap();
    let settings = coarse(directory.path());
    let flush = Flush {
        snapshot: snapshot(u64::MAX >> 1),
        ..blocks((0..100).map(minute))
    };
    let mut disk = stored(&settings, flush);
    steps(&mut disk, &settings, 1 << 40);
    // The newest begins after 99 minutes: old is what ended before 30.
    let joined = [0u8, 10, 20].map(|from| (u64::from(from), (from..from + 10).collect()));
    let expected: Vec<_> = joined.into_iter().chain(alone(30..100)).collect();
    assert_eq!(left(&settings), expected);
    let reader = Reader::open(&settings.path).unwrap();
    assert!(reader.is_joined(29 * 60, 30 * 60).unwrap());
    assert!(!reader.is_joined(30 * 60, i64::MAX).unwrap());
}

#[test]
fn what_is_too_much_for_one_block_becomes_several() {
    let directory = tempfile::tempdir().unwrap();
    let settings = coarse(directory.path());
    let mut all: Vec<_> = (0..100).map(minute).collect();
    for block in &mut all[..10] {
        block.payload = block.payload.repeat(4);
    }
    let flush = Flush {
        snapshot: snapshot(u64::MAX >> 1),
        ..blocks(all)
    };
    let mut disk = stored(&settings, flush);
    steps(&mut disk, &settings, 1 << 40);
    let joined = [0u8..3, 3..5, 5..8, 8..10].map(|of| (u64::from(of.start), of));
    let payload = |of: std::ops::Range<u8>| of.flat_map(|number| [number; 4]).collect();
    let joined = joined.map(|(number, of)| (number, payload(of)));
    assert_eq!(left(&settings)[..4], joined);
}

#[test]
fn blocks_around_incidents_stay_as_they_are() {
    let directory = tempfile::tempdir().unwrap();
    let settings = coarse(directory.path());
    let flush = Flush {
        snapshot: snapshot(u64::MAX >> 1),
        incidents: vec![
            incident("short", 35 * 60_000, Some(36 * 60_000)),
            incident("open", 200 * 60_000, None),
        ],
        ..blocks((0..200).map(|nth| minute(nth * 10)))
    };
    let mut disk = stored(&settings, flush);
    steps(&mut disk, &settings, 1 << 40);
    let database = rusqlite::Connection::open(&settings.path).unwrap();
    let mut fine = database
        .prepare("SELECT number / 10 FROM blocks WHERE resolution = 1 ORDER BY number")
        .unwrap();
    let fine = fine.query_map([], |row| row.get(0)).unwrap();
    let fine: Vec<i64> = fine.map(Result::unwrap).collect();
    // From ten minutes before to ten after; of what goes on, the first day. What is newer than an hour anyway.
    let open = 19..=(200 + 1440 + 10) / 10;
    let expected = (3..=4).chain(open).chain(193..200);
    assert_eq!(fine, expected.collect::<Vec<i64>>());
}

#[test]
fn what_a_restart_reads_stays_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let settings = coarse(directory.path());
    let mut disk = stored(&settings, blocks((0..100).map(minute)));
    steps(&mut disk, &settings, 1 << 40);
    assert_eq!(left(&settings), alone(0..100), "without a snapshot");
    let flush = Flush {
        snapshot: snapshot(5),
        ..Flush::default()
    };
    disk.write(&batch(flush)).unwrap();
    steps(&mut disk, &settings, 1 << 40);
    let joined = std::iter::once((0, vec![0, 1, 2, 3, 4]));
    let expected: Vec<_> = joined.chain(alone(5..100)).collect();
    assert_eq!(left(&settings), expected);
    let reader = Reader::open(&settings.path).unwrap();
    let since = reader.blocks_since_snapshot().unwrap();
    assert_eq!(since.map(|block| block.unwrap().key.number).min(), Some(5));
}

#[test]
fn what_cannot_be_read_is_left_and_not_tried_again() {
    let directory = tempfile::tempdir().unwrap();
    let settings = coarse(directory.path());
    let mut all: Vec<_> = (0..100).map(minute).collect();
    all[3].payload = vec![BAD];
    let flush = Flush {
        snapshot: snapshot(u64::MAX >> 1),
        ..blocks(all)
    };
    let mut disk = stored(&settings, flush);
    steps(&mut disk, &settings, 1 << 40);
    let beginning: Vec<_> = left(&settings).into_iter().take(3).collect();
    let expected = [(0, vec![0, 1, 2]), (3, vec![BAD]), (4, (4..10).collect())];
    assert_eq!(beginning, expected);
}

/// A step that is not finished has done nothing: what it would have replaced is there, once.
#[test]
fn a_step_that_cannot_be_finished_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let settings = coarse(directory.path());
    let flush = Flush {
        snapshot: snapshot(u64::MAX >> 1),
        ..blocks((0..100).map(minute))
    };
    let mut disk = stored(&settings, flush);
    disk.connection
        .execute_batch(
            "CREATE TEMP TRIGGER full BEFORE INSERT ON main.blocks
             BEGIN SELECT RAISE(ABORT, 'no room'); END",
        )
        .unwrap();
    assert!(disk.coarsen(&settings, i64::MAX, &join()).is_err());
    assert_eq!(left(&settings), alone(0..100));
    disk.connection.execute_batch("DROP TRIGGER full").unwrap();
    steps(&mut disk, &settings, 1 << 40);
    let all: Vec<u8> = left(&settings)
        .into_iter()
        .flat_map(|(_, joined)| joined)
        .collect();
    assert_eq!(all, (0..100).collect::<Vec<u8>>());
}
