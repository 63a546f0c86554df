//! Why a server left the rotation.
//!
//! Enters: what a message gives as the reason. Leaves: the same, kept beyond its line.
//! Must not know: what became of the server.

use serde::{Deserialize, Serialize};

use crate::line::Why;
use crate::rollup::Name;
use crate::words::checks::CheckCode;

/// Why a server left, kept beyond its line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The check's code, when a check took it out and the text is known.
    pub check: Option<CheckCode>,
    /// Status of the check.
    pub status: Option<i32>,
    /// The check's `info:`, or what the message said instead of a reason.
    pub said: Name,
    /// Check duration in ms.
    pub duration: Option<u32>,
    /// An operator wanted it.
    pub commanded: bool,
}

impl Reason {
    /// What a message gives as the reason.
    pub fn of(why: &Why) -> Option<Self> {
        match why {
            Why::Unsaid => None,
            Why::Check(result) => Some(Self {
                check: result.code,
                status: result.status,
                said: result.info.unwrap_or_default().into(),
                duration: result.duration,
                commanded: false,
            }),
            Why::Said(said) => Some(Self {
                check: None,
                status: None,
                said: (*said).into(),
                duration: None,
                commanded: is_a_command(said),
            }),
        }
    }

    /// DNS, or an SRV record that is gone, took the server out.
    pub fn is_dns(&self) -> bool {
        let said = self.said.as_ref();
        let begins = |text: &str| said.starts_with(text.as_bytes());
        self.check.is_none()
            && (begins("DNS")
                || begins("No IP for server")
                || begins("unspecified DNS")
                || begins("entry removed"))
    }

    /// Requests got errors, and so did the check; or it is they that were watched (`observe layer7`).
    pub fn is_errors(&self) -> bool {
        self.check == Some(CheckCode::HealthAnalyze)
            || self.status.is_some_and(|status| status >= 500)
    }
}

/// Causes in which an operator or a script speaks; a state file repeats what others found (HAProxy: `server.c`).
fn is_a_command(said: &[u8]) -> bool {
    said.ends_with(b"on stats page")
        || (said.starts_with(b"changed from ") && !said.starts_with(b"changed from server-state"))
}
