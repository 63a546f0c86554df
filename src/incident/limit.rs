//! HAProxy's own limits: file descriptors, memory, `maxconn`, source ports.
//!
//! Enters: messages about limits. Leaves: the cause of the trouble their backend is in, or an incident of the proxy
//! they name. Must not know: requests.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::case::{Case, Step, Told};
use super::place::{Group, Site};
use super::scan::Scan;
use super::transition::clue;
use crate::line::ProxyEvent;
use crate::rollup::Name;
use crate::rollup::seal::SealedEvent;

/// Seconds before trouble in which a limit explains it.
const BEFORE: i64 = 10;

/// Proxies whose last message is remembered; more are forged.
const PROXIES: usize = 1_024;

/// Messages told of one proxy.
const STEPS: usize = 16;

/// The last message of each backend.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Limits(BTreeMap<Name, Told>);

impl Limits {
    /// What was said of a backend, or of the whole process, shortly before.
    pub fn of(&self, backend: &Name, now: i64) -> Option<Told> {
        let told = self.0.get(backend).or(self.0.get(&Name::default()));
        told.filter(|(second, _)| now - second <= BEFORE).cloned()
    }

    fn note(&mut self, backend: Name, told: Told) {
        if self.0.len() >= PROXIES && !self.0.contains_key(&backend) {
            self.0.clear();
        }
        self.0.insert(backend, told);
    }
}

impl Scan {
    /// A limit was met. Connections to servers fail by it, and that is their backend's trouble; those of clients
    /// wait, and that is an incident of its own.
    pub(super) fn limit(&mut self, event: &SealedEvent, proxy: Name, what: ProxyEvent) {
        let told = (event.second, clue(event));
        let site = Site::of_backend(proxy.clone());
        if let Some(case) = self.cases.get_mut(&(Group::Service, site)) {
            case.limits = case.limits.take().or(Some(told.clone()));
        }
        // File descriptors and memory are the process's: whatever fails then, fails by that.
        let whose = match what {
            ProxyEvent::FileDescriptors | ProxyEvent::Memory => Name::default(),
            _ => proxy.clone(),
        };
        self.limits.note(whose, told);
        if what == ProxyEvent::SourcePorts || self.limit_hurts() {
            return;
        }
        let site = Site {
            frontend: proxy,
            ..Site::default()
        };
        let case = self.open(Group::Limits, &site, event.second);
        note(case, event);
    }
}

impl Scan {
    /// Connections to servers fail by a limit: that is the incident.
    fn limit_hurts(&self) -> bool {
        self.cases.iter().any(|((group, _), case)| {
            *group == Group::Service && case.ended.is_none() && case.limits.is_some()
        })
    }

    /// Trouble that a limit explains takes over what was told of the limit alone.
    pub(super) fn take_over_limits(&mut self) {
        let now = self.now;
        let is_older = |case: &Case| now - case.begin > BEFORE;
        if self.cases.is_any(Group::Limits) && self.limit_hurts() {
            self.cases
                .retain(|(group, _), case| *group != Group::Limits || is_older(case));
        }
    }
}

fn note(case: &mut Case, event: &SealedEvent) {
    // The first ones are kept, and the last one.
    case.processes.truncate(STEPS - 1);
    case.processes.push(Step {
        second: event.second,
        what: "limit",
        text: String::from_utf8_lossy(event.message()).into_owned(),
        pid: event.pid,
        clue: Some(clue(event)),
    });
    case.last_bad = Some(event.second);
}
