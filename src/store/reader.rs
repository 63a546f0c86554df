//! What is kept, read while a daemon writes it.
//!
//! Enters: a path. Leaves: what the store held at one moment. Must not know: who writes it.

use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Params, Row};

use super::place;
use super::problem::{CannotStore, Problem};
use super::rows::{Snapshot, StoredMark, StoredSource};
use super::schema::{self, Owner};

mod blocks;
mod incidents;

pub use blocks::Blocks;
pub use incidents::{Asked, Page};

/// A daemon that carries its log over or brings a store to a newer format is waited for so long.
const BUSY: Duration = Duration::from_secs(5);

/// What a store held when it was opened. The store's log grows for as long as this is kept.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    path: PathBuf,
}

impl Reader {
    /// Opens it for reading only.
    ///
    /// # Errors
    /// When there is none, or it cannot be read here.
    pub fn open(path: &Path) -> Result<Self, CannotStore> {
        let path = place::real(path)?;
        if place::identity(&path).is_none() {
            return Err(CannotStore::new(&path, Problem::Missing));
        }
        let connection = match connect(&path, "") {
            // Without a log there is nothing to share with a writer, and SQLite needs no file of its own.
            Err(refused) if needs_files(&refused.problem) && !has_log(&path) => {
                connect(&path, "?immutable=1")
            }
            connected => connected,
        };
        match connection {
            Ok(connection) => Ok(Self { connection, path }),
            Err(refused) if refused.problem == Problem::Permission => {
                Err(CannotStore::new(&path, Problem::Unreadable))
            }
            Err(refused) => Err(refused),
        }
    }

    /// Names of the sources of all runs.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sources(&self) -> Result<Vec<StoredSource>, CannotStore> {
        self.all(
            "SELECT run, source, name FROM sources ORDER BY run, source",
            [],
            |row| {
                Ok(StoredSource {
                    run: unsigned(row, 0)?,
                    source: row.get(1)?,
                    name: row.get(2)?,
                })
            },
        )
    }

    /// How far the generations of each file were read.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn marks(&self) -> Result<Vec<StoredMark>, CannotStore> {
        self.all(
            "SELECT path, generation, value FROM marks ORDER BY path, generation",
            [],
            |row| {
                Ok(StoredMark {
                    path: row.get(0)?,
                    generation: row.get(1)?,
                    value: Some(row.get(2)?),
                })
            },
        )
    }

    /// The last snapshot.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn snapshot(&self) -> Result<Option<Snapshot>, CannotStore> {
        let covers = self.all(
            "SELECT source, below FROM covers ORDER BY source",
            [],
            |row| Ok((row.get(0)?, unsigned(row, 1)?)),
        )?;
        let parts: Vec<Vec<u8>> =
            self.all("SELECT bytes FROM snapshot_parts ORDER BY nth", [], |row| {
                row.get(0)
            })?;
        self.connection
            .query_row("SELECT run FROM snapshot", [], |row| {
                Ok(Snapshot {
                    run: unsigned(row, 0)?,
                    covers,
                    bytes: parts.concat(),
                })
            })
            .optional()
            .map_err(|error| self.cannot(&error))
    }

    /// What stands under this key.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note(&self, key: &str) -> Result<Option<Vec<u8>>, CannotStore> {
        self.connection
            .query_row("SELECT value FROM notes WHERE key = ?1", [key], |row| {
                row.get(0)
            })
            .optional()
            .map_err(|error| self.cannot(&error))
    }

    fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, CannotStore> {
        let rows = || -> rusqlite::Result<Vec<T>> {
            self.connection
                .prepare_cached(sql)?
                .query_map(params, read)?
                .collect()
        };
        rows().map_err(|error| self.cannot(&error))
    }

    fn cannot(&self, error: &rusqlite::Error) -> CannotStore {
        CannotStore::sqlite(&self.path, error)
    }
}

/// Numbers are stored as SQLite has them: 64 bits with a sign.
fn unsigned(row: &Row, column: usize) -> rusqlite::Result<u64> {
    row.get(column).map(i64::cast_unsigned)
}

fn connect(path: &Path, options: &str) -> Result<Connection, CannotStore> {
    let cannot = |error| CannotStore::sqlite(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri(path) + options, flags).map_err(cannot)?;
    let owner = connection
        .busy_timeout(BUSY)
        // From its first answer on, all answers are of one moment.
        .and_then(|()| connection.execute_batch("BEGIN"))
        .and_then(|()| schema::owner(&connection))
        .map_err(cannot)?;
    let known = schema::newest();
    let problem = match owner {
        Owner::Store(found) if found == known => return Ok(connection),
        Owner::Store(found) if found > known => Problem::Newer { found, known },
        Owner::Store(found) => Problem::Older { found, known },
        // A daemon has just made it, and there is nothing in it.
        Owner::None => Problem::Missing,
        Owner::Other => Problem::Foreign,
    };
    Err(CannotStore::new(path, problem))
}

fn needs_files(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::Permission | Problem::ReadOnly | Problem::Full
    )
}

fn has_log(path: &Path) -> bool {
    place::log(path) > 0
}

/// As SQLite takes it with options: what is not plain is escaped.
fn uri(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                uri.push(char::from(*byte))
            }
            // Writing to a String does not fail.
            byte => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}
