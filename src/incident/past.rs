//! The time whose seconds were let go of.
//!
//! Enters: minutes without seconds, and what was found while there were some. Leaves: sums that take them in; incidents as
//! they were found. Must not know: why seconds were let go of.
//!
//! What takes seconds to see is not looked for in minutes, nor across them: what was ordinary before is forgotten.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Incident;
use super::ceiling::Ceilings;
use super::coming::Frontends;
use super::place::Group;
use super::process::Processes;
use super::register::Register;
use super::scan::Scan;
use super::silence::Silences;
use crate::rollup::Name;
use crate::rollup::seal::Minute;
use crate::words::cause::{Kind, Severity};

/// Incidents of the past that are kept; of more, the worst and the latest.
const KEPT: usize = 4_096;

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Past {
    /// By their ids; none where it cannot be read any more.
    found: BTreeMap<String, Option<Incident>>,
    /// Those that are not kept.
    forgotten: BTreeMap<(Severity, Kind), u64>,
    /// The beginning of the first minute without seconds, and the end of the last one; s since 1970 UTC.
    span: Option<(i64, i64)>,
}

impl Past {
    /// These, with those of the past as they were found: what looks like another incident because of what is not known any
    /// more is none.
    pub fn as_found(&self, all: Vec<Incident>) -> Vec<Incident> {
        let Some((_, until)) = self.span else {
            return all;
        };
        let until = until * 1000;
        let stays = |seen: &Incident| {
            let found = self.found.get(&seen.id);
            seen.start >= until
                || found.is_some_and(|found| found.as_ref().is_none_or(|then| goes_on(then, seen)))
        };
        let mut told: Vec<Incident> = all.into_iter().filter(stays).collect();
        let seen: BTreeSet<&str> = told.iter().map(|told| told.id.as_str()).collect();
        let found = self.found.values().flatten();
        let missing =
            found.filter(|found| found.start < until && !seen.contains(found.id.as_str()));
        let missing: Vec<Incident> = missing.cloned().collect();
        told.extend(missing);
        told
    }

    /// Backends that had an incident between two seconds.
    pub fn troubled(&self, from: i64, to: i64) -> impl Iterator<Item = &Name> {
        let until = self.span.map_or(i64::MIN, |(_, until)| until);
        let found = self.found.values().flatten();
        let of_then = found.filter(move |found| {
            let ended = found.end.map(|end| end.div_euclid(1000));
            found.start.div_euclid(1000) < until.min(to)
                && ended.map_or(goes_on_then(found, from, until), |end| end >= from)
        });
        of_then.filter_map(|found| found.backend.as_ref())
    }

    /// How many of which severity and kind are not kept.
    pub fn forgotten(&self) -> &BTreeMap<(Severity, Kind), u64> {
        &self.forgotten
    }

    fn keep(&mut self, found: impl IntoIterator<Item = (String, Option<Incident>)>) {
        self.found.extend(found);
        if self.found.len() <= KEPT {
            return;
        }
        let found = std::mem::take(&mut self.found);
        let mut worst_first: Vec<(String, Option<Incident>)> = found.into_iter().collect();
        // Severities are listed from the worst on.
        worst_first.sort_by_key(|(_, found)| {
            let found = found.as_ref();
            found.map(|found| (found.severity, Reverse(found.start)))
        });
        for (_, gone) in worst_first.drain(KEPT..) {
            let what = gone.map(|gone| (gone.severity, gone.kind));
            what.into_iter()
                .for_each(|what| *self.forgotten.entry(what).or_default() += 1);
        }
        self.found.extend(worst_first);
    }
}

/// It was not over when it was found, and this second is one of those that tell nothing newer of it.
fn goes_on_then(found: &Incident, second: i64, until: i64) -> bool {
    found.severity != Severity::Planned && second < until
}

/// It was not over when it was found, and more is seen of it now.
fn goes_on(then: &Incident, seen: &Incident) -> bool {
    then.end.is_none() && (seen.end.is_some() || seen.requests > then.requests)
}

impl Scan {
    /// More incidents by their ids, as they were found by seconds that may not be there any more.
    pub fn found_before(&mut self, found: impl IntoIterator<Item = (String, Option<Incident>)>) {
        self.past.keep(found);
    }

    /// Between which seconds (s since 1970 UTC) there are minutes of which the seconds are not known.
    pub fn by_minute(&self) -> Option<(i64, i64)> {
        self.past.span
    }

    /// Takes the next minute, of whose requests the seconds are not known.
    pub(super) fn step_by_minute(&mut self, minute: Minute) {
        let minute = self.roster.keep(minute);
        let end = minute.start + 60;
        let (first, last) = self.past.span.unwrap_or((minute.start, end));
        self.past.span = Some((first.min(minute.start), last.max(end)));
        self.ended.add(&minute);
        let exemplars = &mut self.accounts.exemplars;
        minute.slots.iter().for_each(|slot| exemplars.add(slot));
        self.let_go_of_all();
        self.forget_what_is_ordinary();
        for slot in &minute.slots {
            self.now = slot.second;
            self.began = self.began.or(Some(slot.second));
            slot.events.iter().for_each(|event| self.event(event));
            self.totals.put_aside(slot.aside);
            self.sum_up(slot);
            self.flow.add(slot);
            self.close();
        }
        self.account_for(Arc::new(minute));
    }

    fn forget_what_is_ordinary(&mut self) {
        self.watches = Register::default();
        self.silences = Silences::default();
        self.ceilings = Ceilings::default();
        self.frontends = Frontends::default();
        self.processes = Processes::default();
        // What only requests show does not go on unseen.
        self.cases.retain(|(group, _), _| *group != Group::Silence);
    }
}
