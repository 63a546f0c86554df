//! What is said on standard error, of each kind at most once a minute.

use std::collections::HashMap;
use std::fmt::Display;
use std::time::{Duration, Instant};

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
}
