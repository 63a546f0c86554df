//! Where a line stands in its source.
//!
//! Enters: the offset of a line, and how many lines were counted before it in its piece. Leaves: a [`Position`],
//! whose line number is known once all pieces before it are. Must not know: files.

use serde::{Deserialize, Serialize};

/// The number of a source; the order of numbers is the sources' own order in time.
pub type SourceId = u32;

/// Where a line stands, as one piece of the input can know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// The source.
    pub source: SourceId,
    /// Offset of the line's first byte.
    pub offset: u64,
    /// Offset of the first line of the part it was counted in.
    pub part: u64,
    /// Lines of that part before it.
    pub nth: u32,
}

/// A grid block of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BlockId {
    /// The source.
    pub source: SourceId,
    /// Number of the block, from 0.
    pub block: u64,
}
