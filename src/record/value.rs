//! The value of a field.
//!
//! Enters: what a line says. Leaves: numbers, words, lists. Must not know: which field it is, or how it is printed.

use std::borrow::Cow;

/// A value as the line has it, escapes decoded; text may be any bytes, because strangers write some of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `true` or `false`.
    Bool(bool),
    /// Milliseconds, bytes, counts, statuses; -1 as HAProxy writes it.
    Number(i64),
    /// Text.
    Text(Cow<'a, [u8]>),
    /// Several values, such as captures.
    List(Vec<Value<'a>>),
    /// Named values, such as the fields of a log-format.
    Map(Vec<(Cow<'a, str>, Value<'a>)>),
    /// JSON's `null`.
    Null,
}

impl<'a> Value<'a> {
    /// Text that the line holds as it is.
    pub fn text(text: &'a [u8]) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// Whether some text in it is no UTF-8.
    pub fn is_lossy(&self) -> bool {
        match self {
            Self::Text(text) => std::str::from_utf8(text).is_err(),
            Self::List(items) => items.iter().any(Value::is_lossy),
            Self::Map(members) => members.iter().any(|(_, member)| member.is_lossy()),
            Self::Bool(_) | Self::Number(_) | Self::Null => false,
        }
    }
}
