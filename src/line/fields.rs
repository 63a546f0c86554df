//! The fields of a traffic line, one after the other.
//!
//! Enters: what is left of a line. Leaves: the next field, or why there is none.
//! Must not know: which field it is.
//!
//! Most of a line is short numbers: they are read as they are passed, without looking for their end first.

use super::Problem;

/// What is left of a line; fields are parted by single spaces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// The next field, where the format has another behind it. A line that ends within it was cut: half of a number
    /// is another number, so nothing of it is taken.
    pub(super) fn next(&mut self) -> Result<&'a [u8], Problem> {
        let end = find(b' ', self.rest).ok_or(Problem::Truncated)?;
        let field = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        Ok(field)
    }

    /// The last field of the format, which the end of the line ends as well.
    pub(super) fn last(&mut self) -> &'a [u8] {
        let end = find(b' ', self.rest).unwrap_or(self.rest.len());
        let (field, rest) = self.rest.split_at(end);
        self.rest = rest;
        field
    }

    /// The next `n` fields, where the format has another behind them; `read` gives their value and what follows it.
    pub(super) fn take<T>(
        &mut self,
        n: usize,
        read: impl FnOnce(&'a [u8]) -> Option<(T, &'a [u8])>,
    ) -> Result<T, Problem> {
        match read(self.rest) {
            Some((value, [b' ', rest @ ..])) => {
                self.rest = rest;
                Ok(value)
            }
            _ => Err(self.spoilt(n)),
        }
    }

    /// What is wrong with the next `n` fields.
    #[cold]
    fn spoilt(&self, n: usize) -> Problem {
        match memchr::memchr_iter(b' ', self.rest).nth(n - 1) {
            Some(_) => Problem::Malformed,
            None => Problem::Truncated,
        }
    }
}

/// The lowest bit of each of eight bytes.
const ONES: u64 = u64::from_le_bytes([0x01; 8]);

/// The highest bit of each of eight bytes.
const HIGH: u64 = u64::from_le_bytes([0x80; 8]);

/// Where a byte stands first. Eight bytes at once: fields are so short that calling memchr costs more.
pub(super) fn find(byte: u8, text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(eight) = text[at..].first_chunk() {
        // A byte that is looked for becomes 0, and the lowest 0 the lowest high bit.
        let word = u64::from_le_bytes(*eight) ^ (ONES * u64::from(byte));
        let found = word.wrapping_sub(ONES) & !word & HIGH;
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let left = text[at..].iter().position(|other| *other == byte);
    left.map(|left| at + left)
}

/// A decimal number without sign.
pub(super) fn number(text: &[u8]) -> Option<u64> {
    let (number, rest) = leading(text)?;
    rest.is_empty().then_some(number)
}

/// The digits that a text begins with, at least one, as a number, and what follows them.
pub(super) fn leading(text: &[u8]) -> Option<(u64, &[u8])> {
    let (number, end) = digits(text, 0, SAFE).or_else(|| long(text))?;
    Some((number, &text[end..]))
}

/// Digits of a number that always fits.
const SAFE: usize = 19;

/// The number that stands at a place, of at most `most` digits ([`SAFE`] or less), and where it ends.
// Inlined: what a call of it costs is more than most numbers do.
#[inline(always)]
fn digits(text: &[u8], from: usize, most: usize) -> Option<(u64, usize)> {
    let (mut number, mut end) = (0_u64, from);
    while let Some(byte) = text.get(end) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
        end += 1;
    }
    (end > from && end - from <= most).then_some((number, end))
}

/// The same for a number of many digits at the beginning of a text, if it fits.
#[cold]
fn long(text: &[u8]) -> Option<(u64, usize)> {
    let end = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = text[..end].iter().try_fold(0_u64, |number, byte| {
        number.checked_mul(10)?.checked_add(u64::from(byte - b'0'))
    })?;
    (end > 0).then_some((number, end))
}

/// A number, and whether it stands behind a `+`.
pub(super) fn marked(text: &[u8]) -> Option<(u64, bool)> {
    let (marked, rest) = leading_marked(text)?;
    rest.is_empty().then_some(marked)
}

/// The same at the beginning of a text, and what follows it.
pub(super) fn leading_marked(text: &[u8]) -> Option<((u64, bool), &[u8])> {
    let (digits, mark) = match text {
        [b'+', digits @ ..] => (digits, true),
        _ => (text, false),
    };
    let (number, rest) = leading(digits)?;
    Some(((number, mark), rest))
}

/// Numbers that slashes part, read in one pass: timers, connections, queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slashed<const N: usize> {
    /// -1 for whatever is below zero.
    pub(super) values: [i64; N],
    /// How many there are.
    pub(super) n: usize,
    /// One of them is below zero.
    pub(super) negative: bool,
    /// The last stands behind a `+`.
    pub(super) marked: bool,
}

impl<const N: usize> Slashed<N> {
    /// Those that a text begins with, at most `N` of at most `most` digits each (18 or less), and what follows them.
    pub(super) fn leading(text: &[u8], most: usize) -> Option<(Self, &[u8])> {
        let mut found = Self {
            values: [0; N],
            n: 0,
            negative: false,
            marked: false,
        };
        let mut at = 0;
        for nth in 0..N {
            if text.get(at) == Some(&b'+') {
                (found.marked, at) = (true, at + 1);
            }
            let is_below = text.get(at) == Some(&b'-');
            found.negative |= is_below;
            let (number, end) = digits(text, at + usize::from(is_below), most)?;
            found.values[nth] = if is_below { -1 } else { number.cast_signed() };
            found.n = nth + 1;
            if found.marked || text.get(end) != Some(&b'/') {
                return Some((found, &text[end..]));
            }
            at = end + 1;
        }
        // There is one more.
        None
    }
}

/// The text before the next slash, and what follows that.
pub(super) fn slash(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = find(b'/', text)?;
    Some((&text[..end], &text[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_wherever_it_stands() {
        for length in 0..40 {
            for at in 0..length {
                let mut text = vec![b'!'; length];
                text[at..].fill(b' ');
                assert_eq!(find(b' ', &text), Some(at), "{at} of {length}");
            }
            assert_eq!(find(b' ', &vec![b'!'; length]), None);
        }
    }

    #[test]
    fn numbers_between_slashes_are_read_as_far_as_they_go() {
        let read = |text: &'static str| {
            let (found, rest) = Slashed::<3>::leading(text.as_bytes(), 4)?;
            let values = found.values[..found.n].to_vec();
            Some((values, found.marked, rest.escape_ascii().to_string()))
        };
        let some =
            |values: &[i64], marked, rest: &str| Some((values.to_vec(), marked, rest.into()));
        for (text, expected) in [
            ("7", some(&[7], false, "")),
            ("1/-1/20 x", some(&[1, -1, 20], false, " x")),
            ("1/2/+3 ", some(&[1, 2, 3], true, " ")),
            ("1/+-1 ", some(&[1, -1], true, " ")),
            ("1/+2/3", some(&[1, 2], true, "/3")),
            ("1/2x/3", some(&[1, 2], false, "x/3")),
            ("1/2/3/4", None),
            ("1//3", None),
            ("1/", None),
            ("-", None),
            ("--1", None),
            ("12345", None),
            ("", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_number_ends_where_its_digits_do() {
        for digits in 1..19 {
            for end in 0..=u8::MAX {
                let number = &b"123456789012345678"[..digits];
                let text = [number, &[end], b"12345678"].concat();
                let expected = str::from_utf8(number)
                    .expect("digits")
                    .parse()
                    .expect("a number");
                if !end.is_ascii_digit() {
                    assert_eq!(
                        leading(&text),
                        Some((expected, &text[digits..])),
                        "{digits}, {end}"
                    );
                }
                assert_eq!(
                    leading(&[&[end], number].concat()).is_some(),
                    end.is_ascii_digit()
                );
            }
        }
    }

    #[test]
    fn a_number_fits_or_is_none() {
        for (text, expected) in [
            ("0", Some(0)),
            ("18446744073709551615", Some(u64::MAX)),
            ("000000000000000000000007", Some(7)),
            ("7654321", Some(7_654_321)),
            ("87654321", Some(87_654_321)),
            ("18446744073709551616", None),
            ("99999999999999999999999", None),
            ("", None),
            ("1x", None),
            ("-1", None),
        ] {
            assert_eq!(number(text.as_bytes()), expected, "{text}");
        }
    }
}
