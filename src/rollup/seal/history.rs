//! What was heard of names, minute by minute.
//!
//! Enters: what was heard in each minute, in their order. Leaves: for a minute what was heard before it. Must not know: what
//! is made of it.
//!
//! A minute goes by what was heard up to three minutes before its end, so that this is known when its first line comes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::rollup::heard::Heard;
use crate::rollup::merge::Merge;

/// Seconds between the last that is asked about and a minute.
const LAG: i64 = 120;

/// Seconds in which what was heard comes to count half as much.
const FADES: i64 = 3_600;

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct History {
    /// All that was heard before a second (s since 1970 UTC), as far back as somebody will ask.
    before: BTreeMap<i64, Arc<Heard>>,
}

impl History {
    /// What was heard before a minute; none while minutes before `frontier` are all that is known.
    pub fn before(&self, minute: i64, frontier: Option<i64>) -> Option<Arc<Heard>> {
        let is_known = frontier.is_some_and(|frontier| minute - LAG <= frontier);
        is_known.then(|| self.up_to(minute - LAG))
    }

    /// Notes what was heard in a minute, which is later than those before.
    pub fn note(&mut self, minute: i64, heard: Heard) {
        let last = self.before.last_key_value();
        let (until, mut all) = last.map_or((minute, Heard::default()), |(until, all)| {
            (*until, Heard::clone(all))
        });
        let hour = |second: i64| second.div_euclid(FADES);
        let hours = hour(minute) - hour(until);
        if hours > 0 {
            all.fade(u32::try_from(hours).unwrap_or(u32::MAX));
        }
        all.merge(heard);
        self.before.insert(minute + 60, all.into());
    }

    /// Forgets what is not asked for when minutes before `frontier` are over.
    pub fn forget(&mut self, frontier: i64) {
        let needed = self.before.range(..=frontier - LAG).next_back();
        if let Some(needed) = needed.map(|(second, _)| *second) {
            self.before = self.before.split_off(&needed);
        }
    }

    fn up_to(&self, second: i64) -> Arc<Heard> {
        let held = self.before.range(..=second).next_back();
        held.map(|(_, heard)| heard.clone()).unwrap_or_default()
    }
}
