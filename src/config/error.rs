//! What is wrong with a configuration, and where.
//!
//! Enters: a place and a [`Problem`]. Leaves: a [`ConfigError`] whose text names file, line, column and what was
//! expected. Must not know: how the file was read.

use std::io;

use thiserror::Error;

use super::value::Refused;

/// A configuration that cannot be read.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file system refused.
    #[error("{file}: cannot be read: {source}")]
    Unreadable {
        /// Path as given.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// The text is not what HAProxy would accept.
    #[error("{file}:{line}:{column}: {problem}")]
    At {
        /// Name of the configuration as given to the reader.
        file: String,
        /// Line from 1.
        line: usize,
        /// Byte of the line from 1.
        column: usize,
        /// What is wrong.
        problem: Problem,
    },
}

impl ConfigError {
    /// What to do about it, in one sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "check that the path exists and that you may read it",
            Self::At { problem, .. } => problem.hint(),
        }
    }
}

/// What is wrong at a place. Texts are escaped, so that they can be shown on a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// A `"` or `'` without its partner.
    #[error("expected the end of the quote that begins here, on the same line")]
    UnterminatedQuote,
    /// `"${NAME` without `}`.
    #[error("expected `}}` after the name of the environment variable that begins here")]
    UnterminatedBrace,
    /// `"$"` followed by what cannot begin a name.
    #[error("expected the name of an environment variable after `$`")]
    VariableName,
    /// `\x` without its digits.
    #[error("expected two hexadecimal digits after `\\x`")]
    Hexadecimal,
    /// `"${NAME[` without `*]`.
    #[error("expected `[*]`")]
    Expansion,
    /// A time that is none.
    #[error("`{keyword}` expects a time such as `10s` or `500ms`, got `{text}`")]
    Time {
        /// Keyword whose value it is.
        keyword: String,
        /// The value as written.
        text: String,
    },
    /// A time above HAProxy's limit.
    #[error("`{keyword} {text}` is too large: expected at most 2147483647 ms (24.8 days)")]
    TimeTooLarge {
        /// Keyword whose value it is.
        keyword: String,
        /// The value as written.
        text: String,
    },
    /// A number that is none.
    #[error("`{keyword}` expects a whole number, got `{text}`")]
    Number {
        /// Keyword whose value it is.
        keyword: String,
        /// The value as written.
        text: String,
    },
    /// A number that does not fit.
    #[error("`{keyword} {text}` is too large: expected at most 4294967295")]
    NumberTooLarge {
        /// Keyword whose value it is.
        keyword: String,
        /// The value as written.
        text: String,
    },
    /// 0 where HAProxy refuses it.
    #[error("`{keyword}` expects a value above 0")]
    Zero {
        /// Keyword whose value it is.
        keyword: String,
    },
    /// A keyword at the end of its line.
    #[error("`{keyword}` expects {expected}")]
    Missing {
        /// The keyword.
        keyword: String,
        /// What has to follow it.
        expected: &'static str,
    },
    /// A word after the value, such as the `s` of `timeout server 10 s`.
    #[error("`{keyword}` expects the end of the line after its value, got `{text}`")]
    Extra {
        /// The keyword.
        keyword: String,
        /// The first word too many.
        text: String,
    },
    /// `.if` without its `.endif`; a file boundary ends no block.
    #[error("expected `.endif` for the `.if` that begins here, in the same file")]
    OpenCondition,
    /// `.elif`, `.else` or `.endif` without its `.if`.
    #[error("expected an `.if` before this `{keyword}`")]
    StrayCondition {
        /// The directive.
        keyword: String,
    },
    /// A condition that is none.
    #[error("expected a condition such as `defined(NAME)` or `streq(a,b)`, got `{text}`")]
    Condition {
        /// What could not be read of it, escaped.
        text: String,
    },
    /// `from NAME` where no such section stands before.
    #[error("expected a section `defaults {name}` before this line")]
    NoDefaults {
        /// The name, escaped.
        name: String,
    },
    /// The second argument of `server-template`.
    #[error("`server-template` expects a count such as `3` or a range such as `1-3`, got `{text}`")]
    Range {
        /// The argument as written.
        text: String,
    },
    /// Templates that would fill the memory.
    #[error(
        "`server-template` makes too many servers: expected at most 20000 in one configuration"
    )]
    TooManyServers,
    /// A NUL byte.
    #[error("expected text, got a NUL byte: this is not a haproxy.cfg")]
    NotText,
    /// Not one section in the whole file.
    #[error(
        "expected a section such as `global`, `defaults`, `frontend`, `backend` or `listen`, found none in the whole file"
    )]
    NoSection,
}

impl Problem {
    /// A time that HAProxy refuses.
    pub(super) fn time(refused: Refused, keyword: String, text: String) -> Self {
        match refused {
            Refused::Malformed => Self::Time { keyword, text },
            Refused::TooLarge => Self::TimeTooLarge { keyword, text },
        }
    }

    /// What to do about it, in one sentence.
    fn hint(&self) -> &'static str {
        match self {
            Self::UnterminatedQuote => {
                "close the quote, or write a backslash before it if it is part of the text"
            }
            Self::UnterminatedBrace | Self::VariableName | Self::Expansion => {
                "write `\\$` for a dollar sign between double quotes, or use single quotes"
            }
            Self::Hexadecimal => "write `\\\\x` for a backslash and an x, or use single quotes",
            Self::Time { .. } => {
                "a time is a whole number and one of us, ms, s, m, h, d; without a unit it is in milliseconds"
            }
            Self::TimeTooLarge { .. } | Self::NumberTooLarge { .. } => "write a smaller value",
            Self::Number { .. } => "write a whole number",
            Self::Zero { .. } => "write 1 or more",
            Self::Missing { .. } => "complete the line, or remove it",
            Self::Extra { .. } => "write the unit right behind the number, or remove the word",
            Self::OpenCondition => "write `.endif` where the block ends",
            Self::StrayCondition { .. } => "write the `.if`, or remove the line",
            Self::Condition { .. } => "join predicates by `&&` or `||`",
            Self::NoDefaults { .. } => {
                "check the name after `from`; a defaults section must stand before those that use it"
            }
            Self::Range { .. } => "write the count, or the first and the last number joined by `-`",
            Self::TooManyServers => "write a smaller range",
            Self::NotText => "if the file is compressed, decompress it first",
            Self::NoSection => "check that this is HAProxy's configuration and not another file",
        }
    }
}

/// Bytes of the file as they may be shown: control characters and broken UTF-8 escaped or replaced.
pub(super) fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).escape_debug().to_string()
}
