//! How much was at work at once, and how many connections frontends held.
//!
//! Enters: minutes, each with the backends that were in trouble then. Leaves: by backend its busiest calm minute, by frontend
//! the most connections, and for how long. Must not know: limits.
//!
//! By Little's law, what requests held their servers for in a minute, divided by its length, is how many were at work at
//! once in the mean. That holds for work that is short against a minute: tunnels, sessions and long answers are left out.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::rollup::Name;
use crate::rollup::seal::{Minute, Origin, Slot, TimerRow};
use crate::rollup::timers::Timer;

/// Names that are kept; more are forged.
const NAMES: usize = 4_096;

/// Seconds of a minute that must be in the log.
const SECONDS: u64 = 10;

/// ms; what holds a server for longer spoils its minute.
const LONG: u32 = 20_000;

/// The part of all work that may be so long.
const SOME: u64 = 5;

/// Seconds between two lines that tell of one rush: where all connections idle, few lines come.
const APART: i64 = 5;

/// A minute of a backend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Busy {
    /// Thousandths of requests that were at work at once, in the mean.
    pub at_work: u64,
    /// Requests that servers were given.
    pub requests: u64,
    /// Seconds of it that are in the log.
    pub seconds: u64,
}

/// The most connections of a frontend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// As its lines say (`feconn`).
    pub most: u32,
    /// Seconds on end in which lines said so, at the longest, of those that are told one by one.
    pub longest: u64,
    /// The last of these seconds, and the first that there is on end with it.
    lately: Option<(i64, i64)>,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Loads {
    backends: BTreeMap<Name, Busy>,
    frontends: BTreeMap<Name, Held>,
    process: u32,
}

impl Loads {
    /// Takes in a minute. `troubled` tells which backends were in trouble during it.
    pub fn add(&mut self, minute: &Minute, troubled: impl Fn(&Name) -> bool) {
        minute
            .slots
            .iter()
            .for_each(|slot| self.connections(slot, minute.by_minute));
        let pulses = minute.slots.iter().flat_map(|slot| &slot.pulses);
        // Limits are those of each HAProxy, waits those of all.
        let origins: BTreeSet<&Origin> = pulses.map(|pulse| &pulse.origin).collect();
        let seconds = seconds(minute);
        if origins.len() > 1 || seconds < SECONDS {
            return;
        }
        let same_backend = |a: &TimerRow, b: &TimerRow| a.backend == b.backend;
        for rows in minute.timers.chunk_by(same_backend) {
            let backend = &rows[0].backend;
            let busy = busy(rows, seconds).filter(|_| !troubled(backend));
            let has_room = self.backends.len() < NAMES || self.backends.contains_key(backend);
            if let Some(busy) = busy.filter(|_| has_room) {
                let held = self.backends.entry(backend.clone()).or_default();
                *held = busy.max(*held);
            }
        }
    }

    fn connections(&mut self, slot: &Slot, by_minute: bool) {
        let second = Some(slot.second).filter(|_| !by_minute);
        for pulse in &slot.pulses {
            let most = pulse.most.value;
            // Where a format has not those of the process, those of a frontend are the least that it had.
            self.process = self.process.max(pulse.process.value).max(most);
            if self.frontends.len() < NAMES || self.frontends.contains_key(&pulse.frontend) {
                let held = self.frontends.entry(pulse.frontend.clone()).or_default();
                held.add(most, second);
            }
        }
    }

    /// The busiest calm minute of a backend; `None` where none tells.
    pub fn busiest(&self, backend: &Name) -> Option<Busy> {
        self.backends.get(backend).copied()
    }

    /// The most connections that a frontend held.
    pub fn most(&self, frontend: &Name) -> Option<Held> {
        let held = self.frontends.get(frontend).copied();
        held.filter(|held| held.most > 0)
    }

    /// The most connections that a process had, as its lines say (`actconn`).
    pub fn most_of_a_process(&self) -> Option<u32> {
        Some(self.process).filter(|n| *n > 0)
    }
}

impl Held {
    /// Takes in what one process says of a second, or of a longer time.
    fn add(&mut self, most: u32, second: Option<i64>) {
        if most < self.most {
            return;
        }
        if most > self.most {
            *self = Self {
                most,
                ..Self::default()
            };
        }
        let Some(second) = second else { return };
        let lately = self.lately.filter(|(last, _)| second - last <= APART);
        let since = lately.map_or(second, |(_, since)| since);
        self.lately = Some((second, since));
        self.longest = self.longest.max((second - since).unsigned_abs() + 1);
    }
}

/// From the first second with traffic to the last one.
fn seconds(minute: &Minute) -> u64 {
    let mut busy = minute.slots.iter().filter(|slot| !slot.cells.is_empty());
    let first = busy.next().map(|slot| slot.second);
    let last = busy.next_back().map(|slot| slot.second);
    match first.zip(last) {
        Some((first, last)) => (last - first).unsigned_abs() + 1,
        None => 0,
    }
}

/// What the rows of a backend held its servers for.
fn busy(rows: &[TimerRow], seconds: u64) -> Option<Busy> {
    let (mut all, mut long, mut requests) = (0u64, 0u64, 0u64);
    let at_servers = rows.iter().filter(|row| !row.server.starts_with(b"<"));
    for row in at_servers {
        if row.ending.tcp || row.ending.tunnel {
            return None;
        }
        for (wait, n) in row.waits.iter() {
            match wait.timer() {
                Timer::Total => requests += n,
                Timer::Connect | Timer::Response | Timer::Rest => {
                    let ms = wait.bucket().high();
                    let held = u64::from(ms).saturating_mul(n);
                    all = all.saturating_add(held);
                    long = long.saturating_add(if ms >= LONG { held } else { 0 });
                }
                Timer::Request | Timer::Queue => {}
            }
        }
    }
    (requests > 0 && long <= all / SOME).then_some(Busy {
        at_work: all / seconds,
        requests,
        seconds,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rush_lasts_for_its_seconds_on_end_whoever_tells_of_them() {
        let mut held = Held::default();
        let told = [(7, 0), (10, 1), (10, 1), (10, 2), (10, 3), (9, 4), (10, 9)];
        for (most, second) in told {
            held.add(most, Some(second));
        }
        assert_eq!((held.most, held.longest), (10, 3));
        held.add(10, Some(12));
        held.add(10, None);
        assert_eq!(held.longest, 4);
        held.add(12, Some(10));
        assert_eq!((held.most, held.longest), (12, 1));
    }
}
