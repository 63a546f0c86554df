//! What goes wrong while it runs ends, and until then everything waits.

use std::fs;
use std::os::unix::fs::FileExt;

use super::*;

/// A writer whose thread is this one.
fn writer(settings: &Settings) -> Writer {
    let shared = Arc::new(Shared::new(Status::default(), settings.waiting_bytes));
    let disk = Disk::open(settings, false).unwrap();
    let standing = disk.found.standing.clone();
    Writer::new(settings.clone(), shared, Some(disk), standing)
}

fn mark(path: &str, value: u8) -> StoredMark {
    StoredMark {
        path: path.into(),
        generation: vec![1],
        value: Some(vec![value]),
    }
}

#[test]
fn damage_while_it_runs_costs_history_and_no_marks() {
    type Damage = fn(&fs::File, u64);
    let damages: [(&str, Damage); 2] = [
        ("cut", |file, _| file.set_len(40_000).unwrap()),
        ("overwritten behind its first page", |file, size| {
            file.write_all_at(&vec![0xff; size as usize - 4096], 4096)
                .unwrap();
        }),
    ];
    for (what, damage) in damages {
        let directory = tempfile::tempdir().unwrap();
        let settings = settings(directory.path());
        let mut writer = writer(&settings);
        writer.shared.add(Flush {
            marks: vec![mark("/a", 1), mark("/b", 1)],
            notes: vec![("notifier".to_owned(), vec![1])],
            ..blocks((0..200).map(|hour| block(hour, 1, vec![1; 30_000])))
        });
        assert!(writer.flush());
        let connection = &writer.disk.as_ref().unwrap().connection;
        // The file has all, and nothing of it is remembered.
        connection
            .execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA shrink_memory")
            .unwrap();
        let size = place::length(&settings.path);
        let file = fs::OpenOptions::new()
            .write(true)
            .open(&settings.path)
            .unwrap();
        damage(&file, size);
        writer.shared.add(Flush {
            marks: vec![mark("/a", 2)],
            ..blocks((300..400).map(|hour| block(hour, 1, vec![2; 30_000])))
        });
        assert!(writer.flush(), "{what}: {:?}", writer.shared.status());
        let status = writer.shared.status();
        assert_eq!((status.set_aside, status.begun), (1, 2), "{what}");
        assert_eq!(
            place::length(&status.aside.unwrap()),
            file.metadata().unwrap().len()
        );
        let kept = Contents::read(&settings.path, &["notifier"]).unwrap();
        assert_eq!(kept.blocks.len(), 100, "{what}");
        assert_eq!(kept.marks.values().collect::<Vec<_>>(), [&[2], &[1]]);
        assert_eq!(kept.notes["notifier"], [1]);
    }
}

#[test]
fn damage_that_a_reader_finds_is_moved_aside() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path());
    let store = Store::open(&settings).unwrap();
    store.write(blocks([block(1, 1, vec![1])]));
    assert!(store.settle(Duration::from_secs(20)));
    store.tell(CannotStore::new(store.path(), Problem::Busy));
    let damage = CannotStore::new(store.path(), Problem::Corrupt("a page".to_owned()));
    store.tell(damage);
    store.write(blocks([block(2, 1, vec![1])]));
    let status = store.finish();
    assert_eq!(status.set_aside, 1);
    assert_eq!(Contents::read(&settings.path, &[]).unwrap().blocks.len(), 1);
    assert_eq!(
        Contents::read(&status.aside.unwrap(), &[])
            .unwrap()
            .blocks
            .len(),
        1
    );
}

#[test]
fn a_store_that_is_deleted_while_it_runs_is_begun_again() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path());
    let mut writer = writer(&settings);
    writer.shared.add(Flush {
        marks: vec![mark("/a", 1)],
        ..blocks([block(1, 1, vec![1])])
    });
    assert!(writer.flush());
    fs::remove_file(&settings.path).unwrap();
    writer.shared.add(blocks([block(2, 1, vec![1])]));
    assert!(writer.flush());
    assert_eq!(writer.shared.status().begun, 2);
    let kept = Contents::read(&settings.path, &[]).unwrap();
    assert_eq!(kept.blocks.len(), 1);
    assert_eq!(kept.marks.len(), 1);
    // What was left of it is no part of the new one, and not deleted either.
    assert!(
        files(directory.path())
            .iter()
            .any(|name| name.ends_with("Z-wal"))
    );
}

#[test]
fn what_finds_no_room_waits_and_is_caught_up() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path());
    let mut writer = writer(&settings);
    let limit = |writer: &Writer, pages: u32| {
        let connection = &writer.disk.as_ref().unwrap().connection;
        connection
            .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
            .unwrap();
    };
    limit(&writer, 100);
    let mut model = Contents::default();
    for nth in 0..30 {
        let flush = Flush {
            marks: vec![mark("/a", nth as u8)],
            ..blocks([
                block(nth, nth, vec![1; 30_000]),
                block(999, nth, vec![nth as u8; 30_000]),
            ])
        };
        model.apply(&flush);
        writer.shared.add(flush);
        writer.flush();
    }
    let status = writer.shared.status();
    let degraded = status.degraded.unwrap();
    assert!(
        degraded.reason.ends_with(": no space left on the disk"),
        "{}",
        degraded.reason
    );
    assert!(
        status.waiting_blocks < 30 && status.waiting_bytes < 1_000_000,
        "the block that is open waits once"
    );
    limit(&writer, 1_000_000);
    assert!(writer.flush());
    assert_eq!(Contents::read(&settings.path, &[]).unwrap(), model);
    let status = writer.shared.status();
    assert_eq!(
        (status.degraded, status.waiting_bytes, status.lost_blocks),
        (None, 0, 0)
    );
}

#[test]
fn another_programs_lock_is_waited_out() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path());
    let store = Store::open(&settings).unwrap();
    let other = rusqlite::Connection::open(&settings.path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    store.write(blocks([block(1, 1, vec![1])]));
    assert!(!store.settle(Duration::from_millis(400)));
    let degraded = store.status().degraded.unwrap();
    assert!(
        degraded
            .reason
            .ends_with(": another program holds a lock on the file"),
        "{}",
        degraded.reason
    );
    other.execute_batch("COMMIT").unwrap();
    assert!(store.settle(Duration::from_secs(20)));
    assert_eq!(store.status().degraded, None);
}

#[test]
fn what_waits_too_long_falls_out_and_is_counted() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings {
        waiting_bytes: 1_000_000,
        ..settings(directory.path())
    };
    let store = Store::open(&settings).unwrap();
    let other = rusqlite::Connection::open(&settings.path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for hour in 0..100 {
        store.write(blocks([block(hour, 1, vec![1; 30_000])]));
    }
    assert!(!store.settle(Duration::from_millis(400)));
    let status = store.status();
    assert!(status.waiting_bytes <= 1_000_000, "{status:?}");
    assert_eq!(status.lost_blocks + status.waiting_blocks, 100);
    assert_eq!(status.lost_lines, status.lost_blocks * 10);
    other.execute_batch("COMMIT").unwrap();
    assert!(store.settle(Duration::from_secs(20)));
    let kept = Contents::read(&settings.path, &[]).unwrap();
    assert_eq!(kept.blocks.len() as u64, 100 - status.lost_blocks);
    assert!(
        kept.blocks
            .keys()
            .all(|key| key.number >= status.lost_blocks),
        "the oldest fell out"
    );
}
