//! What of the input was not read.
//!
//! Enters: nothing; these are facts that opening a source finds, and the words for them.
//! Must not know: who tells them.

use std::fmt;

use super::unpack::Flaw;

/// Something of the input that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caveat {
    /// The end of a compressed log.
    EndMissing {
        /// The source, as given.
        name: String,
        /// Why.
        flaw: Flaw,
    },
    /// A log that another one holds from its first byte on.
    LeftOut {
        /// The source, as given.
        name: String,
        /// The other one, as given.
        kept: String,
    },
}

impl fmt::Display for Caveat {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::EndMissing {
                name,
                flaw: Flaw::CutOff,
            } => write!(
                out,
                "{name} is cut off: it is still being compressed, or was not copied whole. What could be unpacked of \
                 it was read; what followed is missing here."
            ),
            Self::EndMissing {
                name,
                flaw: Flaw::Damaged(problem),
            } => write!(
                out,
                "{name} is damaged ({problem}): what could be unpacked before the damage was read; what followed is \
                 missing here."
            ),
            Self::LeftOut { name, kept } => write!(
                out,
                "{name} was left out: {kept} holds the same text, and all of it."
            ),
        }
    }
}
