//! What a message says beyond its reading.
//!
//! Enters: a message and what it was read as. Leaves: [`Details`], from the same readers, for those who ask.
//! Must not know: the names of fields, or how they are printed.

use std::borrow::Cow;

use super::{Value, json};
use crate::line::format::Told;
use crate::line::{
    self, Clock, Fact, Facts, Layout, Line, Mode, Reader, Reading, Traffic, escapes,
};

/// See the module.
#[derive(Debug, Clone)]
pub(super) enum Details<'a> {
    /// A traffic line of a built-in format.
    BuiltIn(Around<'a>),
    /// The beginning of one.
    Begun(Box<Line<'a>>),
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
                // Of HAProxy's own formats, CLF alone writes the offset of its clock.
                let is_clear = reader.formats().is_empty() && traffic.clock == Clock::Wall;
                let layout = match is_clear {
                    true => Layout::BuiltIn,
                    false => reader.layout(message),
                };
                let (clf, format) = match layout {
                    Layout::BuiltIn => {
                        return Around::of(traffic, message).map_or(Self::Nothing, Self::BuiltIn);
                    }
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
                    None => match line::line(message) {
                        Some(line) => Self::Begun(Box::new(line)),
                        None => Self::Nothing,
                    },
                }
            }
        }
    }

    /// The beginning of a line of a built-in format.
    pub(super) fn line(&self) -> Option<&Line<'a>> {
        match self {
            Self::Begun(line) => Some(line),
            _ => None,
        }
    }

    /// What such a line, whole or not, is alone in having.
    #[inline]
    pub(super) fn around(&self) -> Option<Around<'a>> {
        match self {
            Self::BuiltIn(around) => Some(*around),
            Self::Begun(line) => Some(Around::from(&**line)),
            _ => None,
        }
    }

    /// Whether it is an operational message.
    #[inline]
    pub(super) fn is_told(&self) -> bool {
        matches!(self, Self::Told(_))
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

/// What is only printed of a traffic line of a built-in format: what stands around the fields that are counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) mode: Mode,
    pub(super) client: &'a [u8],
    /// Client port, or a listener's id; `-` for none, empty where it was taken away.
    pub(super) port: &'a [u8],
    /// The date between the brackets, as written.
    pub(super) date: &'a [u8],
    /// Name or number of the `bind` line that a handshake failed on.
    pub(super) bind: &'a [u8],
    /// What follows the last field.
    pub(super) rest: &'a [u8],
    /// There may be an escape in the message.
    pub(super) is_escaped: bool,
}

impl<'a> Around<'a> {
    /// Found around the parts of the message that were read already.
    fn of(traffic: &Traffic<'a>, message: &'a [u8]) -> Option<Self> {
        let behind_client = message.get(traffic.client.len()..)?;
        let blank = behind_client.iter().position(|byte| *byte == b' ')?;
        let (port, dated) = behind_client.split_at(blank);
        let around = Around {
            mode: traffic.mode,
            client: traffic.client,
            port: port.strip_prefix(b":").unwrap_or(port),
            date: dated.get(b" [".len()..)?.get(..DATE)?,
            bind: b"",
            rest: b"",
            is_escaped: memchr::memchr(b'#', message).is_some(),
        };
        Some(match traffic.mode {
            Mode::Http if traffic.truncated => around,
            Mode::Http => Around {
                rest: message.get(end(traffic.request, message)? + b"\"".len()..)?,
                ..around
            },
            Mode::Handshake => {
                let behind = message.get(end(traffic.frontend, message)? + b"/".len()..)?;
                let bind = behind
                    .len()
                    .checked_sub(traffic.request.len() + b": ".len())?;
                Around {
                    bind: behind.get(..bind)?,
                    ..around
                }
            }
            Mode::Tcp => Around::from(&line::line(message)?),
        })
    }
}

impl<'a> From<&Line<'a>> for Around<'a> {
    fn from(line: &Line<'a>) -> Self {
        Around {
            mode: line.traffic.mode,
            client: line.traffic.client,
            port: line.port,
            date: line.date,
            bind: line.bind,
            rest: line.rest,
            is_escaped: true,
        }
    }
}

/// Bytes of `06/Feb/2026:12:14:14.655`.
const DATE: usize = 24;

/// Where in the message a part of it ends.
fn end(part: &[u8], message: &[u8]) -> Option<usize> {
    (part.as_ptr_range().end as usize).checked_sub(message.as_ptr() as usize)
}

/// How texts of JSON that no known format wrote are decoded: another program's `#` is a `#`.
fn escape_of(from_haproxy: bool) -> json::Unescape {
    if from_haproxy {
        escapes::likely_hashes
    } else {
        |text| Cow::Borrowed(text)
    }
}
