//! What is kept over restarts: blocks of folded lines, how far files were read, incidents; in one SQLite file.
//!
//! Enters: flushes, one a second, each to be kept whole or not at all. Leaves: what was kept, to any number of readers; and how
//! the store is doing. Must not know: what blocks, marks, incidents and notes say: they are bytes here.
//!
//! Handing in never waits for the disk. While the store cannot be written (no room, no rights, a lock, a file that
//! is gone) it is *degraded*: newer rows replace older ones of the same key in memory, up to a bound, and all is
//! written when it works again. A damaged store is moved aside, never deleted, and a new one begun.

mod batch;
mod change;
mod coarsening;
mod disk;
mod place;
mod problem;
mod reader;
mod retention;
mod rows;
mod said;
mod schema;
mod settings;
mod shared;
mod status;
#[cfg(test)]
mod tests;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub use coarsening::Join;
pub use problem::{CannotStore, Problem};
pub use reader::{Asked, Blocks, Page, Reader};
pub use rows::{Flush, IncidentRow, Key, Snapshot, StoredBlock, StoredMark, StoredSource};
pub use settings::Settings;
pub use status::{Degraded, Status};

use disk::Disk;
use shared::{Limits, Shared};
use writer::Writer;

/// The store of a daemon. Dropping it writes what waits, if that is possible at once.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    run: u64,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Store {
    /// Opens it, or makes it, and begins a run. Where there is no store yet and no room to make it, it is degraded.
    ///
    /// # Errors
    /// When it cannot be used as it is: the daemon would begin from nothing, and later write what is already in it.
    pub fn open(settings: &Settings) -> Result<Self, CannotStore> {
        Self::joining(settings, Join::nothing())
    }

    /// The same with a way to join old blocks to fewer.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn joining(settings: &Settings, join: Join) -> Result<Self, CannotStore> {
        let (disk, trouble) = match Disk::open(settings, false) {
            Ok(disk) => (Some(disk), None),
            Err(full) if full.problem == Problem::Full && place::length(&full.path) == 0 => {
                (None, Some(full))
            }
            Err(refused) => return Err(refused),
        };
        let found = disk
            .as_ref()
            .map(|disk| disk.found.clone())
            .unwrap_or_default();
        let path = place::real(&settings.path)?;
        let settings = Settings {
            path: path.clone(),
            ..settings.clone()
        };
        let status = Status {
            path: path.clone(),
            size_bytes: place::length(&path) + place::log(&path),
            log_bytes: place::log(&path),
            degraded: trouble.map(|trouble| Degraded {
                reason: trouble.to_string(),
                hint: trouble.hint(),
                since: writer::now_ms(),
            }),
            ..Status::default()
        };
        let shared = Arc::new(Shared::new(status, settings.waiting_bytes));
        let writer = Writer::new(settings, shared.clone(), disk, found.standing).joining(join);
        let thread = thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| CannotStore::io(&path, &error))?;
        Ok(Self {
            path,
            run: run_after(found.last_run),
            shared,
            thread: Some(thread),
        })
    }

    /// Its file, without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number of this run: higher than that of any run before it in this store.
    pub fn run(&self) -> u64 {
        self.run
    }

    /// Hands in what is new. Never waits for the disk.
    pub fn write(&self, flush: Flush) {
        self.shared.add(flush);
    }

    /// From now on ages and size are limited as it is set here.
    pub fn limit(&self, settings: &Settings) {
        self.shared.limit(Limits {
            keep_s: settings.keep_s,
            seconds_s: settings.seconds_s,
            max_bytes: settings.max_bytes,
        });
    }

    /// How it is doing.
    pub fn status(&self) -> Status {
        self.shared.status()
    }

    /// Tells it what a reader ran into. If that is damage, the store is moved aside, and a new one begun.
    pub fn tell(&self, trouble: CannotStore) {
        if trouble.is_damage() {
            self.shared.damaged(trouble);
        }
    }

    /// Waits until all that was handed in is on disk, but no longer than that; tells whether it is.
    pub fn settle(&self, within: Duration) -> bool {
        self.shared.settle(within)
    }

    /// Writes what waits, if that is possible at once, and closes it. What then still waits is lost.
    pub fn finish(mut self) -> Status {
        self.end();
        self.shared.status()
    }

    fn end(&mut self) {
        self.shared.stop();
        if let Some(thread) = self.thread.take() {
            // If it panicked, that was said, and what waited still waits.
            let _ = thread.join();
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.end();
    }
}

/// The time in ms, so that runs of stores that follow each other at one place differ, too.
fn run_after(last: Option<u64>) -> u64 {
    let now = writer::now_ms().cast_unsigned();
    last.map_or(now, |last| now.max(last.saturating_add(1)))
}
