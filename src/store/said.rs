//! What is said on standard error, of each kind at most once a minute.
//!
//! Enters: sentences, as often as they are true. Leaves: few of them. Must not know: what to do about them.

use std::collections::HashMap;
use std::fmt::Display;
use std::time::{Duration, Instant};

use super::problem::{CannotStore, Problem};
use super::status::Status;

/// Between two sentences of a kind.
const PAUSE: Duration = Duration::from_secs(60);

/// When a sentence of each kind was last said.
#[derive(Debug, Default)]
pub struct Said(HashMap<&'static str, Instant>);

impl Said {
    /// Says it, unless that was said a moment ago; tells whether it did.
    pub fn say(&mut self, kind: &'static str, sentence: impl Display) -> bool {
        let now = Instant::now();
        let is_new = self
            .0
            .get(kind)
            .is_none_or(|last| now.duration_since(*last) >= PAUSE);
        if is_new {
            self.0.insert(kind, now);
            aside!("hapline: {sentence}");
        }
        is_new
    }

    /// Says what is wrong, what it costs so far and what to do.
    pub fn trouble(&mut self, trouble: &CannotStore, status: &Status) {
        let waiting = status.waiting_bytes;
        let lost = match status.lost_blocks {
            0 => String::new(),
            blocks => format!("; {blocks} blocks ({} lines) were lost", status.lost_lines),
        };
        let is_said = self.say(
            kind(&trouble.problem),
            format_args!("{trouble}. {waiting} bytes wait in memory{lost}"),
        );
        if is_said {
            aside!("hint: {}", trouble.hint());
        }
    }
}

/// What is said of one does not silence another.
fn kind(problem: &Problem) -> &'static str {
    match problem {
        Problem::Corrupt(_) | Problem::NotADatabase => "damage",
        Problem::Full => "full",
        Problem::ReadOnly | Problem::Permission => "rights",
        Problem::Locked(_) | Problem::Busy => "locked",
        Problem::Gone | Problem::NoDirectory(_) => "gone",
        _ => "other",
    }
}
