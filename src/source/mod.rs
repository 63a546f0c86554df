//! Where bytes come from.
//!
//! Enters: paths, or a pipe. Leaves: pieces of whole lines with their offsets; for files, in the order of the
//! time they were written in. Must not know: what a line means, beyond when it was written.

pub mod file;
pub mod plan;
pub mod stream;

pub use file::{LogFile, Unreadable};
pub use plan::{Plan, Planned};
pub use stream::Splitter;

/// Bytes of a line that are read; the rest of a longer one is passed over. HAProxy writes at most 65,535.
pub const LONGEST_LINE: usize = 1 << 16;
