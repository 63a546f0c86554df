//! The advice as Markdown: a table for each urgency, and one of timeouts for each proxy.
//!
//! Enters: a [`Document`]. Leaves: headings and tables, all text of the log escaped. Must not know: how a verdict was found.

use std::io::{self, Write};

use super::{advice_table, table};
use crate::advice::words;
use crate::report::clock;
use crate::report::escape::markdown;
use crate::report::numbers::count;
use crate::report::phrase;
use crate::report::review::{Backend, Document, Timer};

/// Writes `doc` as one Markdown document. Fails as `out` fails.
pub fn write(doc: &Document, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Advice on HAProxy\n")?;
    if let Some(span) = clock::window(&doc.window) {
        let zone = (&doc.window.timezone, &doc.window.timezone_from);
        writeln!(out, "{span} {} ({})\n", markdown(zone.0), markdown(zone.1))?;
    }
    if let Some(filtered) = &doc.filtered {
        let said = phrase::filtered(&filtered.filter, filtered.lines);
        writeln!(out, "{}\n", markdown(&said))?;
    }
    if let Some(interrupted) = &doc.interrupted {
        writeln!(out, "{}\n", markdown(interrupted))?;
    }
    if doc.backends.is_empty() {
        writeln!(out, "{}\n", phrase::NOTHING_TO_WEIGH)?;
    }
    for group in doc.advice.chunk_by(|a, b| a.urgency == b.urgency) {
        writeln!(out, "## {}\n", phrase::urgency(group[0].urgency))?;
        advice_table(group, out)?;
    }
    doc.backends
        .iter()
        .try_for_each(|backend| timers(backend, out))
}

fn timers(backend: &Backend, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## {}\n", markdown(&backend.scope))?;
    let heads = [
        "Timeout", "Timer", "p50", "p99", "p99.9", "Longest", "In force", "Cut", "Verdict", "Why",
    ];
    if !backend.timers.is_empty() {
        table(heads, backend.timers.iter().map(row), out)?;
    }
    let mut notes = backend.notes.iter();
    notes.try_for_each(|note| writeln!(out, "{}\n", markdown(note)))
}

fn row(timer: &Timer) -> [String; 10] {
    let upper =
        |edges: Option<(u32, u32)>| edges.map_or(String::new(), |(_, high)| words(u64::from(high)));
    let all = &timer.all;
    [
        timer.timeout.to_owned(),
        timer.timer.to_owned(),
        upper(all.p50),
        upper(all.p99),
        upper(all.p999),
        upper(all.max),
        phrase::in_force(timer),
        count(timer.cut),
        phrase::verdict(timer),
        timer.why.clone(),
    ]
    .map(|text| markdown(&text))
}
