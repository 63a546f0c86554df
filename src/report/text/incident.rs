//! One incident, from its headline to what to do next.
//!
//! Enters: an incident and its place in the report. Leaves: its block of lines, or one line when it is
//! planned or the clients' own. Must not know: advice and coverage.

use std::io;

use super::lanes;
use super::page::{self, Ink, Page, Row};
use crate::report::clock::Clock;
use crate::report::document::{Document, Evidence, Incident, Lack, Moment, Step};
use crate::report::phrase;
use crate::report::phrase::figures as words;
use crate::words::cause::Severity;

/// Column of all but the headline.
const INDENT: usize = 4;
/// Column behind the labels `cost`, `log` and `next`.
const LABELLED: usize = INDENT + 6;
/// Column of the headline of an entry of one line.
const SHORT: usize = INDENT + 9;
/// Lines of the log shown for a cause.
const EVIDENCE: usize = 3;
/// Rows that one such line may take.
const EVIDENCE_ROWS: usize = 3;
/// Rows of a timeline before and after those that are left out of a long one.
const TIMELINE: (usize, usize) = (20, 6);
/// Codes shown of one sort, most frequent first.
const CODES: usize = 4;
/// Methods, and paths, that are told.
const SHARES: usize = 3;
/// Servers whose requests are told.
const LOAD: usize = 6;
/// Where a line stands is cut to this many columns.
const REFERENCE: usize = 24;
/// What happened needs this many columns.
const WHAT: usize = 24;

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
        self.cost(page)?;
        self.hit(page)?;
        self.load(page)?;
        let is_sampled = self.doc.coverage.lacks.contains(&Lack::Sampled);
        let log_end = self.doc.window.end.as_deref();
        lanes::write(self.incident, log_end, is_sampled, INDENT, page)?;
        self.timeline(page)?;
        self.evidence(page)?;
        self.runbook(page)
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
        if let Some(last) = parts.last_mut() {
            *last += &format!(" ({})", words::sample(impact));
        }
        labelled("hit", parts, page)
    }

    /// Who carried the load, and what was left.
    fn load(&self, page: &mut Page) -> io::Result<()> {
        let impact = &self.incident.impact;
        let parts = [words::load(impact, LOAD), words::capacity(impact)];
        labelled("load", parts.into_iter().flatten().collect(), page)
    }

    fn timeline(&self, page: &mut Page) -> io::Result<()> {
        let moments = &self.incident.timeline;
        if moments.is_empty() {
            return Ok(());
        }
        let (head, tail) = TIMELINE;
        let hidden = moments.len().saturating_sub(head + tail);
        let hidden = if hidden > 1 {
            head..head + hidden
        } else {
            0..0
        };
        let mut clock = self.clock.clone();
        clock.show_next(&self.incident.start);
        let rows: Vec<MomentRow> = MomentRow::all(moments, &mut clock);
        let columns = Columns::of(&rows, page.width());
        page.blank()?;
        for (place, row) in rows.iter().enumerate() {
            if place == hidden.start && !hidden.is_empty() {
                let left_out = format!("… {} more …", hidden.len());
                page.row(Row::at(columns.what).put(Ink::Dim, &left_out))?;
            }
            if !hidden.contains(&place) {
                row.write(&columns, page)?;
            }
        }
        Ok(())
    }

    fn evidence(&self, page: &mut Page) -> io::Result<()> {
        let lines = &self.incident.cause.evidence;
        if lines.is_empty() {
            return Ok(());
        }
        page.blank()?;
        for (place, line) in lines.iter().take(EVIDENCE).enumerate() {
            let label = if place == 0 { "log" } else { "" };
            let mut row = Row::at(INDENT).put(Ink::Dim, label).to(LABELLED);
            let text = format!("{}  {}", phrase::place(line), line.text);
            for part in in_rows(&text, page.width() - LABELLED - 2) {
                page.row(row.put(Ink::Dim, &part))?;
                row = Row::at(LABELLED + 2);
            }
        }
        Ok(())
    }

    fn runbook(&self, page: &mut Page) -> io::Result<()> {
        let steps = &self.incident.runbook;
        if steps.is_empty() {
            return Ok(());
        }
        page.blank()?;
        let commands = steps.iter().filter_map(|step| step.command.as_deref());
        let widest = commands.map(page::escaped_width).max().unwrap_or(0);
        for (place, step) in steps.iter().enumerate() {
            let label = if place == 0 { "next" } else { "" };
            write_step(
                step,
                Row::at(INDENT).put(Ink::Strong, label).to(LABELLED),
                widest,
                page,
            )?;
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

/// A step behind `row`: its reason stands beside the command if there is room for all, else below. It looks
/// like a shell's comment, so that pasting both does no harm.
fn write_step(step: &Step, row: Row, widest: usize, page: &mut Page) -> io::Result<()> {
    let ink = if step.changes_state {
        Ink::Warn
    } else {
        Ink::Dim
    };
    let why = phrase::why(step);
    let Some(command) = &step.command else {
        return page.paragraph(row, ink, &why);
    };
    let reason = format!("# {why}");
    let row = row.put(Ink::Strong, command);
    let beside = LABELLED + widest + 3;
    if beside + page::escaped_width(&reason) <= page.width() {
        return page.row(row.to(beside).put(ink, &reason));
    }
    page.whole_row(&row)?;
    page.paragraph(Row::at(LABELLED + 2).put(ink, "# "), ink, &why)
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

/// A row of the timeline, before its columns are known.
struct MomentRow<'a> {
    /// The day, where it is not the one of the row before.
    day: Option<String>,
    time: String,
    what: &'a str,
    place: &'a str,
    reference: String,
}

impl<'a> MomentRow<'a> {
    /// The rows of `moments`; a source is named where it is not the one of the row before.
    fn all(moments: &'a [Moment], clock: &mut Clock) -> Vec<Self> {
        let mut source = None;
        let mut reference = |evidence: &'a Evidence| {
            let same = source.replace(&evidence.source) == Some(&evidence.source);
            if same {
                phrase::place_in_source(evidence)
            } else {
                phrase::place(evidence)
            }
        };
        let row = |moment: &'a Moment| Self {
            day: clock.turn_to(&moment.time),
            time: clock.show_next(&moment.time),
            what: &moment.text,
            place: &moment.place,
            reference: moment
                .evidence
                .as_ref()
                .map(&mut reference)
                .unwrap_or_default(),
        };
        moments.iter().map(row).collect()
    }

    fn write(&self, columns: &Columns, page: &mut Page) -> io::Result<()> {
        if let Some(day) = &self.day {
            page.row(Row::at(INDENT).put(Ink::Dim, day))?;
        }
        let what = page::wrap(self.what, columns.place.saturating_sub(columns.what + 2));
        let mut what = what.iter();
        let row = Row::at(INDENT).put(Ink::Dim, &self.time).to(columns.what);
        let row = row
            .put(Ink::Plain, what.next().map_or("", String::as_str))
            .to(columns.place);
        let room = columns.reference.saturating_sub(columns.place + 2);
        let row = row
            .put(Ink::Plain, &page::cut(self.place, room))
            .to(columns.reference);
        page.row(row.put(Ink::Dim, &page::cut_start(&self.reference, REFERENCE)))?;
        what.try_for_each(|line| page.row(Row::at(columns.what).put(Ink::Plain, line)))
    }
}

/// Where the columns of a timeline begin.
struct Columns {
    what: usize,
    place: usize,
    reference: usize,
}

impl Columns {
    /// As wide as their texts; on a narrow page what happened gives way first, then the place.
    fn of(rows: &[MomentRow], width: usize) -> Self {
        let widest = |text: &dyn Fn(&MomentRow) -> usize| rows.iter().map(text).max().unwrap_or(0);
        let what = INDENT + widest(&|row| page::escaped_width(&row.time)) + 2;
        let reference = widest(&|row| page::escaped_width(&row.reference)).min(REFERENCE);
        let reference = if reference == 0 { 0 } else { reference + 2 };
        let room = width.saturating_sub(what + reference);
        let place = widest(&|row| page::escaped_width(row.place)) + 2;
        let place = place.min(room.saturating_sub(WHAT)).max(2);
        let text = widest(&|row| page::escaped_width(row.what)) + 2;
        let text = text.min(room.saturating_sub(place));
        Self {
            what,
            place: what + text,
            reference: what + text + place,
        }
    }
}

/// Planned work and what clients did themselves take one line.
fn is_short(incident: &Incident) -> bool {
    matches!(incident.severity, Severity::Planned | Severity::Client)
}
