//! A timeline with its legend, and the same as tables for those who cannot see it.
//!
//! Enters: a chart. Leaves: a `figure`. Must not know: how it is drawn.

use std::collections::BTreeSet;
use std::ops::Range;

use askama::Template;

use super::name_of;
use super::svg::{self, Told, Wall};
use super::table::Table;
use crate::report::document::{Chart, Document, Live};
use crate::report::numbers::{count, counted};
use crate::report::phrase;

/// Steps that tell of a drawing where there are many drawings.
const STEPS: usize = 8;

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
    /// The tables are not of each part.
    is_short: bool,
}

impl Figure {
    /// Over the whole log.
    pub fn of_all(doc: &Document, told: &[Told], wall: &Wall) -> Option<Self> {
        Self::new(doc.chart.as_ref()?, 0, "All of the log", told, wall, false)
    }

    /// Of the last hour.
    pub(super) fn of_live(live: &Live, told: &[Told], wall: &Wall) -> Option<Self> {
        Self::new(&live.chart, 0, "The last hour", told, wall, false)
    }

    /// Around one incident. Where there are many, its table is short, and those of all say what its signs mean.
    pub fn of_one(it: Told, wall: &Wall, is_short: bool) -> Option<Self> {
        let chart = it.incident.chart.as_ref()?;
        let title = &it.incident.headline;
        Self::new(chart, it.number, title, &[it], wall, is_short)
    }

    fn new(
        chart: &Chart,
        number: usize,
        title: &str,
        told: &[Told],
        wall: &Wall,
        is_short: bool,
    ) -> Option<Self> {
        Some(Self {
            number,
            title: title.to_owned(),
            drawing: svg::timeline(chart, told, wall)?,
            keys: if is_short {
                Vec::new()
            } else {
                keys(chart, told)
            },
            notes: notes(chart),
            tables: tables(chart, is_short, wall),
            is_short,
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
    if chart.lanes.iter().any(|lane| !lane.flaps.is_empty()) {
        keys.push((svg::key("flap", ""), "flapping".to_owned()));
    }
    let kinds: BTreeSet<&str> = chart.markers.iter().map(|marker| marker.what).collect();
    for kind in kinds {
        keys.push((svg::key("glyph", kind), kind.to_owned()));
    }
    for series in &chart.failed {
        let class = format!("o-{}", series.owner);
        keys.push((
            svg::key("failed", &class),
            format!("failed: {}", phrase::blamed(series.owner)),
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

/// The same in rows; of what is short only the requests, as its servers and changes stand in what happened.
fn tables(chart: &Chart, is_short: bool, wall: &Wall) -> Vec<Table> {
    if is_short {
        return in_short(chart, wall).into_iter().collect();
    }
    let end = |to: &Option<String>| to.clone().unwrap_or_else(|| "not back".to_owned());
    let spans = chart.lanes.iter().flat_map(|lane| {
        let place = format!("{}/{}", lane.backend, lane.server);
        let flaps = lane.flaps.iter().map(|flap| {
            let state = format!("flapping, {}", phrase::downs(flap));
            (state, &flap.from, &flap.to)
        });
        let spans = lane.spans.iter();
        let spans = spans.map(|span| (span.state.to_owned(), &span.from, &span.to));
        let row =
            |(state, from, to): (String, &String, _)| [place.clone(), state, from.clone(), end(to)];
        flaps.chain(spans).map(row).collect::<Vec<_>>()
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
    let mut heads = vec!["From".to_owned()];
    heads.extend(names(chart));
    let row = |(part, from): (usize, String)| {
        let mut row = vec![from];
        row.extend(values(chart, part..part + 1));
        row
    };
    let rows: Vec<_> = svg::parts(chart, wall)
        .into_iter()
        .enumerate()
        .map(row)
        .collect();
    (!rows.is_empty()).then_some(Table {
        caption: "Requests".to_owned(),
        numbers: heads.len(),
        heads,
        rows,
    })
}

/// The same in a row for each number: requests of the parts that stand together, and their longest times.
fn in_short(chart: &Chart, wall: &Wall) -> Option<Table> {
    let begins = svg::parts(chart, wall);
    let together = begins.len().div_ceil(STEPS).max(1);
    let mut rows: Vec<Vec<String>> = vec![Vec::new(); names(chart).len()];
    for part in (0..begins.len()).step_by(together) {
        for (row, value) in rows.iter_mut().zip(values(chart, part..part + together)) {
            row.push(value);
        }
    }
    let joined = |values: &[String]| values.join(" · ");
    let begins: Vec<String> = begins.into_iter().step_by(together).collect();
    let row = |(name, values): (String, Vec<String>)| vec![name, joined(&values)];
    (!begins.is_empty()).then(|| Table {
        caption: "Requests".to_owned(),
        heads: vec!["From".to_owned(), joined(&begins)],
        rows: names(chart).into_iter().zip(rows).map(row).collect(),
        numbers: 1,
    })
}

/// What is told of each part.
fn names(chart: &Chart) -> Vec<String> {
    let mut names = vec!["Requests".to_owned()];
    let owners = chart.failed.iter();
    names.extend(owners.map(|series| format!("Failed ({})", phrase::blamed(series.owner))));
    names.extend(["p50 ms".to_owned(), "p99 ms".to_owned()]);
    names
}

fn values(chart: &Chart, of: Range<usize>) -> Vec<String> {
    let number = |numbers: &[u64]| count(numbers.iter().take(of.end).skip(of.start).sum());
    let time = |times: &[Option<u64>]| {
        let longest = times.iter().take(of.end).skip(of.start).flatten().max();
        longest.map_or("-".to_owned(), |ms| count(*ms))
    };
    let mut values = vec![number(&chart.requests)];
    values.extend(chart.failed.iter().map(|series| number(&series.requests)));
    values.extend([time(&chart.p50_ms), time(&chart.p99_ms)]);
    values
}
