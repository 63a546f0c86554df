//! What to do about an incident: what it means, and steps phase by phase, with commands to copy.
//!
//! Enters: an incident with its [`Runbook`]. Leaves: lists of steps. Must not know: what else is told of it.

use std::collections::HashMap;

use askama::Template;

use super::escaper;
use super::svg::Told;
use crate::report::document::{Incident, Phase, Runbook, Step};
use crate::report::phrase;

/// The phases with their headings.
const PHASES: [(Phase, &str); 3] = [
    (Phase::Diagnose, "Look first"),
    (Phase::Mitigate, "Mend"),
    (Phase::Prevent, "Keep from coming back"),
];

/// Which incident of a page tells a runbook first: what is to be done is said once.
#[derive(Debug, Default)]
pub(super) struct Repeated(HashMap<String, usize>);

impl Repeated {
    pub(super) fn of(told: &[Told]) -> Self {
        let mut first = HashMap::new();
        for it in told {
            first.entry(key(it)).or_insert(it.number);
        }
        Self(first)
    }

    /// The number of an incident before it that tells the same.
    pub(super) fn before(&self, it: &Told) -> Option<usize> {
        let first = self.0.get(&key(it)).copied();
        first.filter(|first| *first < it.number)
    }
}

/// All of what is to be done.
fn key(it: &Told) -> String {
    let is_for_next_time = phrase::is_for_next_time(it.incident);
    format!("{is_for_next_time} {:?}", it.incident.runbook)
}

/// See the module.
#[derive(Template)]
#[template(path = "report/html/runbook.html")]
pub(super) struct Steps<'a> {
    pub(super) runbook: &'a Runbook,
    phases: Vec<(&'static str, Vec<&'a Step>)>,
}

impl<'a> Steps<'a> {
    pub(super) fn new(incident: &'a Incident) -> Self {
        let runbook = &incident.runbook;
        let is_for_next_time = phrase::is_for_next_time(incident);
        let phases = PHASES.into_iter().map(|(phase, heading)| match phase {
            Phase::Mitigate if is_for_next_time => (phase, phrase::NEXT_TIME),
            _ => (phase, heading),
        });
        let phases = phases.map(|(phase, heading)| (heading, runbook.of(phase).collect()));
        Self {
            runbook,
            phases: phases
                .filter(|(_, steps): &(_, Vec<_>)| !steps.is_empty())
                .collect(),
        }
    }

    /// There is nothing to tell.
    pub(super) fn is_empty(&self) -> bool {
        self.phases.is_empty() && self.runbook.meaning.is_empty()
    }
}
