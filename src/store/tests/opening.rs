//! What cannot be opened is told apart, and nobody's file is hurt.

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};

use super::*;

/// What opening says, and what it says to do, with the folder left out.
fn refused(settings: &Settings) -> String {
    let refused = Disk::open(settings, false).unwrap_err();
    let said = format!("{refused}\n{}", refused.hint());
    let directory = fs::canonicalize(settings.path.parent().unwrap())
        .unwrap_or_else(|_| settings.path.parent().unwrap().to_owned());
    said.replace(directory.to_str().unwrap(), "DIR")
}

#[test]
fn other_files_are_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path());
    fs::write(
        &settings.path,
        "Nov 22 03:12:38 lb1 haproxy[1]: a log, not a store\n",
    )
    .unwrap();
    for _ in 0..2 {
        assert_eq!(
            refused(&settings),
            "store DIR/store.sqlite: not a hapline store, nor any other database\n\
             nothing was changed in it; give a store a file of its own"
        );
    }
    assert_eq!(files(directory.path()), ["store.sqlite"]);
    fs::remove_file(&settings.path).unwrap();
    rusqlite::Connection::open(&settings.path)
        .unwrap()
        .execute_batch("CREATE TABLE theirs (x)")
        .unwrap();
    let before = fs::read(&settings.path).unwrap();
    assert!(
        refused(&settings).starts_with("store DIR/store.sqlite: a database of another program\n")
    );
    assert_eq!(fs::read(&settings.path).unwrap(), before);
    assert_eq!(files(directory.path()), ["store.sqlite"]);
}

#[test]
fn a_store_from_a_newer_version_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path());
    let disk = Disk::open(&settings, false).unwrap();
    disk.connection
        .pragma_update(None, "user_version", 99)
        .unwrap();
    drop(disk);
    assert_eq!(
        refused(&settings),
        "store DIR/store.sqlite: its format is 99, and this hapline knows up to 3\n\
         run the newer hapline, or give this one another file"
    );
    let read = Reader::open(&settings.path).unwrap_err();
    assert_eq!(
        read.problem,
        Problem::Newer {
            found: 99,
            known: 3
        }
    );
}

#[test]
fn two_daemons_do_not_share_a_store_but_readers_read() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path());
    let first = Store::open(&settings).unwrap();
    let said = refused(&settings);
    let process = std::process::id();
    assert!(said.starts_with(&format!(
        "store DIR/store.sqlite: in use by another hapline (process {process})\ntwo daemons cannot share a store"
    )));
    assert!(Reader::open(&settings.path).is_ok());
    first.finish();
    let second = Store::open(&settings).unwrap();
    assert!(second.run() > 0);
}

#[test]
fn its_files_are_nobody_elses_business() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path());
    let _disk = Disk::open(&settings, false).unwrap();
    let all = files(directory.path());
    assert_eq!(
        all,
        [
            "store.sqlite",
            "store.sqlite-shm",
            "store.sqlite-wal",
            "store.sqlite.lock"
        ]
    );
    for name in all {
        let mode = fs::metadata(directory.path().join(&name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o7, 0, "{name}");
    }
}

#[test]
fn where_no_file_can_be_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let at = |path: &str| Settings {
        path: directory.path().join(path),
        ..settings(directory.path())
    };
    assert_eq!(
        refused(&at("none/store.sqlite")),
        "store DIR/store.sqlite: there is no directory DIR\nmkdir -p DIR"
    );
    assert!(refused(&at("")).contains(": a directory\nname a file in it, like "));
    assert!(
        refused(&Settings {
            max_bytes: 1,
            ..at("a")
        })
        .starts_with("store DIR/a: a limit of 1 bytes is too small\nat least 16777216 bytes")
    );
    assert_eq!(
        Reader::open(&at("none").path).unwrap_err().problem,
        Problem::Missing
    );
}

#[test]
fn a_damaged_store_is_moved_aside_whole() {
    type Damage = fn(&Path);
    let garbage: [(&str, Damage); 3] = [
        ("its header is gone", |path| {
            let file = fs::OpenOptions::new().write(true).open(path).unwrap();
            file.write_all_at(&[0xff; 100], 0).unwrap();
        }),
        ("its end is gone", |path| {
            let file = fs::OpenOptions::new().write(true).open(path).unwrap();
            file.set_len(6000).unwrap();
        }),
        ("it is all zeros", |path| {
            fs::write(path, vec![0; 50_000]).unwrap()
        }),
    ];
    for (what, damage) in garbage {
        let directory = tempfile::tempdir().unwrap();
        let settings = settings(directory.path());
        let store = Store::open(&settings).unwrap();
        let run = store.run();
        store.write(blocks((0..20).map(|hour| block(hour, 1, vec![1; 5000]))));
        store.finish();
        damage(&settings.path);
        let damaged = fs::read(&settings.path).unwrap();
        let store = Store::open(&settings).unwrap();
        let aside = store
            .status()
            .aside
            .unwrap_or_else(|| panic!("{what}: not noticed"));
        assert!(
            aside.to_str().unwrap().contains("store.sqlite.corrupt-20"),
            "{aside:?}"
        );
        assert_eq!(fs::read(aside).unwrap(), damaged, "{what}");
        assert!(store.run() >= run);
        store.write(blocks([block(1, 1, vec![1])]));
        store.finish();
        assert_eq!(Contents::read(&settings.path, &[]).unwrap().blocks.len(), 1);
    }
}
