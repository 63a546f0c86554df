//! The tables, and how older ones become them.
//!
//! Enters: a connection for writing. Leaves: the tables of this version in it, or why it has none. Must not know: what rows mean.
//!
//! Blocks are tens of kilobytes. In a table WITHOUT ROWID each would take a large part of an inner page, and the
//! tree would be as deep as it is narrow; so they stand in the order they came in, with their keys as an index.
//!
//! To write a row, SQLite makes two copies of it. A snapshot, which may be ten megabytes, is a row for each part.

use rusqlite::{Connection, TransactionBehavior};

/// "hapl", which stands in the file's header.
pub const APPLICATION_ID: i32 = 0x6861_706c;

/// The n-th makes version n + 1 of version n. One that was released is never changed.
pub const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE blocks (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL,
        source INTEGER NOT NULL,
        number INTEGER NOT NULL,
        flush INTEGER NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        lines INTEGER NOT NULL,
        payload BLOB NOT NULL,
        UNIQUE (run, source, number)
    ) STRICT;
    CREATE INDEX blocks_by_first ON blocks (first, source, number, run, last);
    CREATE INDEX blocks_by_span ON blocks (last - first);
    CREATE TABLE sources (
        run INTEGER NOT NULL,
        source INTEGER NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (run, source)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE marks (
        path BLOB NOT NULL,
        generation BLOB NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (path, generation)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE incidents (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        start INTEGER NOT NULL,
        ended INTEGER,
        severity INTEGER NOT NULL,
        backend TEXT,
        json TEXT NOT NULL
    ) STRICT;
    CREATE INDEX incidents_by_start ON incidents (start, id);
    CREATE INDEX incidents_by_end ON incidents (ended);
    CREATE TABLE snapshot (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        run INTEGER NOT NULL,
        bytes BLOB NOT NULL
    ) STRICT;
    CREATE TABLE covers (
        source INTEGER PRIMARY KEY,
        below INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE notes (
        key TEXT PRIMARY KEY,
        value BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
",
    "
    ALTER TABLE blocks ADD COLUMN resolution INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE incidents ADD COLUMN found BLOB;
    CREATE INDEX blocks_by_second ON blocks (first, last, run, source, number) WHERE resolution = 1;
    CREATE INDEX blocks_by_minute ON blocks (first, last) WHERE resolution > 1;
",
    "
    CREATE TABLE snapshot_parts (
        nth INTEGER PRIMARY KEY,
        bytes BLOB NOT NULL
    ) STRICT;
    INSERT INTO snapshot_parts SELECT 0, bytes FROM snapshot;
    ALTER TABLE snapshot DROP COLUMN bytes;
",
];

/// Whose tables a database has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Nobody's yet.
    None,
    /// A store of this version.
    Store(u32),
    /// Another program's.
    Other,
}

/// The version of the newest store that is known.
pub fn newest() -> u32 {
    MIGRATIONS.len() as u32
}

/// Reads whose it is.
pub fn owner(connection: &Connection) -> rusqlite::Result<Owner> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get(0));
    let (application, version): (i32, u32) =
        (pragma("application_id")?, pragma_version(connection)?);
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (application, version, tables) {
        (APPLICATION_ID, version, _) => Owner::Store(version),
        (0, 0, 0) => Owner::None,
        _ => Owner::Other,
    })
}

fn pragma_version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Brings a store of an older version to that of the last migration, each step whole or not at all.
pub fn migrate(connection: &mut Connection, migrations: &[&str]) -> rusqlite::Result<()> {
    loop {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version = pragma_version(&step)?;
        let Some(migration) = migrations.get(version as usize) else {
            return Ok(());
        };
        step.execute_batch(migration)?;
        step.pragma_update(None, "application_id", APPLICATION_ID)?;
        step.pragma_update(None, "user_version", version + 1)?;
        step.commit()?;
    }
}

/// How much of the file is in use.
#[derive(Debug, Clone, Copy)]
pub struct Pages {
    bytes: u64,
    count: u64,
    /// Pages that are in no table.
    pub free: u64,
}

impl Pages {
    /// As it is now, what the log will add among it.
    pub fn of(store: &Connection) -> rusqlite::Result<Self> {
        let pragma = |name| store.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        Ok(Self {
            bytes: pragma("page_size")?.cast_unsigned(),
            count: pragma("page_count")?.cast_unsigned(),
            free: pragma("freelist_count")?.cast_unsigned(),
        })
    }

    /// Bytes of all pages.
    pub fn all(&self) -> u64 {
        self.count * self.bytes
    }

    /// Bytes of those that are in a table.
    pub fn used(&self) -> u64 {
        self.count.saturating_sub(self.free) * self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_fails_leaves_the_version_before_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        let steps = [
            "CREATE TABLE a (x); INSERT INTO a VALUES (1);",
            "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1;",
            "DELETE FROM a; SELECT nonsense;",
        ];
        migrate(&mut connection, &steps[..1]).unwrap();
        assert_eq!(owner(&connection).unwrap(), Owner::Store(1));
        assert!(migrate(&mut connection, &steps).is_err());
        assert_eq!(owner(&connection).unwrap(), Owner::Store(2));
        let y: i64 = connection
            .query_row("SELECT y FROM a", [], |row| row.get(0))
            .unwrap();
        assert_eq!(y, 2);
    }

    #[test]
    fn another_programs_tables_are_told() {
        let connection = Connection::open_in_memory().unwrap();
        assert_eq!(owner(&connection).unwrap(), Owner::None);
        connection.execute_batch("CREATE TABLE a (x)").unwrap();
        assert_eq!(owner(&connection).unwrap(), Owner::Other);
    }
}
