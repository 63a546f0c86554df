//! How a run ends when it cannot go on: what is wrong, where, and what to do.
//!
//! Enters: errors of any stage. Leaves: two lines on standard error and an exit code.

use std::fmt::Display;
use std::io;
use std::process::ExitCode;

use crate::report::escape;
use crate::runtime::CannotAsk;
use crate::source::CannotOpen;

/// Usage, or input that cannot be read.
pub const UNUSABLE: u8 = 2;

/// Why a run ended.
#[derive(Debug)]
pub enum Failure {
    /// What is wrong and where, and what to try.
    Said(String, Option<String>),
    /// What is wrong with an expression, the expression before, at and after the place, and what to try.
    Marked(String, [String; 3], String),
    /// A signal came while logs were read: what there is was printed. With the exit code.
    Interrupted(u8),
    /// Whoever read the output went away: `hapline report … | head`. Not worth a word.
    ReaderGone,
}

impl Failure {
    /// With a hint.
    pub fn new(what: impl Display, hint: impl Display) -> Self {
        Self::Said(what.to_string(), Some(hint.to_string()))
    }

    /// What is wrong and what to do, to be shown elsewhere.
    pub fn told(self) -> (String, String) {
        match self {
            Self::Said(what, hint) => (what, hint.unwrap_or_default()),
            Self::Marked(what, _, hint) => (what, hint),
            Self::Interrupted(_) | Self::ReaderGone => Default::default(),
        }
    }

    /// Says it, and gives the exit code.
    pub fn report(self) -> ExitCode {
        match self {
            Self::ReaderGone => ExitCode::SUCCESS,
            Self::Interrupted(code) => ExitCode::from(code),
            Self::Marked(what, pieces, hint) => {
                let [before, at, after] = pieces.each_ref().map(|piece| escape::terminal(piece));
                let (indent, marked) = (before.chars().count(), at.chars().count().max(1));
                aside!("hapline: {}", escape::terminal(&what));
                aside!("  {before}{at}{after}");
                aside!("  {:indent$}{}", "", "^".repeat(marked));
                aside!("hint: {}", escape::terminal(&hint));
                ExitCode::from(UNUSABLE)
            }
            Self::Said(what, hint) => {
                aside!("hapline: {}", escape::terminal(&what));
                if let Some(hint) = hint {
                    aside!("hint: {}", escape::terminal(&hint));
                }
                ExitCode::from(UNUSABLE)
            }
        }
    }
}

impl From<CannotOpen> for Failure {
    fn from(error: CannotOpen) -> Self {
        match error {
            CannotOpen::File(unreadable) => Self::new(&unreadable, unreadable.hint()),
            CannotOpen::Machine(error) => error.into(),
        }
    }
}

impl From<CannotAsk> for Failure {
    fn from(error: CannotAsk) -> Self {
        Self::new(&error, error.hint())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let hint = match error.kind() {
            io::ErrorKind::BrokenPipe => return Self::ReaderGone,
            io::ErrorKind::IsADirectory => {
                Some("name the files in it: hapline report DIR/haproxy.log*")
            }
            _ => None,
        };
        Self::Said(error.to_string(), hint.map(str::to_owned))
    }
}
