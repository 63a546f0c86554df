//! What is too old, or too much, goes.
//!
//! Enters: the store, and now. Leaves: a step nearer to its limits, small enough that a flush hardly waits for it. Must not
//! know: when steps are taken.

use rusqlite::{Connection, TransactionBehavior, params};

use super::disk::{Disk, LONGEST_LOG};
use super::place;
use super::problem::CannotStore;
use super::schema::Pages;
use super::settings::Settings;

/// Blocks, or incidents, that are dropped in one step.
const STEP: u32 = 64;

/// Pages that are given back to the file system in one step.
const PAGES: u64 = 512;

/// Free pages that are kept, because they are needed again: 4 MiB.
const SPARE: u64 = 1024;

/// What one step did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Blocks and incidents past their age.
    pub for_age: u64,
    /// Blocks and incidents for which there was no room.
    pub for_size: u64,
    /// Another step would do something, too.
    pub is_more: bool,
}

impl Disk {
    /// Takes one step.
    pub fn retain(&mut self, settings: &Settings, now_ms: i64) -> Result<Dropped, CannotStore> {
        self.step(settings, now_ms)
            .map_err(|error| self.cannot(&error))
    }

    fn step(&mut self, settings: &Settings, now_ms: i64) -> rusqlite::Result<Dropped> {
        let log = place::log(&self.path);
        // Dropping blocks makes no log shorter that a reader holds on to.
        let room = settings.max_bytes.saturating_sub(log.min(LONGEST_LOG));
        let step = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let old = drop_old(&step, settings.cutoff(now_ms))?;
        let pages = Pages::of(&step)?;
        let much = if pages.used() > room {
            drop_oldest(&step)?
        } else {
            0
        };
        if old + much > 0 {
            forget_sources(&step)?;
        }
        step.commit()?;
        let pages = Pages::of(&self.connection)?;
        let is_spare = pages.free > SPARE || (pages.all() > room && pages.free > 0);
        if is_spare {
            give_back(&self.connection)?;
        }
        // Carrying the log over may have cut the file.
        self.length = place::length(&self.path);
        Ok(Dropped {
            for_age: old,
            for_size: much,
            is_more: old + much > 0 || is_spare,
        })
    }
}

/// Blocks begin before they end: those that began in time are not looked at.
fn drop_old(store: &Connection, cutoff: i64) -> rusqlite::Result<u64> {
    let blocks = store
        .prepare_cached(
            "DELETE FROM blocks WHERE id IN (
                 SELECT id FROM blocks WHERE first < ?1 AND last < ?1 ORDER BY first LIMIT ?2)",
        )?
        .execute(params![cutoff, STEP])?;
    let incidents = drop_incidents(store, cutoff.saturating_mul(1000))?;
    Ok((blocks + incidents) as u64)
}

/// The oldest blocks, and the incidents that ended before those that are left.
fn drop_oldest(store: &Connection) -> rusqlite::Result<u64> {
    let blocks = store
        .prepare_cached(
            "DELETE FROM blocks WHERE id IN (SELECT id FROM blocks ORDER BY first LIMIT ?1)",
        )?
        .execute([STEP])?;
    let oldest: Option<i64> =
        store.query_row("SELECT min(first) FROM blocks", [], |row| row.get(0))?;
    let before = oldest.map_or(i64::MAX, |first| first.saturating_mul(1000));
    Ok((blocks + drop_incidents(store, before)?) as u64)
}

/// Those that ended before, ms.
fn drop_incidents(store: &Connection, before: i64) -> rusqlite::Result<usize> {
    store
        .prepare_cached(
            "DELETE FROM incidents WHERE number IN (
                 SELECT number FROM incidents WHERE ended < ?1 ORDER BY ended LIMIT ?2)",
        )?
        .execute(params![before, STEP])
}

/// Sources of earlier runs of which no block is left, once the snapshot needs them no more.
fn forget_sources(store: &Connection) -> rusqlite::Result<usize> {
    store
        .prepare_cached(
            "DELETE FROM sources WHERE run < (SELECT run FROM snapshot) AND NOT EXISTS (
                 SELECT 1 FROM blocks WHERE blocks.run = sources.run AND blocks.source = sources.source)",
        )?
        .execute([])
}

/// Each row of its answer gives one page back.
fn give_back(store: &Connection) -> rusqlite::Result<()> {
    let mut vacuum = store.prepare(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
    let mut pages = vacuum.query([])?;
    while pages.next()?.is_some() {}
    Ok(())
}
