//! What is stored.
//!
//! Enters: nothing; these are the shapes. Leaves: keys, rows, and a [`Flush`] of them. Must not know: what payloads say.

/// The name of a block. Runs are numbered by the store; within a run each source counts its blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The daemon's run that folded it.
    pub run: u64,
    /// The source, by its number in that run.
    pub source: u32,
    /// The block, by its number in that source.
    pub number: u64,
}

/// What was folded of a stretch of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlock {
    /// Its name.
    pub key: Key,
    /// Of two blocks with the same key the one with the higher number stands.
    pub flush: u64,
    /// Time of its first line, s since 1970 UTC.
    pub first: i64,
    /// Time of its last line, s since 1970 UTC.
    pub last: i64,
    /// Lines in it.
    pub lines: u64,
    /// What was folded.
    pub payload: Vec<u8>,
}

/// What a source of a run is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoredSource {
    /// The run.
    pub run: u64,
    /// Its number in that run.
    pub source: u32,
    /// Its name.
    pub name: String,
}

/// How far one generation of a followed file was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoredMark {
    /// The name the file is followed by, as bytes.
    pub path: Vec<u8>,
    /// What tells this generation from the others of that name.
    pub generation: Vec<u8>,
    /// The mark; none: the generation is gone, and its mark is to be forgotten.
    pub value: Option<Vec<u8>>,
}

/// An incident, with what it is looked up by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentRow {
    /// Stable, whatever becomes of the incident.
    pub id: String,
    /// When it began, ms since 1970 UTC.
    pub start: i64,
    /// When it ended, ms since 1970 UTC; none: it is open.
    pub end: Option<i64>,
    /// Higher is worse.
    pub severity: u8,
    /// The backend, if it is one's.
    pub backend: Option<String>,
    /// The incident itself.
    pub json: String,
    /// All that is known of it, for whoever finds incidents.
    pub found: Option<Vec<u8>>,
}

impl IncidentRow {
    /// Bytes of its content.
    pub(super) fn bytes(&self) -> usize {
        self.json.len() + self.found.as_ref().map_or(0, Vec::len)
    }
}

/// The state of what reads lines, taken when some blocks were in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The run that took it. All blocks of earlier runs are in it.
    pub run: u64,
    /// Of this run: the number below which all blocks of a source are in it, by source.
    pub covers: Vec<(u32, u64)>,
    /// The state.
    pub bytes: Vec<u8>,
}

/// What is written together, or not at all. But for blocks, what is written later stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flush {
    /// Blocks, open and complete.
    pub blocks: Vec<StoredBlock>,
    /// How far the files of these blocks were read.
    pub marks: Vec<StoredMark>,
    /// Sources that are new.
    pub sources: Vec<StoredSource>,
    /// Incidents that are new or changed.
    pub incidents: Vec<IncidentRow>,
    /// A newer snapshot.
    pub snapshot: Option<Snapshot>,
    /// Anything else, by a key.
    pub notes: Vec<(String, Vec<u8>)>,
}
