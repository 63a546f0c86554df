//! The last headers: the lines of a process begin alike but for their stamps, and what begins like a line before is not
//! taken apart once more. Within a second, not even their stamps differ, however many processes write by turns.
//!
//! Enters: a line's text. Leaves: its first header, as [`super::syslog`] reads it, or `None`, which says nothing.
//! Must not know: what the message is.

use std::ops::Range;

use super::syslog::Header;
use super::{Envelope, container, repeated};
use crate::time::stamps::Stamps;

/// What is known from the headers before.
#[derive(Debug, Clone, Default)]
pub struct Before<'a> {
    stamps: Stamps,
    known: Vec<Known>,
    /// The place of the one that was met last.
    last: usize,
    /// The number of the newest.
    number: u64,
    /// What the line before begins with.
    worn: Worn<'a>,
    /// What the last line with each known header begins with.
    met: Vec<Met<'a>>,
}

/// What an envelope says that is there to be filled once more.
#[derive(Debug, Clone, Copy, Default)]
struct Worn<'a> {
    /// The whole header, if there is one.
    header: &'a [u8],
    /// Its number; 0 says nothing.
    number: u64,
}

/// A header with its stamp, and the envelope that was filled from it.
#[derive(Debug, Clone, Copy)]
struct Met<'a> {
    worn: Worn<'a>,
    envelope: Envelope<'a>,
}

impl Met<'_> {
    const NONE: Self = Self {
        worn: Worn {
            header: b"",
            number: 0,
        },
        envelope: Envelope::bare(b""),
    };
}

/// How many headers are kept: as many processes may write into one log by turns.
const MOST: usize = 8;

/// The number of what has no header; those of headers are greater.
const BARE: u64 = 1;

/// All of a header but its stamp.
#[derive(Debug, Clone)]
struct Known {
    lead: Lead,
    /// From behind the stamp up to the message.
    tail: Vec<u8>,
    priority: Option<u8>,
    structured: Range<usize>,
    host: Range<usize>,
    tag: Range<usize>,
    pid: Option<u32>,
    number: u64,
}

/// What stands before a stamp, and of which kind that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lead {
    /// `<134>`, `<134>1 `, `1 ` or nothing, and zeros.
    text: u64,
    length: usize,
    is_rfc5424: bool,
    is_iso: bool,
}

impl Lead {
    #[inline(always)]
    fn of(text: &[u8]) -> Option<Self> {
        let eight: &[u8; 8] = text.first_chunk()?;
        let mut length = 0;
        if eight[0] == b'<' {
            length = 2 + eight[1..5].iter().position(|byte| *byte == b'>')?;
        }
        let is_rfc5424 = eight.get(length..length + 2) == Some(b"1 ");
        if is_rfc5424 {
            length += 2;
        }
        let stamp = text.get(length..length + 5)?;
        let is_iso = stamp[4] == b'-';
        if !is_iso && (is_rfc5424 || !stamp[0].is_ascii_uppercase()) {
            return None;
        }
        let mask = (1 << (8 * length)) - 1;
        Some(Self {
            text: u64::from_le_bytes(*eight) & mask,
            length,
            is_rfc5424,
            is_iso,
        })
    }
}

impl<'a> Before<'a> {
    /// Takes the wrapping off a line that begins with a header like one before, or with none, and goes on as most
    /// messages do. Leaves a number, which with another line's tells that both have an equal priority, host, tag and
    /// pid. `None` says nothing of a line.
    ///
    /// `envelope` is the one that was filled here for the line before, and what both have in common stays as it is.
    ///
    /// It holds for messages that do not begin with a tag and its pid ([`super::begins_with_tag`]).
    #[inline(always)]
    pub fn again(&mut self, line: &'a [u8], envelope: &mut Envelope<'a>) -> Option<u64> {
        let text = super::without_padding(line);
        let message = match self.worn.taken_off(text) {
            Some(message) => message,
            None => self.change(text, envelope)?,
        };
        envelope.message = message;
        let is_plain = begins_no_header(message) && repeated::said(message).is_none();
        is_plain.then_some(self.worn.number)
    }

    /// The same for a text that goes on behind the line, as far as the line's beginning tells: where its message begins.
    /// [`ends_plainly`] tells the rest.
    #[inline(always)]
    pub fn again_ahead(
        &mut self,
        text: &'a [u8],
        envelope: &mut Envelope<'a>,
    ) -> Option<(usize, u64)> {
        let message = match self.worn.taken_off(text) {
            Some(message) => message,
            None if self.is_bare() && !is_counted_or_encoded(text) => text,
            None => self.turn(text, envelope)?,
        };
        let at = text.len() - message.len();
        begins_no_header(message).then_some((at, self.worn.number))
    }

    /// Whether no line began with a header so far, and the last one with none.
    #[inline(always)]
    fn is_bare(&self) -> bool {
        self.worn.number == BARE && self.known.is_empty()
    }

    /// Fills an envelope for a text that begins otherwise than the one before; what is left is the message.
    #[inline(never)]
    fn change(&mut self, text: &'a [u8], envelope: &mut Envelope<'a>) -> Option<&'a [u8]> {
        if let Some(message) = self.turn(text, envelope) {
            return Some(message);
        }
        if is_counted_or_encoded(text) {
            return None;
        }
        if self.worn.number != BARE {
            *envelope = Envelope::bare(text);
        }
        self.worn = Worn {
            header: b"",
            number: BARE,
        };
        Some(text)
    }

    /// Fills an envelope for a text that begins with another header than the one before; what is left is the message.
    #[inline(never)]
    fn turn(&mut self, text: &'a [u8], envelope: &mut Envelope<'a>) -> Option<&'a [u8]> {
        let mut met = self.met.iter();
        let again = met.find_map(|met| Some((met, met.worn.taken_off(text)?)));
        if let Some((met, message)) = again {
            (self.worn, *envelope) = (met.worn, met.envelope);
            return Some(message);
        }
        let (header, number) = self.find(text)?;
        self.worn = Worn {
            header: &text[..text.len() - header.message.len()],
            number,
        };
        *envelope = Envelope {
            stamp: header.stamp,
            written: header.written,
            priority: header.priority,
            host: header.host,
            tag: header.tag,
            pid: header.pid,
            structured: header.structured,
            ..Envelope::bare(header.message)
        };
        self.met.resize(self.known.len(), Met::NONE);
        self.met[self.last] = Met {
            worn: self.worn,
            envelope: *envelope,
        };
        Some(header.message)
    }

    /// The header of a text that begins like one before, and its number.
    #[inline(always)]
    pub(super) fn find<'t>(&mut self, text: &'t [u8]) -> Option<(Header<'t>, u64)> {
        if self.known.is_empty() {
            return None;
        }
        let lead = Lead::of(text)?;
        let stamped = &text[lead.length..];
        let (stamp, length) = match lead.is_iso {
            true => self.stamps.iso(stamped)?,
            false => self.stamps.yearless(stamped)?,
        };
        // A longer one may be part of another header (see [`container`]).
        if length > LONGEST {
            return None;
        }
        let (written, rest) = stamped.split_at_checked(length)?;
        let is_it = |known: &Known| known.lead == lead && rest.starts_with(&known.tail);
        if !self.known.get(self.last).is_some_and(is_it) {
            self.last = self.known.iter().position(is_it)?;
        }
        let known = self.known.get(self.last)?;
        let (tail, message) = rest.split_at_checked(known.tail.len())?;
        let message = match lead.is_rfc5424 {
            true => message.strip_prefix(super::MARK).unwrap_or(message),
            false => message,
        };
        let header = Header {
            stamp,
            written,
            priority: known.priority,
            structured: tail.get(known.structured.clone())?,
            host: tail.get(known.host.clone())?,
            tag: tail.get(known.tag.clone())?,
            pid: known.pid,
            message,
        };
        Some((header, known.number))
    }

    /// Keeps the header that a text begins with, if nothing that may follow it changes what it says.
    pub(super) fn note(&mut self, text: &[u8], header: &Header) {
        let Some(lead) = Lead::of(text) else { return };
        let end = text.len() - header.message.len();
        let start = lead.length + header.written.len();
        if header.written.is_empty() || header.written.len() > LONGEST || header.tag.is_empty() {
            return;
        }
        let Some(tail) = text.get(start..end) else {
            return;
        };
        let is_whole = match lead.is_rfc5424 {
            // Without structured data, not even `-`, the message might begin with it.
            true => {
                let words = tail.iter().filter(|byte| **byte == b' ').count();
                tail.ends_with(b" ") && (!header.structured.is_empty() || words == 6)
            }
            false => tail.ends_with(b": "),
        };
        // A container's runtime may write so.
        if !is_whole || container::Output::named(header.host).is_some() {
            return;
        }
        let range = |part: &[u8]| match part {
            [] => 0..0,
            _ => {
                let start = part.as_ptr() as usize - tail.as_ptr() as usize;
                start..start + part.len()
            }
        };
        self.number = self.number.max(BARE) + 1;
        let known = Known {
            lead,
            tail: tail.to_vec(),
            priority: header.priority,
            structured: range(header.structured),
            host: range(header.host),
            tag: range(header.tag),
            pid: header.pid,
            number: self.number,
        };
        if self.known.len() < MOST {
            self.last = self.known.len();
            self.known.push(known);
        } else {
            // In turn, as the newest are most likely to be met again.
            self.last = self.number as usize % MOST;
            self.known[self.last] = known;
        }
    }
}

impl Worn<'_> {
    /// What stands behind the same header.
    #[inline(always)]
    fn taken_off<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let (begins, message) = text.split_at_checked(self.header.len())?;
        let is_same = match self.header.len() {
            0 => false,
            // Most headers: two comparisons of a length that is known need no call.
            32..=64 => {
                begins.first_chunk::<32>() == self.header.first_chunk()
                    && begins.last_chunk::<32>() == self.header.last_chunk()
            }
            _ => begins == self.header,
        };
        is_same.then_some(message)
    }
}

/// Whether a line, whose message begins at a place, ends as most do: with nothing that belongs to its wrapping.
#[inline(always)]
pub fn ends_plainly(line: &[u8], message_at: usize) -> bool {
    // What ends a request is neither.
    line.last() == Some(&b'"')
        || (super::without_padding(line).len() == line.len()
            && repeated::said(&line[message_at..]).is_none())
}

/// The longest stamp of a header that is kept: so long, all headers with the same text behind are of the same kind.
const LONGEST: usize = 35;

/// Whether a line without a header may still be more than a message: the count of a frame, or JSON.
#[inline]
fn is_counted_or_encoded(text: &[u8]) -> bool {
    match text {
        [b'{', ..] => true,
        // Six digits and a space stand before a frame at most.
        [b'0'..=b'9', ..] => text.iter().take(8).any(|byte| *byte == b'<'),
        _ => false,
    }
}

/// Whether a message that begins with no tag and its pid begins with no header, as far as its first bytes tell.
#[inline]
fn begins_no_header(message: &[u8]) -> bool {
    let [first, second, _, fourth, fifth, ..] = message else {
        return false;
    };
    match first {
        // A stamp of ISO 8601 has a `-` there, and RFC 5424 begins with its version.
        b'0'..=b'9' => *second != b' ' && !(*fifth == b'-' && fourth.is_ascii_digit()),
        // A stamp of RFC 3164 has a space there.
        b'A'..=b'Z' => *fourth != b' ',
        b'a'..=b'z' | b'{' | b'"' => true,
        _ => false,
    }
}
