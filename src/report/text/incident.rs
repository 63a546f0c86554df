//! One incident, from its headline to what to do next.
//!
//! Enters: an incident and its place in the report. Leaves: its block of lines, or one line when it is
//! planned or the clients' own, and a few where rules denied it. Must not know: coverage.

use std::io;

use super::page::{self, Ink, Page, Row};
use super::{lanes, steps, timeline};
use crate::report::clock::Clock;
use crate::report::document::{Document, Incident, Lack, Share};
use crate::report::phrase;
use crate::report::phrase::{Sources, figures as words};
use crate::words::cause::{Kind, Severity};

/// Column of all but the headline.
const INDENT: usize = 4;
/// Column behind the labels `cost`, `log` and those of the runbook.
const LABELLED: usize = INDENT + 6;
/// Column of the headline of an entry of one line.
const SHORT: usize = INDENT + 9;
/// Lines of the log shown for a cause.
const EVIDENCE: usize = 3;
/// Rows that one such line may take.
const EVIDENCE_ROWS: usize = 3;
/// Codes shown of one sort, most frequent first.
const CODES: usize = 4;
/// Methods, and paths, that are told.
const SHARES: usize = 3;
/// Servers whose requests are told.
const LOAD: usize = 6;

/// An incident at its place in the report.
pub(super) struct Entry<'a> {
    /// Its number, from 1.
    pub(super) number: usize,
    pub(super) incident: &'a Incident,
    /// All incidents, in the order of their numbers.
    pub(super) all: &'a [&'a Incident],
    pub(super) doc: &'a Document,
    /// What the reader knows of the time after the header.
    pub(super) clock: &'a Clock,
}

impl Entry<'_> {
    /// Writes the block.
    pub(super) fn write(&self, page: &mut Page) -> io::Result<()> {
        if !self.follows_a_short_one() {
            page.blank()?;
        }
        self.heading(page)?;
        if is_short(self.incident) {
            return Ok(());
        }
        for sentence in &self.incident.story {
            page.paragraph(Row::at(INDENT), Ink::Plain, sentence)?;
        }
        if let Some(said) = self.now() {
            page.paragraph(Row::at(INDENT), Ink::Strong, &format!("{said}."))?;
        }
        self.cost(page)?;
        self.hit(page)?;
        if self.incident.kind == Kind::DenialBurst {
            return self.evidence(1, page);
        }
        self.load(page)?;
        let is_sampled = self.doc.coverage.lacks.contains(&Lack::Sampled);
        let log_end = self.doc.window.end.as_deref();
        lanes::write(self.incident, log_end, is_sampled, INDENT, page)?;
        let sources = Sources::of(self.doc);
        timeline::write(self.incident, self.clock, sources, INDENT, page)?;
        self.evidence(EVIDENCE, page)?;
        let is_for_next_time = phrase::is_for_next_time(self.incident);
        let runbook = &self.incident.runbook;
        steps::write(runbook, is_for_next_time, INDENT, LABELLED, page)?;
        self.settings(page)
    }

    /// What of the configuration would have shortened it.
    fn settings(&self, page: &mut Page) -> io::Result<()> {
        let settings = phrase::settings(&self.doc.advice, self.incident);
        for (place, advice) in settings.enumerate() {
            let label = if place == 0 { "tune" } else { "" };
            let row = Row::at(INDENT).put(Ink::Strong, label).to(LABELLED);
            page.paragraph(row, Ink::Plain, &phrase::in_brief(advice))?;
        }
        Ok(())
    }

    /// Short entries stand together, without a blank line between.
    fn follows_a_short_one(&self) -> bool {
        let before = self
            .number
            .checked_sub(2)
            .and_then(|place| self.all.get(place));
        is_short(self.incident) && before.is_some_and(|before| is_short(before))
    }

    fn heading(&self, page: &mut Page) -> io::Result<()> {
        let incident = self.incident;
        let row = Row::default()
            .put(Ink::Strong, &format!("#{} ", self.number))
            .to(INDENT);
        let severity = phrase::severity(incident.severity);
        let row = row
            .put(Ink::of(incident.severity), &severity)
            .put(Ink::Plain, "  ");
        let span = phrase::span(incident, self.doc.window.end.as_deref(), self.clock);
        let mut parts = vec![(Ink::Strong, incident.headline.clone()), (Ink::Plain, span)];
        if is_short(incident) {
            parts.extend(self.now().map(|said| (Ink::Strong, said)));
            return page.flow(row.to(SHORT), "   ", &parts);
        }
        let cause = phrase::cause(&incident.cause);
        parts.extend(cause.map(|cause| (Ink::Plain, format!("cause: {cause}"))));
        let related: Vec<String> = self.related().map(|number| format!("#{number}")).collect();
        if !related.is_empty() {
            parts.push((Ink::Plain, format!("see also {}", related.join(", "))));
        }
        page.flow(row, "   ", &parts)
    }

    /// What the running HAProxy says of it.
    fn now(&self) -> Option<String> {
        self.incident.now.as_ref().and_then(phrase::incident_now)
    }

    /// Numbers of incidents that share the cause.
    fn related(&self) -> impl Iterator<Item = usize> {
        let is_related = |other: &Incident| phrase::is_related(self.incident, other);
        (1..)
            .zip(self.all)
            .filter(move |(_, other)| is_related(other))
            .map(|(number, _)| number)
    }

    fn cost(&self, page: &mut Page) -> io::Result<()> {
        let codes = [&self.incident.statuses, &self.incident.termination_states];
        // Failed requests and clients stand in the story above it.
        let impact = &self.incident.impact;
        let told = [words::available(impact), words::lag(impact)];
        let mut parts: Vec<String> = told.into_iter().flatten().collect();
        parts.extend(phrase::beside(self.incident));
        parts.extend(codes.iter().filter_map(|codes| phrase::codes(codes, CODES)));
        labelled("cost", parts, page)
    }

    /// Whom it hit, by a sample.
    fn hit(&self, page: &mut Page) -> io::Result<()> {
        let impact = &self.incident.impact;
        let shares = [&impact.hit.methods, &impact.hit.urls];
        let mut parts: Vec<String> = shares
            .iter()
            .filter_map(|shares| words::shares(impact, shares, SHARES))
            .collect();
        let clients = &impact.hit.clients;
        if self.incident.severity == Severity::Client || stands_out(clients) {
            let told = words::shares(impact, clients, SHARES);
            parts.extend(told.map(|told| format!("from {told}")));
        }
        if let Some(last) = parts.last_mut() {
            *last += &format!(" ({})", words::sample(impact));
        }
        labelled("hit", parts, page)
    }

    /// Who carried the load, and what was left.
    fn load(&self, page: &mut Page) -> io::Result<()> {
        let impact = &self.incident.impact;
        let load: Vec<String> = words::load(impact, LOAD)
            .iter()
            .map(|server| page::unbroken(server))
            .collect();
        let load = Some(load.join(", ")).filter(|load| !load.is_empty());
        let parts = [load, words::capacity(impact)];
        labelled("load", parts.into_iter().flatten().collect(), page)
    }

    fn evidence(&self, most: usize, page: &mut Page) -> io::Result<()> {
        let (lines, events) = (&self.incident.cause.evidence, &self.incident.cause.events);
        if lines.is_empty() && events.is_empty() {
            return Ok(());
        }
        page.blank()?;
        for (place, line) in lines.iter().take(most).enumerate() {
            let label = if place == 0 { "log" } else { "" };
            let mut row = Row::at(INDENT).put(Ink::Dim, label).to(LABELLED);
            let text = format!("{}  {}", Sources::of(self.doc).place(line), line.text);
            for part in in_rows(&text, page.width() - LABELLED - 2) {
                page.row(row.put(Ink::Dim, &part))?;
                row = Row::at(LABELLED + 2);
            }
        }
        for event in events.iter().take(EVIDENCE) {
            let row = Row::at(INDENT).put(Ink::Dim, "event").to(LABELLED);
            page.paragraph(row, Ink::Plain, &phrase::event(event))?;
        }
        Ok(())
    }
}

/// Parts behind a label; nothing without any.
fn labelled(label: &str, parts: Vec<String>, page: &mut Page) -> io::Result<()> {
    if parts.is_empty() {
        return Ok(());
    }
    let parts: Vec<_> = parts.into_iter().map(|part| (Ink::Dim, part)).collect();
    let label = Row::at(INDENT).put(Ink::Dim, label).to(LABELLED);
    page.flow(label, " · ", &parts)
}

/// `text` in at most [`EVIDENCE_ROWS`] rows of `width` columns; an ellipsis marks what is left out.
fn in_rows(text: &str, width: usize) -> Vec<String> {
    let mut rows = page::wrap(text, width);
    if let Some(rest) = rows.get(EVIDENCE_ROWS - 1..).filter(|rest| rest.len() > 1) {
        let last = page::cut(&rest.join(" "), width);
        rows.truncate(EVIDENCE_ROWS - 1);
        rows.push(last);
    }
    rows
}

/// The first one has as large a part as all others.
fn stands_out(shares: &[Share]) -> bool {
    shares.first().is_some_and(|first| first.share >= 0.5)
}

/// Planned work takes one line. Of what clients did themselves, or were denied, the reader asks who they are.
fn is_short(incident: &Incident) -> bool {
    incident.severity == Severity::Planned
}
