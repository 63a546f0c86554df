//! What is said on standard error, each thing at most once a minute.
//!
//! Enters: sentences. Leaves: those that were not said just now, and how often the others came. Must not know: what they mean.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::report::escape;

/// Time for which a sentence is not said again.
const QUIET: Duration = Duration::from_secs(60);

/// Sentences that are remembered.
const MOST: usize = 256;

/// See the module.
#[derive(Debug, Default)]
pub struct Said {
    said: BTreeMap<String, (Instant, u64)>,
}

impl Said {
    /// Says it, unless that was just done.
    pub fn say(&mut self, sentence: &str) {
        if self.said.len() >= MOST {
            self.said.retain(|_, (at, _)| at.elapsed() < QUIET);
        }
        let (mut again, full) = (0, self.said.len() >= MOST);
        match self.said.get_mut(sentence) {
            Some((at, more)) if at.elapsed() < QUIET => {
                *more += 1;
                return;
            }
            Some((_, more)) => again = *more,
            None if full => return,
            None => {}
        }
        self.said.insert(sentence.to_owned(), (Instant::now(), 0));
        let times = match again {
            0 => String::new(),
            n => format!(" ({n} more times since it was said)"),
        };
        aside!("hapline: {}{times}", escape::terminal(sentence));
    }
}
