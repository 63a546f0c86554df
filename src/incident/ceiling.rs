//! Frontends whose connections stand at one number, as they do at `maxconn`.
//!
//! Enters: how many connections a frontend had, second by second. Leaves: an incident of it while they stand where they never
//! were more, for longer than by chance. Must not know: requests; who waits outside is in no log.
//!
//! HAProxy counts the connections it has accepted. Where it accepts no more and clients wait, each that closes makes room for
//! the next, and nearly every line says the same number, for seconds; connections that come and go as they like do not. Those
//! of a pool stand at one number, too, and that is why the frontend's own past decides: one whose connections often stay as
//! they are proves nothing when they do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::case::Step;
use super::place::{Group, Site};
use super::scan::Scan;
use crate::rollup::Name;
use crate::rollup::seal::{Origin, Pulse, Slot};

#[cfg(test)]
mod tests;

/// Seconds at one number that are no accident, whatever was before.
const SECONDS: u32 = 5;

/// The part of a second's lines that say it, and of the seconds: demand that a limit just about bears lets go of it at times.
const NEARLY_ALL: f64 = 0.75;

/// Lines of a second that tell.
const LINES: u64 = 3;

/// Seconds without such lines after which nobody knows where connections stood.
const APART: i64 = 5;

/// Fewer connections than these come and go in step by chance.
const FEWEST: u32 = 8;

/// Seconds in which there were fewer connections than just before, from which on they are known to come and go: those of a
/// pool that fills only become more.
const FALLS: u32 = 3;

/// Logarithm of how unlikely it is that they stood by chance: once in 10⁸ seconds.
const UNLIKELY: f64 = 18.4;

/// Seconds over which it is looked at how often they stay: habits of a minute, and of ten.
const HABITS: [f64; 2] = [60.0, 600.0];

/// Frontends that are watched at once.
const FRONTENDS: usize = 1_024;

/// Seconds after which a frontend that nobody asked any more is forgotten, where there is no room.
const FORGOTTEN: i64 = 3_600;

/// Seconds in which connections stood, and all seconds, those of long ago less.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Habit {
    stood: f64,
    all: f64,
}

/// Connections that were never more and never all fewer: how many, since when, how many seconds nearly all lines said so, how
/// many they did not, and whether any line said fewer.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Stand {
    value: u32,
    since: i64,
    seconds: u32,
    others: u32,
    stirs: bool,
}

/// One frontend of one process.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Line {
    habits: [Habit; 2],
    falls: u32,
    /// The most connections before they stood.
    peak: u32,
    stand: Stand,
    last: i64,
}

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ceilings(BTreeMap<(Origin, u32, Name), Line>);

impl Habit {
    fn note(&mut self, stood: bool, over: f64) {
        let kept = 1.0 - 1.0 / over;
        self.stood = self.stood * kept + f64::from(u8::from(stood));
        self.all = self.all * kept + 1.0;
    }

    /// The chance that they stay for one second more.
    fn stays(self) -> f64 {
        (self.stood + 1.0) / (self.all + 2.0)
    }
}

impl Stand {
    /// Too many of its seconds do not say it.
    fn wavers(self, says: bool) -> bool {
        let others = self.others + u32::from(!says);
        let all = f64::from(self.seconds + self.others + 1);
        others > 1 && f64::from(others) > (1.0 - NEARLY_ALL) * all
    }
}

impl Line {
    /// Takes a second; since when connections stand, where they do.
    fn step(&mut self, second: i64, pulse: &Pulse) -> Option<i64> {
        if pulse.n < LINES {
            return None;
        }
        let most = pulse.most;
        let says = most.lines as f64 >= NEARLY_ALL * pulse.n as f64;
        let goes_on = second - self.last <= APART;
        self.last = second;
        if most.value != self.stand.value || !goes_on || self.stand.wavers(says) {
            self.move_on(second, most.value, goes_on);
        }
        match says {
            true => self.stand.seconds += 1,
            false => self.stand.others += 1,
        }
        self.stand.stirs |= most.lines < pulse.n;
        self.is_full().then_some(self.stand.since)
    }

    /// They stand no longer where they stood.
    fn move_on(&mut self, second: i64, value: u32, goes_on: bool) {
        let before = self.stand;
        if !self.is_full() {
            // What ended before it was believed was ordinary.
            for _ in 1..before.seconds {
                self.note(true);
            }
        }
        self.note(false);
        self.falls = self
            .falls
            .saturating_add((goes_on && value < before.value).into());
        self.peak = self.peak.max(before.value);
        self.stand = Stand {
            value,
            since: second,
            ..Stand::default()
        };
    }

    fn note(&mut self, stood: bool) {
        for (habit, over) in self.habits.iter_mut().zip(HABITS) {
            habit.note(stood, over);
        }
    }

    fn is_full(&self) -> bool {
        let Stand {
            value,
            seconds,
            stirs,
            ..
        } = self.stand;
        let stays = self
            .habits
            .map(Habit::stays)
            .into_iter()
            .fold(0.0, f64::max);
        let is_no_chance = f64::from(seconds) * -stays.ln() >= UNLIKELY;
        let is_high = value >= FEWEST && value >= self.peak;
        seconds >= SECONDS && is_high && stirs && self.falls >= FALLS && is_no_chance
    }
}

impl Ceilings {
    /// The frontend's line; `None` where there is no room for more.
    fn of(&mut self, pulse: &Pulse, now: i64) -> Option<&mut Line> {
        let key = (pulse.origin.clone(), pulse.pid, pulse.frontend.clone());
        if self.0.len() >= FRONTENDS && !self.0.contains_key(&key) {
            self.0.retain(|_, line| now - line.last <= FORGOTTEN);
        }
        let has_room = self.0.len() < FRONTENDS || self.0.contains_key(&key);
        has_room.then(|| self.0.entry(key).or_default())
    }
}

impl Scan {
    /// Notes how many connections the frontends had in this second.
    pub(super) fn ceilings(&mut self, slot: &Slot) {
        let mut standing = Vec::new();
        for pulse in slot.pulses.iter().filter(|pulse| pulse.most.value > 0) {
            let line = self.ceilings.of(pulse, slot.second);
            if let Some(since) = line.and_then(|line| line.step(slot.second, pulse)) {
                standing.push((pulse.frontend.clone(), since, pulse.most.value));
            }
        }
        for (frontend, since, value) in standing {
            self.stand(frontend, since, value);
        }
    }

    /// Trouble behind it would fill a frontend, too: then that is the incident.
    fn stand(&mut self, frontend: Name, since: i64, value: u32) {
        let is_trouble = |group: &Group| matches!(group, Group::Service | Group::Clients);
        let mut cases = self.cases.iter();
        if cases.any(|((group, _), case)| is_trouble(group) && case.ended.is_none()) {
            return;
        }
        let site = Site {
            frontend,
            ..Site::default()
        };
        let now = self.now;
        let case = self.open(Group::Limits, &site, since);
        case.last_bad = Some(now);
        let step = |second, what, text: String| Step {
            second,
            what,
            text,
            clue: None,
        };
        if !case.processes.iter().any(|step| step.what == "full") {
            let text = format!("connections stand at {value}, as at `maxconn`");
            case.processes.push(step(since, "full", text));
        }
        case.processes.retain(|step| step.what != "full_until");
        let text = format!("connections stood at {value} until here");
        case.processes.push(step(now, "full_until", text));
    }
}
