//! Traffic that stands in one file twice, because two `log` targets end in it.
//!
//! Enters: the traffic of a source, line by line. Leaves: whether a line is the second target's copy of one that stands
//! just before it. Must not know: blocks, or what the lines say beyond who wrote them and whether they tell of an error.
//!
//! Two targets are written at once, so that copies are a few lines apart: of all lines (two `log` lines), or just of
//! errors (`option log-separate-errors` into a second target). They differ in facility and level at most, and a
//! file holds neither. But a connection that is kept alive may well bring the same request twice in a millisecond,
//! and these lines are the same, too. So a line is a copy only where what was written before it was written twice as well.
//!
//! All of that is decided by the lines that begin at most [`Copies::REACH`] bytes before a line. Whoever reads on from the
//! middle of a source shows those first.

use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::FixedState;

use super::hash;
use super::lens::Lens;
use crate::envelope::{Container, Envelope, Said};
use crate::line::{self, FieldSet, Mode, Reading, Traffic};
use crate::record::{Readings, Record};

/// Lines of traffic before a line among which its copy is looked for.
const LINES: usize = 32;

/// Lines that may stand between a line and its copy.
const APART: usize = 4;

/// See the module.
#[derive(Debug, Clone)]
pub struct Copies {
    /// The last lines.
    seen: [Seen; LINES],
    next: usize,
    /// How many of them have these bits, which few lines share.
    marked: Vec<u8>,
    /// Who wrote the lines with the last headers, by their numbers.
    writers: [Writer; WRITERS],
    /// What is known from the lines before to whoever reads on.
    pub(super) lines: line::Before,
}

/// As many headers as [`Readings`] knows at a time.
const WRITERS: usize = 8;

/// Who wrote a line before: most often who writes one of the next, and then its hash is known.
#[derive(Debug, Clone, Default)]
struct Writer {
    /// The number of its header; 0 says nothing.
    header: u64,
    host: Vec<u8>,
    tag: Vec<u8>,
    pid: Option<u32>,
    hash: u64,
}

impl Writer {
    #[inline]
    fn hash(&mut self, envelope: &Envelope, header: u64) -> u64 {
        if header == 0 || header != self.header {
            self.look(envelope, header);
        }
        self.hash
    }

    fn look(&mut self, envelope: &Envelope, header: u64) {
        let is_same =
            self.pid == envelope.pid && self.tag == envelope.tag && self.host == envelope.host;
        self.header = header;
        if !is_same || self.hash == 0 {
            *self = Self {
                header,
                host: envelope.host.to_vec(),
                tag: envelope.tag.to_vec(),
                pid: envelope.pid,
                hash: FixedState::default().hash_one((envelope.host, envelope.tag, envelope.pid)),
            };
        }
    }
}

/// A line that was seen.
#[derive(Debug, Clone, Default)]
struct Seen {
    message: Message,
    mark: u16,
    process: u64,
    offset: u64,
    is_error: bool,
}

/// The message of a line that was seen. It is copied when what it stands in is left: few lines are ever compared.
#[derive(Debug, Clone)]
enum Message {
    /// A range of the offsets that are in sight.
    InSight(Range<u64>),
    Kept(Vec<u8>),
}

impl Default for Message {
    fn default() -> Self {
        Self::Kept(Vec::new())
    }
}

/// Bytes of a source around the line that is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// Offset of the first one.
    pub offset: u64,
    /// The bytes.
    pub bytes: &'a [u8],
}

impl<'a> Sight<'a> {
    /// Where a text stands in it, if it does.
    #[inline]
    fn find(self, text: &[u8]) -> Option<Range<u64>> {
        let at = (text.as_ptr() as usize).wrapping_sub(self.bytes.as_ptr() as usize);
        let start = self.offset + at as u64;
        let is_inside = at < self.bytes.len() && text.len() <= self.bytes.len() - at;
        is_inside.then(|| start..start + text.len() as u64)
    }

    fn text(self, range: &Range<u64>) -> &'a [u8] {
        let at = |offset: u64| usize::try_from(offset.wrapping_sub(self.offset)).ok();
        let range = at(range.start).zip(at(range.end));
        range
            .and_then(|(start, end)| self.bytes.get(start..end))
            .unwrap_or_default()
    }
}

impl Message {
    fn text<'a>(&'a self, sight: Sight<'a>) -> &'a [u8] {
        match self {
            Self::InSight(range) => sight.text(range),
            Self::Kept(message) => message,
        }
    }
}

/// A line that is looked at.
struct Line<'a> {
    message: &'a [u8],
    process: u64,
    offset: u64,
    is_error: bool,
}

impl Default for Copies {
    fn default() -> Self {
        Self {
            seen: std::array::from_fn(|_| Seen::default()),
            next: 0,
            marked: vec![0; 1 << MARK],
            writers: std::array::from_fn(|_| Writer::default()),
            lines: line::Before::default(),
        }
    }
}

impl Copies {
    /// Bytes before a line in which its copy is looked for.
    pub const REACH: u64 = 8 * 1024;

    /// Takes in what stands before `offset`: [`Copies::REACH`] bytes and one more, or all that there is.
    pub fn follow(&mut self, before: &[u8], offset: u64, lens: &Lens) {
        let mut at = offset - before.len() as u64;
        let sight = Sight {
            offset: at,
            bytes: before,
        };
        self.read_anew();
        let mut readings = Readings::new(&lens.reader);
        let mut lines = before.split_inclusive(|byte| *byte == b'\n');
        if at > 0 {
            // The end of a line that begins too far away, if only the newline.
            at += lines.next().map_or(0, <[u8]>::len) as u64;
        }
        for line in lines {
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            readings.read(text, |record| {
                let is_kept = lens
                    .filter
                    .as_ref()
                    .is_none_or(|filter| filter.keeps(record));
                if is_kept {
                    self.is_copy(record, at, sight);
                }
            });
            at += line.len() as u64;
        }
        self.leave(sight);
    }

    /// Whether a record is a copy; `offset` is where its line begins. What is in sight stays so until it is
    /// [left](Copies::leave).
    pub fn is_copy(&mut self, record: &Record, offset: u64, sight: Sight) -> bool {
        let Reading::Traffic(traffic) = &record.reading else {
            return false;
        };
        let envelope = &record.envelope;
        let message = envelope.message.trim_ascii_start();
        if !may_be_told_apart(traffic, envelope, message) {
            return false;
        }
        let writer = &mut self.writers[record.header as usize % WRITERS];
        let line = Line {
            message,
            process: writer.hash(envelope, record.header),
            offset,
            is_error: is_error(traffic),
        };
        let mark = mark(traffic);
        let is_copy = self.marked[usize::from(mark)] > 0 && self.is_written_twice(&line, sight);
        let place = self.next;
        self.forget(place);
        self.marked[usize::from(mark)] += 1;
        self.seen[place] = Seen {
            message: match sight.find(message) {
                Some(range) => Message::InSight(range),
                None => Message::Kept(message.to_vec()),
            },
            mark,
            process: line.process,
            offset,
            is_error: line.is_error,
        };
        self.next = (place + 1) % LINES;
        is_copy
    }

    /// What was in sight is left behind.
    pub fn leave(&mut self, sight: Sight) {
        for seen in &mut self.seen {
            if let Message::InSight(range) = &seen.message {
                seen.message = Message::Kept(sight.text(range).to_vec());
            }
        }
    }

    /// Whoever reads on counts headers anew.
    pub fn read_anew(&mut self) {
        for writer in &mut self.writers {
            writer.header = 0;
        }
    }

    fn forget(&mut self, place: usize) {
        let gone = &self.seen[place];
        // An empty place has no message, and no mark.
        let is_empty = matches!(&gone.message, Message::Kept(message) if message.is_empty());
        self.marked[usize::from(gone.mark)] -= u8::from(!is_empty);
    }

    /// Whether the process wrote this line once before, and the lines before that one twice: all of them, or the errors.
    fn is_written_twice(&self, line: &Line, sight: Sight) -> bool {
        let (newer, older) = self.seen.split_at(self.next);
        let is_near =
            |seen: &&Seen| seen.process == line.process && seen.offset + Self::REACH >= line.offset;
        let before: Vec<&Seen> = older.iter().chain(newer).filter(is_near).collect();
        let times = |of: &[u8]| {
            let same = before.iter().filter(|seen| seen.message.text(sight) == of);
            same.count()
        };
        let first = before
            .iter()
            .position(|seen| seen.message.text(sight) == line.message);
        // More than twice is a client that asks again and again.
        let Some(first) = first.filter(|_| times(line.message) == 1) else {
            return false;
        };
        // Of the first lines in sight, the line that they repeat may be out of sight.
        let out_of_sight = APART.max(before.len() - first);
        let settled = || before.iter().take(first).skip(out_of_sight);
        // Datagrams get lost: not all of a second target's lines have to be there.
        let are_twice = |is_asked: &dyn Fn(&Seen) -> bool| {
            let asked = settled().filter(|seen| is_asked(seen));
            let is_twice = |seen: &&&Seen| times(seen.message.text(sight)) == 2;
            let (twice, once): (Vec<&Seen>, Vec<&Seen>) = asked.partition(is_twice);
            twice.len() / 2 >= once.len() * 4
        };
        are_twice(&|_| true) || (line.is_error && are_twice(&|seen| seen.is_error))
    }
}

/// Bits that tell most requests from each other, and are alike where the messages are.
#[inline]
fn mark(traffic: &Traffic) -> u16 {
    let numbers = [
        traffic.accepted.cast_unsigned(),
        traffic.timers.total.cast_unsigned(),
        traffic.bytes,
        u64::from(traffic.connections[0]),
    ];
    (numbers.into_iter().fold(0, hash::step) >> (u64::BITS - MARK)) as u16
}

/// How many bits these are.
const MARK: u32 = 12;

/// The message begins with an address and a port, and tells a date: without these, different requests look the same.
/// Lines of containers may be joined, and are told when their parts are; and what a relay says was repeated was.
fn may_be_told_apart(traffic: &Traffic, envelope: &Envelope, message: &[u8]) -> bool {
    let client = traffic.client.len();
    // Most clients are read from the message, and stand there.
    let is_first =
        message.as_ptr() == traffic.client.as_ptr() || message.starts_with(traffic.client);
    traffic.fields.has(FieldSet::ACCEPTED)
        && traffic.client != b"unix"
        && is_first
        && message.get(client) == Some(&b':')
        && envelope.said == Said::Once
        && envelope.container == Container::default()
}

/// Whether `option log-separate-errors` raises the level of a line (HAProxy: `log.c`, `strm_log`).
fn is_error(traffic: &Traffic) -> bool {
    traffic.mode == Mode::Handshake
        || traffic.redispatched
        || traffic.retries > 0
        || traffic.status >= 500
        || !matches!(traffic.term[0], b'-' | b'L')
}
