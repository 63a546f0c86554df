//! What most of a record is: numbers, texts that need no escape, and names known before the first line is read.
//!
//! Enters: a number, a text, the name of a field. Leaves: digits; whether the text can be copied; the bytes around a
//! name. Must not know: which format is printed.

/// Appends a number in decimal.
pub(super) fn number(number: i64, out: &mut Vec<u8>) {
    // Most have a digit or two, and copying two bytes is cheaper than copying some.
    match usize::try_from(number) {
        Ok(digit @ ..10) => out.push(b'0' + digit as u8),
        Ok(pair @ ..100) => out.extend_from_slice(&PAIRS[pair]),
        Ok(three @ ..1_000) => {
            let [tens, ones] = PAIRS[three % 100];
            out.extend_from_slice(&[b'0' + (three / 100) as u8, tens, ones]);
        }
        _ => digits(number, out),
    }
}

/// `00` to `99`
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut at = 0;
    while at < pairs.len() {
        pairs[at] = [b'0' + at as u8 / 10, b'0' + at as u8 % 10];
        at += 1;
    }
    pairs
};

/// Bytes of the longest number: the sign and nineteen digits.
const LONGEST: usize = 20;

fn digits(number: i64, out: &mut Vec<u8>) {
    let mut text = [0; LONGEST];
    let (mut left, mut at) = (number.unsigned_abs(), LONGEST);
    while left >= 10 {
        at -= 2;
        text[at..at + 2].copy_from_slice(&PAIRS[(left % 100) as usize]);
        left /= 100;
    }
    if left > 0 {
        at -= 1;
        text[at] = b'0' + left as u8;
    }
    if number < 0 {
        at -= 1;
        text[at] = b'-';
    }
    out.extend_from_slice(&text[at..]);
}

/// Whether a text is of visible ASCII and blanks, without a quote or a backslash.
// All of it is looked at, as a loop that may end early is not made into one over sixteen bytes at once.
pub(super) fn is_plain(text: &[u8]) -> bool {
    let found = if let Some(last) = text.last_chunk() {
        // The last eight bytes may be looked at twice.
        let (words, _) = text.as_chunks();
        words
            .iter()
            .fold(unusual(*last), |found, word| found | unusual(*word))
    } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        let [first, last] = [first, last].map(|half| u64::from(u32::from_le_bytes(*half)));
        unusual((first | last << 32).to_le_bytes())
    } else {
        let word = text
            .iter()
            .fold(u64::from_le_bytes([b' '; 8]), |word, byte| {
                word << 8 | u64::from(*byte)
            });
        unusual(word.to_le_bytes())
    };
    found & HIGH == 0
}

/// The lowest bit of each of eight bytes.
const ONES: u64 = u64::from_le_bytes([0x01; 8]);

/// The highest bit of each of eight bytes.
const HIGH: u64 = u64::from_le_bytes([0x80; 8]);

/// Has a high bit if one of the bytes is not plain.
#[inline(always)]
fn unusual(bytes: [u8; 8]) -> u64 {
    let word = u64::from_le_bytes(bytes);
    let below_blank = word.wrapping_sub(ONES * u64::from(b' '));
    // A byte that is looked for becomes 0, and the lowest 0 the lowest high bit.
    let is = |byte: u8| (word ^ (ONES * u64::from(byte))).wrapping_sub(ONES);
    word | below_blank | is(b'"') | is(b'\\') | is(0x7F)
}

/// A name and what is printed around it, as one text.
pub(super) struct Joined {
    bytes: [u8; 32],
    length: usize,
}

impl Joined {
    /// Put together when the program is built.
    pub(super) const fn of(parts: [&str; 3]) -> Self {
        let mut joined = Joined {
            bytes: [0; 32],
            length: 0,
        };
        let mut nth = 0;
        while nth < parts.len() {
            let (part, mut at) = (parts[nth].as_bytes(), 0);
            while at < part.len() {
                joined.bytes[joined.length] = part[at];
                (joined.length, at) = (joined.length + 1, at + 1);
            }
            nth += 1;
        }
        joined
    }

    pub(super) const fn text(&self) -> &[u8] {
        self.bytes.split_at(self.length).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_the_formatter_makes_of_them() {
        let powers = (0..19).flat_map(|power| {
            let ten = 10_i64.pow(power);
            [ten - 1, ten, ten + 1, -ten]
        });
        for expected in powers.chain([42, 65_535, i64::MAX, i64::MIN]) {
            let mut out = Vec::new();
            number(expected, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected.to_string());
        }
    }

    #[test]
    fn no_byte_that_needs_an_escape_is_plain_wherever_it_stands() {
        for length in 0..20 {
            let mut text = vec![b'a'; length];
            assert!(is_plain(&text), "{length}");
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    text[at] = byte;
                    let plain = matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
                    assert_eq!(is_plain(&text), plain, "{byte:#x} at {at} of {length}");
                }
                text[at] = b'~';
            }
        }
    }
}
