//! Why a change cannot be made.
//!
//! Enters: a place, or a name. Leaves: a [`Refusal`] whose text says what to do by hand. Must not know: how files change.

use thiserror::Error;

use super::super::Config;
use super::super::setting::Place;

/// Why a change was not made. Texts are escaped, so that they can be shown on a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The value is in force already.
    #[error("this is so already")]
    AlreadySo,
    /// No such proxy in these files.
    #[error("the configuration has no proxy `{name}`")]
    NoProxy {
        /// The name asked for.
        name: String,
    },
    /// No such server in these files.
    #[error("the configuration has no server `{server}` in `{backend}`")]
    NoServer {
        /// The proxy.
        backend: String,
        /// The name asked for.
        server: String,
    },
    /// No `defaults` to change.
    #[error("`{name}` is built on no `defaults` section")]
    NoDefaults {
        /// The proxy.
        name: String,
    },
    /// `.if` around it.
    #[error(
        "{at}: this line stands in a condition (`.if`); change the branch that is in force by hand"
    )]
    InCondition {
        /// File and line.
        at: String,
    },
    /// An environment variable in the value.
    #[error("{at}: the value comes from the environment (`{text}`); change it there")]
    Variable {
        /// File and line.
        at: String,
        /// The word with the variable.
        text: String,
    },
    /// A server made by `server-template`.
    #[error(
        "{at}: the server comes from this `server-template`; a change there is one of all its servers"
    )]
    Template {
        /// File and line of the template.
        at: String,
    },
    /// Another line decides.
    #[error("{at}: this line sets it, too, and counts for more")]
    Overridden {
        /// File and line.
        at: String,
    },
    /// Checks of a server that takes over another one's state, or the other way round.
    #[error("{at}: a server that has `track` cannot have checks of its own")]
    Tracks {
        /// File and line.
        at: String,
    },
    /// A keyword whose lines add up.
    #[error("`{keyword}` lines add up, so that a new value does not replace an old one")]
    Repeated {
        /// The keyword.
        keyword: String,
    },
    /// There is nothing to change.
    #[error("`{name}` has no `option httpchk` to change")]
    NoHttpCheck {
        /// The proxy.
        name: String,
    },
    /// Not a text that may stand in a line.
    #[error("`{text}` cannot stand in a line of the configuration as it is")]
    NoValue {
        /// The text asked for.
        text: String,
    },
    /// The files could not be read with the change.
    #[error("{0}")]
    Unreadable(String),
    /// The value would not be in force.
    #[error("HAProxy would not take the value from there")]
    NotInForce,
}

impl Refusal {
    pub(super) fn no_proxy(name: &str) -> Self {
        let name = name.escape_debug().to_string();
        Self::NoProxy { name }
    }

    pub(super) fn no_value(text: &str) -> Self {
        let text = text.escape_debug().to_string();
        Self::NoValue { text }
    }

    pub(super) fn overridden(config: &Config, at: &Place) -> Self {
        let at = shown(config, at);
        Self::Overridden { at }
    }

    pub(super) fn in_condition(config: &Config, at: &Place) -> Self {
        let at = shown(config, at);
        Self::InCondition { at }
    }
}

/// `file:line`
pub(super) fn shown(config: &Config, at: &Place) -> String {
    format!("{}:{}", config.file_of(at).escape_debug(), at.line)
}
