//! Where bytes come from.
//!
//! Enters: paths, or a pipe. Leaves: pieces of whole lines with their offsets, on a fixed grid over the source.
//! Must not know: what a line says.

pub mod file;
pub mod grid;
pub mod parts;
pub mod position;
pub mod stream;

pub use file::{LogFile, Unreadable};
pub use grid::Grid;
pub use parts::{Lines, Part, PartOf};
pub use position::{BlockId, Position, SourceId};
pub use stream::Splitter;

/// Bytes of a line that are read; the rest of a longer one is passed over. HAProxy writes at most 65,535.
pub const LONGEST_LINE: usize = 1 << 16;
