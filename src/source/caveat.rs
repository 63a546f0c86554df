//! What of the input was not read.
//!
//! Enters: nothing; these are facts that opening a source finds, and the words for them.
//! Must not know: who tells them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::unpack::Flaw;

/// Something of the input that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// What was not read yet when reading was interrupted. Logs are read in the order of time.
    Interrupted {
        /// The sources, as given.
        names: Vec<String>,
        /// Bytes that were read, unpacked.
        read: u64,
        /// Bytes that there are, where that is known.
        of: Option<u64>,
    },
}

impl Caveat {
    /// It was to end there.
    pub fn is_interruption(&self) -> bool {
        matches!(self, Self::Interrupted { .. })
    }
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
            Self::Interrupted { names, read, of } => {
                let what = match names.as_slice() {
                    [name] => name.clone(),
                    many => format!("{} logs", many.len()),
                };
                let of = of.map_or(String::new(), |bytes| format!(" of {bytes}"));
                write!(
                    out,
                    "interrupted: {read}{of} bytes of {what} were read. What follows is missing here, and what had no \
                     end until there may have one."
                )
            }
        }
    }
}
