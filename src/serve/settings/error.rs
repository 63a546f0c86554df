//! What is wrong with a setting, where, and what to do.
//!
//! Enters: findings. Leaves: one line, and a hint. Must not know: who prints them.

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct CannotLoad {
    /// `/etc/hapline/hapline.toml:12:3`, `HAPLINE_STORE_KEEP` or `--keep`.
    place: String,
    what: String,
    hint: String,
}

impl CannotLoad {
    /// At a place.
    pub(super) fn new(
        place: impl Into<String>,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
            hint: hint.into(),
        }
    }

    /// What to do.
    pub fn hint(&self) -> &str {
        &self.hint
    }
}
