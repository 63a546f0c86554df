//! Messages in a stream (RFC 6587).
//!
//! Enters: bytes of a connection, as they come. Leaves: the messages that are whole, as lines, many at a time.
//! Must not know: connections.
//!
//! A message is counted (`37 <134>…`) or ends with a newline; the first byte of each tells. What is not closed off stays
//! in the buffer, but never more than the longest line: the rest of a longer one is passed over.

use std::io;
use std::net::IpAddr;

use memchr::memchr;
use tokio_util::bytes::{Buf, BytesMut};
use tokio_util::codec::Decoder;

use super::host::{Sender, trimmed};
use crate::source::LONGEST_LINE;

/// Bytes of lines handed over at a time.
const PIECE: usize = 1 << 18;

/// Bytes of a message that are kept: one more than is read tells that it was too long.
const KEPT: usize = LONGEST_LINE + 1;

/// Digits of a count, and the space behind it. What has more is text.
const COUNT: usize = 8;

/// Whole lines, and what was met on the way to them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Each ends in LF, none is empty.
    pub lines: Vec<u8>,
    /// How many.
    pub count: u64,
    /// Messages without text.
    pub empty: u64,
    /// Messages that were cut.
    pub cut: u64,
}

/// See the module.
#[derive(Debug)]
pub struct Frames {
    sender: Sender,
    /// What is left of a message that was too long.
    rest: Rest,
    /// The last message ended with a newline.
    is_plain: bool,
}

/// What is passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Nothing,
    Bytes(usize),
    Line,
}

/// What a buffer begins with.
enum Start {
    /// A message of so many bytes, behind a count of so many.
    Counted(usize, usize),
    /// One that ends with a newline.
    Plain,
    /// It may be either.
    Unknown,
}

impl Frames {
    /// Those of a sender.
    pub fn of(sender: IpAddr) -> Self {
        Self {
            sender: Sender::new(sender),
            rest: Rest::Nothing,
            is_plain: false,
        }
    }

    /// Takes the messages that are whole, and tells how many bytes they were.
    fn take(&mut self, bytes: &[u8], piece: &mut Piece) -> usize {
        let mut at = 0;
        while at < bytes.len() && piece.lines.len() < PIECE {
            let left = &bytes[at..];
            let taken = match self.rest {
                Rest::Nothing => self.take_one(left, piece),
                rest => Some(self.pass_over(rest, left)),
            };
            match taken {
                Some(taken) => at += taken,
                None => break,
            }
        }
        at
    }

    fn pass_over(&mut self, rest: Rest, left: &[u8]) -> usize {
        let (passed, rest) = match rest {
            Rest::Nothing => (0, Rest::Nothing),
            Rest::Bytes(bytes) if bytes > left.len() => {
                (left.len(), Rest::Bytes(bytes - left.len()))
            }
            Rest::Bytes(bytes) => (bytes, Rest::Nothing),
            Rest::Line => match memchr(b'\n', left) {
                Some(end) => (end + 1, Rest::Nothing),
                None => (left.len(), Rest::Line),
            },
        };
        self.rest = rest;
        passed
    }

    /// Takes one message if it is whole, or too long to be waited for.
    #[inline]
    fn take_one(&mut self, left: &[u8], piece: &mut Piece) -> Option<usize> {
        let (from, length) = match self.start(left) {
            Start::Unknown => return None,
            Start::Counted(from, length) => (from, Some(length)),
            Start::Plain => (0, memchr(b'\n', left)),
        };
        self.is_plain = from == 0;
        let length = match length {
            Some(length) if length <= KEPT => length,
            // Too long; of a message without an end, as far as is known.
            too_long if left.len() - from > KEPT => {
                self.add(&left[from..from + KEPT], piece);
                piece.cut += 1;
                self.rest = too_long.map_or(Rest::Line, |length| match from {
                    0 => Rest::Line,
                    _ => Rest::Bytes(length - KEPT),
                });
                return Some(from + KEPT);
            }
            _ => return None,
        };
        let message = left.get(from..from + length)?;
        self.add(message, piece);
        Some(from + length + usize::from(self.is_plain))
    }

    #[inline]
    fn start(&self, left: &[u8]) -> Start {
        if !matches!(left.first(), Some(b'1'..=b'9')) {
            return Start::Plain;
        }
        let digits = left.iter().take(COUNT);
        let digits = digits.take_while(|byte| byte.is_ascii_digit()).count();
        match (left.get(digits), left.get(digits + 1)) {
            _ if digits == COUNT => Start::Plain,
            (None, _) | (Some(b' '), None) => Start::Unknown,
            // A line may begin with a number and a space; what was not counted before is not counted now.
            (Some(b' '), Some(first)) if *first == b'<' || !self.is_plain => {
                let value = |value: usize, digit: &u8| value * 10 + usize::from(digit - b'0');
                Start::Counted(digits + 1, left[..digits].iter().fold(0, value))
            }
            _ => Start::Plain,
        }
    }

    #[inline]
    fn add(&mut self, message: &[u8], piece: &mut Piece) {
        let message = trimmed(message);
        if message.is_empty() {
            piece.empty += 1;
            return;
        }
        piece.count += 1;
        self.sender.add_line(message, &mut piece.lines);
    }

    /// What is left when the connection ends: a message without its end.
    fn finish(&mut self, buffer: &mut BytesMut) -> Option<Piece> {
        let left = buffer.split();
        if self.rest != Rest::Nothing || left.is_empty() {
            return None;
        }
        let mut piece = Piece::default();
        let from = match self.start(&left) {
            Start::Counted(from, _) => {
                piece.cut += 1;
                from
            }
            _ => 0,
        };
        self.add(&left[from..], &mut piece);
        Some(piece)
    }
}

impl Decoder for Frames {
    type Item = Piece;
    type Error = io::Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Piece>, io::Error> {
        let mut piece = Piece {
            // An address may be put into each.
            lines: Vec::with_capacity((buffer.len() + buffer.len() / 8).min(PIECE)),
            ..Piece::default()
        };
        let taken = self.take(buffer, &mut piece);
        buffer.advance(taken);
        Ok((taken > 0).then_some(piece))
    }

    fn decode_eof(&mut self, buffer: &mut BytesMut) -> Result<Option<Piece>, io::Error> {
        match self.decode(buffer)? {
            Some(piece) => Ok(Some(piece)),
            None => Ok(self.finish(buffer)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(chunks: &[&[u8]]) -> Piece {
        let mut frames = Frames::of(IpAddr::from([10, 0, 0, 7]));
        let mut buffer = BytesMut::new();
        let mut all = Piece::default();
        let mut add = |piece: Piece| {
            all.lines.extend_from_slice(&piece.lines);
            all.count += piece.count;
            all.empty += piece.empty;
            all.cut += piece.cut;
        };
        for chunk in chunks {
            buffer.extend_from_slice(chunk);
            while let Some(piece) = frames.decode(&mut buffer).unwrap() {
                add(piece);
            }
            assert!(buffer.len() <= KEPT + 1 + COUNT, "{}", buffer.len());
        }
        while let Some(piece) = frames.decode_eof(&mut buffer).unwrap() {
            add(piece);
        }
        all
    }

    fn lines(text: &str) -> String {
        String::from_utf8(read(&[text.as_bytes()]).lines).unwrap()
    }

    #[test]
    fn each_message_tells_how_it_ends() {
        let cases = [
            ("<134>a\n<134>b\n", "<134>a\n<134>b\n"),
            ("6 <134>a6 <134>b", "<134>a\n<134>b\n"),
            ("7 <134>a\n<134>b\n6 <134>c", "<134>a\n<134>b\n<134>c\n"),
            // A newline within a counted message does not make two of it.
            ("11 <134>a\n<0>b", "<134>a <0>b\n"),
            // HAProxy's raw format.
            ("10.0.0.1:1 [x\n200 ok\n", "10.0.0.1:1 [x\n200 ok\n"),
            ("3 abc3 def", "abc\ndef\n"),
            ("2026-02-06T12:14:14 m\n", "2026-02-06T12:14:14 m\n"),
            ("12345678 x\n", "12345678 x\n"),
            ("<1>a\r\n\n\0\n<2>b\0\n", "<1>a\n<2>b\n"),
            // Without their ends.
            ("<1>a\n<2>b", "<1>a\n<2>b\n"),
            ("20 <1>a", "<1>a\n"),
            ("12", "12\n"),
            ("0 x\n", "0 x\n"),
        ];
        for (text, expected) in cases {
            assert_eq!(lines(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_message_that_is_too_long_is_cut_and_the_next_one_is_read() {
        let long = "x".repeat(3 * LONGEST_LINE);
        let plain = format!("<1>{long}\n<2>b\n");
        let counted = format!("{} <1>{long}5 <2>bc", long.len() + 3);
        for (text, last) in [(plain, "<2>b\n"), (counted, "<2>bc\n")] {
            let chunks: Vec<&[u8]> = text.as_bytes().chunks(10_000).collect();
            let piece = read(&chunks);
            assert_eq!((piece.count, piece.cut), (2, 1));
            assert_eq!(piece.lines.len(), KEPT + 1 + last.len());
            assert!(piece.lines.ends_with(last.as_bytes()));
        }
    }

    #[test]
    fn a_sender_without_a_name_is_told_by_its_address() {
        let text = "<134>Feb  6 12:14:14 haproxy[7]: a\n37 <134>Feb  6 12:14:14 haproxy[7]: bcd";
        assert_eq!(
            lines(text),
            "<134>Feb  6 12:14:14 10.0.0.7 haproxy[7]: a\n<134>Feb  6 12:14:14 10.0.0.7 haproxy[7]: bcd\n"
        );
    }

    proptest! {
        #[test]
        fn any_cut_of_any_bytes_gives_the_same_lines(
            text in proptest::collection::vec(prop_oneof![
                Just(b"7 <1>abc".to_vec()),
                Just(b"<1>abc\n".to_vec()),
                Just(b"\n".to_vec()),
                Just(b"12 ab\ncd".to_vec()),
                proptest::collection::vec(any::<u8>(), 0..6),
                proptest::collection::vec(prop_oneof![Just(b' '), Just(b'\n'), b'0'..=b'9'], 0..6),
            ], 0..12),
            cuts in proptest::collection::vec(0usize..80, 0..6),
        ) {
            let text = text.concat();
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
            let whole = read(&[&text]);
            prop_assert_eq!(read(&chunks), read(&[&text]));
            prop_assert_eq!(read(&single), read(&[&text]));
            prop_assert_eq!(whole.lines.split(|byte| *byte == b'\n').count() as u64, whole.count + 1);
        }
    }
}
