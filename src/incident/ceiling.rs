//! Frontends whose connections stand at one number, as they do at `maxconn`.
//!
//! Enters: how many connections a frontend had, second by second. Leaves: an incident of it while they stand well above
//! what is usual. Must not know: requests; who waits outside is in no log.
//!
//! HAProxy counts the connections it has accepted. Where it accepts no more, nearly each line says the same number, for
//! seconds; connections that come and go as they like do not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::case::Step;
use super::mean::Mean;
use super::place::{Group, Site};
use super::scan::Scan;
use crate::rollup::Name;
use crate::rollup::seal::{Origin, Pulse, Slot};

/// Seconds at one number that are no accident.
const SECONDS: u32 = 5;

/// The part of a second's lines that say it.
const NEARLY_ALL: f64 = 0.75;

/// Lines of a second that tell.
const LINES: u64 = 3;

/// Fewer connections than these come and go in step by chance.
const FEWEST: u32 = 8;

/// Times what is usual.
const ABOVE: f64 = 2.0;

/// Seconds over which what is usual is looked at.
const USUAL: f64 = 60.0;

/// Frontends that are watched; more are forged.
const FRONTENDS: usize = 1_024;

/// One frontend of one HAProxy.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    usual: Mean,
    /// The number at which they stand, since when, and how many seconds said so.
    stand: (u32, i64, u32),
    last: i64,
}

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ceilings(BTreeMap<(Origin, Name), Line>);

impl Line {
    /// Takes a second; since when connections stand, where they do.
    fn step(&mut self, second: i64, pulse: &Pulse) -> Option<i64> {
        let passed = second - self.last;
        self.last = second;
        let (stood_at, since, seconds) = self.stand;
        let says = pulse.most.lines as f64 >= NEARLY_ALL * pulse.n as f64 && pulse.n >= LINES;
        if says && pulse.most.value == stood_at {
            self.stand = (stood_at, since, seconds + 1);
        } else {
            // What ended before it was believed was ordinary.
            self.usual
                .add(passed, u64::from(pulse.most.value) * passed.unsigned_abs());
            self.stand = (pulse.most.value, second, u32::from(says));
        }
        let (value, since, seconds) = self.stand;
        let high = value >= FEWEST && f64::from(value) >= ABOVE * self.usual.value();
        (seconds >= SECONDS && high).then_some(since)
    }
}

impl Scan {
    /// Notes how many connections the frontends had in this second.
    pub(super) fn ceilings(&mut self, slot: &Slot) {
        let mut standing = Vec::new();
        for pulse in slot.pulses.iter().filter(|pulse| pulse.most.value > 0) {
            let key = (pulse.origin.clone(), pulse.frontend.clone());
            if self.ceilings.0.len() >= FRONTENDS && !self.ceilings.0.contains_key(&key) {
                continue;
            }
            let line = self.ceilings.0.entry(key).or_insert_with(|| Line {
                usual: Mean::over(USUAL),
                stand: (0, slot.second, 0),
                last: slot.second - 1,
            });
            if let Some(since) = line.step(slot.second, pulse) {
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
