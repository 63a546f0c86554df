//! A value with its place in the file and where it comes from.
//!
//! Enters: a word of the file. Leaves: a [`Setting`] that can be shown, compared and replaced in the file, or an
//! [`Unknown`]. Must not know: which keywords there are.

use std::ops::Range;

use super::timeout::Timeout;

/// Where something stands in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which file of the configuration, from 0; [`Config::file_of`](super::Config::file_of) has its name.
    pub file: usize,
    /// Line from 1.
    pub line: usize,
    /// Byte of the line from 1.
    pub column: usize,
    /// Bytes of the file, quotes included.
    pub span: Range<usize>,
}

/// Who wrote the value that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The proxy's own section; for a server, its line or its proxy's `default-server`.
    Own,
    /// A `defaults` section, with its name if it has one.
    Defaults(Option<String>),
    /// Another timeout, which HAProxy uses where this one is not set.
    Fallback(Timeout),
}

/// A value in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value; times are in ms.
    pub value: T,
    /// As written in the file, quotes and unit included; broken UTF-8 replaced.
    pub text: String,
    /// Where it is written.
    pub at: Place,
    /// Who wrote it.
    pub from: Origin,
}

/// A value in force that depends on an environment variable, so that only the running HAProxy knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The keyword it is written for, such as `timeout server`.
    pub keyword: String,
    /// As written in the file.
    pub text: String,
    /// Where it is written.
    pub at: Place,
    /// Who wrote it.
    pub from: Origin,
}

/// Something a reader of the configuration should know and that is no error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where.
    pub at: Place,
    /// What, in one sentence; text of the file in it is escaped.
    pub text: String,
}
