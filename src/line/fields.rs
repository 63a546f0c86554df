//! The fields of a traffic line, one after the other.
//!
//! Enters: what is left of a line. Leaves: the next field, or why there is none.
//! Must not know: which field it is.

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
        let end = memchr::memchr(b' ', self.rest).ok_or(Problem::Truncated)?;
        let field = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        Ok(field)
    }

    /// The last field of the format, which the end of the line ends as well.
    pub(super) fn last(&mut self) -> &'a [u8] {
        let end = memchr::memchr(b' ', self.rest).unwrap_or(self.rest.len());
        let (field, rest) = self.rest.split_at(end);
        self.rest = rest;
        field
    }
}

/// A decimal number without sign.
pub(super) fn number(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// A number, and whether it stands behind a `+`.
pub(super) fn marked(text: &[u8]) -> Option<(u64, bool)> {
    match text.strip_prefix(b"+") {
        Some(text) => Some((number(text)?, true)),
        None => Some((number(text)?, false)),
    }
}

/// The text before the next slash, and what follows that.
pub(super) fn slash(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| *byte == b'/')?;
    Some((&text[..end], &text[end + 1..]))
}
