//! One line as a whole: what wraps it, what it says, and its fields by name.
//!
//! Enters: a line's bytes and the formats that are known. Leaves: a [`Record`] that borrows from the line, whose
//! fields go by the names that people type and programs read.
//! Must not know: other lines, files, or what a failure is.

pub mod field;
pub mod value;

pub use field::Field;
pub use value::Value;

use crate::envelope::{self, Envelope};
use crate::line::{self, Reader, Reading};

/// A line taken apart.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// The line that the envelope and the reading borrow from.
    pub text: &'a [u8],
    /// What wraps the message.
    pub envelope: Envelope<'a>,
    /// What the message says.
    pub reading: Reading<'a>,
}

/// Takes a line apart and hands it over; `line` has no newline.
///
/// What was encoded is decoded for as long as `look` looks.
pub fn read<T>(line: &[u8], reader: &Reader, look: impl FnOnce(Record) -> T) -> T {
    let envelope = envelope::peel(line);
    let from_haproxy = line::is_haproxy_tag(envelope.tag, envelope.is_stderr());
    let message = reader.decoded(envelope.message);
    look(Record {
        text: line,
        reading: reader.read(&message, from_haproxy),
        envelope,
    })
}
