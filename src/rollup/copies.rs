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

mod sight;

pub use sight::Sight;

use super::fingerprint::figures;
use super::lens::Lens;
use super::writers;
use crate::envelope::{Container, Envelope, Said};
use crate::line::{FieldSet, Mode, Reading, Traffic};
use crate::record::{Readings, Record};

/// Lines of traffic before a line among which its copy is looked for.
const LINES: usize = 32;

/// Lines that may stand between a line and its copy.
const APART: usize = 4;

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Copies {
    /// A few bits of each of the last lines, which hardly any other shares: they are looked at together, and messages are
    /// compared only where they are the same.
    marks: [u16; LINES],
    seen: [Seen; LINES],
    /// The messages of lines that are not in sight.
    kept: [Vec<u8>; LINES],
    next: usize,
}

/// What a line of traffic is known by.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// What it was [measured](figures) to be.
    pub figures: u64,
    /// A hash of [who wrote it](writers::hash).
    pub process: u64,
    /// Where it begins.
    pub offset: u64,
}

/// A line that was seen.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// Who wrote it.
    process: u64,
    /// Where it begins.
    offset: u64,
    /// Where its message stands, if that is in sight. It is copied when what it stands in is left: few are ever compared.
    message_at: Option<u64>,
    length: usize,
    is_error: bool,
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
        let mut readings = Readings::new(&lens.reader);
        let mut lines = before.split_inclusive(|byte| *byte == b'\n');
        if at > 0 {
            // The end of a line that begins too far away, if only the newline.
            at += lines.next().map_or(0, <[u8]>::len) as u64;
        }
        for line in lines {
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            readings.read(text, |record| {
                let filter = lens.filter.as_ref();
                let is_kept = filter.is_none_or(|filter| filter.keeps(record));
                if let Reading::Traffic(traffic) = &record.reading
                    && is_kept
                {
                    let line = Line {
                        figures: figures(traffic),
                        process: writers::hash(&record.envelope),
                        offset: at,
                    };
                    self.is_copy(&line, record, sight);
                }
            });
            at += line.len() as u64;
        }
        self.leave(sight);
    }

    /// Whether a line is a copy. What is in sight stays so until it is [left](Copies::leave).
    // Inlined, as it is asked for each line.
    #[inline(always)]
    pub fn is_copy(&mut self, line: &Line, record: &Record, sight: Sight) -> bool {
        let &Line {
            figures,
            process,
            offset,
        } = line;
        let Some((message, traffic)) = told_apart(record) else {
            return false;
        };
        let message_at = sight.find(message);
        let line = || Seen {
            process,
            offset,
            message_at,
            length: message.len(),
            is_error: is_error(traffic),
        };
        let mark = (figures >> (u64::BITS - u16::BITS)) as u16;
        // All of them at once: hardly ever is it there, and the first that is ends nothing.
        let is_there = self
            .marks
            .iter()
            .fold(false, |is, held| is | (*held == mark));
        let is_copy = is_there && self.is_written_twice(&line(), message, sight);
        let place = self.next % LINES;
        self.marks[place] = mark;
        // Made where it stays: what is written by halves and moved at once has to be waited for.
        self.seen[place] = line();
        if message_at.is_none() {
            self.keep(place, message);
        }
        self.next = (place + 1) % LINES;
        is_copy
    }

    /// What was in sight is left behind.
    pub fn leave(&mut self, sight: Sight) {
        for place in 0..LINES {
            if let Some(at) = self.seen[place].message_at.take() {
                self.keep(place, sight.text(at, self.seen[place].length));
            }
        }
    }

    #[cold]
    fn keep(&mut self, place: usize, message: &[u8]) {
        let kept = &mut self.kept[place];
        kept.clear();
        kept.extend_from_slice(message);
    }

    /// The lines that a process wrote near another one, the first one first, with their messages.
    fn near<'a>(&'a self, line: &Seen, sight: Sight<'a>) -> Vec<(&'a Seen, &'a [u8])> {
        let order = (self.next..LINES).chain(0..self.next);
        let all = order.map(|place| (&self.seen[place], place));
        let near = all.filter(|(seen, _)| {
            seen.process == line.process && seen.offset + Self::REACH >= line.offset
        });
        near.map(|(seen, place)| match seen.message_at {
            Some(at) => (seen, sight.text(at, seen.length)),
            None => (seen, &self.kept[place][..]),
        })
        .collect()
    }

    /// Whether the process wrote this line once before, and the lines before that one twice: all of them, or the errors.
    #[inline(never)]
    fn is_written_twice(&self, line: &Seen, message: &[u8], sight: Sight) -> bool {
        let before = self.near(line, sight);
        let times = |of: &[u8]| before.iter().filter(|(_, message)| *message == of).count();
        let first = before.iter().position(|(_, before)| *before == message);
        // More than twice is a client that asks again and again.
        let Some(first) = first.filter(|_| times(message) == 1) else {
            return false;
        };
        // Of the first lines in sight, the line that they repeat may be out of sight.
        let out_of_sight = APART.max(before.len() - first);
        let settled = || before.iter().take(first).skip(out_of_sight);
        // Datagrams get lost: not all of a second target's lines have to be there.
        let are_twice = |is_asked: &dyn Fn(&Seen) -> bool| {
            let (mut twice, mut once) = (0, 0);
            for (_, message) in settled().filter(|(seen, _)| is_asked(seen)) {
                let n = if times(message) == 2 {
                    &mut twice
                } else {
                    &mut once
                };
                *n += 1;
            }
            twice / 2 >= once * 4
        };
        are_twice(&|_| true) || (line.is_error && are_twice(&|seen| seen.is_error))
    }
}

/// The message and the traffic of a record that may be told from others.
#[inline]
fn told_apart<'r, 'a>(record: &'r Record<'a>) -> Option<(&'a [u8], &'r Traffic<'a>)> {
    let Reading::Traffic(traffic) = &record.reading else {
        return None;
    };
    // Nearly all lines.
    if record.is_plain() && traffic.client != b"unix" {
        return Some((record.envelope.message, traffic));
    }
    let message = record.envelope.message.trim_ascii_start();
    may_be_told_apart(traffic, &record.envelope, message).then_some((message, traffic))
}

/// The message begins with an address and a port, and tells a date: without these, different requests look the same.
/// Lines of containers may be joined, and are told when their parts are; and what a relay says was repeated was.
#[inline(never)]
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
    // All of it at once: most lines are none, and would be asked one question after the other.
    (traffic.mode == Mode::Handshake)
        | traffic.redispatched
        | (traffic.retries > 0)
        | (traffic.status >= 500)
        | !matches!(traffic.term[0], b'-' | b'L')
}
