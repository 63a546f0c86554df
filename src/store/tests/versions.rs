//! Stores of older versions, as they were written.

use rusqlite::Connection;

use super::*;

/// The n-th is what version n + 1 wrote. One is added with each migration, and none is changed.
const FIXTURES: &[&str] = &[
    include_str!("fixtures/1.sql"),
    include_str!("fixtures/2.sql"),
    include_str!("fixtures/3.sql"),
];

#[test]
fn each_older_version_becomes_this_one() {
    assert_eq!(
        FIXTURES.len(),
        schema::MIGRATIONS.len(),
        "a version has no fixture"
    );
    for (version, fixture) in (1..).zip(FIXTURES) {
        let directory = tempfile::tempdir().unwrap();
        let settings = settings(directory.path());
        Connection::open(&settings.path)
            .unwrap()
            .execute_batch(fixture)
            .unwrap();
        let disk = Disk::open(&settings, false).unwrap();
        assert_eq!(tables(&disk.connection), fresh(), "from version {version}");
        assert_eq!(disk.found.last_run, Some(1_790_000_000_000));
        let contents = Contents::read(&settings.path, &["notifier"]).unwrap();
        let block = contents.blocks.values().next().unwrap();
        assert_eq!(
            (
                block.key.number,
                block.flush,
                block.lines,
                block.payload.as_slice()
            ),
            (3, 9, 12, &b"\x01abc"[..])
        );
        assert_eq!(
            contents.marks.values().next().unwrap(),
            b"{\"offset\":4711}"
        );
        let snapshot = contents.snapshot.unwrap();
        assert_eq!((snapshot.covers, snapshot.bytes), (vec![(0, 3)], vec![0]));
        assert_eq!(contents.incidents["i-1"].end, None);
        assert_eq!(
            contents.sources[&(1_790_000_000_000, 0)],
            "/var/log/haproxy.log"
        );
        assert_eq!(contents.notes["notifier"], [0]);
    }
}

fn tables(connection: &Connection) -> Vec<String> {
    let mut tables = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        .unwrap();
    let plain = |sql: String| sql.split_whitespace().collect::<Vec<_>>().join(" ");
    tables
        .query_map([], |row| row.get(0).map(plain))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn fresh() -> Vec<String> {
    let mut connection = Connection::open_in_memory().unwrap();
    schema::migrate(&mut connection, schema::MIGRATIONS).unwrap();
    tables(&connection)
}
