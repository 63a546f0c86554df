//! Where a line stands in its source.
//!
//! Enters: the offset of a line, and how many lines were counted before it in its piece. Leaves: a [`Position`],
//! whose line number is known once all pieces before it are. Must not know: files.

use std::cell::RefCell;

use serde::{Deserialize, Serialize, Serializer};

/// The number of a source; the order of numbers is the sources' own order in time.
pub type SourceId = u32;

/// Where a line stands, as one piece of the input can know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
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

thread_local! {
    /// Positions that were written, while somebody asks for them.
    static WRITTEN: RefCell<Option<Vec<Position>>> = const { RefCell::new(None) };
}

impl Position {
    /// All positions that stand anywhere in something: those that are written when it is.
    pub fn all_in(what: &impl Serialize) -> Vec<Self> {
        WRITTEN.set(Some(Vec::new()));
        // Nothing is kept of what is written.
        let _ = postcard::to_io(what, std::io::sink());
        WRITTEN.take().unwrap_or_default()
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WRITTEN.with_borrow_mut(|written| {
            if let Some(written) = written {
                written.push(*self);
            }
        });
        (self.source, self.offset, self.part, self.nth).serialize(serializer)
    }
}

/// A grid block of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BlockId {
    /// The source.
    pub source: SourceId,
    /// Number of the block, from 0.
    pub block: u64,
}
