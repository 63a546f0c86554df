//! How a store is doing.
//!
//! Enters: nothing; this is what the writer notes. Leaves: it, for people and for metrics. Must not know: who reads it.

use std::path::PathBuf;

/// How a store is doing, for people and for metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// Its file.
    pub path: PathBuf,
    /// It cannot be written at present; what is new waits in memory.
    pub degraded: Option<Degraded>,
    /// Bytes that wait in memory, those that are being written among them.
    pub waiting_bytes: u64,
    /// Blocks that wait in memory.
    pub waiting_blocks: u64,
    /// Blocks that were not stored because too much waited.
    pub lost_blocks: u64,
    /// Lines in them.
    pub lost_lines: u64,
    /// Incidents that were not stored because too much waited.
    pub lost_incidents: u64,
    /// Bytes of the file and its log.
    pub size_bytes: u64,
    /// Bytes of its log alone. It grows for as long as a reader stays.
    pub log_bytes: u64,
    /// When it was last written, ms since 1970 UTC.
    pub last_written: Option<i64>,
    /// Times it was written since the start.
    pub writes: u64,
    /// Times it could not be written since the start.
    pub failures: u64,
    /// How long the last write took, µs.
    pub last_write_us: u64,
    /// Blocks of old times that were joined since the start.
    pub joined: u64,
    /// Blocks and incidents dropped since the start because they were past their age.
    pub dropped_for_age: u64,
    /// Blocks and incidents dropped since the start because there was no room.
    pub dropped_for_size: u64,
    /// Times a new store was begun since the start. What it lacks of the one before, but for marks, notes and open
    /// incidents, has to be handed in again: a snapshot, above all.
    pub begun: u64,
    /// Times a store that could not be used was moved aside since the start.
    pub set_aside: u64,
    /// Where the last one was moved to.
    pub aside: Option<PathBuf>,
}

/// Why a store cannot be written at present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Degraded {
    /// What is wrong, and where.
    pub reason: String,
    /// What to do.
    pub hint: String,
    /// Since when, ms since 1970 UTC.
    pub since: i64,
}
