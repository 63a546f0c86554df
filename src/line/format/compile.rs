//! From the text of a format to a reader.
//!
//! Enters: the format as HAProxy sees it. Leaves: a [`Format`], or why there can be none.
//! Must not know: how its lines are walked through.

use super::Read;
use super::draft::{self, Draft, Encoding, Piece};
use super::error::{FormatError, Problem};
use super::grammar;
use super::join;
use super::matching::{self, Field, Segment, evidence};
use super::members;
use super::part::{self, Part, Told};
use super::quick::Quick;
use super::slot::{Filling, Slot};
use super::split;
use crate::line::{FieldSet, Mode, Traffic};
use crate::time::civil::LogDates;

/// A compiled log-format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    name: String,
    text: String,
    mode: Mode,
    fields: FieldSet,
    /// More fields may follow behind a blank.
    open: bool,
    body: Body,
    quick: Option<Quick>,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    Line(Vec<Segment>),
    Members(Vec<(String, Field)>, Encoding),
}

impl Format {
    /// Compiles the text of a `log-format`, quotes and escapes of `haproxy.cfg` resolved. `name` says in errors where
    /// the format is from.
    ///
    /// Fails on what HAProxy would refuse, on formats whose fields cannot be told apart again, and on those without any
    /// date, status, state, timer or counter, because every text would be a line of them.
    pub fn compile(name: &str, text: &str) -> Result<Format, FormatError> {
        compile(name, text).map_err(|(at, problem)| FormatError {
            name: name.to_owned(),
            at: at + 1,
            problem,
        })
    }

    /// Only what [`Format::compile`] would say of a text that writes no messages (`log-format-sd`), and so may hold
    /// any field or none.
    pub(in crate::line) fn check(name: &str, text: &str) -> Result<(), FormatError> {
        match Format::compile(name, text) {
            Err(FormatError {
                problem: Problem::Shapeless | Problem::Unnamed,
                ..
            }) => Ok(()),
            compiled => compiled.map(|_| ()),
        }
    }

    /// The same format for lines that have more fields behind it.
    pub(in crate::line) fn with_more(self) -> Format {
        Format { open: true, ..self }
    }

    /// Where the format is from.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The format as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The fields that a line of this format has, if HAProxy had a value for each.
    pub fn fields(&self) -> FieldSet {
        self.fields
    }

    /// Whether its lines must be decoded by [`super::cbor::to_json`] first.
    pub fn is_cbor(&self) -> bool {
        matches!(self.body, Body::Members(_, Encoding::Cbor))
    }

    /// Whether quotes and backslashes of its texts stand behind a backslash.
    pub fn is_json(&self) -> bool {
        matches!(self.body, Body::Members(..))
    }

    /// Reads a message; `None` when it is no line of this format. Nothing is allocated.
    ///
    /// A line that was cut is read up to the cut, if a date, a state, a timer or a counter stands before it.
    pub fn read<'a>(&self, message: &'a [u8]) -> Option<Read<'a>> {
        let mut traffic = Traffic::unread();
        match self.read_ordinary(message, &mut LogDates::default(), &mut traffic) {
            Some(()) => Some(Read { traffic }),
            None => self.read_closely(message),
        }
    }

    /// Reads an ordinary line of this format into `traffic`. `None` says nothing of a message and leaves that half read.
    pub(in crate::line) fn read_ordinary<'a>(
        &self,
        message: &'a [u8],
        dates: &mut LogDates,
        traffic: &mut Traffic<'a>,
    ) -> Option<()> {
        let quick = self.quick.as_ref()?;
        quick.read(trimmed(message), dates, traffic)
    }

    /// The same as [`Format::read`], step by step.
    pub(super) fn read_closely<'a>(&self, message: &'a [u8]) -> Option<Read<'a>> {
        let filling = self.fill(Filling::new(trimmed(message), self.mode))?;
        let traffic = filling.finish();
        Some(Read { traffic })
    }

    /// Each field of a line, without those that HAProxy had no value for. Empty when it is no line of this format.
    pub fn told<'f, 'a>(&'f self, message: &'a [u8]) -> Vec<Told<'f, 'a>> {
        let mut filling = Filling::new(trimmed(message), self.mode);
        filling.values = Some(vec![None; self.parts.len()]);
        let filled = self.fill(filling).and_then(|filling| filling.values);
        let values = filled.unwrap_or_default();
        let parts = self.parts.iter().zip(values);
        parts
            .filter_map(|(part, value)| Told::of(part, value?))
            .collect()
    }

    fn fill<'a>(&self, filling: Filling<'a>) -> Option<Filling<'a>> {
        match &self.body {
            Body::Line(segments) => matching::read(segments, self.open, filling),
            Body::Members(named, _) => members::read(named, filling),
        }
    }
}

/// Relays leave line ends and NULs, and a format that ends in a blank leaves one.
fn trimmed(message: &[u8]) -> &[u8] {
    let is_padding = |byte: &u8| matches!(byte, b' ' | b'\r' | b'\n' | 0);
    let end = message.iter().rposition(|byte| !is_padding(byte));
    &message[..end.map_or(0, |end| end + 1)]
}

fn compile(name: &str, text: &str) -> Result<Format, (usize, Problem)> {
    let tokens = grammar::tokens(text)?;
    let (mut pieces, encoding) = draft::pieces(tokens)?;
    if encoding != Encoding::Text {
        pieces.retain(|piece| piece.field().is_some_and(|draft| draft.name.is_some()));
    }
    join::choose(&mut pieces);
    let parts = part::parts(&pieces);
    let drafts: Vec<&Draft> = pieces.iter().filter_map(Piece::field).collect();
    let body = match encoding {
        Encoding::Text => Body::Line(split::segments(&pieces)?),
        Encoding::Json | Encoding::Cbor if drafts.is_empty() => return Err((0, Problem::Unnamed)),
        Encoding::Json | Encoding::Cbor => Body::Members(named(&drafts, &parts), encoding),
    };
    let fields = drafts
        .iter()
        .fold(FieldSet::NONE, |fields, draft| fields | draft.fields());
    if !fields.has_any(evidence() | FieldSet::STATUS) {
        return Err((0, Problem::Shapeless));
    }
    let is_http = drafts.iter().any(|draft| draft.http) || fields.has(FieldSet::STATUS);
    let mode = if is_http { Mode::Http } else { Mode::Tcp };
    let quick = match &body {
        Body::Line(segments) => Quick::new(segments, mode),
        Body::Members(..) => None,
    };
    Ok(Format {
        name: name.to_owned(),
        text: text.to_owned(),
        mode,
        fields,
        open: false,
        parts,
        quick,
        body,
    })
}

/// The named fields; of two with one name HAProxy's readers see the last.
fn named(drafts: &[&Draft], parts: &[Part]) -> Vec<(String, Field)> {
    let fields =
        drafts
            .iter()
            .zip(parts)
            .enumerate()
            .map(|(label, (draft, Part { label: name, .. }))| {
                let field = Field {
                    shape: draft.shape,
                    slot: draft.slot,
                    label,
                };
                (name.clone(), field)
            });
    fields.collect()
}

impl Draft {
    pub(super) fn fields(&self) -> FieldSet {
        let persistence = match self.slot {
            Slot::Term if self.shape == super::shape::Shape::State4 => FieldSet::PERSISTENCE,
            _ => FieldSet::NONE,
        };
        self.slot.fields() | persistence
    }
}
