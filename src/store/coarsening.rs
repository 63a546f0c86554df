//! What is old is kept more coarsely.
//!
//! Enters: the store, now, and a way to join blocks. Leaves: a step nearer to a store in which old blocks are joined; each
//! step whole or not at all. Must not know: when steps are taken, and what joining does.
//!
//! Around incidents blocks stay as they are. So do those that a restart would read to go on from the snapshot.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, named_params, params};

use super::disk::Disk;
use super::problem::CannotStore;
use super::rows::{Key, StoredBlock};
use super::settings::Settings;

/// Blocks that begin in the same stretch of so many seconds are joined.
const STRETCH: i64 = 600;

/// Lines, and bytes, from which on a joined block takes no more.
const LINES: u64 = 1 << 18;
const BYTES: usize = 32 << 20;

/// Blocks that are joined in one step.
const STEP: u32 = 512;

/// Seconds before and after an incident in which blocks stay as they are.
const AROUND: i64 = 600;

/// Seconds from the beginning of an incident on; one that goes on for longer is known by the minute from then on.
const LONGEST: i64 = 86_400;

type Joining = dyn Fn(&[StoredBlock]) -> Option<StoredBlock> + Send;

/// Makes one block of those that follow each other in a source; none of what cannot be read, and none of what is too much for
/// one.
pub struct Join(Option<Box<Joining>>);

impl fmt::Debug for Join {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.debug_struct("Join").finish_non_exhaustive()
    }
}

impl Join {
    /// By this.
    pub fn by(join: impl Fn(&[StoredBlock]) -> Option<StoredBlock> + Send + 'static) -> Self {
        Self(Some(Box::new(join)))
    }

    /// Nothing is joined.
    pub fn nothing() -> Self {
        Self(None)
    }
}

/// What may be joined: it ended before `:before`, the snapshot has it, and there was no incident about.
macro_rules! may_be_joined {
    () => {
        "resolution = 1 AND first < :before AND last < :before
         AND (run < (SELECT run FROM snapshot) OR (run = (SELECT run FROM snapshot) AND number <
             coalesce((SELECT below FROM covers WHERE covers.source = blocks.source), 0)))
         AND NOT EXISTS (
             SELECT 1 FROM incidents
             WHERE start BETWEEN (blocks.first - :around - :longest) * 1000 AND (blocks.last + :around) * 1000
                 AND min(coalesce(ended, start + :longest * 1000), start + :longest * 1000) + :around * 1000
                     >= blocks.first * 1000)"
    };
}

impl Disk {
    /// Takes one step, and gives how many blocks were joined or found to be of no use.
    pub fn coarsen(
        &mut self,
        settings: &Settings,
        now_ms: i64,
        join: &Join,
    ) -> Result<u64, CannotStore> {
        let Some(join) = &join.0 else {
            return Ok(0);
        };
        self.join(settings, now_ms, join)
            .map_err(|error| self.cannot(&error))
    }

    fn join(&mut self, settings: &Settings, now_ms: i64, join: &Joining) -> rusqlite::Result<u64> {
        let Some(before) = before(&self.connection, settings, now_ms)? else {
            return Ok(0);
        };
        // Nobody else writes: what was read is still there.
        let mut group = group(&self.connection, before)?;
        if group.is_empty() {
            return Ok(0);
        }
        let is_unreadable = |block: &StoredBlock| join(std::slice::from_ref(block)).is_none();
        let mut joined = join(&group);
        // What is too much for one block is joined by halves.
        while joined.is_none() && !group.iter().any(is_unreadable) {
            group.truncate(group.len().div_ceil(2));
            joined = join(&group);
        }
        let step = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        match joined {
            Some(joined) => replace(&step, &group, &joined)?,
            None => leave(&step, group.iter().filter(|block| is_unreadable(block)))?,
        }
        step.commit()?;
        Ok(group.len() as u64)
    }
}

/// What ended before this is old (s since 1970 UTC): in the time of the log, too, which may be of years ago.
fn before(store: &Connection, settings: &Settings, now_ms: i64) -> rusqlite::Result<Option<i64>> {
    let newest: Option<i64> =
        store.query_row("SELECT max(first) FROM blocks", [], |row| row.get(0))?;
    let age = i64::try_from(settings.seconds_s).unwrap_or(i64::MAX);
    Ok(newest.map(|newest| {
        let before = newest.min(now_ms / 1000).saturating_sub(age);
        before.div_euclid(STRETCH).saturating_mul(STRETCH)
    }))
}

/// The oldest block that may be joined, and those that follow it in its source and stretch.
fn group(store: &Connection, before: i64) -> rusqlite::Result<Vec<StoredBlock>> {
    let oldest = store
        .prepare_cached(concat!(
            "SELECT run, source, number, first FROM blocks INDEXED BY blocks_by_second WHERE ",
            may_be_joined!(),
            " ORDER BY first LIMIT 1"
        ))?
        .query_row(
            named_params! {":before": before, ":around": AROUND, ":longest": LONGEST},
            |row| {
                let key: (i64, u32, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok((key, row.get::<_, i64>(3)?))
            },
        )
        .optional()?;
    let Some(((run, source, number), first)) = oldest else {
        return Ok(Vec::new());
    };
    let mut following = store.prepare_cached(concat!(
        "SELECT number, flush, first, last, lines, payload, ",
        may_be_joined!(),
        " FROM blocks WHERE run = :run AND source = :source AND number >= :number ORDER BY number LIMIT :step"
    ))?;
    let mut rows = following.query(named_params! {
        ":before": before, ":around": AROUND, ":longest": LONGEST,
        ":run": run, ":source": source, ":number": number, ":step": STEP,
    })?;
    let (mut group, mut lines, mut bytes) = (Vec::new(), 0, 0);
    while let Some(row) = rows.next()? {
        let block = StoredBlock {
            key: Key {
                run: run.cast_unsigned(),
                source,
                number: row.get::<_, i64>(0)?.cast_unsigned(),
            },
            flush: row.get::<_, i64>(1)?.cast_unsigned(),
            first: row.get(2)?,
            last: row.get(3)?,
            lines: row.get::<_, i64>(4)?.cast_unsigned(),
            payload: row.get(5)?,
        };
        lines += block.lines;
        bytes += block.payload.len();
        let is_far = block.first.div_euclid(STRETCH) != first.div_euclid(STRETCH);
        let is_full = !group.is_empty() && (lines > LINES || bytes > BYTES);
        if !row.get::<_, bool>(6)? || is_far || is_full {
            break;
        }
        group.push(block);
    }
    Ok(group)
}

fn replace(
    store: &Connection,
    group: &[StoredBlock],
    joined: &StoredBlock,
) -> rusqlite::Result<()> {
    let mut delete = store
        .prepare_cached("DELETE FROM blocks WHERE run = ?1 AND source = ?2 AND number = ?3")?;
    for block in group {
        delete.execute(key_of(block))?;
    }
    store
        .prepare_cached(
            "INSERT INTO blocks (run, source, number, flush, first, last, lines, payload, resolution)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 60)",
        )?
        .execute(params![
            joined.key.run.cast_signed(),
            joined.key.source,
            joined.key.number.cast_signed(),
            joined.flush.cast_signed(),
            joined.first,
            joined.last,
            joined.lines.cast_signed(),
            joined.payload,
        ])?;
    Ok(())
}

/// What cannot be read stays as it is, and is not tried again.
fn leave<'a>(
    store: &Connection,
    blocks: impl Iterator<Item = &'a StoredBlock>,
) -> rusqlite::Result<()> {
    let mut leave = store.prepare_cached(
        "UPDATE blocks SET resolution = 0 WHERE run = ?1 AND source = ?2 AND number = ?3",
    )?;
    for block in blocks {
        leave.execute(key_of(block))?;
    }
    Ok(())
}

fn key_of(block: &StoredBlock) -> (i64, u32, i64) {
    let Key {
        run,
        source,
        number,
    } = block.key;
    (run.cast_signed(), source, number.cast_signed())
}
