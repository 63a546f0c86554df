//! What a message says beyond its reading.
//!
//! Enters: a message and what it was read as. Leaves: [`Details`], from the same readers, for those who ask.
//! Must not know: the names of fields, or how they are printed.

use std::borrow::Cow;

use super::{Value, json};
use crate::line::format::Told;
use crate::line::{self, Fact, Facts, Layout, Line, Mode, Reader, Reading, escapes};

/// See the module.
#[derive(Debug, Clone)]
pub(super) enum Details<'a> {
    /// A traffic line of a built-in format, or the beginning of one.
    BuiltIn(Box<Line<'a>>),
    /// One of a format that was compiled: each of its fields.
    Formatted {
        clf: bool,
        /// Quotes and backslashes stand behind a backslash.
        json: bool,
        mode: Mode,
        told: Vec<Told<'a, 'a>>,
    },
    /// An operational message.
    Told(Facts<'a>),
    /// A JSON object of no known format.
    Json(Vec<(Cow<'a, str>, Value<'a>)>),
    /// There is nothing more.
    Nothing,
}

impl<'a> Details<'a> {
    /// Those of a message that was read as `reading`.
    pub(super) fn of(
        reading: &Reading<'a>,
        message: &'a [u8],
        reader: &'a Reader,
        from_haproxy: bool,
    ) -> Self {
        match reading {
            Reading::Traffic(traffic) => {
                let (clf, format) = match reader.layout(message) {
                    Layout::BuiltIn => return Self::built_in(message),
                    Layout::Clf(format) => (true, format),
                    Layout::Own(format) => (false, format),
                };
                Self::Formatted {
                    clf,
                    json: format.is_json(),
                    mode: traffic.mode,
                    told: format.told(message),
                }
            }
            Reading::Event(_) => Self::Told(line::told::facts(message, from_haproxy)),
            Reading::Unparsed(_) | Reading::Foreign => {
                match json::object(message, escape_of(from_haproxy)) {
                    Some(members) => Self::Json(members),
                    None => Self::built_in(message),
                }
            }
        }
    }

    fn built_in(message: &'a [u8]) -> Self {
        line::line(message).map_or(Self::Nothing, |line| Self::BuiltIn(Box::new(line)))
    }

    /// The line of a built-in format.
    pub(super) fn line(&self) -> Option<&Line<'a>> {
        match self {
            Self::BuiltIn(line) => Some(line),
            _ => None,
        }
    }

    /// What an operational message says under a name.
    pub(super) fn fact(&self, name: &str) -> Option<Fact<'a>> {
        let Self::Told(facts) = self else {
            return None;
        };
        let (_, fact) = facts.iter().find(|(known, _)| *known == name)?;
        Some(*fact)
    }

    /// The same where it is text.
    pub(super) fn text(&self, name: &str) -> Option<&'a [u8]> {
        match self.fact(name)? {
            Fact::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text of a traffic line without the escapes of its encoding.
    pub(super) fn plain(&self, text: &'a [u8]) -> Cow<'a, [u8]> {
        match self {
            Self::Formatted { json: true, .. } => escapes::backslashes(text),
            _ => Cow::Borrowed(text),
        }
    }

    /// The fields of a compiled format.
    pub(super) fn formatted(&self) -> &[Told<'a, 'a>] {
        match self {
            Self::Formatted { told, .. } => told,
            _ => &[],
        }
    }
}

/// How texts of JSON that no known format wrote are decoded: another program's `#` is a `#`.
fn escape_of(from_haproxy: bool) -> json::Unescape {
    if from_haproxy {
        escapes::likely_hashes
    } else {
        |text| Cow::Borrowed(text)
    }
}
