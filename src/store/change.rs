//! One row that is written.
//!
//! Enters: a row of a flush. Leaves: its statement, carried out. Must not know: transactions.

use rusqlite::{Connection, params};

use super::rows::{IncidentRow, Snapshot, StoredBlock, StoredMark, StoredSource};

/// Bytes of a snapshot that stand in one row.
const PART: usize = 1 << 18;

/// See the module.
#[derive(Debug, Clone, Copy)]
pub enum Change<'a> {
    /// A block, unless a newer one stands.
    Block(&'a StoredBlock),
    /// A source's name.
    Source(&'a StoredSource),
    /// A mark, or that it is forgotten.
    Mark(&'a StoredMark),
    /// An incident.
    Incident(&'a IncidentRow),
    /// The snapshot.
    Snapshot(&'a Snapshot),
    /// A note.
    Note(&'a str, &'a [u8]),
}

impl Change<'_> {
    /// Carries it out.
    pub fn write(self, store: &Connection) -> rusqlite::Result<()> {
        match self {
            Self::Block(block) => write_block(store, block),
            Self::Source(source) => write_source(store, source),
            Self::Mark(mark) => write_mark(store, mark),
            Self::Incident(incident) => write_incident(store, incident),
            Self::Snapshot(snapshot) => write_snapshot(store, snapshot),
            Self::Note(key, value) => write_note(store, key, value),
        }
    }
}

fn write_block(store: &Connection, block: &StoredBlock) -> rusqlite::Result<()> {
    store
        .prepare_cached(
            "INSERT INTO blocks (run, source, number, flush, first, last, lines, payload)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (run, source, number) DO UPDATE SET
                 flush = excluded.flush, first = excluded.first, last = excluded.last,
                 lines = excluded.lines, payload = excluded.payload
             WHERE excluded.flush > blocks.flush",
        )?
        .execute(params![
            block.key.run.cast_signed(),
            block.key.source,
            block.key.number.cast_signed(),
            block.flush.cast_signed(),
            block.first,
            block.last,
            block.lines.cast_signed(),
            block.payload,
        ])?;
    Ok(())
}

fn write_source(store: &Connection, source: &StoredSource) -> rusqlite::Result<()> {
    store
        .prepare_cached(
            "INSERT INTO sources (run, source, name) VALUES (?1, ?2, ?3)
             ON CONFLICT (run, source) DO UPDATE SET name = excluded.name",
        )?
        .execute(params![
            source.run.cast_signed(),
            source.source,
            source.name
        ])?;
    Ok(())
}

fn write_mark(store: &Connection, mark: &StoredMark) -> rusqlite::Result<()> {
    let Some(value) = &mark.value else {
        store
            .prepare_cached("DELETE FROM marks WHERE path = ?1 AND generation = ?2")?
            .execute(params![mark.path, mark.generation])?;
        return Ok(());
    };
    store
        .prepare_cached(
            "INSERT INTO marks (path, generation, value) VALUES (?1, ?2, ?3)
             ON CONFLICT (path, generation) DO UPDATE SET value = excluded.value",
        )?
        .execute(params![mark.path, mark.generation, value])?;
    Ok(())
}

fn write_incident(store: &Connection, incident: &IncidentRow) -> rusqlite::Result<()> {
    store
        .prepare_cached(
            "INSERT INTO incidents (id, start, ended, severity, backend, json, found) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET
                 start = excluded.start, ended = excluded.ended, severity = excluded.severity,
                 backend = excluded.backend, json = excluded.json, found = excluded.found",
        )?
        .execute(params![
            incident.id,
            incident.start,
            incident.end,
            incident.severity,
            incident.backend,
            incident.json,
            incident.found,
        ])?;
    Ok(())
}

fn write_snapshot(store: &Connection, snapshot: &Snapshot) -> rusqlite::Result<()> {
    store
        .prepare_cached("INSERT OR REPLACE INTO snapshot (only, run) VALUES (1, ?1)")?
        .execute([snapshot.run.cast_signed()])?;
    store
        .prepare_cached("DELETE FROM snapshot_parts")?
        .execute([])?;
    let mut part =
        store.prepare_cached("INSERT INTO snapshot_parts (nth, bytes) VALUES (?1, ?2)")?;
    for (nth, bytes) in (0i64..).zip(snapshot.bytes.chunks(PART)) {
        part.execute(params![nth, bytes])?;
    }
    store.prepare_cached("DELETE FROM covers")?.execute([])?;
    let mut cover =
        store.prepare_cached("INSERT OR REPLACE INTO covers (source, below) VALUES (?1, ?2)")?;
    for (source, below) in &snapshot.covers {
        cover.execute(params![source, below.cast_signed()])?;
    }
    Ok(())
}

fn write_note(store: &Connection, key: &str, value: &[u8]) -> rusqlite::Result<()> {
    store
        .prepare_cached(
            "INSERT INTO notes (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?
        .execute(params![key, value])?;
    Ok(())
}
