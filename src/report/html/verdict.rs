//! What a page says first: what broke, whether it is over, how bad it was.
//!
//! Enters: the document. Leaves: its worst incident in short, the others in a line each. Must not know: evidence.

use super::svg::Told;
use super::{impact, name_of, stamp};
use crate::report::clock::Clock;
use crate::report::document::{Document, Incident};
use crate::report::{phrase, top};
use crate::words::cause::Severity;

/// Other incidents that are named.
const OTHERS: usize = 3;

/// See the module.
pub(super) struct Verdict {
    pub(super) headline: String,
    /// Sentences below it.
    pub(super) story: Vec<String>,
    pub(super) lead: Option<Lead>,
    pub(super) others: Vec<Other>,
    /// How many there are beside those.
    pub(super) more: usize,
    /// What all of it comes to.
    pub(super) outcome: Vec<String>,
    pub(super) now: Option<String>,
}

/// The incident that matters most.
pub(super) struct Lead {
    pub(super) number: usize,
    pub(super) state: State,
    pub(super) when: stamp::Stamp,
    /// Names and values.
    pub(super) facts: Vec<(&'static str, String)>,
}

/// An incident in one line.
pub(super) struct Other {
    pub(super) number: usize,
    pub(super) state: State,
    pub(super) headline: String,
    pub(super) when: stamp::Stamp,
    pub(super) cost: String,
}

/// How bad it is, and whether it is over.
pub struct State {
    /// The class of the severity.
    pub class: String,
    /// `OUTAGE`.
    pub severity: String,
    /// The class of the ending: `over`, `open` or `unclear`.
    pub ending: &'static str,
    /// `over`, `not over`.
    pub said: &'static str,
}

impl State {
    /// Of an incident.
    pub fn of(incident: &Incident) -> Self {
        let is_over = incident.now.as_ref().and_then(|now| now.over);
        let (ending, said) = match (&incident.end, incident.end_reason, is_over) {
            (Some(_), Some("log_ended"), _) => ("unclear", "the log ends in it"),
            (Some(_), Some("superseded"), _) => ("over", "part of another incident"),
            (Some(_), ..) => ("over", "over"),
            (None, _, Some(true)) => ("over", "over now, no end in the log"),
            (None, Some("until"), _) => ("unclear", "not over by --until"),
            (None, ..) => ("open", "not over"),
        };
        Self {
            class: name_of(incident.severity),
            severity: phrase::severity(incident.severity),
            ending,
            said,
        }
    }
}

impl Verdict {
    pub(super) fn new(doc: &Document, told: &[Told], clock: &Clock) -> Self {
        let is_haproxy = phrase::is_haproxy(&doc.coverage);
        let lead = lead(told, doc);
        let (headline, story) = match lead {
            _ if !is_haproxy => {
                let mut said = phrase::no_haproxy(&doc.coverage).into_iter();
                (said.next().unwrap_or_default(), said.collect())
            }
            Some(lead) => (lead.incident.headline.clone(), lead.incident.story.clone()),
            None => (phrase::no_incident(doc), Vec::new()),
        };
        let is_named = |it: &&Told| {
            let is_lead = lead.is_some_and(|lead| lead.number == it.number);
            !is_lead && !is_quiet(it.incident)
        };
        let others: Vec<&Told> = told.iter().filter(is_named).collect();
        let when = |incident: &Incident| {
            let said = phrase::span(incident, doc.window.end.as_deref(), clock);
            stamp::Stamp::saying(&incident.start, said)
        };
        let other = |it: &&Told| Other {
            number: it.number,
            state: State::of(it.incident),
            headline: it.incident.headline.clone(),
            when: when(it.incident),
            cost: phrase::cost(it.incident)
                .into_iter()
                .next()
                .unwrap_or_default(),
        };
        let outcome = match (is_haproxy, lead) {
            (true, Some(_)) => vec![phrase::incidents(doc), phrase::failed(doc)],
            _ => Vec::new(),
        };
        Self {
            headline,
            story,
            lead: lead.filter(|_| is_haproxy).map(|it| Lead {
                number: it.number,
                state: State::of(it.incident),
                when: when(it.incident),
                facts: impact::in_short(it.incident, doc),
            }),
            more: others.len().saturating_sub(OTHERS),
            others: others.iter().take(OTHERS).map(other).collect(),
            outcome,
            now: doc.now.as_ref().map(|now| phrase::now(now, clock)),
        }
    }
}

/// What still goes on comes before what is over, then the worst.
fn lead<'a>(told: &[Told<'a>], doc: &Document) -> Option<Told<'a>> {
    let log_end = doc.window.end.as_deref();
    let is_open = |incident: &Incident| !is_quiet(incident) && State::of(incident).ending == "open";
    let rank = |it: &&Told| (!is_open(it.incident), top::rank(it.incident, log_end));
    told.iter().min_by_key(rank).copied()
}

/// Planned work, and what clients did themselves.
pub(super) fn is_quiet(incident: &Incident) -> bool {
    matches!(incident.severity, Severity::Planned | Severity::Client)
}
