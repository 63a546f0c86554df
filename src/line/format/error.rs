//! What is wrong with a log-format, where, and what to do.
//!
//! Enters: a position and a [`Problem`]. Leaves: a [`FormatError`] whose text can be shown on a terminal.
//! Must not know: how the format was read.

use thiserror::Error;

/// A log-format that HAProxy would refuse, or whose lines cannot be taken apart again.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("log-format of {}, byte {at}: {problem}", .name.escape_debug())]
pub struct FormatError {
    /// Where the format is from, as its reader named it.
    pub name: String,
    /// Byte of the format from 1, as HAProxy sees it: quotes and escapes of `haproxy.cfg` resolved.
    pub at: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a log-format. Texts are escaped.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// The format depends on an environment variable that the configuration does not set.
    #[error(
        "the configuration does not set the environment variable `{}`; give the format with its value by `--log-format`",
        .0.escape_debug()
    )]
    Variable(String),
    /// With the value of an environment variable the format is longer than a line.
    #[error(
        "with the value of the environment variable `{}` the format has more than the 65535 bytes of the longest log line",
        .0.escape_debug()
    )]
    VariableTooLong(String),
    /// `%` with nothing behind it that could be meant.
    #[error("expected an alias, `[`, `(` or `{{` after `%`; write `%%` for a percent sign")]
    Percent,
    /// No version of HAProxy has this alias.
    #[error("HAProxy has no alias `%{0}`; see the table in its manual, 8.2.6")]
    Alias(String),
    /// No version of HAProxy has this flag.
    #[error("HAProxy has no flag `{0}`; write `+` or `-` and one of Q, X, E, M, bin, json, cbor")]
    Flag(String),
    /// A bracket without its partner.
    #[error("expected `{0}` that closes what begins here")]
    Unclosed(char),
    /// `%{+cbor}` on one item only.
    #[error(
        "a single item in CBOR cannot be told from its surroundings; set it for all: `%{{+cbor}}o`"
    )]
    Cbor,
    /// `+json` or `+cbor` for all, and no item has a name.
    #[error("HAProxy encodes named items only, and there is none; write `%(name)alias`")]
    Unnamed,
    /// Nothing tells where one field ends and the next begins.
    #[error("nothing tells where `{first}` ends and `{second}` begins; write them as `{instead}`")]
    Ambiguous {
        /// The field on the left, as written.
        first: String,
        /// The field on the right, or the text that the first may hold too.
        second: String,
        /// Both of them, parted.
        instead: String,
    },
    /// Any text would look like such a line.
    #[error("no field tells its lines from other text; add `%tr` or `%t`, `%ST` and `%tsc`")]
    Shapeless,
}
