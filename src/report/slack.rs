//! What broke, as one message in Slack's mrkdwn.
//!
//! Enters: a [`Document`]. Leaves: some lines, as short as a message is read. Text of the log stands escaped, commands as code.
//! Must not know: how it is sent.

use std::io::{self, Write};

use super::clock::{self, Clock};
use super::document::{Advice, Document, Incident, Phase};
use super::escape::{slack, slack_code};
use super::numbers;
use super::phrase;
use super::text::{in_order, page};

/// Incidents that are told; others are counted.
const INCIDENTS: usize = 3;
/// Pieces of advice.
const ADVICE: usize = 3;
/// Columns of a sentence.
const SENTENCE: usize = 240;
/// Bytes of a command. A longer one is left out: half a command is none.
const COMMAND: usize = 400;
/// Names of logs that are told.
const SOURCES: usize = 2;

/// Writes `doc` as a message. Fails as `out` fails.
pub fn write(doc: &Document, out: &mut dyn Write) -> io::Result<()> {
    if !phrase::is_haproxy(&doc.coverage) {
        for sentence in phrase::no_haproxy(&doc.coverage) {
            writeln!(out, "{}", text(&sentence))?;
        }
        return Ok(());
    }
    head(doc, out)?;
    let incidents = in_order(&doc.incidents);
    let clock = Clock::after(&doc.window);
    for incident in incidents.iter().take(INCIDENTS) {
        one(doc, incident, &clock, out)?;
    }
    let omitted = doc.omitted.as_ref().map_or(0, |omitted| omitted.incidents);
    let more = incidents.len().saturating_sub(INCIDENTS) as u64 + omitted;
    if more > 0 {
        let more = numbers::counted(more, "more incident", "more incidents");
        writeln!(out, "\n_and {more}_")?;
    }
    advice(&doc.advice, out)
}

fn head(doc: &Document, out: &mut dyn Write) -> io::Result<()> {
    let outcome = match doc.incidents.is_empty() {
        true => "no incident".to_owned(),
        false => phrase::incidents(doc),
    };
    let names: Vec<String> = doc
        .sources
        .iter()
        .take(SOURCES)
        .map(|source| slack(&page::cut_start(&source.name, 60)))
        .collect();
    let more = match doc.sources.len().saturating_sub(SOURCES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    writeln!(out, "*HAProxy: {outcome}* · {}", phrase::failed(doc))?;
    let span = clock::window(&doc.window).unwrap_or_else(|| "no line has a time".to_owned());
    let zone = slack(&page::cut(&doc.window.timezone, 40));
    writeln!(out, "{}{more} · {span} {zone}", names.join(", "))?;
    if let Some(filter) = &doc.filter {
        writeln!(
            out,
            "{}",
            text(&phrase::filtered(filter, doc.coverage.filtered))
        )?;
    }
    if doc.coverage.interrupted {
        writeln!(out, "{}", phrase::INTERRUPTED)?;
    }
    Ok(())
}

fn one(doc: &Document, incident: &Incident, clock: &Clock, out: &mut dyn Write) -> io::Result<()> {
    let severity = phrase::severity(incident.severity);
    let span = phrase::span(incident, doc.window.end.as_deref(), clock);
    writeln!(out, "\n*{severity}* {} · {span}", text(&incident.headline))?;
    if let Some(cause) = phrase::cause(&incident.cause) {
        writeln!(out, "Cause: {}", text(&cause))?;
    }
    for sentence in &incident.story {
        writeln!(out, "{}", text(sentence))?;
    }
    let looks = incident.runbook.of(Phase::Diagnose);
    let commands = looks.filter_map(|step| step.command.as_deref());
    let mut short = commands.filter(|command| command.len() <= COMMAND);
    match short.find_map(slack_code) {
        Some(command) => writeln!(out, "Look first: {command}"),
        None => Ok(()),
    }
}

fn advice(advice: &[Advice], out: &mut dyn Write) -> io::Result<()> {
    if advice.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n*Advice*")?;
    for piece in advice.iter().take(ADVICE) {
        writeln!(out, "• {}", text(&phrase::in_brief(piece)))?;
    }
    match advice.len().saturating_sub(ADVICE) {
        0 => Ok(()),
        more => writeln!(out, "_and {more} more_"),
    }
}

/// A sentence, not too long.
fn text(sentence: &str) -> String {
    slack(&page::cut(sentence, SENTENCE))
}
