//! Takes the wrapping off a line.
//!
//! Enters: one line without its newline, as bytes. Leaves: an [`Envelope`] that borrows from it.
//! Must not know: HAProxy's messages, files, sockets, the current time or zone.
//! Never fails: what is not recognised as wrapping is message.

use crate::time::Stamp;

/// What stood around a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Envelope<'a> {
    /// When the message was written, as far as the wrapping says.
    pub stamp: Stamp,
    /// Log host; empty when the wrapping names none.
    pub host: &'a [u8],
    /// Program name (`haproxy` unless `log-tag` is set); empty when the wrapping names none.
    pub tag: &'a [u8],
    /// Process id of the writer.
    pub pid: Option<u32>,
    /// HAProxy's own stderr form: `[WARNING]  (1234) : …`.
    pub stderr: bool,
    /// The message itself.
    pub message: &'a [u8],
}
