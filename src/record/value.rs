//! The value of a field.
//!
//! Enters: what a line says. Leaves: numbers, words, lists. Must not know: which field it is, or how it is printed.

use std::borrow::Cow;
use std::ops::Deref;

/// A value as the line has it, escapes decoded; text may be any bytes, because strangers write some of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `true` or `false`.
    Bool(bool),
    /// Milliseconds, bytes, counts, statuses; -1 as HAProxy writes it.
    Number(i64),
    /// Text.
    Text(Text<'a>),
    /// Several values, such as captures.
    List(List<'a>),
    /// Named values, such as the fields of a log-format.
    Map(Vec<(Cow<'a, str>, Value<'a>)>),
    /// JSON's `null`.
    Null,
}

impl<'a> Value<'a> {
    /// Text that the line holds as it is.
    #[inline]
    pub fn text(text: &'a [u8]) -> Self {
        Self::Text(Text::Written(text))
    }

    /// Whether some text in it is no UTF-8.
    pub fn is_lossy(&self) -> bool {
        match self {
            Self::Text(text) => std::str::from_utf8(text).is_err(),
            Self::List(items) => items.iter().any(|item| item.is_lossy()),
            Self::Map(members) => members.iter().any(|(_, member)| member.is_lossy()),
            Self::Bool(_) | Self::Number(_) | Self::Null => false,
        }
    }
}

/// Values in their order.
#[derive(Debug, Clone)]
pub enum List<'a> {
    /// Texts as the line has them, parted by `|`.
    Parted(&'a [u8]),
    /// Any others.
    Items(Vec<Value<'a>>),
}

impl<'a> List<'a> {
    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = Value<'a>> {
        let (parted, items) = match self {
            Self::Parted(texts) => (Some(parts(texts)), &[][..]),
            Self::Items(items) => (None, items.as_slice()),
        };
        let parted = parted.into_iter().flatten().map(Value::text);
        parted.chain(items.iter().cloned())
    }
}

impl<'a> IntoIterator for List<'a> {
    type Item = Value<'a>;
    type IntoIter = std::vec::IntoIter<Value<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        match self {
            Self::Items(items) => items,
            parted => parted.iter().collect(),
        }
        .into_iter()
    }
}

/// What `|` parts.
pub fn parts(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut left = Some(text);
    std::iter::from_fn(move || {
        let text = left?;
        let end = memchr::memchr(b'|', text);
        left = end.map(|end| &text[end + 1..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

impl PartialEq for List<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

/// Bytes of a line, or bytes that were made of them.
#[derive(Debug, Clone)]
pub enum Text<'a> {
    /// As the line has them.
    Written(&'a [u8]),
    /// As many as a stamp has, which need no memory of their own: the bytes, and how many of them count.
    Short([u8; SHORT], u8),
    /// Any others.
    Made(Vec<u8>),
}

/// Bytes of the longest [`Text::Short`]: `2026-02-06T12:14:14.655`.
pub const SHORT: usize = 23;

impl Text<'_> {
    /// A few bytes, at most [`SHORT`].
    #[inline]
    pub fn short<const N: usize>(text: [u8; N]) -> Self {
        const { assert!(N <= SHORT, "it is short") };
        let mut bytes = [0; SHORT];
        bytes[..N].copy_from_slice(&text);
        Self::Short(bytes, N as u8)
    }
}

impl Deref for Text<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Self::Written(text) => text,
            Self::Short(bytes, length) => &bytes[..usize::from(*length)],
            Self::Made(text) => text,
        }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<'a> From<Cow<'a, [u8]>> for Text<'a> {
    #[inline]
    fn from(text: Cow<'a, [u8]>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Written(text),
            Cow::Owned(text) => Self::Made(text),
        }
    }
}

impl From<Vec<u8>> for Text<'_> {
    fn from(text: Vec<u8>) -> Self {
        Self::Made(text)
    }
}
