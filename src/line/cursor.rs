//! A place in a line that moves on as its names and numbers are read.
//!
//! Enters: how a line begins. Leaves: its next name or number; `None` for all that ordinary lines do not hold there.
//! Must not know: which field it is, or why it is none.
//!
//! What is looked at has a fixed length, so that one comparison a number tells that it is within.

use std::ops::Range;

use super::search::{digits_and_value, ends_of_word};

/// Bytes that a line's fields up to its queues may take.
pub(super) const WINDOW: usize = 192;

/// What is left of a line.
#[derive(Debug)]
pub(super) struct Cursor<'w> {
    /// The line, or a shorter one and zeros behind it.
    pub(super) window: &'w [u8; WINDOW],
    pub(super) at: usize,
}

/// What may stand before the digits of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// Nothing, and it is a counter of 32 bits.
    Nothing,
    /// It may be `-1`.
    Minus,
    /// `+`: a lower bound.
    Plus,
    MinusOrPlus,
}

/// A number, and what stands around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    pub(super) value: u64,
    /// It stands behind a `+`.
    pub(super) marked: bool,
    /// The byte behind it.
    pub(super) end: u8,
}

/// The value of a `-1`.
pub(super) const BELOW: u64 = u64::MAX;

/// Digits of a number that always fits.
const SAFE: usize = 15;

impl<'w> Cursor<'w> {
    /// The next `N` bytes.
    #[inline(always)]
    pub(super) fn ahead<const N: usize>(&self) -> Option<&'w [u8; N]> {
        self.window.get(self.at..)?.first_chunk()
    }

    /// Passes these bytes, if they come next.
    #[inline(always)]
    pub(super) fn pass<const N: usize>(&mut self, bytes: &[u8; N]) -> bool {
        let come = self.ahead() == Some(bytes);
        if come {
            self.at += N;
        }
        come
    }

    /// Where the next word stands, which ends with a space; that is passed. A word with a bracket or a control character
    /// is none.
    #[inline(always)]
    pub(super) fn word(&mut self) -> Option<Range<usize>> {
        let from = self.at;
        let end = loop {
            match ends_of_word(self.ahead()?) {
                0 => self.at += 32,
                marks => break self.at + marks.trailing_zeros() as usize,
            }
        };
        self.at = end + 1;
        (self.window.get(end) == Some(&b' ')).then_some(from..end)
    }

    /// The next number, if this byte stands behind it, which is passed.
    #[inline(always)]
    pub(super) fn before(&mut self, end: u8, sign: Sign) -> Option<u64> {
        let number = self.short(sign, |byte| byte == end)?;
        (number.end == end).then_some(number.value)
    }

    /// The next number, which most likely has few digits and one of these bytes behind it; the byte behind it is passed.
    #[inline(always)]
    pub(super) fn short(&mut self, sign: Sign, is_end: impl Fn(u8) -> bool) -> Option<Number> {
        let six: &[u8; 6] = self.ahead()?;
        let mut value = digit(six[0]);
        if value <= 9 {
            // Whether a number ends is asked first: of one digit, nothing else is to be asked.
            for (passed, byte) in (2..).zip(&six[1..]) {
                if is_end(*byte) {
                    self.at += passed;
                    return Some(Number {
                        value: u64::from(value),
                        marked: false,
                        end: *byte,
                    });
                }
                let digit = digit(*byte);
                if digit > 9 {
                    return None;
                }
                value = value * 10 + digit;
            }
        }
        self.rare(sign)
    }

    /// The next three numbers, if each is one digit before a slash: all of that is one question.
    #[inline(always)]
    pub(super) fn three_digits(&mut self) -> Option<[u8; 3]> {
        const LIKE: u64 = u64::from_le_bytes(*b"0/0/0/\0\0");
        const SIX: u64 = u64::from_le_bytes([6, 0, 6, 0, 6, 0, 0, 0]);
        const OTHERS: u64 = u64::from_le_bytes([0xF0, 0xFF, 0xF0, 0xFF, 0xF0, 0xFF, 0, 0]);
        let values = u64::from_le_bytes(*self.ahead()?) ^ LIKE;
        // Digits have become their values and slashes 0. From 10 on, 6 more reaches the upper half of a byte.
        if (values | values.wrapping_add(SIX)) & OTHERS != 0 {
            return None;
        }
        self.at += 6;
        let [first, _, second, _, third, ..] = values.to_le_bytes();
        Some([first, second, third])
    }

    /// The next number, which may be a lower bound; the byte behind it is passed.
    #[inline(always)]
    pub(super) fn number(&mut self, sign: Sign) -> Option<Number> {
        let (digits, value) = digits_and_value(*self.ahead()?);
        if digits == 0 || digits == 8 {
            return self.rare(sign);
        }
        let end = self.at + digits;
        self.at = end + 1;
        Some(Number {
            value,
            marked: false,
            end: *self.window.get(end)?,
        })
    }

    /// The same for a number with a sign, or of many digits.
    #[inline(always)]
    fn rare(&mut self, sign: Sign) -> Option<Number> {
        let (number, at) = rare(self.window, self.at, sign)?;
        self.at = at;
        Some(number)
    }
}

/// A number, and where the text goes on.
// It takes no cursor, which would have to lie in memory for it.
#[cold]
#[inline(never)]
fn rare(window: &[u8; WINDOW], at: usize, sign: Sign) -> Option<(Number, usize)> {
    let rest = window.get(at..)?;
    let (digits, is_below, marked) = match rest {
        [b'-', b'1', ..] if matches!(sign, Sign::Minus | Sign::MinusOrPlus) => {
            (&rest[1..], true, false)
        }
        [b'+', rest @ ..] if matches!(sign, Sign::Plus | Sign::MinusOrPlus) => (rest, false, true),
        _ => (rest, false, false),
    };
    let length = digits.iter().position(|byte| digit(*byte) > 9)?;
    let most = if is_below { 1 } else { SAFE };
    if length == 0 || length > most {
        return None;
    }
    let value = digits[..length]
        .iter()
        .fold(0, |value, byte| value * 10 + u64::from(digit(*byte)));
    if sign == Sign::Nothing && value > u64::from(u32::MAX) {
        return None;
    }
    let number = Number {
        value: if is_below { BELOW } else { value },
        marked,
        end: digits[length],
    };
    Some((number, WINDOW - digits.len() + length + 1))
}

/// The value of a digit; another byte is more than 9.
#[inline(always)]
const fn digit(byte: u8) -> u32 {
    (byte as u32).wrapping_sub(b'0' as u32)
}
