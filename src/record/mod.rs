//! One line as a whole: what wraps it, what it says, and its fields by name.
//!
//! Enters: a line's bytes and the formats that are known. Leaves: a [`Record`] that borrows from the line, whose
//! fields go by the names that people type and programs read.
//! Must not know: other lines, files, or what a failure is.

mod decode;
mod details;
pub mod field;
mod json;
pub mod value;

pub use field::Field;
pub use value::Value;

use std::cell::OnceCell;

use crate::envelope::{self, Envelope};
use crate::line::{self, Event, Problem, Reader, Reading, Traffic};
use details::Details;

/// A line taken apart.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// The line that the envelope and the reading borrow from.
    pub text: &'a [u8],
    /// What wraps the message.
    pub envelope: Envelope<'a>,
    /// The message, decoded where a format encodes it.
    pub message: &'a [u8],
    /// What the message says.
    pub reading: Reading<'a>,
    reader: &'a Reader,
    details: OnceCell<Details<'a>>,
}

/// Takes a line apart and hands it over; `line` has no newline.
///
/// What was encoded is decoded for as long as `look` looks.
pub fn read<T>(line: &[u8], reader: &Reader, look: impl FnOnce(Record) -> T) -> T {
    let envelope = envelope::peel(line);
    let message = reader.decoded(envelope.message);
    look(Record {
        text: line,
        reading: reader.read(&message, is_from_haproxy(&envelope)),
        message: &message,
        envelope,
        reader,
        details: OnceCell::new(),
    })
}

fn is_from_haproxy(envelope: &Envelope) -> bool {
    line::is_haproxy_tag(envelope.tag, envelope.is_stderr())
}

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// A request, a session, or a connection.
    Traffic,
    /// Something HAProxy says about a server, a proxy or itself.
    State,
    /// Not HAProxy's, or not understood.
    Unknown,
}

impl<'a> Record<'a> {
    /// What it is about.
    pub fn class(&self) -> Class {
        match &self.reading {
            Reading::Traffic(_) => Class::Traffic,
            Reading::Event(Event::Proxy { .. }) if self.event() == Some(b"connect") => {
                Class::Traffic
            }
            Reading::Event(_) => Class::State,
            Reading::Unparsed(_) | Reading::Foreign => Class::Unknown,
        }
    }

    /// The fields it has, in the order of the table.
    pub fn fields(&self) -> impl Iterator<Item = (&'static Field, Value<'a>)> {
        Field::all().filter_map(|field| Some((field, field.of(self)?)))
    }

    /// The traffic line it is, or what was there of one.
    fn traffic(&self) -> Option<&Traffic<'a>> {
        match (&self.reading, self.details()) {
            (Reading::Traffic(traffic), _) => Some(traffic),
            (Reading::Unparsed(_), Details::BuiltIn(line)) => Some(&line.traffic),
            _ => None,
        }
    }

    /// Whether the line was cut.
    fn is_truncated(&self) -> bool {
        match &self.reading {
            Reading::Traffic(traffic) => traffic.truncated,
            Reading::Unparsed(problem) => *problem == Problem::Truncated,
            Reading::Event(_) | Reading::Foreign => false,
        }
    }

    /// The name of the event that it tells.
    fn event(&self) -> Option<&'a [u8]> {
        self.details().text("event")
    }

    /// What only printing and filters ask for; found out once.
    fn details(&self) -> &Details<'a> {
        self.details.get_or_init(|| {
            Details::of(
                &self.reading,
                self.message.trim_ascii_start(),
                self.reader,
                is_from_haproxy(&self.envelope),
            )
        })
    }
}
