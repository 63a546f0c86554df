//! One incident, as a section to paste into a review.
//!
//! Enters: an incident and its place in the report. Leaves: summary, facts, impact, timeline, cause and what to do next.
//! Must not know: figures and coverage.

use std::io::{self, Write};

use super::{CODES, facts, runbook, table};
use crate::report::clock::Clock;
use crate::report::document::{Document, Evidence, Incident, Lack, Moment};
use crate::report::escape::{fence, markdown};
use crate::report::phrase::figures as words;
use crate::report::text::page::Page;
use crate::report::text::{Style, lanes};
use crate::report::{numbers, phrase};

/// Frontends, methods and paths shown of one sort.
const SHARES: usize = 5;
/// Servers whose load is shown.
const LOAD: usize = 12;
/// Columns of a drawing.
const DRAWING: usize = 96;

/// An incident at its place in the report.
pub(super) struct Entry<'a> {
    /// Its number, from 1.
    pub(super) number: usize,
    pub(super) incident: &'a Incident,
    /// All incidents, in the order of their numbers.
    pub(super) all: &'a [&'a Incident],
    pub(super) doc: &'a Document,
    /// What the reader knows of the time after the head.
    pub(super) clock: &'a Clock,
}

impl Entry<'_> {
    /// Writes its section.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let incident = self.incident;
        let severity = phrase::severity(incident.severity);
        writeln!(
            out,
            "## {}. {severity}: {}\n",
            self.number,
            markdown(&incident.headline)
        )?;
        let story: Vec<String> = incident.story.iter().map(|text| markdown(text)).collect();
        if !story.is_empty() {
            writeln!(out, "{}\n", story.join(" "))?;
        }
        facts(&self.facts(), out)?;
        let impact = self.impact();
        if !impact.is_empty() {
            writeln!(out, "### Impact\n")?;
            facts(&impact, out)?;
        }
        self.drawing(out)?;
        self.timeline(out)?;
        self.cause(out)?;
        runbook::write(&incident.runbook, phrase::is_for_next_time(incident), out)?;
        self.settings(out)
    }

    /// What of the configuration would have shortened it.
    fn settings(&self, out: &mut dyn Write) -> io::Result<()> {
        let settings = phrase::settings(&self.doc.advice, self.incident);
        let settings: Vec<String> = settings
            .map(|advice| format!("- {}", markdown(&phrase::in_brief(advice))))
            .collect();
        if settings.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "### Settings that would have helped\n\n{}\n",
            settings.join("\n")
        )
    }

    /// When, where and why; only what is known.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let incident = self.incident;
        let at = |time: &Option<String>| {
            time.as_deref()
                .map(|time| self.clock.show(time))
                .unwrap_or_default()
        };
        let related = (1..)
            .zip(self.all)
            .filter(|(_, other)| phrase::is_related(incident, other));
        let related: Vec<String> = related
            .map(|(number, _)| format!("incident {number}"))
            .collect();
        let rows = [
            (
                "When",
                phrase::span(incident, self.doc.window.end.as_deref(), self.clock),
            ),
            ("Now", self.now()),
            ("Kind", phrase::words(incident.kind)),
            ("Cause", self.because()),
            ("First symptom", at(&incident.first_symptom)),
            ("Detected", self.detected(at(&incident.detected_at))),
            ("Service restored", at(&incident.service_restored)),
            ("All back", at(&incident.all_back)),
            ("Frontends", names(&incident.frontends)),
            ("Backend", names(incident.backend.as_slice())),
            ("Servers at fault", names(&incident.servers)),
            ("Servers affected", names(&incident.affected_servers)),
            ("Related", related.join(", ")),
            ("Id", markdown(&incident.id)),
        ];
        known(rows)
    }

    /// What the running HAProxy says.
    fn now(&self) -> String {
        let now = self.incident.now.as_ref();
        escaped(now.and_then(phrase::incident_now))
    }

    /// The cause, and where its first line stands.
    fn because(&self) -> String {
        let verdict = &self.incident.cause;
        let cause = phrase::cause(verdict).unwrap_or_default();
        match verdict.evidence.first() {
            Some(line) if !cause.is_empty() => {
                format!("{cause}, see {}", markdown(&phrase::place(line)))
            }
            _ => cause,
        }
    }

    /// The DOWN mark, and how late it came.
    fn detected(&self, at: String) -> String {
        match words::lag(&self.incident.impact) {
            Some(lag) if !at.is_empty() => format!("{at} ({lag})"),
            _ => at,
        }
    }

    /// What it cost, and whom; only what is known.
    fn impact(&self) -> Vec<(&'static str, String)> {
        let (incident, impact) = (self.incident, &self.incident.impact);
        let codes = |codes| escaped(phrase::codes(codes, CODES));
        let shares = |of| {
            let shares = words::shares(impact, of, SHARES);
            escaped(shares.map(|shares| format!("{shares} ({})", words::sample(impact))))
        };
        let peak = impact.peak_per_second.map(|rate| {
            let is_sampled = self.doc.coverage.lacks.contains(&Lack::Sampled);
            let at_least = if is_sampled { "at least " } else { "" };
            let what = phrase::by_clients(incident).unwrap_or("failed");
            format!("{at_least}{} {what}", numbers::rate(rate))
        });
        let rows = [
            ("Requests", phrase::cost(incident).join(", ")),
            ("Availability", self.availability()),
            ("Peak", peak.unwrap_or_default()),
            ("Statuses", codes(&incident.statuses)),
            ("Termination states", codes(&incident.termination_states)),
            ("Frontends hit", shares(&impact.hit.frontends)),
            ("Methods hit", shares(&impact.hit.methods)),
            ("URLs hit", shares(&impact.hit.urls)),
            ("Clients hit", shares(&impact.hit.clients)),
            ("Capacity", words::capacity(impact).unwrap_or_default()),
            (
                "Requests by server",
                markdown(&words::load(impact, LOAD).join(", ")),
            ),
        ];
        known(rows)
    }

    /// Of the requests in the span.
    fn availability(&self) -> String {
        let impact = &self.incident.impact;
        let numbers = impact.successful.zip(impact.eligible);
        let (Some(share), Some((successful, eligible))) = (impact.availability, numbers) else {
            return String::new();
        };
        let [successful, eligible] = [successful, eligible].map(numbers::count);
        let share = numbers::portion(share);
        format!("{share} ({successful} of {eligible} eligible requests in its span)")
    }

    /// Servers and failures over time.
    fn drawing(&self, out: &mut dyn Write) -> io::Result<()> {
        let style = Style {
            width: DRAWING,
            ..Style::default()
        };
        let mut drawn = Vec::new();
        let is_sampled = self.doc.coverage.lacks.contains(&Lack::Sampled);
        let log_end = self.doc.window.end.as_deref();
        let page = &mut Page::new(style, &mut drawn);
        lanes::write(self.incident, log_end, is_sampled, 0, page)?;
        let drawn = String::from_utf8_lossy(&drawn);
        let rows: Vec<&str> = drawn.lines().filter(|row| !row.is_empty()).collect();
        if rows.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}", fence("text", rows))
    }

    fn timeline(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.incident.timeline.is_empty() {
            return Ok(());
        }
        let mut clock = self.clock.clone();
        clock.show_next(&self.incident.start);
        let row = |moment: &Moment| {
            let line = moment
                .evidence
                .as_ref()
                .map(phrase::place)
                .unwrap_or_default();
            let texts = [&moment.text, &moment.place, &line].map(|text| markdown(text));
            let [what, place, line] = texts;
            [clock.show_next(&moment.time), what, place, line]
        };
        let rows = self.incident.timeline.iter().map(row);
        writeln!(out, "### Timeline\n")?;
        table(["Time", "What", "Where", "Line"], rows, out)
    }

    fn cause(&self, out: &mut dyn Write) -> io::Result<()> {
        let verdict = &self.incident.cause;
        let Some(cause) = phrase::cause(verdict) else {
            return Ok(());
        };
        writeln!(out, "### Cause\n\n{cause}\n")?;
        for event in &verdict.events {
            writeln!(out, "{}\n", markdown(&phrase::event(event)))?;
        }
        lines(&verdict.evidence, out)
    }
}

/// Rows that say something.
fn known<const N: usize>(rows: [(&'static str, String); N]) -> Vec<(&'static str, String)> {
    let rows = rows.into_iter();
    rows.filter(|(_, text)| !text.is_empty()).collect()
}

fn escaped(text: Option<String>) -> String {
    text.map(|text| markdown(&text)).unwrap_or_default()
}

/// Lines of the log in one fence, each after a comment that says where it stands.
fn lines(evidence: &[Evidence], out: &mut dyn Write) -> io::Result<()> {
    if evidence.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = evidence
        .iter()
        .map(|line| format!("{}  {}", phrase::place(line), line.text))
        .collect();
    writeln!(out, "{}", fence("text", shown.iter().map(String::as_str)))
}

fn names(names: &[String]) -> String {
    names
        .iter()
        .map(|name| markdown(name))
        .collect::<Vec<_>>()
        .join(", ")
}
