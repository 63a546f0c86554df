//! The fixed grid over a source, by which everything folded is kept apart.
//!
//! Enters: offsets. Leaves: numbers of blocks. Must not know: what stands in them.

use serde::{Deserialize, Serialize};

/// Blocks of equal size; a line belongs to the block it starts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid(u64);

impl Grid {
    /// One of blocks of this many bytes, at least one.
    pub fn of(bytes: u64) -> Self {
        Self(bytes.max(1))
    }

    /// Bytes of a block.
    pub fn bytes(self) -> u64 {
        self.0
    }

    /// Number of the block, from 0, that an offset lies in.
    pub fn block(self, offset: u64) -> u64 {
        offset / self.0
    }

    /// Offset of a block's first byte.
    pub fn start(self, block: u64) -> u64 {
        block.saturating_mul(self.0)
    }

    /// Bytes of a block among this many.
    pub fn length(self, block: u64, of: u64) -> u64 {
        self.start(block + 1)
            .min(of)
            .saturating_sub(self.start(block))
    }

    /// Blocks that this many bytes make, the last of them maybe smaller.
    pub fn blocks(self, length: u64) -> u64 {
        length.div_ceil(self.0)
    }
}

impl Default for Grid {
    /// 1 MiB. Half as much doubles the work at the edges; twice as much doubles what a live view has to go over
    /// again at each look.
    fn default() -> Self {
        Self(1 << 20)
    }
}
