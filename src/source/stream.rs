//! A stream cut into pieces of whole lines.
//!
//! Enters: bytes as they come. Leaves: pieces of whole lines with their offset in the stream; parts of a line wait for
//! the one that ends it. Must not know: where the bytes come from.

use memchr::{memchr, memrchr};

use super::parts::{self, Joiner, Lines, PartOf};
use super::{LONGEST_LINE, Part};

/// Keeps the unfinished last line between reads, and lines that may be joined with it.
#[derive(Debug)]
pub struct Splitter {
    part_of: PartOf,
    held: Vec<u8>,
    /// Offset of the first byte of `held`.
    offset: u64,
    /// Bytes of `held` that were handed over; they are kept for those that they may be joined with.
    told: usize,
    /// Bytes of `held` that are whole lines.
    whole: usize,
    /// The rest of a line that was too long is passed over.
    passing_over: bool,
}

impl Splitter {
    /// One that has read nothing; `part_of` tells which lines are parts.
    pub fn new(part_of: PartOf) -> Self {
        Self::from(0, part_of)
    }

    /// The same for a stream of which the first `offset` bytes are not seen.
    pub fn from(offset: u64, part_of: PartOf) -> Self {
        Self {
            part_of,
            held: Vec::new(),
            offset,
            told: 0,
            whole: 0,
            passing_over: false,
        }
    }

    /// Takes bytes in, and hands over all lines that are whole and will not be joined with one to come.
    pub fn feed(&mut self, mut bytes: &[u8], mut lines: impl FnMut(Lines)) {
        if self.passing_over {
            let Some(end) = memchr(b'\n', bytes) else {
                self.offset += bytes.len() as u64;
                return;
            };
            self.passing_over = false;
            self.offset += end as u64 + 1;
            bytes = &bytes[end + 1..];
        }
        let whole = memrchr(b'\n', bytes).map(|at| self.held.len() + at + 1);
        self.held.extend_from_slice(bytes);
        if let Some(whole) = whole {
            self.whole = whole;
            self.hand_over(self.decided(), &mut lines);
        }
        if self.held.len() - self.whole > LONGEST_LINE {
            // One byte more than is read tells that the line was too long.
            let left = self.held.len();
            self.held.truncate(self.whole + LONGEST_LINE + 1);
            self.whole = self.held.len();
            let passed_over = left - self.whole;
            self.hand_over(self.whole, &mut lines);
            self.offset += passed_over as u64;
            self.passing_over = true;
        }
    }

    /// Bytes that came and were not handed over.
    pub fn held_back(&self) -> &[u8] {
        &self.held[self.told..]
    }

    /// The stream has ended: hands over what is left, a last line without its newline too.
    pub fn finish(&mut self, mut lines: impl FnMut(Lines)) {
        self.whole = self.held.len();
        self.hand_over(self.whole, &mut lines);
    }

    /// Hands over the lines up to `end`, and lets go what no line to come can be joined with.
    fn hand_over(&mut self, end: usize, lines: &mut impl FnMut(Lines)) {
        if end > self.told {
            lines(Lines {
                offset: self.offset + self.told as u64,
                bytes: &self.held[self.told..end],
                before: &self.held[..self.told],
                after: &self.held[end..self.whole],
            });
        }
        let gone = match end.checked_sub(LONGEST_LINE) {
            _ if end == self.whole => end,
            Some(far) => memchr(b'\n', &self.held[far..end]).map_or(0, |at| far + at + 1),
            None => 0,
        };
        self.held.drain(..gone);
        self.offset += gone as u64;
        self.told = end - gone;
        self.whole -= gone;
    }

    /// Where the first part stands that a line to come may end; without one, the end of the whole lines.
    fn decided(&self) -> usize {
        let whole = &self.held[..self.whole];
        if self.part(parts::last_line(whole)).is_none() {
            return self.whole;
        }
        let mut joiner = Joiner::default();
        for (offset, line) in parts::each(0, whole) {
            joiner.add((), offset, line, self.part(line), |(), _| {});
        }
        let open = joiner.first_open(self.whole as u64);
        open.map_or(self.whole, |open| open as usize)
    }

    fn part(&self, line: &[u8]) -> Option<Part> {
        parts::part(line, self.part_of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Lines that begin with a small letter go on, in a channel of that letter; with a capital letter they end.
    fn lettered(line: &[u8]) -> Option<Part> {
        let first = *line.first().filter(|first| first.is_ascii_alphabetic())?;
        Some(Part {
            channel: first.to_ascii_lowercase(),
            ends: first.is_ascii_uppercase(),
            text: 1..line.len(),
        })
    }

    /// What the stream holds: lines with their offsets, put together, in the order of their offsets.
    fn read(chunks: &[&[u8]]) -> Vec<(u64, Vec<u8>)> {
        let mut splitter = Splitter::new(lettered);
        let mut found = Vec::new();
        let mut keep = |piece: Lines| {
            let from = piece.offset - piece.before.len() as u64;
            let own = piece.offset..piece.offset + piece.bytes.len() as u64;
            let bytes = [piece.before, piece.bytes, piece.after].concat();
            let mut joiner = Joiner::default();
            let mut whole = |at: u64, line: std::borrow::Cow<[u8]>| {
                if own.contains(&at) {
                    found.push((at, line.into_owned()));
                }
            };
            for (at, line) in parts::each(from, &bytes) {
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                joiner.add(at, at, line, parts::part(line, lettered), &mut whole);
            }
            joiner.finish(whole);
        };
        for chunk in chunks {
            splitter.feed(chunk, &mut keep);
        }
        splitter.finish(&mut keep);
        found.sort();
        found
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_lines(
            text in "([abAB1x]{1,3}\n){0,30}[abA]{0,3}",
            cuts in proptest::collection::vec(0usize..100, 0..5),
        ) {
            let text = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.sort_unstable();
            let mut chunks = Vec::new();
            let mut from = 0;
            for cut in cuts {
                chunks.push(&text[from..cut]);
                from = cut;
            }
            chunks.push(&text[from..]);
            let single: Vec<&[u8]> = text.chunks(1).collect();
            prop_assert_eq!(read(&chunks), read(&[text]));
            prop_assert_eq!(read(&single), read(&[text]));
        }
    }

    #[test]
    fn parts_wait_for_the_one_that_ends_their_line() {
        let mut splitter = Splitter::new(lettered);
        let mut told = Vec::new();
        for line in ["1\n", "a\n", "B\n", "A\n", "b\n", "2\n"] {
            splitter.feed(line.as_bytes(), |lines| told.push(lines.bytes.to_vec()));
            told.push(b"|".to_vec());
        }
        assert_eq!(
            told.concat().escape_ascii().to_string(),
            "1\\n|||a\\nB\\nA\\n||b\\n2\\n|"
        );
    }

    #[test]
    fn a_line_that_never_ends_is_not_waited_for_long() {
        let mut splitter = Splitter::new(lettered);
        let (mut told, mut most) = (0, 0);
        for _ in 0..2_000 {
            splitter.feed(&[b"a".repeat(99), b"\n".to_vec()].concat(), |lines| {
                told += lines.bytes.len();
            });
            most = most.max(splitter.held.len());
        }
        assert!(told > 100_000, "{told}");
        assert!(most <= 2 * LONGEST_LINE + 200, "{most}");
    }

    #[test]
    fn of_a_line_that_is_too_long_the_rest_is_passed_over() {
        let long = vec![b'1'; LONGEST_LINE + 10];
        let lines = read(&[&long, b"yy\nnext\n"]);
        assert_eq!(lines[0].1.len(), LONGEST_LINE + 1);
        assert_eq!(lines[1], (LONGEST_LINE as u64 + 13, b"next".to_vec()));
    }
}
