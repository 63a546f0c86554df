//! What to do about an incident: what it means, and steps phase by phase, with commands to copy.
//!
//! Enters: a [`Runbook`]. Leaves: lists of steps. Must not know: the incident.

use askama::Template;

use super::escaper;
use crate::report::document::{Phase, Runbook, Step};

/// The phases with their headings.
const PHASES: [(Phase, &str); 3] = [
    (Phase::Diagnose, "Look first"),
    (Phase::Mitigate, "Mend"),
    (Phase::Prevent, "Keep from coming back"),
];

/// See the module.
#[derive(Template)]
#[template(path = "report/html/runbook.html")]
pub(super) struct Steps<'a> {
    pub(super) runbook: &'a Runbook,
    phases: Vec<(&'static str, Vec<&'a Step>)>,
}

impl<'a> Steps<'a> {
    pub(super) fn new(runbook: &'a Runbook) -> Self {
        let phases = PHASES.into_iter();
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
