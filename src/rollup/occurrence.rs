//! Lines that are kept as they are.
//!
//! Enters and leaves: nothing; these are the shapes of what is no traffic. Must not know: blocks.

use serde::{Deserialize, Serialize};

use super::clock::Clock;
use super::counts::Class;
use super::names::Id;
use crate::line::dropped::Logger;
use crate::source::Position;

/// A line that is not traffic, kept as it is: there are few, and each matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrence {
    /// Where it stands.
    pub position: Position,
    /// When it was written.
    pub clock: Clock,
    /// What it was.
    pub class: Class,
    /// Log host.
    pub host: Id,
    /// Program name.
    pub tag: Id,
    /// Process.
    pub pid: u32,
    /// The line, at most [`Occurrence::MAX`] bytes of it.
    pub text: Box<[u8]>,
    /// Where in `text` the message begins.
    pub message_at: usize,
}

impl Occurrence {
    /// Bytes of a line that are kept.
    pub const MAX: usize = 2048;
}

/// A logger on the way says that it dropped lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Offset of the line.
    pub offset: u64,
    /// When it was written.
    pub clock: Clock,
    /// Who says so.
    pub logger: &'static Logger,
    /// How many lines; 0 when it does not say.
    pub lines: u64,
    /// A hash of where it was said and in which words.
    pub what: u64,
}
