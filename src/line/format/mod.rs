//! A log-format of the user's own, compiled into a reader of its lines.
//!
//! Enters: the text of `log-format` or `error-log-format` once, then messages. Leaves: for each message a [`Traffic`]
//! with the fields that the format has, or nothing when the message is no line of it.
//! Must not know: where the format was found, or which other formats there are.
//!
//! HAProxy does not write its formats to be read again. Fields that HAProxy fills alone tell where they end; those that
//! clients and servers fill may not, and a format that leaves two of these side by side is refused.

mod aliases;
pub mod builtin;
pub mod cbor;
mod compile;
mod draft;
mod error;
mod extra;
mod grammar;
mod join;
mod json;
mod matching;
mod members;
mod part;
mod quick;
mod shape;
mod slot;
mod split;

pub use compile::Format;
pub use error::{FormatError, Problem};
pub use extra::Extra;
pub use part::{Part, Told};

use super::Traffic;

/// A message that was written by a format.
#[derive(Debug, Clone, PartialEq)]
pub struct Read<'a> {
    /// What the line says; [`Traffic::fields`] tells what that is.
    pub traffic: Traffic<'a>,
}
