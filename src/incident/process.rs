//! HAProxy's own processes: reloads, restarts, and those that vanish without a word.
//!
//! Enters: who logged traffic when, and what processes say of themselves. Leaves: restarts as cases.
//! Must not know: what the traffic was.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::case::Step;
use super::place::{Group, Site};
use super::scan::Scan;
use super::transition::clue;
use crate::line::ProcessEvent;
use crate::rollup::seal::{Origin, SealedEvent, Slot};

/// Seconds in which a process that was replaced must stay silent before it is believed gone.
const GONE: i64 = 5;

/// Seconds around a change of processes in which a word about it explains it.
const HANDOVER: i64 = 5;

/// Steps told of one restart.
const STEPS: usize = 256;

/// Processes remembered per HAProxy.
const PROCESSES: usize = 64;

/// HAProxys whose processes are remembered; of more, those that were silent for long are forgotten.
const HAPROXYS: usize = 2_048;

/// Seconds without a word after which a HAProxy may be forgotten.
const IDLE: i64 = 3_600;

/// A new process whose predecessor has not been heard of since.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Doubt {
    old: u32,
    new: u32,
    last_of_old: i64,
    first_of_new: i64,
}

impl Doubt {
    /// The old process said that it stops, or its master spoke when the new one came.
    fn is_explained_by(&self, said: &BTreeMap<u32, i64>) -> bool {
        let change = self.last_of_old - HANDOVER..=self.first_of_new + HANDOVER;
        said.iter()
            .any(|(pid, second)| *pid == self.old || (*pid != self.new && change.contains(second)))
    }
}

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Processes {
    /// The second each process was last heard of.
    heard: BTreeMap<Origin, BTreeMap<u32, i64>>,
    /// Who said when that it stops, or that another one takes over.
    said: BTreeMap<Origin, BTreeMap<u32, i64>>,
    doubts: BTreeMap<Origin, Doubt>,
    /// When the newest process was first heard of, where there was one before it.
    newest: BTreeMap<Origin, i64>,
}

impl Processes {
    /// When a new process took over; s since 1970 UTC.
    pub fn newest(&self, origin: &Origin) -> Option<i64> {
        self.newest.get(origin).copied()
    }

    /// Some process said since a second that it stops, or another one came.
    pub fn spoke(&self, since: i64) -> bool {
        let said = self.said.values().flat_map(|said| said.values());
        let came = self.newest.values();
        said.chain(came).any(|second| *second >= since)
    }

    /// Forgets the HAProxys that were silent for long, where there are too many.
    fn make_room(&mut self, now: i64) {
        let spoke = |processes: &BTreeMap<u32, i64>| {
            let mut last = processes.values();
            last.any(|second| *second >= now - IDLE)
        };
        if self.heard.len() > HAPROXYS {
            self.heard.retain(|_, heard| spoke(heard));
            let heard = &self.heard;
            self.newest.retain(|origin, _| heard.contains_key(origin));
        }
        if self.said.len() > HAPROXYS {
            self.said.retain(|_, said| spoke(said));
        }
    }

    /// Notes who logged in a second, and names the HAProxys where a process was replaced without a word.
    fn pulse(&mut self, slot: &Slot) -> Vec<(Origin, Doubt)> {
        for pulse in slot.pulses.iter().filter(|pulse| pulse.pid != 0) {
            let (origin, pid) = (&pulse.origin, &pulse.pid);
            let heard = self.heard.entry(origin.clone()).or_default();
            if let Some(last) = heard.get_mut(pid) {
                *last = slot.second;
                if self
                    .doubts
                    .get(origin)
                    .is_some_and(|doubt| doubt.old == *pid)
                {
                    self.doubts.remove(origin);
                }
                continue;
            }
            let old = heard
                .iter()
                .max_by_key(|(_, last)| **last)
                .map(|(old, last)| (*old, *last));
            if heard.len() >= PROCESSES {
                heard.clear();
            }
            heard.insert(*pid, slot.second);
            if let Some((old, last_of_old)) = old {
                self.newest.insert(origin.clone(), slot.second);
                let doubt = Doubt {
                    old,
                    new: *pid,
                    last_of_old,
                    first_of_new: slot.second,
                };
                self.doubts.insert(origin.clone(), doubt);
            }
        }
        self.make_room(slot.second);
        self.settle(slot.second)
    }

    fn say(&mut self, event: &SealedEvent) {
        let said = self.said.entry(event.origin.clone()).or_default();
        if said.len() >= PROCESSES {
            said.clear();
        }
        said.insert(event.pid, event.second);
    }

    fn settle(&mut self, now: i64) -> Vec<(Origin, Doubt)> {
        let ripe: Vec<Origin> = self
            .doubts
            .iter()
            .filter(|(_, doubt)| now - doubt.first_of_new >= GONE)
            .map(|(origin, _)| origin.clone())
            .collect();
        ripe.into_iter()
            .filter_map(|origin| {
                let doubt = self.doubts.remove(&origin)?;
                let told = self
                    .said
                    .get(&origin)
                    .is_some_and(|said| doubt.is_explained_by(said));
                (!told).then_some((origin, doubt))
            })
            .collect()
    }
}

impl Scan {
    /// Notes who logged in this second.
    pub(super) fn processes(&mut self, slot: &Slot) {
        for (origin, doubt) in self.processes.pulse(slot) {
            let site = Site {
                origin: origin.clone(),
                ..Site::default()
            };
            let case = self.open(Group::Restart, &site, doubt.last_of_old);
            if case.processes.len() + 2 > STEPS {
                continue;
            }
            let (old, new) = (doubt.old, doubt.new);
            case.processes.push(Step {
                second: doubt.last_of_old,
                what: "last_line",
                text: format!("last line of process {old}"),
                pid: old,
                clue: None,
            });
            case.processes.push(Step {
                second: doubt.first_of_new,
                what: "first_line",
                text: format!("first line of process {new}"),
                pid: new,
                clue: None,
            });
        }
    }

    /// An old process stops its proxies: a reload, or an orderly stop.
    pub(super) fn old_process_stops(&mut self, event: &SealedEvent) {
        self.processes.say(event);
        self.restart(event, "stopped");
    }

    /// What a process says of itself.
    pub(super) fn process_event(&mut self, event: &SealedEvent, what: ProcessEvent) {
        let word = match what {
            ProcessEvent::Reloading => "reloading",
            ProcessEvent::ReloadOk => "reloaded",
            ProcessEvent::ReloadFailed => "reload_failed",
            ProcessEvent::WorkerStarted => "worker_started",
            ProcessEvent::WorkerDied { code } if code != 0 && code != 143 => "worker_died",
            ProcessEvent::HardStop => "hard_stop",
            ProcessEvent::Exiting => "exiting",
            ProcessEvent::WorkerDied { .. }
            | ProcessEvent::FormerWorkerExited { .. }
            | ProcessEvent::Notice => return,
        };
        self.processes.say(event);
        self.restart(event, word);
    }

    fn restart(&mut self, event: &SealedEvent, word: &'static str) {
        let site = Site {
            origin: event.origin.clone(),
            ..Site::default()
        };
        let case = self.open(Group::Restart, &site, event.second);
        // A process that stops says so of each of its proxies.
        let is_same = |held: &Step| match word == "stopped" && event.pid != 0 {
            true => held.pid == event.pid,
            false => held.second == event.second,
        };
        let mut told = case.processes.iter();
        let is_told = told.any(|held| held.what == word && is_same(held));
        if !is_told && case.processes.len() < STEPS {
            let text = String::from_utf8_lossy(event.message()).into_owned();
            case.processes.push(Step {
                second: event.second,
                what: word,
                text,
                pid: event.pid,
                clue: Some(clue(event)),
            });
        }
    }
}
