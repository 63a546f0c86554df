//! The document for a post-incident review, as GitHub flavoured Markdown.
//!
//! Enters: a [`Document`]. Leaves: headings, tables and fenced blocks. Text of the log stands escaped in
//! prose and tables, and raw lines in fences. Must not know: terminals.

use std::io::{self, Write};

use super::clock::{self, Clock};
use super::document::{Advice, Document, Evidence, Incident, Moment, Phase, Runbook, Step};
use super::escape::{fence, markdown};
use super::text::in_order;
use super::{numbers, phrase};

/// Codes shown of one sort, most frequent first.
const CODES: usize = 8;

/// The phases of a runbook with their headings.
const PHASES: [(Phase, &str); 3] = [
    (Phase::Diagnose, "Next"),
    (Phase::Mitigate, "Mitigation"),
    (Phase::Prevent, "Prevention"),
];

/// Writes `doc` as one Markdown document. Fails as `out` fails.
pub fn write(doc: &Document, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# HAProxy incident report\n")?;
    summary(doc, out)?;
    if !phrase::is_haproxy(&doc.coverage) {
        for sentence in phrase::no_haproxy(&doc.coverage) {
            writeln!(out, "{sentence}\n")?;
        }
    } else if doc.incidents.is_empty() {
        writeln!(out, "{}\n", phrase::no_incident(doc))?;
    }
    let clock = Clock::after(&doc.window);
    let incidents = in_order(&doc.incidents);
    for (number, incident) in (1..).zip(&incidents) {
        let entry = Entry {
            number,
            incident,
            all: &incidents,
            doc,
            clock: &clock,
        };
        entry.write(out)?;
    }
    if let Some(omitted) = &doc.omitted {
        writeln!(out, "{}\n", markdown(&phrase::omitted(omitted)))?;
    }
    advice(&doc.advice, out)?;
    coverage(doc, out)
}

fn summary(doc: &Document, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<String> = doc
        .sources
        .iter()
        .map(|source| markdown(&source.name))
        .collect();
    let zone = (
        markdown(&doc.window.timezone),
        markdown(&doc.window.timezone_from),
    );
    let span = clock::window(&doc.window).unwrap_or_else(|| "no line has a time".to_owned());
    let lines = numbers::count(doc.coverage.lines);
    let understood = phrase::understood(&doc.coverage);
    let mut rows = vec![
        ("Log", names.join(", ")),
        ("Window", format!("{span} {} ({})", zone.0, zone.1)),
        ("Lines", format!("{lines}, {understood}")),
    ];
    if let Some(filter) = &doc.filter {
        let said = phrase::filtered(filter, doc.coverage.filtered);
        rows.push(("Filter", markdown(&said)));
    }
    if phrase::is_haproxy(&doc.coverage) {
        rows.push(("Requests", phrase::failed(doc)));
        rows.push(("Incidents", phrase::incidents(doc)));
    }
    if let Some(now) = &doc.now {
        let said = phrase::now(now, &Clock::after(&doc.window));
        rows.push(("Now", markdown(&said)));
    }
    facts(&rows, out)
}

/// An incident at its place in the report.
struct Entry<'a> {
    number: usize,
    incident: &'a Incident,
    all: &'a [&'a Incident],
    doc: &'a Document,
    clock: &'a Clock,
}

impl Entry<'_> {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let incident = self.incident;
        let severity = phrase::severity(incident.severity);
        writeln!(
            out,
            "## {}. {severity}: {}\n",
            self.number,
            markdown(&incident.headline)
        )?;
        paragraphs(incident.story.iter().cloned(), out)?;
        facts(&self.impact(), out)?;
        self.timeline(out)?;
        self.cause(out)?;
        runbook(&incident.runbook, out)
    }

    /// When, where and what it cost; only what is known.
    fn impact(&self) -> Vec<(&'static str, String)> {
        let incident = self.incident;
        let at = |time: &Option<String>| {
            time.as_deref()
                .map(|time| self.clock.show(time))
                .unwrap_or_default()
        };
        let codes = |codes| {
            phrase::codes(codes, CODES)
                .map(|codes| markdown(&codes))
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
            (
                "Now",
                incident
                    .now
                    .as_ref()
                    .and_then(phrase::incident_now)
                    .map_or(String::new(), |said| markdown(&said)),
            ),
            ("Kind", phrase::words(incident.kind)),
            ("First symptom", at(&incident.first_symptom)),
            ("Detected", at(&incident.detected_at)),
            ("Service restored", at(&incident.service_restored)),
            ("All back", at(&incident.all_back)),
            ("Frontends", names(&incident.frontends)),
            ("Backend", names(incident.backend.as_slice())),
            ("Servers at fault", names(&incident.servers)),
            ("Servers affected", names(&incident.affected_servers)),
            ("Requests", phrase::cost(incident).join(", ")),
            ("Statuses", codes(&incident.statuses)),
            ("Termination states", codes(&incident.termination_states)),
            ("Related", related.join(", ")),
            ("Id", markdown(&incident.id)),
        ];
        rows.into_iter()
            .filter(|(_, text)| !text.is_empty())
            .collect()
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
        paragraphs(verdict.events.iter().map(phrase::event), out)?;
        lines(&verdict.evidence, out)
    }
}

fn runbook(runbook: &Runbook, out: &mut dyn Write) -> io::Result<()> {
    let about = [("Meaning", &runbook.meaning), ("Impact", &runbook.impact)];
    let about: Vec<_> = about
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| (*name, markdown(text)))
        .collect();
    if !about.is_empty() {
        writeln!(out, "### Runbook\n")?;
        facts(&about, out)?;
    }
    for (phase, heading) in PHASES {
        let steps: Vec<&Step> = runbook.of(phase).collect();
        if steps.is_empty() {
            continue;
        }
        writeln!(out, "### {heading}\n")?;
        if steps.iter().any(|step| step.command.is_some()) {
            let lines = steps.iter().flat_map(|step| commented(step));
            let lines: Vec<String> = lines.collect();
            writeln!(out, "{}", fence("sh", lines.iter().map(String::as_str)))?;
        } else {
            for step in steps {
                writeln!(out, "- {}", markdown(&phrase::why(step)))?;
            }
            writeln!(out)?;
        }
    }
    Ok(())
}

/// A step as lines of a script, of which the first is a comment.
fn commented(step: &Step) -> impl Iterator<Item = String> {
    let why = format!("# {}", phrase::why(step));
    std::iter::once(why).chain(step.command.clone())
}

fn advice(advice: &[Advice], out: &mut dyn Write) -> io::Result<()> {
    if advice.is_empty() {
        return Ok(());
    }
    let row = |advice: &Advice| {
        [
            phrase::words(advice.direction),
            markdown(&advice.keyword),
            markdown(&advice.scope),
            markdown(&phrase::change(advice)),
            markdown(&advice.why),
            markdown(&advice.effect),
            markdown(&phrase::basis(advice).unwrap_or_default()),
        ]
    };
    writeln!(out, "## Advice\n")?;
    let heads = [
        "What", "Keyword", "Scope", "Change", "Why", "Effect", "Rests on",
    ];
    table(heads, advice.iter().map(row), out)
}

fn coverage(doc: &Document, out: &mut dyn Write) -> io::Result<()> {
    let left_out = phrase::left_out(&doc.coverage);
    writeln!(out, "## Coverage\n")?;
    let row = |source: &super::document::SourceSummary| {
        let time = |time: &Option<String>| {
            time.as_deref()
                .map(|time| Clock::default().show(time))
                .unwrap_or_default()
        };
        [
            markdown(&source.name),
            markdown(source.host.as_deref().unwrap_or_default()),
            numbers::count(source.lines),
            time(&source.first),
            time(&source.last),
        ]
    };
    table(
        ["Log", "Host", "Lines", "First", "Last"],
        doc.sources.iter().map(row),
        out,
    )?;
    for sentence in doc
        .coverage
        .warnings
        .iter()
        .map(|text| markdown(text))
        .chain(left_out)
    {
        writeln!(out, "- {sentence}")?;
    }
    Ok(())
}

/// Each text as a paragraph.
fn paragraphs(texts: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    for text in texts {
        writeln!(out, "{}\n", markdown(&text))?;
    }
    Ok(())
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

/// A table of names and texts, the latter escaped by the caller.
fn facts(rows: &[(&str, String)], out: &mut dyn Write) -> io::Result<()> {
    table(
        ["", ""],
        rows.iter()
            .map(|(name, text)| [format!("**{name}**"), text.clone()]),
        out,
    )
}

/// A table of cells that the caller has escaped, and an empty line.
fn table<const N: usize>(
    heads: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "| {} |", heads.join(" | "))?;
    writeln!(out, "|{}", " --- |".repeat(N))?;
    for cells in rows {
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    writeln!(out)
}
