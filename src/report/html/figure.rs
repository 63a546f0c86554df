//! A timeline with its legend, and the same as tables for those who cannot see it.
//!
//! Enters: a chart. Leaves: a `figure`. Must not know: how it is drawn.

use std::collections::BTreeSet;

use askama::Template;

use super::name_of;
use super::svg::{self, Told, Wall};
use super::table::Table;
use crate::report::document::{Chart, Document, Live};
use crate::report::numbers::{count, counted};
use crate::report::phrase;

/// See the module. Shown as text, it is its HTML.
#[derive(Template)]
#[template(path = "report/html/figure.html")]
pub struct Figure {
    /// The incident's number; 0: all of the log.
    number: usize,
    title: String,
    drawing: String,
    keys: Vec<(String, String)>,
    notes: Vec<String>,
    tables: Vec<Table>,
}

impl Figure {
    /// Over the whole log.
    pub fn of_all(doc: &Document, told: &[Told], wall: &Wall) -> Option<Self> {
        Self::new(doc.chart.as_ref()?, 0, "All of the log", told, wall, true)
    }

    /// Of the last hour.
    pub(super) fn of_live(live: &Live, told: &[Told], wall: &Wall) -> Option<Self> {
        Self::new(&live.chart, 0, "The last hour", told, wall, true)
    }

    /// Around one incident; where there are many, those of all say what its signs mean.
    pub fn of_one(it: Told, wall: &Wall, has_tables: bool) -> Option<Self> {
        let chart = it.incident.chart.as_ref()?;
        let title = &it.incident.headline;
        Self::new(chart, it.number, title, &[it], wall, has_tables)
    }

    fn new(
        chart: &Chart,
        number: usize,
        title: &str,
        told: &[Told],
        wall: &Wall,
        has_tables: bool,
    ) -> Option<Self> {
        let tables = match has_tables {
            true => tables(chart, wall),
            false => Vec::new(),
        };
        Some(Self {
            number,
            title: title.to_owned(),
            drawing: svg::timeline(chart, told, wall)?,
            keys: if has_tables {
                keys(chart, told)
            } else {
                Vec::new()
            },
            notes: notes(chart),
            tables,
        })
    }
}

/// Samples of what the drawing has, with what they mean.
fn keys(chart: &Chart, told: &[Told]) -> Vec<(String, String)> {
    let mut keys = Vec::new();
    let severities: BTreeSet<_> = told.iter().map(|it| it.incident.severity).collect();
    for severity in severities {
        keys.push((svg::key("bar", &name_of(severity)), phrase::words(severity)));
    }
    let spans = || chart.lanes.iter().flat_map(|lane| &lane.spans);
    let states: BTreeSet<&str> = spans().map(|span| span.state).collect();
    for state in states {
        keys.push((svg::key("out", &state.to_lowercase()), state.to_owned()));
    }
    let kinds: BTreeSet<&str> = chart.markers.iter().map(|marker| marker.what).collect();
    for kind in kinds {
        keys.push((svg::key("glyph", kind), kind.to_owned()));
    }
    for series in &chart.failed {
        let class = format!("o-{}", series.owner);
        keys.push((
            svg::key("failed", &class),
            format!("failed: {}", series.owner),
        ));
    }
    if chart.p50_ms.iter().any(Option::is_some) {
        keys.push((svg::key("line", "p50"), "p50".to_owned()));
        keys.push((svg::key("line", "p99"), "p99 of answer times".to_owned()));
    }
    keys
}

/// What has no room in it.
fn notes(chart: &Chart) -> Vec<String> {
    let say = |number: u64, one: &str, many: &str| {
        (number > 0).then(|| format!("and {}", counted(number, one, many)))
    };
    let servers = say(chart.lanes_omitted, "more server", "more servers");
    let changes = say(chart.markers_omitted, "more change", "more changes");
    servers.into_iter().chain(changes).collect()
}

fn tables(chart: &Chart, wall: &Wall) -> Vec<Table> {
    let spans = chart.lanes.iter().flat_map(|lane| {
        lane.spans.iter().map(|span| {
            let end = span.to.clone().unwrap_or_else(|| "not back".to_owned());
            let place = format!("{}/{}", lane.backend, lane.server);
            [place, span.state.to_owned(), span.from.clone(), end]
        })
    });
    let markers = chart.markers.iter().map(|marker| {
        let (time, text, place) = (&marker.time, &marker.text, &marker.place);
        [
            time.clone(),
            marker.what.to_owned(),
            text.clone(),
            place.clone(),
        ]
    });
    let heads = ["Server", "State", "From", "To"];
    [
        Table::of("Servers out of rotation", heads, spans, 0),
        Table::of("Changes", ["Time", "What", "Text", "Where"], markers, 0),
        parts(chart, wall),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Requests and times, a row for each part.
fn parts(chart: &Chart, wall: &Wall) -> Option<Table> {
    let mut heads = vec!["From".to_owned(), "Requests".to_owned()];
    let owners = chart.failed.iter();
    heads.extend(owners.map(|series| format!("Failed ({})", series.owner)));
    heads.extend(["p50 ms".to_owned(), "p99 ms".to_owned()]);
    let row = |(part, from): (usize, String)| {
        let number = |numbers: &[u64]| numbers.get(part).map_or(String::new(), |n| count(*n));
        let time = |times: &[Option<u64>]| times.get(part).copied().flatten();
        let time = |times| time(times).map_or("-".to_owned(), count);
        let mut row = vec![from, number(&chart.requests)];
        row.extend(chart.failed.iter().map(|series| number(&series.requests)));
        row.extend([time(&chart.p50_ms), time(&chart.p99_ms)]);
        row
    };
    let rows: Vec<_> = svg::parts(chart, wall)
        .into_iter()
        .enumerate()
        .map(row)
        .collect();
    (!rows.is_empty()).then_some(Table {
        caption: "Requests",
        numbers: heads.len(),
        heads,
        rows,
    })
}
