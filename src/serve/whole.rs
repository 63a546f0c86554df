//! Whole lines out of bytes that come in any pieces.
//!
//! Enters: bytes. Leaves: the lines that are whole, and where the last of them ends. Must not know: where bytes come from.

use memchr::memchr_iter;

use crate::source::LONGEST_LINE;

/// Bytes of a line that are kept: one more than is read tells that it was too long.
const KEPT: usize = LONGEST_LINE + 1;

/// Keeps a line until its end comes.
#[derive(Debug, Default)]
pub struct Whole {
    held: Vec<u8>,
    /// All bytes of the line that is held, those that are not kept too.
    length: u64,
}

/// What came of some bytes.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Came {
    /// Lines.
    pub lines: u64,
    /// Lines without text.
    pub empty: u64,
    /// Lines that were cut, because they were too long.
    pub cut: u64,
}

impl Whole {
    /// Adds the lines that are whole with these bytes; each ends in LF, none is empty.
    pub fn feed(&mut self, bytes: &[u8], lines: &mut Vec<u8>) -> Came {
        let mut came = Came::default();
        let mut from = 0;
        for end in memchr_iter(b'\n', bytes) {
            self.end(&bytes[from..end], lines, &mut came);
            from = end + 1;
        }
        self.hold(&bytes[from..]);
        came
    }

    /// Nothing follows: adds what is held as a line.
    pub fn finish(&mut self, lines: &mut Vec<u8>) -> Came {
        let mut came = Came::default();
        if self.length > 0 {
            self.end(b"", lines, &mut came);
        }
        came
    }

    /// Bytes of the line whose end did not come.
    pub fn unfinished(&self) -> u64 {
        self.length
    }

    fn hold(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        let room = KEPT - self.held.len().min(KEPT);
        self.held.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    #[inline]
    fn end(&mut self, last: &[u8], lines: &mut Vec<u8>, came: &mut Came) {
        if self.length > 0 || last.len() > KEPT {
            self.hold(last);
            came.cut += u64::from(self.length > KEPT as u64);
            let held = std::mem::take(&mut self.held);
            self.length = 0;
            add(&held, lines, came);
            self.held = held;
            self.held.clear();
        } else {
            add(last, lines, came);
        }
    }
}

#[inline]
fn add(line: &[u8], lines: &mut Vec<u8>, came: &mut Came) {
    if matches!(line, b"" | b"\r") {
        came.empty += 1;
        return;
    }
    came.lines += 1;
    lines.extend_from_slice(line);
    lines.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(chunks: &[&[u8]]) -> (Vec<u8>, Came) {
        let (mut whole, mut lines, mut all) = (Whole::default(), Vec::new(), Came::default());
        let mut add = |came: Came| {
            all.lines += came.lines;
            all.empty += came.empty;
            all.cut += came.cut;
        };
        for chunk in chunks {
            add(whole.feed(chunk, &mut lines));
        }
        add(whole.finish(&mut lines));
        (lines, all)
    }

    #[test]
    fn any_cut_gives_the_same_lines() {
        let text = b"a\n\nbc\r\n\r\nd";
        let expected = (
            b"a\nbc\r\nd\n".to_vec(),
            Came {
                lines: 3,
                empty: 2,
                cut: 0,
            },
        );
        for first in 0..text.len() {
            for second in first..text.len() {
                let chunks = [&text[..first], &text[first..second], &text[second..]];
                assert_eq!(read(&chunks), expected);
            }
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_cut() {
        let text = [vec![b'x'; 3 * LONGEST_LINE], b"\nnext\n".to_vec()].concat();
        for size in [1_000, text.len()] {
            let (lines, came) = read(&text.chunks(size).collect::<Vec<_>>());
            assert_eq!(lines.len(), KEPT + 1 + 5);
            assert!(lines.ends_with(b"x\nnext\n"));
            assert_eq!((came.lines, came.cut), (2, 1));
        }
    }
}
