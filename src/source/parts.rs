//! Lines that were cut in parts on their way, put together again.
//!
//! Enters: lines in their order, each with what it says of being a part. Leaves: whole lines, each where its first part
//! stands. Must not know: how a line says that it is a part.
//!
//! The rule: a line that ends takes with it the parts of its channel before it. Those are the ones behind the last line of
//! the channel that ended, as far as they start at most [`LONGEST_LINE`] bytes before it and only lines of channels stand
//! between. A part that no line takes stands alone. Nothing is decided by what is further away than that, so all who see
//! these many bytes to either side of some lines join them alike, wherever the input was cut.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use memchr::{memchr, memrchr};

use super::LONGEST_LINE;

/// What a line says of being a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Parts of one line are in one channel, and lines of others may stand between them.
    pub channel: u8,
    /// The line ends here.
    pub ends: bool,
    /// Where in it the text stands that is to be put together; what is around it is that of the part that ends the line.
    pub text: Range<usize>,
}

/// Reads what a line says of being a part; `None` for a line that is whole whatever stands around it.
pub type PartOf = fn(&[u8]) -> Option<Part>;

/// Some whole lines, and those around them that they may be joined with.
#[derive(Debug, Clone, Copy)]
pub struct Lines<'a> {
    /// Offset of their first byte.
    pub offset: u64,
    /// The lines, each with its newline; the last may lack one.
    pub bytes: &'a [u8],
    /// Lines that stand right before them.
    pub before: &'a [u8],
    /// Lines that stand right behind them.
    pub after: &'a [u8],
}

impl<'a> Lines<'a> {
    /// Lines that nothing around them belongs to.
    pub fn alone(offset: u64, bytes: &'a [u8]) -> Self {
        Self {
            offset,
            bytes,
            before: b"",
            after: b"",
        }
    }

    /// The lines whose first part is one of these, put together, without their newlines and as far as they are read:
    /// how many of these lines stand before each, and its text.
    pub fn whole(self, part_of: PartOf) -> Vec<(u64, Cow<'a, [u8]>)> {
        let (mut joiner, mut found) = (Joiner::default(), Vec::new());
        let mut keep = |nth: Option<u64>, line| found.extend(nth.map(|nth| (nth, line)));
        let own = (0..).map(Some);
        let around = || std::iter::repeat(None);
        let start = self.offset - self.before.len() as u64;
        let end = self.offset + self.bytes.len() as u64;
        let lines = around()
            .zip(each(start, self.before))
            .chain(own.zip(each(self.offset, self.bytes)))
            .chain(around().zip(each(end, self.after)));
        for (nth, (offset, line)) in lines {
            joiner.add(nth, offset, as_read(line), part(line, part_of), &mut keep);
        }
        joiner.finish(keep);
        found.sort_by_key(|(nth, _)| *nth);
        found
    }
}

/// A line without its newline, as far as it is read.
#[inline]
pub fn as_read(line: &[u8]) -> &[u8] {
    let line = &line[..line.len().min(LONGEST_LINE)];
    line.strip_suffix(b"\n").unwrap_or(line)
}

/// The last of some lines, without its newline.
pub fn last_line(lines: &[u8]) -> &[u8] {
    let last = lines.strip_suffix(b"\n").unwrap_or(lines);
    &last[memrchr(b'\n', last).map_or(0, |at| at + 1)..]
}

/// Whether the first and the last of some lines are parts.
pub fn edges(lines: &[u8], part_of: PartOf) -> [bool; 2] {
    let first = &lines[..memchr(b'\n', lines).unwrap_or(lines.len())];
    [first, last_line(lines)].map(|line| part(line, part_of).is_some())
}

/// The lines of some bytes, each with its newline and its offset, if the first begins at `offset`.
pub fn each(offset: u64, bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let (mut offset, mut rest) = (offset, bytes);
    std::iter::from_fn(move || {
        let length = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(length);
        let at = offset;
        (offset, rest) = (offset + length as u64, after);
        (length > 0).then_some((at, line))
    })
}

/// What a line, with or without its newline, says of being a part. One that is too long is none: it was cut itself.
#[inline]
pub fn part(line: &[u8], part_of: PartOf) -> Option<Part> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    (line.len() <= LONGEST_LINE).then(|| part_of(line))?
}

/// Puts lines together; `T` is what whoever asks knows a line by.
#[derive(Debug)]
pub struct Joiner<'a, T> {
    /// The parts of each channel whose line has not ended.
    open: BTreeMap<u8, VecDeque<Open<'a, T>>>,
}

#[derive(Debug)]
struct Open<'a, T> {
    at: T,
    offset: u64,
    line: &'a [u8],
    text: Range<usize>,
}

impl<T> Default for Joiner<'_, T> {
    fn default() -> Self {
        Self {
            open: BTreeMap::new(),
        }
    }
}

impl<'a, T> Joiner<'a, T> {
    /// Whether a line that says this is whole, and neither joins nor ends another.
    pub fn passes(&self, part: Option<&Part>) -> bool {
        self.open.is_empty() && part.is_none_or(|part| part.ends)
    }

    /// Takes the next line in, without its newline, and hands over what is whole now.
    pub fn add(
        &mut self,
        at: T,
        offset: u64,
        line: &'a [u8],
        part: Option<Part>,
        mut whole: impl FnMut(T, Cow<'a, [u8]>),
    ) {
        let Some(part) = part else {
            self.finish(&mut whole);
            return whole(at, Cow::Borrowed(line));
        };
        let open = self.open.entry(part.channel).or_default();
        while let Some(lone) = open.pop_front_if(|part| !is_near(part.offset, offset)) {
            whole(lone.at, Cow::Borrowed(lone.line));
        }
        let last = Open {
            at,
            offset,
            line,
            text: part.text,
        };
        if !part.ends {
            open.push_back(last);
            return;
        }
        let parts = self.open.remove(&part.channel).unwrap_or_default();
        let (at, line) = last.with(parts);
        whole(at, line);
    }

    /// No line will follow: hands over parts whose line did not end.
    pub fn finish(&mut self, mut whole: impl FnMut(T, Cow<'a, [u8]>)) {
        if self.open.is_empty() {
            return;
        }
        for lone in std::mem::take(&mut self.open).into_values().flatten() {
            whole(lone.at, Cow::Borrowed(lone.line));
        }
    }

    /// Offset of the first part that a line at `offset` or behind it may still take.
    pub fn first_open(&self, offset: u64) -> Option<u64> {
        let parts = self.open.values().flatten().map(|part| part.offset);
        parts.filter(|part| is_near(*part, offset)).min()
    }
}

impl<'a, T> Open<'a, T> {
    /// The line that ends here, with its parts.
    fn with(self, parts: VecDeque<Open<'a, T>>) -> (T, Cow<'a, [u8]>) {
        if parts.is_empty() {
            return (self.at, Cow::Borrowed(self.line));
        }
        let mut joined = self.line[..self.text.start].to_vec();
        for part in &parts {
            joined.extend_from_slice(&part.line[part.text.clone()]);
        }
        joined.extend_from_slice(&self.line[self.text.start..]);
        let first = parts.into_iter().next().map_or(self.at, |first| first.at);
        (first, Cow::Owned(joined))
    }
}

fn is_near(part: u64, end: u64) -> bool {
    end - part <= LONGEST_LINE as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `1<` begins or continues a line of channel 1, `1>` ends it, and anything else is of no channel.
    fn marked(line: &[u8]) -> Option<Part> {
        let (channel, mark) = (*line.first()?, *line.get(1)?);
        matches!(mark, b'<' | b'>').then_some(Part {
            channel,
            ends: mark == b'>',
            text: 2..line.len(),
        })
    }

    /// The lines of some text, put together, with the number of the first part.
    fn joined(lines: &[&str]) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let mut joiner = Joiner::default();
        let mut keep = |nth, line: Cow<[u8]>| {
            found.push((nth, String::from_utf8_lossy(&line).into_owned()));
        };
        let mut offset = 0;
        for (nth, line) in lines.iter().enumerate() {
            let line = line.as_bytes();
            joiner.add(nth, offset, line, part(line, marked), &mut keep);
            offset += line.len() as u64 + 1;
        }
        joiner.finish(keep);
        found.sort();
        found
    }

    fn numbered(nth: usize, line: &str) -> (usize, String) {
        (nth, line.to_owned())
    }

    #[test]
    fn each_channel_is_joined_by_itself() {
        assert_eq!(
            joined(&["1<a", "2<x", "1<b", "2>y", "1>c", "1>d"]),
            [
                numbered(0, "1>abc"),
                numbered(1, "2>xy"),
                numbered(5, "1>d")
            ]
        );
    }

    #[test]
    fn a_line_of_no_channel_ends_the_wait_for_all() {
        assert_eq!(
            joined(&["1<a", "text", "1>b"]),
            [numbered(0, "1<a"), numbered(1, "text"), numbered(2, "1>b")]
        );
    }

    #[test]
    fn what_is_too_far_away_is_not_taken() {
        let far = format!("2>{}", "x".repeat(LONGEST_LINE - 10));
        let of = |lines: &[&str]| {
            joined(lines)
                .into_iter()
                .map(|(nth, _)| nth)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&["1<a", &far, "1>b"]), [0, 1]);
        assert_eq!(of(&["1<a", "1<b", &far, "1>c"]), [0, 1, 2]);
        assert_eq!(of(&["1<a", "1<b", &far, "2>xx", "1>c"]), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_line_that_is_too_long_is_no_part() {
        let long = "1<".repeat(LONGEST_LINE / 2 + 1);
        assert_eq!(part(long.as_bytes(), marked), None);
        assert!(part(&long.as_bytes()[..LONGEST_LINE], marked).is_some());
    }
}
