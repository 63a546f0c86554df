//! Frontends and processes whose connections stand at one number, as they do at `maxconn`.
//!
//! Enters: how many connections each had, second by second. Leaves: an incident of it while they stand where they never were
//! more, for longer than by chance. Must not know: requests; who waits outside is in no log.
//!
//! HAProxy counts the connections it has accepted. Where it accepts no more and clients wait, each that closes makes room for
//! the next, and nearly every line says the same number, for seconds; connections that come and go as they like do not. Those
//! of a pool stand at one number, too, and that is why the frontend's own past decides: one whose connections often stay as
//! they are, or were hardly fewer before, proves nothing when they do.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::case::Step;
use super::mean::Mean;
use super::place::{Group, Site};
use super::scan::Scan;
use crate::rollup::pulse::Most;
use crate::rollup::seal::{Origin, Slot};
use crate::rollup::{Merge, Name};

#[cfg(test)]
mod tests;

/// Seconds at one number that are no accident, whatever was before.
const SECONDS: u32 = 5;

/// The part of a second's lines that say it.
const NEARLY_ALL: f64 = 0.75;

/// The part of the seconds that do not say so at most: demand that a limit just about bears lets go of it at times.
const AT_TIMES: f64 = 0.5;

/// Lines of a second that tell.
const LINES: u64 = 3;

/// Seconds without such lines after which nobody knows where connections stood.
const APART: i64 = 5;

/// Fewer connections than these come and go in step by chance.
const FEWEST: u32 = 8;

/// Seconds in which there were fewer connections than just before, from which on they are known to come and go: those of a
/// pool that fills only become more.
const FALLS: u32 = 3;

/// Times what is usual.
const ABOVE: f64 = 1.3;

/// Logarithm of how unlikely it is that they stood by chance: once in 10⁸ seconds.
const UNLIKELY: f64 = 18.4;

/// Seconds over which it is looked at how often they stay: habits of a minute, and of ten.
const HABITS: [f64; 2] = [60.0, 600.0];

/// Frontends and processes that are watched at once.
const DOORS: usize = 1_024;

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

/// A process, or one of its frontends.
type Door = (Origin, u32, Option<Name>);

/// Connections of a door.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    habits: [Habit; 2],
    usual: Mean,
    falls: u32,
    /// The most connections before they stood.
    peak: u32,
    stand: Stand,
    last: i64,
}

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ceilings(BTreeMap<Door, Line>);

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
        others > 1 && f64::from(others) > AT_TIMES * all
    }
}

impl Default for Line {
    fn default() -> Self {
        Self {
            habits: [Habit::default(); 2],
            usual: Mean::over(HABITS[1]),
            falls: 0,
            peak: 0,
            stand: Stand::default(),
            last: 0,
        }
    }
}

impl Line {
    /// One of a process that follows this one's: clients come and go as before, and how many it may hold may be another number.
    fn succeeded(&self) -> Self {
        Self {
            habits: self.habits,
            usual: self.usual,
            falls: self.falls,
            ..Self::default()
        }
    }

    /// Takes a second of so many lines; since when connections stand, where they do.
    fn step(&mut self, second: i64, lines: u64, most: Most) -> Option<i64> {
        if lines < LINES {
            return None;
        }
        let says = f64::from(most.lines) >= NEARLY_ALL * lines as f64;
        let goes_on = second - self.last <= APART;
        self.last = second;
        if most.value != self.stand.value || !goes_on || self.stand.wavers(says) {
            self.move_on(second, most.value, goes_on);
        }
        match says {
            true => self.stand.seconds += 1,
            false => self.stand.others += 1,
        }
        self.stand.stirs |= u64::from(most.lines) < lines;
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
            if before.value > 0 {
                let passed = (second - before.since).max(1);
                let all = u64::from(before.value) * passed.unsigned_abs();
                self.usual.add(passed, all);
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
        let is_high =
            value >= FEWEST && value >= self.peak && f64::from(value) >= ABOVE * self.usual.value();
        seconds >= SECONDS && is_high && stirs && self.falls >= FALLS && is_no_chance
    }
}

impl Ceilings {
    /// Takes a second of a door; since when its connections stand, where they do. Where there is no room, nobody watches it.
    fn step(&mut self, door: Door, second: i64, lines: u64, most: Most) -> Option<i64> {
        if self.0.len() >= DOORS && !self.0.contains_key(&door) {
            self.0.retain(|_, line| second - line.last <= FORGOTTEN);
        }
        if !self.0.contains_key(&door) {
            if self.0.len() >= DOORS {
                return None;
            }
            let line = self.before(&door).map(Line::succeeded);
            self.0.insert(door.clone(), line.unwrap_or_default());
        }
        let line = self.0.get_mut(&door);
        line.filter(|_| most.value > 0)?.step(second, lines, most)
    }

    /// The door of the process that was heard of last before this one's.
    fn before(&self, (origin, _, frontend): &Door) -> Option<&Line> {
        let first = (origin.clone(), 0, None);
        let of_origin = self.0.range(first..);
        of_origin
            .take_while(|((its, ..), _)| its == origin)
            .filter(|((.., its), _)| its == frontend)
            .map(|(_, line)| line)
            .max_by_key(|line| line.last)
    }
}

impl Scan {
    /// Notes how many connections processes and their frontends had in this second.
    pub(super) fn ceilings(&mut self, slot: &Slot) {
        let mut processes: BTreeMap<(&Origin, u32), (u64, Most)> = BTreeMap::new();
        let (mut standing, mut told) = (Vec::new(), BTreeSet::new());
        for pulse in &slot.pulses {
            let key = (&pulse.origin, pulse.pid);
            let (lines, most) = processes.entry(key).or_default();
            *lines += pulse.n;
            most.merge(pulse.process);
            let door = (
                pulse.origin.clone(),
                pulse.pid,
                Some(pulse.frontend.clone()),
            );
            let since = self.ceilings.step(door, slot.second, pulse.n, pulse.most);
            if let Some(since) = since {
                standing.push((pulse.frontend.clone(), since, pulse.most.value));
                told.insert(key);
            }
        }
        for ((origin, pid), (lines, most)) in processes {
            let door = (origin.clone(), pid, None);
            let since = self.ceilings.step(door, slot.second, lines, most);
            // A frontend that stands may be all that its process has.
            if let Some(since) = since.filter(|_| !told.contains(&(origin, pid))) {
                standing.push((Name::default(), since, most.value));
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
        let (whose, limit) = match frontend.is_empty() {
            true => ("all connections of the process", "the global `maxconn`"),
            false => ("connections", "`maxconn`"),
        };
        let site = Site {
            frontend,
            ..Site::default()
        };
        let now = self.now;
        let case = self.open(Group::Limits, &site, since);
        case.last_bad = Some(now);
        case.stood_at = Some(value);
        let step = |second, what, text: String| Step {
            second,
            what,
            text,
            pid: 0,
            clue: None,
        };
        if !case.processes.iter().any(|step| step.what == "full") {
            let text = format!("{whose} stand at {value}, as at {limit}");
            case.processes.push(step(since, "full", text));
        }
        case.processes.retain(|step| step.what != "full_until");
        let text = format!("{whose} stood at {value} until here");
        case.processes.push(step(now, "full_until", text));
    }
}
