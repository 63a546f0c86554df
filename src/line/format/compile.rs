//! From the text of a format to a reader.
//!
//! Enters: the format as HAProxy sees it. Leaves: a [`Format`], or why there can be none.
//! Must not know: how its lines are walked through.

use super::Read;
use super::draft::{self, Draft, Encoding, Piece};
use super::error::{FormatError, Problem};
use super::grammar;
use super::matching::{self, Field, Segment, evidence};
use super::members;
use super::slot::{Filling, Slot};
use super::split;
use crate::line::{FieldSet, Mode};

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
    parts: Vec<Part>,
}

/// A field of a format, for printing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// As written, without name and flags: `%Tq`, `%[src_port]`.
    pub written: String,
    /// The name it was given, else as written.
    pub label: String,
    /// What of a [`crate::line::Traffic`] it fills.
    pub fields: FieldSet,
    /// No [`crate::line::Traffic`] has anything of it.
    pub extra: bool,
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
        let filling = self.fill(Filling::new(trimmed(message), self.mode))?;
        let traffic = filling.finish();
        Some(Read { traffic })
    }

    /// What a line says beyond [`super::Traffic`]: pairs of a field's name, or of the field as written, and its text.
    /// Empty when it is no line of this format.
    pub fn extras<'f, 'a>(&'f self, message: &'a [u8]) -> Vec<(&'f str, &'a [u8])> {
        let told = self.told(message).into_iter();
        told.filter(|(part, _)| part.extra)
            .map(|(part, text)| (part.label.as_str(), text))
            .collect()
    }

    /// Each field of a line and its text, without what HAProxy had no value for. Empty when it is no line of this
    /// format.
    pub fn told<'f, 'a>(&'f self, message: &'a [u8]) -> Vec<(&'f Part, &'a [u8])> {
        let mut filling = Filling::new(trimmed(message), self.mode);
        filling.texts = Some(vec![None; self.parts.len()]);
        let filled = self.fill(filling).and_then(|filling| filling.texts);
        let texts = filled.unwrap_or_default();
        let parts = self.parts.iter().zip(texts);
        parts
            .filter_map(|(part, text)| Some((part, text?)))
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
    draft::choose(&mut pieces);
    let drafts: Vec<&Draft> = pieces.iter().filter_map(Piece::field).collect();
    let body = match encoding {
        Encoding::Text => Body::Line(split::segments(&pieces)?),
        Encoding::Json | Encoding::Cbor if drafts.is_empty() => return Err((0, Problem::Unnamed)),
        Encoding::Json | Encoding::Cbor => Body::Members(named(&drafts), encoding),
    };
    let fields = drafts
        .iter()
        .fold(FieldSet::NONE, |fields, draft| fields | draft.fields());
    if !fields.has_any(evidence() | FieldSet::STATUS) {
        return Err((0, Problem::Shapeless));
    }
    let is_http = drafts.iter().any(|draft| draft.http) || fields.has(FieldSet::STATUS);
    Ok(Format {
        name: name.to_owned(),
        text: text.to_owned(),
        mode: if is_http { Mode::Http } else { Mode::Tcp },
        fields,
        open: false,
        parts: drafts.iter().map(|draft| draft.part()).collect(),
        body,
    })
}

/// The named fields; of two with one name HAProxy's readers see the last.
fn named(drafts: &[&Draft]) -> Vec<(String, Field)> {
    let fields = drafts.iter().enumerate().map(|(label, draft)| {
        let field = Field {
            shape: draft.shape,
            slot: draft.slot,
            label,
        };
        (draft.label(), field)
    });
    fields.collect()
}

impl Draft {
    fn label(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.written.clone())
    }

    fn part(&self) -> Part {
        Part {
            written: self.written.clone(),
            label: self.label(),
            fields: self.fields(),
            extra: self.slot == Slot::Extra,
        }
    }

    fn fields(&self) -> FieldSet {
        let persistence = match self.slot {
            Slot::Term if self.shape == super::shape::Shape::State4 => FieldSet::PERSISTENCE,
            _ => FieldSet::NONE,
        };
        self.slot.fields() | persistence
    }
}
