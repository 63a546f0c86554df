//! A stream cut into pieces of whole lines.
//!
//! Enters: bytes as they come. Leaves: pieces of whole lines with their offset in the stream.
//! Must not know: where the bytes come from.

use memchr::memrchr;

use super::LONGEST_LINE;

/// Keeps the unfinished last line between reads.
#[derive(Debug, Default)]
pub struct Splitter {
    unfinished: Vec<u8>,
    /// Offset of the first byte of `unfinished`.
    offset: u64,
    /// The rest of a line that was too long is passed over.
    passing_over: bool,
}

impl Splitter {
    /// Takes bytes in, and hands over all lines that are whole: their offset and their bytes.
    pub fn feed(&mut self, mut bytes: &[u8], mut lines: impl FnMut(u64, &[u8])) {
        if self.passing_over {
            let Some(end) = memchr::memchr(b'\n', bytes) else {
                self.offset += bytes.len() as u64;
                return;
            };
            self.passing_over = false;
            self.offset += end as u64 + 1;
            bytes = &bytes[end + 1..];
        }
        let whole = memrchr(b'\n', bytes).map_or(0, |at| at + 1);
        self.unfinished.extend_from_slice(&bytes[..whole]);
        if whole > 0 {
            lines(self.offset, &self.unfinished);
            self.offset += self.unfinished.len() as u64;
            self.unfinished.clear();
        }
        self.unfinished.extend_from_slice(&bytes[whole..]);
        if self.unfinished.len() > LONGEST_LINE {
            lines(self.offset, &self.unfinished[..LONGEST_LINE]);
            self.offset += self.unfinished.len() as u64;
            self.unfinished.clear();
            self.passing_over = true;
        }
    }

    /// The stream has ended: hands over a last line without its newline.
    pub fn finish(&mut self, mut lines: impl FnMut(u64, &[u8])) {
        if !self.unfinished.is_empty() {
            lines(self.offset, &self.unfinished);
            self.offset += self.unfinished.len() as u64;
            self.unfinished.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(chunks: &[&[u8]]) -> Vec<(u64, Vec<u8>)> {
        let mut splitter = Splitter::default();
        let mut lines = Vec::new();
        let mut keep = |offset: u64, bytes: &[u8]| {
            let mut at = offset;
            for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                lines.push((at, line.to_vec()));
                at += line.len() as u64;
            }
        };
        for chunk in chunks {
            splitter.feed(chunk, &mut keep);
        }
        splitter.finish(&mut keep);
        lines
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_lines(text in "[ab\n]{0,60}", cuts in proptest::collection::vec(0usize..60, 0..5)) {
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
            prop_assert_eq!(pieces(&chunks), pieces(&[text]));
        }
    }

    #[test]
    fn of_a_line_that_is_too_long_the_rest_is_passed_over() {
        let long = vec![b'x'; LONGEST_LINE + 10];
        let lines = pieces(&[&long, b"yy\nnext\n"]);
        assert_eq!(lines[0].1.len(), LONGEST_LINE);
        assert_eq!(lines[1], (LONGEST_LINE as u64 + 13, b"next\n".to_vec()));
    }
}
