//! One line as a whole: what wraps it, what it says, and its fields by name.
//!
//! Enters: a line's bytes and the formats that are known. Leaves: a [`Record`] that borrows from the line, whose
//! fields go by the names that people type and programs read.
//! Must not know: other lines, files, or what a failure is.

mod details;
pub mod field;
mod json;
pub mod private;
pub mod value;

pub use crate::line::ROUTES;
pub use field::Field;
pub use value::Value;

use std::cell::OnceCell;
use std::{mem, ptr};

use crate::envelope::{self, Envelope, Said};
use crate::line::{self, Event, Problem, Reader, Reading, Traffic};
use crate::source::LONGEST_LINE;
use details::Details;

/// A line taken apart.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// The line that the envelope and the reading borrow from; what was encoded in a line, where it was.
    pub text: &'a [u8],
    /// The number of its header, counted by its [`Readings`]: records with equal numbers have an equal priority, host, tag
    /// and pid. 0 says nothing.
    pub header: u64,
    /// The number of the frontend, backend and server that an ordinary line names, counted by its [`Readings`] and those
    /// that they [go on](Readings::after) from: records with equal numbers have equal names, and `~` or none. At most
    /// [`ROUTES`], and 0 says nothing.
    pub route: u32,
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
/// What was encoded is decoded for as long as `look` looks. A line that is JSON because one of the known formats prints
/// it so is that format's.
pub fn read<T>(line: &[u8], reader: &Reader, look: impl FnOnce(Record) -> T) -> T {
    Readings::new(reader).read(line, |record| look(record.clone()))
}

/// Reads one line after the other: what a line has in common with the one before it is not taken apart again.
#[derive(Debug, Clone)]
pub struct Readings<'a> {
    envelope: envelope::Before<'a>,
    line: line::Before,
    /// The last line, unless it had to be read closely: what the next one shares with it stays where it is.
    record: Record<'a>,
    /// It is the next line.
    is_ahead: bool,
}

impl<'a> Readings<'a> {
    /// Readings of lines that may be written by these formats.
    pub fn new(reader: &'a Reader) -> Self {
        Self::after(line::Before::default(), reader)
    }

    /// The same after other lines: routes go on to be numbered as they were there, and headers are numbered anew.
    pub fn after(line: line::Before, reader: &'a Reader) -> Self {
        Self {
            envelope: envelope::Before::default(),
            line,
            record: Record::unread(b"", Envelope::bare(b""), b"", reader),
            is_ahead: false,
        }
    }

    /// What whoever reads on hands to [`Readings::after`].
    pub fn leave(self) -> line::Before {
        self.line
    }

    /// Looks at the line that a text begins with, if most of it is like the line before: the next [`Readings::read`] is of
    /// that line, and has it already. What is left is how long it is without its newline; `None` says nothing of it.
    ///
    /// Such a line is whole, and no part of another. Where it ends is found as its last field is read.
    #[inline]
    pub fn ahead(&mut self, text: &'a [u8]) -> Option<usize> {
        let record = &mut self.record;
        let (at, header) = self.envelope.again_ahead(text, &mut record.envelope)?;
        let message = &text[at..];
        let ordinary =
            record
                .reader
                .ordinary_ahead(message, &mut self.line, record.reading.room())?;
        let left = &message[ordinary.length..];
        let length = match left.first()? {
            b'\n' => ordinary.length,
            _ => ordinary.length + memchr::memchr(b'\n', left)?,
        };
        let line = &text[..at + length];
        if line.len() > LONGEST_LINE || !envelope::ends_plainly(line, at) {
            return None;
        }
        record.envelope.message = &line[at..];
        record.begin(line, header);
        record.route = ordinary.route;
        self.is_ahead = true;
        Some(line.len())
    }

    /// The record of a line that was just looked at [ahead](Readings::ahead).
    #[inline]
    pub fn read_ahead(&mut self, line: &[u8]) -> Option<&mut Record<'a>> {
        let is_it = mem::take(&mut self.is_ahead) && ptr::eq(self.record.text, line);
        is_it.then_some(&mut self.record)
    }

    /// See [`read`]. Who looks may complete what was read, and leaves the envelope as it is.
    pub fn read<T>(&mut self, line: &'a [u8], look: impl FnOnce(&mut Record) -> T) -> T {
        if let Some(record) = self.read_ahead(line) {
            return look(record);
        }
        let record = &mut self.record;
        let Some(header) = self.envelope.again(line, &mut record.envelope) else {
            return self.read_closely(line, look);
        };
        record.begin(line, header);
        if record.is_ordinary(&mut self.line) {
            return look(record);
        }
        let message = record.message;
        if record.reader.decodes() || envelope::begins_with_tag(message) {
            return self.read_closely(line, look);
        }
        if record.is_ordinary_own(&mut self.line) {
            return look(record);
        }
        record.read(&mut self.line);
        record.look_at(look)
    }

    /// The same for any line.
    // Kept apart, so that what most lines need is small.
    #[inline(never)]
    fn read_closely<T>(&mut self, line: &[u8], look: impl FnOnce(&mut Record) -> T) -> T {
        let Self {
            envelope: before,
            line: dates,
            record,
            ..
        } = self;
        let reader = record.reader;
        let is_message = |text: &[u8]| reader.knows(text);
        envelope::open(line, is_message, before, |text, envelope| {
            let message = reader.decoded(envelope.message);
            let mut record = Record::unread(text, envelope, &message, reader);
            if !record.is_ordinary(dates) {
                record.read(dates);
            }
            record.look_at(look)
        })
    }
}

/// Reads the message of a record again, its quotes now without the backslashes before them.
fn read_plain<T>(record: &Record, plain: &[u8], look: impl FnOnce(&mut Record) -> T) -> T {
    let at = record.message_at();
    let text = [&record.text[..at], plain].concat();
    let envelope = Envelope {
        message: &text[at..],
        ..record.envelope
    };
    let mut record = Record::unread(&text, envelope, envelope.message, record.reader);
    record.read(&mut line::Before::default());
    look(&mut record)
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
    fn unread(
        text: &'a [u8],
        envelope: Envelope<'a>,
        message: &'a [u8],
        reader: &'a Reader,
    ) -> Self {
        Record {
            text,
            header: 0,
            route: 0,
            envelope,
            message,
            reading: Reading::Traffic(Traffic::unread()),
            reader,
            details: OnceCell::new(),
        }
    }

    /// Makes room for the next line, whose envelope is there already.
    #[inline(always)]
    fn begin(&mut self, text: &'a [u8], header: u64) {
        self.text = text;
        self.header = header;
        self.message = self.envelope.message;
        if self.details.get().is_some() {
            self.details = OnceCell::new();
        }
    }

    /// Reads the message if it is an ordinary line of HAProxy's own.
    #[inline]
    fn is_ordinary(&mut self, before: &mut line::Before) -> bool {
        self.route = 0;
        if !matches!(self.envelope.said, Said::Once | Said::Times(_)) {
            return false;
        }
        let ordinary = self
            .reader
            .ordinary(self.message, before, self.reading.room());
        self.route = ordinary.map_or(0, |ordinary| ordinary.route);
        ordinary.is_some()
    }

    /// Reads the message if it is an ordinary line of the format that is asked first.
    fn is_ordinary_own(&mut self, before: &mut line::Before) -> bool {
        let traffic = self.reading.room();
        let ordinary = self.reader.ordinary_own(self.message, before, traffic);
        ordinary.is_some()
    }

    /// Hands it over; what is no traffic line is read again if it is one without the backslashes before its quotes.
    fn look_at<T>(&mut self, look: impl FnOnce(&mut Record) -> T) -> T {
        match self.reading {
            Reading::Traffic(_) => look(self),
            _ => match envelope::without_backslashes(self.envelope.message) {
                Some(plain) => read_plain(self, &plain, look),
                None => look(self),
            },
        }
    }

    /// Reads the message, whatever it is.
    fn read(&mut self, before: &mut line::Before) {
        self.reading = match self.envelope.said {
            Said::LastAgain(_) => Reading::Foreign,
            Said::Once | Said::Times(_) => {
                let from_haproxy = is_from_haproxy(&self.envelope);
                self.reader.read_next(self.message, from_haproxy, before)
            }
        };
    }

    /// Where in its text the message begins; the text's end where there is none.
    pub fn message_at(&self) -> usize {
        match self.envelope.message {
            [] => self.text.len(),
            message => message.as_ptr() as usize - self.text.as_ptr() as usize,
        }
    }

    /// Whether it is an ordinary line whose message begins with the client's address, tells a date, was said once and
    /// stands behind a header or nothing. `false` says nothing.
    #[inline]
    pub fn is_plain(&self) -> bool {
        // Only what begins like a line before has such a number, and only an ordinary line has the other one.
        self.header > 0 && self.route > 0
    }

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
        match &self.reading {
            Reading::Traffic(traffic) => Some(traffic),
            Reading::Unparsed(_) => self.details().line().map(|line| &line.traffic),
            Reading::Event(_) | Reading::Foreign => None,
        }
    }

    /// Whether the line was cut.
    pub fn is_truncated(&self) -> bool {
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
