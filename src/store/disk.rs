//! The store, open for writing.
//!
//! Enters: settings, then batches. Leaves: each batch on disk, whole or not at all. Must not know: who waits for it.
//!
//! WAL lets others read while this writes. `synchronous=FULL` syncs the log at each commit: after a kill -9 nothing
//! that was committed is missing even with NORMAL, but at a loss of power NORMAL gives back what was written since
//! the last checkpoint, which is minutes of a quiet hour; lines that came over a socket have no other copy. There is
//! one commit a second, on a thread that nobody waits for: a few milliseconds.

use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::batch::Batch;
use super::change::Change;
use super::place::{self, Lock};
use super::problem::{CannotStore, Problem};
use super::rows::{Flush, StoredMark};
use super::schema::{self, MIGRATIONS, Owner};
use super::settings::{SMALLEST, Settings};

/// Bytes to which a longer log is cut after it was carried over, unless somebody reads from it.
pub const LONGEST_LOG: u64 = 8 << 20;

/// See the module.
#[derive(Debug)]
pub struct Disk {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    identity: Option<(u64, u64)>,
    /// Bytes of the file after the last write.
    pub(super) length: u64,
    _lock: Lock,
    /// Nothing was in it when it was opened.
    pub is_new: bool,
    /// What was there before could not be used.
    pub aside: Option<Aside>,
    /// What was in it when it was opened, in short.
    pub found: Found,
}

/// What a daemon has to know of a store before it begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The highest number of a run.
    pub last_run: Option<u64>,
    /// What a new store would need, if this one were lost.
    pub standing: Batch,
}

/// A store that was moved out of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Where to.
    pub kept: PathBuf,
    /// Why.
    pub why: CannotStore,
}

impl Disk {
    /// Opens it, or makes it. What was a store and is damaged is moved aside; any other file is left alone.
    pub fn open(settings: &Settings, was_a_store: bool) -> Result<Self, CannotStore> {
        let path = place::real(&settings.path)?;
        if settings.max_bytes < SMALLEST {
            return Err(CannotStore::new(
                &path,
                Problem::TooSmall(settings.max_bytes),
            ));
        }
        let mut lock = Lock::take(&path)?;
        let was_a_store = was_a_store || lock.was_a_store;
        match connect_or_begin(&path, settings, was_a_store) {
            Ok((
                Connected {
                    connection,
                    is_new,
                    found,
                },
                aside,
            )) => {
                lock.sign();
                Ok(Self {
                    connection,
                    found,
                    identity: place::identity(&path),
                    length: place::length(&path),
                    path,
                    _lock: lock,
                    is_new,
                    aside,
                })
            }
            Err(refused) => {
                lock.withdraw();
                Err(refused)
            }
        }
    }

    /// Writes all of it, or nothing.
    pub fn write(&mut self, batch: &Batch) -> Result<(), CannotStore> {
        if self.identity != place::identity(&self.path) {
            return Err(CannotStore::new(&self.path, Problem::Gone));
        }
        if self.is_cut().map_err(|error| self.cannot(&error))? {
            let cut = Problem::Corrupt("its end is missing".to_owned());
            return Err(CannotStore::new(&self.path, cut));
        }
        self.commit(batch.changes())
            .map_err(|error| self.cannot(&error))?;
        self.length = place::length(&self.path);
        Ok(())
    }

    /// Somebody else made the file shorter. SQLite would notice only when it read what is missing, and until then
    /// write behind it.
    fn is_cut(&self) -> rusqlite::Result<bool> {
        let pages = schema::Pages::of(&self.connection)?;
        Ok(place::length(&self.path) < self.length.min(pages.all()))
    }

    fn commit<'a>(&mut self, changes: impl Iterator<Item = Change<'a>>) -> rusqlite::Result<()> {
        let all = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        for change in changes {
            change.write(&all)?;
        }
        all.commit()
    }

    /// Closes it as it is: its log is neither carried over nor deleted.
    pub fn abandon(self) {
        // If this is refused, closing carries the log over, which is the usual way.
        let _ = self
            .connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    }

    /// Closes it and moves it out of the way.
    pub fn set_aside(self, why: CannotStore) -> Result<Aside, CannotStore> {
        let path = self.path.clone();
        self.abandon();
        let kept = place::set_aside(&path)?;
        Ok(Aside { kept, why })
    }

    pub(super) fn cannot(&self, error: &rusqlite::Error) -> CannotStore {
        CannotStore::sqlite(&self.path, error)
    }
}

/// A connection to what is a store now.
struct Connected {
    connection: Connection,
    is_new: bool,
    found: Found,
}

/// Connects; where a store was and cannot be used, to a new one in its place.
fn connect_or_begin(
    path: &Path,
    settings: &Settings,
    was_a_store: bool,
) -> Result<(Connected, Option<Aside>), CannotStore> {
    let is_gone = place::identity(path).is_none();
    let why = if is_gone && place::log(path) > 0 {
        // A new store would take what is left of the old one for its own.
        CannotStore::new(path, Problem::Gone)
    } else {
        match connect(path, settings) {
            Err(damage) if was_a_store && damage.is_damage() => damage,
            Err(other) => return Err(other),
            Ok(connected) => return Ok((connected, None)),
        }
    };
    let kept = place::set_aside(path)?;
    Ok((connect(path, settings)?, Some(Aside { kept, why })))
}

/// Connects, and sees to it that the tables are there.
fn connect(path: &Path, settings: &Settings) -> Result<Connected, CannotStore> {
    let cannot = |error| CannotStore::sqlite(path, &error);
    place::make(path)?;
    let mut connection = Connection::open(path).map_err(cannot)?;
    // Until it is known whose it is and that it is whole, closing changes nothing in it.
    let prepared = connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .and_then(|_| connection.busy_timeout(settings.busy()))
        .and_then(|()| schema::owner(&connection));
    let is_new = match prepared.map_err(cannot)? {
        Owner::None => true,
        Owner::Store(found) if found > schema::newest() => {
            let known = schema::newest();
            return Err(CannotStore::new(path, Problem::Newer { found, known }));
        }
        Owner::Store(_) => false,
        Owner::Other => return Err(CannotStore::new(path, Problem::Foreign)),
    };
    let found = tune(&connection)
        .and_then(|()| schema::migrate(&mut connection, MIGRATIONS))
        .and_then(|()| find(&connection))
        .map_err(cannot)?;
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
        .map_err(cannot)?;
    Ok(Connected {
        connection,
        is_new,
        found,
    })
}

fn find(connection: &Connection) -> rusqlite::Result<Found> {
    let last_run: Option<i64> = connection.query_row(
        "SELECT max(run) FROM (
             SELECT max(run) AS run FROM blocks
             UNION ALL SELECT max(run) FROM sources
             UNION ALL SELECT max(run) FROM snapshot
         )",
        [],
        |row| row.get(0),
    )?;
    let mut marks = connection.prepare("SELECT path, generation, value FROM marks")?;
    let marks = marks.query_map([], |row| {
        Ok(StoredMark {
            path: row.get(0)?,
            generation: row.get(1)?,
            value: row.get(2)?,
        })
    })?;
    let mut notes = connection.prepare("SELECT key, value FROM notes")?;
    let notes = notes.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut standing = Batch::default();
    standing.add(Flush {
        marks: marks.collect::<Result<_, _>>()?,
        notes: notes.collect::<Result<_, _>>()?,
        ..Flush::default()
    });
    Ok(Found {
        last_run: last_run.map(i64::cast_unsigned),
        standing,
    })
}

fn tune(connection: &Connection) -> rusqlite::Result<()> {
    // Before the first page is written; afterwards it changes nothing.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    // Where the file system cannot share memory, the journal stays what it is: then nobody reads while this writes.
    connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))
        .optional()?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "journal_size_limit", LONGEST_LOG.cast_signed())?;
    connection.pragma_update(None, "cell_size_check", true)
}
