//! Why, and the lines that show it.
//!
//! Enters: a verdict. Leaves: sentences and lines of the log. Must not know: what to do about it.

use askama::Template;

use crate::report::document::{CauseVerdict, Evidence};
use crate::report::phrase::{self, Sources};

/// A line of the log, and where it stands.
pub(super) struct Line {
    pub(super) place: String,
    pub(super) text: String,
}

impl Line {
    pub(super) fn of(evidence: &Evidence, sources: Sources) -> Self {
        Self {
            place: sources.place(evidence),
            text: evidence.text.clone(),
        }
    }
}

/// See the module.
#[derive(Template)]
#[template(path = "report/html/cause.html")]
pub(super) struct Cause {
    said: Option<String>,
    events: Vec<String>,
    lines: Vec<Line>,
}

impl Cause {
    pub(super) fn new(verdict: &CauseVerdict, sources: Sources) -> Self {
        Self {
            said: phrase::cause(verdict),
            events: verdict.events.iter().map(phrase::event).collect(),
            lines: verdict
                .evidence
                .iter()
                .map(|line| Line::of(line, sources))
                .collect(),
        }
    }
}
