//! Blocks, in the order of time.
//!
//! Enters: a stretch of time, or the snapshot. Leaves: blocks one by one, of which a few at a time are in memory. Must
//! not know: what they hold.

use std::collections::VecDeque;

use rusqlite::{OptionalExtension, Row, ToSql, named_params};

use super::{Reader, unsigned};
use crate::store::problem::CannotStore;
use crate::store::rows::{Key, StoredBlock};

/// Blocks that are read at once.
const AT_ONCE: u32 = 32;

/// Blocks that begin at or behind a place in the order and before `:until`, and satisfy this.
macro_rules! in_order {
    ($condition:literal) => {
        concat!(
            "SELECT run, source, number, flush, first, last, lines, payload
             FROM blocks INDEXED BY blocks_by_first
             WHERE (first, source, number, run) > (:first, :source, :number, :run) AND ",
            $condition,
            " ORDER BY first, source, number, run LIMIT :at_once"
        )
    };
}

const DURING: &str = in_order!("first < :until AND last >= :since");

const UNCOVERED: &str = in_order!(
    "(run > :snapshot OR (run = :snapshot AND number >=
        coalesce((SELECT below FROM covers WHERE covers.source = blocks.source), 0)))"
);

/// Which blocks are read.
#[derive(Debug, Clone, Copy)]
enum Which {
    /// Those with a part in this stretch, s since 1970; its end is not in it.
    During { since: i64, until: i64 },
    /// Those that are not in the snapshot of this run.
    Uncovered { snapshot: i64 },
}

/// Blocks by (first, source, number, run), each read when it is asked for. See [`Reader::blocks`].
#[derive(Debug)]
pub struct Blocks<'a> {
    reader: &'a Reader,
    which: Which,
    read: VecDeque<StoredBlock>,
    /// First and key of the last one that was read, as they are stored.
    after: (i64, u32, i64, i64),
    is_end: bool,
}

impl Reader {
    /// Blocks that have a part in `[since, until)`, s since 1970 UTC, ordered by (first, source, number, run).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn blocks(&self, since: i64, until: i64) -> Result<Blocks<'_>, CannotStore> {
        // The order is that of beginnings; the longest block tells how far before `since` one may begin.
        let longest = self
            .connection
            .query_row(
                "SELECT CAST(last - first AS INTEGER) FROM blocks ORDER BY last - first DESC LIMIT 1",
                [],
                |row| row.get::<_, i64>(0),
            )
            .optional()
            .map_err(|error| self.cannot(&error))?;
        let from = since.saturating_sub(longest.unwrap_or(0));
        Ok(self.iterate(Which::During { since, until }, from))
    }

    /// Blocks that are not in the snapshot, ordered by (first, source, number, run); all, if there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn blocks_since_snapshot(&self) -> Result<Blocks<'_>, CannotStore> {
        let snapshot = self
            .connection
            .query_row("SELECT run FROM snapshot", [], |row| row.get(0))
            .optional()
            .map_err(|error| self.cannot(&error))?
            .unwrap_or(i64::MIN);
        Ok(self.iterate(Which::Uncovered { snapshot }, i64::MIN))
    }

    /// Whether of some block with a part in `[since, until)`, s since 1970 UTC, only minutes are known.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_joined(&self, since: i64, until: i64) -> Result<bool, CannotStore> {
        self.connection
            .query_row(
                "SELECT EXISTS (SELECT 1 FROM blocks INDEXED BY blocks_by_minute
                     WHERE resolution > 1 AND first < ?2 AND last >= ?1)",
                [since, until],
                |row| row.get(0),
            )
            .map_err(|error| self.cannot(&error))
    }

    fn iterate(&self, which: Which, from: i64) -> Blocks<'_> {
        Blocks {
            reader: self,
            which,
            read: VecDeque::new(),
            after: (from, 0, i64::MIN, i64::MIN),
            is_end: false,
        }
    }
}

impl Blocks<'_> {
    fn read_more(&mut self) -> rusqlite::Result<()> {
        let (first, source, number, run) = self.after;
        let place = named_params! {
            ":first": first, ":source": source, ":number": number, ":run": run, ":at_once": AT_ONCE,
        };
        let rows: Vec<StoredBlock> = match &self.which {
            Which::During { since, until } => self.query(
                DURING,
                place,
                named_params! {":since": since, ":until": until},
            )?,
            Which::Uncovered { snapshot } => {
                self.query(UNCOVERED, place, named_params! {":snapshot": snapshot})?
            }
        };
        self.is_end = rows.len() < AT_ONCE as usize;
        if let Some(last) = rows.last() {
            let Key {
                run,
                source,
                number,
            } = last.key;
            self.after = (last.first, source, number.cast_signed(), run.cast_signed());
        }
        self.read = rows.into();
        Ok(())
    }

    fn query(
        &self,
        sql: &str,
        place: &[(&str, &dyn ToSql)],
        more: &[(&str, &dyn ToSql)],
    ) -> rusqlite::Result<Vec<StoredBlock>> {
        self.reader
            .connection
            .prepare_cached(sql)?
            .query_map([place, more].concat().as_slice(), block)?
            .collect()
    }
}

fn block(row: &Row) -> rusqlite::Result<StoredBlock> {
    Ok(StoredBlock {
        key: Key {
            run: unsigned(row, 0)?,
            source: row.get(1)?,
            number: unsigned(row, 2)?,
        },
        flush: unsigned(row, 3)?,
        first: row.get(4)?,
        last: row.get(5)?,
        lines: unsigned(row, 6)?,
        payload: row.get(7)?,
    })
}

impl Iterator for Blocks<'_> {
    type Item = Result<StoredBlock, CannotStore>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.read.is_empty()
            && !self.is_end
            && let Err(error) = self.read_more()
        {
            self.is_end = true;
            return Some(Err(self.reader.cannot(&error)));
        }
        self.read.pop_front().map(Ok)
    }
}
