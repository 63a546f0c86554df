//! Incidents, those that are open first, each in one row.
//!
//! Enters: a picture. Leaves: items. Must not know: servers and rates.

use std::cmp::Reverse;

use super::Item;
use super::state::{Key, Picture, State};
use crate::report::clock::{self, Clock};
use crate::report::document::{Document, Incident};
use crate::report::text::page::{self, Ink, Row};
use crate::report::{numbers, phrase};

/// Incidents that are over and are shown unless all are.
const OVER: usize = 4;
/// Columns of the severity.
const SEVERITY: usize = 10;
/// A terminal with less columns has no room for when it began.
const SPARE: usize = 100;

/// Heading, and a row for each incident, of one backend or of all.
pub(super) fn items(
    state: &State,
    picture: &Picture,
    backend: Option<&str>,
    width: usize,
) -> Vec<Item> {
    let document = &picture.document;
    let is_of = |of: &&Incident| backend.is_none() || of.backend.as_deref() == backend;
    let mut wanted: Vec<&Incident> = document.incidents.iter().filter(is_of).collect();
    wanted.retain(|incident| is_wanted(state, incident));
    // The open ones, then those that began last.
    wanted.sort_by_key(|incident| (incident.end.is_some(), Reverse(&incident.start)));
    let open = wanted.iter().filter(|of| of.end.is_none()).count();
    let shows_all = state.shows_all_incidents || backend.is_some();
    let most = if shows_all { wanted.len() } else { open + OVER };
    let mut items = vec![Item::heading("Incidents")];
    if wanted.is_empty() {
        let said = Row::at(2).put(Ink::Dim, "none");
        items.push(Item::text(said));
    }
    let shown = wanted.iter().take(most);
    let told: Vec<Told> = shown.map(|of| Told::of(document, of)).collect();
    let columns = Columns::of(&told, width);
    items.extend(told.iter().map(|of| Item {
        key: Some(Key::Incident(of.incident.id.clone())),
        row: columns.row(of, &told),
    }));
    if wanted.len() > most {
        let said = format!(
            "and {} more that are over; i shows all",
            wanted.len() - most
        );
        items.push(Item::text(Row::at(2).put(Ink::Dim, &said)));
    }
    items.push(Item::blank());
    items
}

fn is_wanted(state: &State, incident: &Incident) -> bool {
    let cause = phrase::cause(&incident.cause).unwrap_or_default();
    let servers = incident.servers.iter().chain(&incident.affected_servers);
    let names = servers.chain(&incident.backend).map(String::as_str);
    let told = [incident.headline.as_str(), &cause, &incident.id];
    state.is_wanted(names.chain(told))
}

/// An incident's row, before its columns are known.
struct Told<'a> {
    incident: &'a Incident,
    start: String,
    lasted: String,
    failed: String,
}

impl<'a> Told<'a> {
    fn of(document: &Document, incident: &'a Incident) -> Self {
        let end = incident.end.as_deref().or(document.window.end.as_deref());
        let lasted = end.and_then(|end| clock::between(&incident.start, end));
        let failed = match incident.failed_requests {
            0 => String::new(),
            some => format!("{} failed", numbers::count(some)),
        };
        Self {
            incident,
            start: Clock::after(&document.window).show(&incident.start),
            lasted: lasted.unwrap_or_default(),
            failed,
        }
    }
}

fn widest<'a>(told: &'a [Told], text: impl Fn(&'a Told) -> &'a str) -> usize {
    let widths = told.iter().map(|told| page::escaped_width(text(told)));
    widths.max().unwrap_or(0)
}

/// Where the columns at the right end: of the start, of how long it lasted, and of how many failed.
struct Columns {
    /// None where there is no room to spare.
    start: Option<usize>,
    lasted: usize,
    failed: usize,
}

impl Columns {
    fn of(told: &[Told], width: usize) -> Self {
        let lasted = width.saturating_sub(match widest(told, |told| &told.failed) {
            0 => 0,
            failed => failed + 2,
        });
        let start = lasted.saturating_sub(widest(told, |told| &told.lasted) + 2);
        Self {
            start: (width >= SPARE).then_some(start),
            lasted,
            failed: width,
        }
    }

    fn row(&self, told: &Told, all: &[Told]) -> Row {
        let incident = told.incident;
        let is_open = incident.end.is_none();
        let (mark, text, count) = match is_open {
            true => ("●", Ink::Strong, Ink::Bad),
            false => ("○", Ink::Plain, Ink::Plain),
        };
        let ink = Ink::of(incident.severity);
        let row = Row::default().put(ink, mark).to(2);
        let row = row.put(ink, &phrase::severity(incident.severity));
        let row = row.to(2 + SEVERITY);
        let mut said = incident.headline.clone();
        if let Some(cause) = phrase::cause(&incident.cause) {
            said = format!("{said} · {cause}");
        }
        let begin = match self.start {
            Some(end) => end.saturating_sub(widest(all, |told| &told.start)),
            None => self.lasted.saturating_sub(widest(all, |told| &told.lasted)),
        };
        let room = begin.saturating_sub(row.width() + 2);
        let mut row = row.put(text, &page::cut(&said, room));
        if let Some(end) = self.start {
            row = row.put_before(end, Ink::Dim, &told.start);
        }
        row.put_before(self.lasted, Ink::Plain, &told.lasted)
            .put_before(self.failed, count, &told.failed)
    }
}
