//! The document for a post-incident review, as GitHub flavoured Markdown.
//!
//! Enters: a [`Document`]. Leaves: headings, tables and fenced blocks. Text of the log stands escaped in
//! prose and tables, and raw lines in fences. Must not know: terminals.

pub mod change;
mod incident;
pub mod review;
mod runbook;
pub mod what_if;

use std::io::{self, Write};

use self::incident::Entry;
use super::clock::{self, Clock};
use super::document::{Advice, Document};
use super::escape::markdown;
use super::phrase::figures as words;
use super::text::in_order;
use super::{numbers, phrase};

/// Codes shown of one sort, most frequent first.
const CODES: usize = 8;

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
    figures(doc, out)?;
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
    if doc.coverage.interrupted {
        rows.push(("Read", phrase::INTERRUPTED.to_owned()));
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

fn advice(advice: &[Advice], out: &mut dyn Write) -> io::Result<()> {
    if advice.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Advice\n")?;
    advice_table(advice, out)
}

fn advice_table(advice: &[Advice], out: &mut dyn Write) -> io::Result<()> {
    let row = |advice: &Advice| {
        [
            phrase::words(advice.direction),
            markdown(&advice.keyword),
            markdown(&advice.scope),
            markdown(&phrase::change(advice)),
            markdown(&advice.why),
            markdown(&advice.effect),
            markdown(&phrase::basis(advice, phrase::Sources::default()).unwrap_or_default()),
        ]
    };
    let heads = [
        "What", "Keyword", "Scope", "Change", "Why", "Effect", "Rests on",
    ];
    table(heads, advice.iter().map(row), out)
}

fn figures(doc: &Document, out: &mut dyn Write) -> io::Result<()> {
    let figures = &doc.figures;
    if figures.backends.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Figures\n")?;
    if let Some(said) = words::availability(doc) {
        writeln!(out, "{said}.\n")?;
    }
    let backends = figures.backends.iter().map(words::backend);
    table(words::BACKENDS, backends.map(all_escaped), out)?;
    let servers: Vec<_> = figures.servers.iter().flat_map(words::server).collect();
    if !servers.is_empty() {
        table(words::SERVERS, servers.into_iter().map(all_escaped), out)?;
    }
    let owners = figures.endings.iter();
    let owners: Vec<_> = owners.filter_map(|of| words::owner(of, CODES)).collect();
    if !owners.is_empty() {
        table(words::OWNERS, owners.into_iter().map(all_escaped), out)?;
    }
    writeln!(out, "{}\n", words::MEANING)
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

fn all_escaped<const N: usize>(cells: [String; N]) -> [String; N] {
    cells.map(|text| markdown(&text))
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
