//! Where bytes come from.
//!
//! Enters: paths, or a pipe, compressed or not. Leaves: pieces of whole lines with their offsets, on a fixed grid
//! over the source, and what of it could not be read. Must not know: what a line says.

mod caveat;
pub mod file;
pub mod grid;
mod gzip;
mod inflow;
mod observer;
mod opened;
pub mod packed;
pub mod page;
pub mod parts;
pub mod position;
pub mod stream;
pub mod stretch;
pub mod unpack;
pub mod window;

pub use caveat::Caveat;
pub use file::{Found, LogFile, Unreadable};
pub use grid::Grid;
pub use inflow::Inflow;
pub use observer::Observer;
pub use opened::{CannotOpen, Opened};
pub use packed::Packed;
pub use parts::{Lines, Part, PartOf};
pub use position::{BlockId, Position, SourceId};
pub use stream::Splitter;
pub use unpack::Unpacking;
pub use window::{Window, Windows};

/// Bytes of a line that are read; the rest of a longer one is passed over. HAProxy writes at most 65,535.
pub const LONGEST_LINE: usize = 1 << 16;
