//! The span and the backends a person asked for.
//!
//! Enters: minutes. Leaves: the same without the traffic outside the span. States that earlier events
//! established are kept, and other backends are: filters keep the story whole.
//! Must not know: what happened.

use crate::rollup::Minute;
use crate::rollup::seal::Requests;

/// Which part of the log is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window {
    /// From this instant on; s since 1970 UTC.
    pub since: Option<i64>,
    /// Up to, but without, this instant; s since 1970 UTC.
    pub until: Option<i64>,
    /// Only incidents of these backends; empty: of all.
    pub backends: Vec<String>,
}

impl Window {
    /// What is left of a minute: all of it, its events alone before the span, nothing behind it.
    pub fn keep(&self, mut minute: Minute) -> Option<Minute> {
        let before = |second: i64| self.since.is_some_and(|since| second < since);
        let behind = |second: i64| self.until.is_some_and(|until| second >= until);
        if behind(minute.start) {
            return None;
        }
        minute.slots.retain(|slot| !behind(slot.second));
        for slot in minute.slots.iter_mut().filter(|slot| before(slot.second)) {
            slot.cells.clear();
            slot.pulses.clear();
            slot.aside = Requests::default();
        }
        // Samples and distributions are by the minute: one that is half inside is kept.
        if before(minute.start + 59) {
            minute.timers.clear();
            minute.victims.clear();
        }
        Some(minute)
    }

    /// Whether an incident lies in the span and concerns these backends; ms since 1970 UTC.
    pub fn shows(&self, backend: Option<&str>, start: i64, end: Option<i64>) -> bool {
        let early = self
            .since
            .is_some_and(|since| end.is_some_and(|end| end < since * 1000));
        let late = self.until.is_some_and(|until| start >= until * 1000);
        let named = self.backends.is_empty()
            || backend.is_some_and(|backend| self.backends.iter().any(|asked| asked == backend));
        !early && !late && named
    }
}
