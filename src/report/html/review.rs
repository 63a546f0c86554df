//! The advice alone as one page: what to change, the changes of the configuration, and every timeout with its verdict.
//!
//! Enters: a [`Document`] of advice. Leaves: HTML with its style and script inside. Must not know: incidents.

use std::io::{self, Write};

use askama::Template;

use super::advice;
use super::patch::Changes;
use super::table::Table;
use super::{SCRIPT, STYLE, escaper, policy};
use crate::advice::words;
use crate::report::clock;
use crate::report::document::{Advice, Direction, Urgency};
use crate::report::numbers::{count, counted};
use crate::report::patch::Patch;
use crate::report::phrase::{self, Sources};
use crate::report::review::{Backend, Document, Quantiles, Timer};

/// Heads of the table of a proxy.
const HEADS: [&str; 9] = [
    "Timeout", "p50", "p99", "p99.9", "Longest", "Cut", "Timer", "In force", "Verdict",
];

/// Columns from the second up to this one hold numbers.
const NUMBERS: usize = 6;

#[derive(Template)]
#[template(path = "report/html/review.html")]
struct Page {
    title: String,
    headline: String,
    policy: String,
    facts: Vec<String>,
    cautions: Vec<String>,
    advice: advice::Advice,
    changes: Option<Changes>,
    proxies: Vec<Proxy>,
}

/// A proxy with its timeouts.
struct Proxy {
    scope: String,
    table: Option<Table>,
    /// Why, for all but the timeouts that cut nothing and are right.
    reasons: Vec<(&'static str, String)>,
    notes: Vec<String>,
}

/// Writes `doc` as one page, with the changes that it makes. Fails as `out` fails.
pub fn write(doc: &Document, patch: Option<&Patch>, out: &mut dyn Write) -> io::Result<()> {
    let span = clock::window(&doc.window);
    let zone = (&doc.window.timezone, &doc.window.timezone_from);
    let facts = span
        .iter()
        .map(|span| format!("{span} {} ({})", zone.0, zone.1));
    let filtered = doc.filtered.as_ref();
    let filtered = filtered.map(|of| phrase::filtered(&of.filter, of.lines));
    let headline = headline(doc);
    let page = Page {
        title: match &span {
            Some(span) => format!("{headline} · {span}"),
            None => headline.clone(),
        },
        headline,
        policy: policy::of_one_file(STYLE, SCRIPT),
        facts: facts.collect(),
        cautions: filtered
            .into_iter()
            .chain(doc.interrupted.clone())
            .collect(),
        advice: advice::Advice::of(&doc.advice, Sources::default()),
        changes: patch.and_then(Changes::new),
        proxies: doc.backends.iter().map(Proxy::of).collect(),
    };
    page.write_into(out)
        .map_err(|error| io::Error::other(error.to_string()))
}

/// How much there is to do.
fn headline(doc: &Document) -> String {
    let does = |of: &&Advice| !matches!(of.direction, Direction::Keep | Direction::CannotTell);
    let is_behind = |of: &Advice| of.urgency == Urgency::Broken;
    let (behind, own): (Vec<_>, Vec<_>) =
        doc.advice.iter().filter(does).partition(|of| is_behind(of));
    let count =
        |of: &[&Advice], one, many| (!of.is_empty()).then(|| counted(of.len() as u64, one, many));
    let parts = [
        count(&own, "setting to change", "settings to change"),
        count(&behind, "fault behind HAProxy", "faults behind HAProxy"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.is_empty() {
        true => "Nothing needs to be changed, as far as the log tells".to_owned(),
        false => parts.join(", "),
    }
}

impl Proxy {
    fn of(backend: &Backend) -> Self {
        let is_asked = |timer: &&Timer| timer.cut > 0 || timer.verdict != Direction::Keep;
        let asked = backend.timers.iter().filter(is_asked);
        Self {
            scope: backend.scope.clone(),
            table: Table::of(
                &format!("Timeouts of {}", backend.scope),
                HEADS,
                backend.timers.iter().flat_map(rows),
                NUMBERS,
            ),
            reasons: asked
                .map(|timer| (timer.timeout, timer.why.clone()))
                .collect(),
            notes: backend.notes.clone(),
        }
    }
}

/// Of all waits, and of those without an incident where that is not the same. Quantiles are told by the upper edge of their
/// bucket: at most so long.
fn rows(timer: &Timer) -> Vec<[String; 9]> {
    let all = quantiles(&timer.all);
    let calm = quantiles(&timer.calm);
    let row = |name: &str, [p50, p99, p999, max]: [String; 4], rest: [String; 4]| {
        let [cut, of, in_force, verdict] = rest;
        [
            name.to_owned(),
            p50,
            p99,
            p999,
            max,
            cut,
            of,
            in_force,
            verdict,
        ]
    };
    let is_told = timer.calm.n > 0 && calm != all;
    let rest = [
        count(timer.cut),
        timer.timer.to_owned(),
        phrase::in_force(timer),
        phrase::verdict(timer),
    ];
    let mut rows = vec![row(timer.timeout, all, rest)];
    rows.extend(is_told.then(|| row("without incidents", calm, Default::default())));
    rows
}

fn quantiles(of: &Quantiles) -> [String; 4] {
    [of.p50, of.p99, of.p999, of.max]
        .map(|edges| edges.map_or("-".to_owned(), |(_, high)| words(u64::from(high))))
}
