//! What was heard of names, minute by minute.
//!
//! Enters: what was heard in each minute, in their order. Leaves: for a minute what was heard before it. Must not know: what
//! is made of it.
//!
//! A minute goes by what was heard up to three minutes before its end, so that this is known when its first line comes. Few
//! ever ask. So the last minutes are as they came, and are put to the sum of those before when nobody can ask without them.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::rollup::heard::{Heard, Word};

/// Seconds between the last that is asked about and a minute.
const LAG: i64 = 120;

/// Seconds in which what was heard comes to count half as much.
const FADES: i64 = 3_600;

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct History {
    sum: Sum,
    /// Later minutes, each with when it ends.
    since: VecDeque<(i64, Word)>,
}

/// What was heard in all minutes up to one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Sum {
    /// When the last of them ends; s since 1970 UTC.
    until: Option<i64>,
    // Whoever asked holds the same, until there is more to count.
    heard: Arc<Heard>,
}

impl Sum {
    /// Puts the next minute to it.
    fn add(&mut self, ends: i64, word: &Word) {
        let hour = |second: i64| second.div_euclid(FADES);
        let before = self.until.replace(ends);
        let hours = before.map_or(0, |before| hour(ends - 60) - hour(before));
        let heard = Arc::make_mut(&mut self.heard);
        if hours > 0 {
            heard.fade(u32::try_from(hours).unwrap_or(u32::MAX));
        }
        heard.take(word);
    }
}

impl History {
    /// What was heard before a minute; none while minutes before `frontier` are all that is known.
    pub fn before(&self, minute: i64, frontier: Option<i64>) -> Option<Arc<Heard>> {
        let is_known = frontier.is_some_and(|frontier| minute - LAG <= frontier);
        is_known.then(|| self.up_to(minute - LAG))
    }

    /// Notes what was heard in a minute, which is later than those before.
    pub fn note(&mut self, minute: i64, word: Word) {
        self.since.push_back((minute + 60, word));
    }

    /// Minutes before `frontier` are over: nobody asks for what was known long before.
    pub fn forget(&mut self, frontier: i64) {
        while let Some((ends, word)) = self.since.pop_front_if(|(ends, _)| *ends <= frontier - LAG)
        {
            self.sum.add(ends, &word);
        }
    }

    fn up_to(&self, second: i64) -> Arc<Heard> {
        let mut sum = self.sum.clone();
        let since = self.since.iter();
        for (ends, word) in since.take_while(|(ends, _)| *ends <= second) {
            sum.add(*ends, word);
        }
        sum.heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_goes_by_those_that_end_two_minutes_before_it() {
        let mut history = History::default();
        for nth in 0..50 {
            let mut word = Word::default();
            word.add(7, 1);
            history.note(60 * nth, word);
            let frontier = 60 * (nth + 1);
            history.forget(frontier);
            for later in 0..3 {
                let heard = history.before(frontier + 60 * later, Some(frontier));
                let minutes = (nth - 1 + later).max(0);
                assert_eq!(heard.map(|heard| i64::from(heard.of(7))), Some(minutes));
            }
            assert!(history.before(frontier + 180, Some(frontier)).is_none());
        }
    }

    #[test]
    fn hours_later_it_counts_less() {
        let mut history = History::default();
        for minute in [0, 3 * FADES] {
            let mut word = Word::default();
            word.add(7, 80);
            history.note(minute, word);
            history.forget(minute + 60);
        }
        let later = 3 * FADES + 600;
        let heard = history.before(later, Some(later));
        assert_eq!(heard.map(|heard| heard.of(7)), Some(10 + 80));
    }
}
