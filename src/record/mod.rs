//! One line as a whole: what wraps it, what it says, and its fields by name.
//!
//! Enters: a line's bytes and the formats that are known. Leaves: a [`Record`] that borrows from the line, whose
//! fields go by the names that people type and programs read.
//! Must not know: other lines, files, or what a failure is.

pub mod field;
pub mod value;

pub use field::Field;
pub use value::Value;

use crate::envelope::{self, Envelope, Said};
use crate::line::{self, Reader, Reading};

/// A line taken apart.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// The line that the envelope and the reading borrow from; what was encoded in a line, where it was.
    pub text: &'a [u8],
    /// What wraps the message.
    pub envelope: Envelope<'a>,
    /// What the message says.
    pub reading: Reading<'a>,
}

impl Record<'_> {
    /// Where in its text the message begins; the text's end where there is none.
    pub fn message_at(&self) -> usize {
        match self.envelope.message {
            [] => self.text.len(),
            message => message.as_ptr() as usize - self.text.as_ptr() as usize,
        }
    }
}

/// Takes a line apart and hands it over; `line` has no newline.
///
/// What was encoded is decoded for as long as `look` looks. A line that is JSON because one of the known formats prints
/// it so is that format's.
pub fn read<T>(line: &[u8], reader: &Reader, look: impl FnOnce(Record) -> T) -> T {
    let is_message = |text: &[u8]| reader.knows(text);
    envelope::open(line, is_message, |text, envelope| {
        let message = reader.decoded(envelope.message);
        let record = Record {
            text,
            reading: reading(&envelope, &message, reader),
            envelope,
        };
        match record.reading {
            Reading::Traffic(_) => look(record),
            _ => match envelope::without_backslashes(envelope.message) {
                Some(plain) => read_plain(record, &plain, reader, look),
                None => look(record),
            },
        }
    })
}

/// Reads the message of a record again, its quotes now without the backslashes before them.
fn read_plain<T>(
    record: Record,
    plain: &[u8],
    reader: &Reader,
    look: impl FnOnce(Record) -> T,
) -> T {
    let at = record.message_at();
    let text = [&record.text[..at], plain].concat();
    let envelope = Envelope {
        message: &text[at..],
        ..record.envelope
    };
    look(Record {
        reading: reading(&envelope, envelope.message, reader),
        text: &text,
        envelope,
    })
}

fn reading<'a>(envelope: &Envelope, message: &'a [u8], reader: &Reader) -> Reading<'a> {
    match envelope.said {
        Said::LastAgain(_) => Reading::Foreign,
        Said::Once | Said::Times(_) => {
            let from_haproxy = line::is_haproxy_tag(envelope.tag, envelope.is_stderr());
            reader.read(message, from_haproxy)
        }
    }
}
