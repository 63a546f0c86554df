//! Numbers over time as rows of bars: requests, failures by who is to be looked at, times to the answer.
//!
//! Enters: a [`Chart`]. Leaves: curves with what they come to, drawn in columns of time. Must not know: what else is drawn.

use std::io;

use super::bars;
use super::page::{self, Ink, Page, Row};
use crate::report::document::{Chart, Window};
use crate::report::{clock, numbers, phrase};

/// Drawings grow with the page up to this many columns.
const WIDEST: usize = 100;
/// A drawing of less tells nothing.
const NARROWEST: usize = 10;
/// What limits a time to the answer.
const LIMIT: &str = "timeout server";

/// Numbers in parts of equal length.
pub(super) struct Curve {
    /// What stands before it.
    pub(super) label: String,
    /// What stands behind it.
    pub(super) caption: String,
    pub(super) ink: Ink,
    /// When the first part begins; ms.
    begins: i64,
    part_ms: i64,
    /// None where nothing is known.
    numbers: Vec<Option<f64>>,
}

impl Curve {
    /// A bar for each column of time (its first millisecond, and the one behind its last), as high as the highest in it.
    pub(super) fn bars(&self, columns: impl Iterator<Item = (i64, i64)>) -> String {
        let highest = self.numbers.iter().flatten().copied().fold(0.0, f64::max);
        columns
            .map(|column| {
                self.within(column)
                    .map_or(' ', |number| bars::bar(number, highest))
            })
            .collect()
    }

    fn within(&self, (from, to): (i64, i64)) -> Option<f64> {
        let part = |at: i64| (at - self.begins).div_euclid(self.part_ms);
        let first = usize::try_from(part(from).max(0)).ok()?;
        let last = usize::try_from(part(to - 1)).ok()?.max(first);
        let covered = self
            .numbers
            .get(first..=last.min(self.numbers.len().checked_sub(1)?))?;
        covered.iter().flatten().copied().reduce(f64::max)
    }
}

/// What is drawn below the lanes and failures of an incident: their owners, where there are several, and the slowest answers.
/// Where it `has_more` than these to show, how many requests came is not to the point.
pub(super) fn of_incident(chart: &Chart, has_more: bool) -> Vec<Curve> {
    let mut curves: Vec<Curve> = requests(chart).into_iter().filter(|_| !has_more).collect();
    if chart.failed.len() > 1 {
        curves.extend(owners(chart));
    }
    curves.extend(slowest(chart));
    curves
}

/// Draws a whole window, with its times below.
pub(super) fn write(
    chart: &Chart,
    window: &Window,
    indent: usize,
    page: &mut Page,
) -> io::Result<()> {
    let parts = chart.requests.len();
    let mut curves: Vec<Curve> = requests(chart).into_iter().chain(owners(chart)).collect();
    curves.extend(median(chart).into_iter().chain(slowest(chart)));
    let (Some(first), true) = (curves.first(), parts >= NARROWEST) else {
        return Ok(());
    };
    let widest = |text: fn(&Curve) -> &String| {
        let widths = curves.iter().map(|curve| page::escaped_width(text(curve)));
        widths.max().unwrap_or(0)
    };
    let drawing = indent + widest(|curve| &curve.label) + 2;
    let behind = 3 + widest(|curve| &curve.caption);
    let room = page.width().saturating_sub(drawing + behind);
    let room = room.clamp(NARROWEST, WIDEST).min(parts);
    let (from, part_ms) = (first.begins, first.part_ms);
    let edge = |column: usize| from + (parts * column / room) as i64 * part_ms;
    page.blank()?;
    for curve in &curves {
        let columns = (0..room).map(|column| (edge(column), edge(column + 1)));
        let row = Row::at(indent).put(Ink::Dim, &curve.label).to(drawing);
        let row = row.put(curve.ink, &curve.bars(columns));
        page.row(row.to(drawing + room + 3).put(Ink::Dim, &curve.caption))?;
    }
    let [start, end] = [&window.start, &window.end].map(|time| {
        let time = time.as_deref().unwrap_or_default();
        clock::second_of_day(time)
    });
    if room < start.len() + end.len() + 2 {
        return Ok(());
    }
    let axis = Row::at(drawing).put(Ink::Dim, start);
    page.row(axis.put_before(drawing + room, Ink::Dim, end))
}

fn curve(chart: &Chart, label: &str, ink: Ink, numbers: Vec<Option<f64>>) -> Option<Curve> {
    numbers.iter().flatten().next()?;
    Some(Curve {
        label: label.to_owned(),
        caption: String::new(),
        ink,
        begins: clock::millis(&chart.start)?,
        part_ms: chart.part_s.max(1).saturating_mul(1000),
        numbers,
    })
}

fn counts(numbers: &[u64]) -> Vec<Option<f64>> {
    numbers.iter().map(|n| Some(*n as f64)).collect()
}

fn requests(chart: &Chart) -> Option<Curve> {
    let most = chart.requests.iter().max().filter(|most| **most > 0)?;
    let rate = numbers::rate(*most as f64 / chart.part_s.max(1) as f64);
    Some(Curve {
        caption: format!("up to {rate}"),
        ..curve(chart, "requests", Ink::Plain, counts(&chart.requests))?
    })
}

fn owners(chart: &Chart) -> Vec<Curve> {
    let of = |series: &crate::report::document::OwnerSeries| {
        let failed: u64 = series.requests.iter().sum();
        Some(Curve {
            caption: format!("{} failed", numbers::count(failed)),
            ..curve(
                chart,
                phrase::blamed(series.owner),
                Ink::Bad,
                counts(&series.requests),
            )?
        })
    };
    chart.failed.iter().filter_map(of).collect()
}

fn median(chart: &Chart) -> Option<Curve> {
    times(chart, "p50", &chart.p50_ms)
}

/// The slowest of a hundred answers, beside what would cut it.
fn slowest(chart: &Chart) -> Option<Curve> {
    let mut curve = times(chart, "p99", &chart.p99_ms)?;
    let limit = chart.limits.iter().find(|limit| limit.keyword == LIMIT);
    if let Some(limit) = limit {
        curve.caption += &format!(" (limit {})", length(limit.ms));
    }
    Some(curve)
}

fn times(chart: &Chart, label: &str, ms: &[Option<u64>]) -> Option<Curve> {
    let most = ms.iter().flatten().max()?;
    let numbers = ms.iter().map(|ms| ms.map(|ms| ms as f64)).collect();
    Some(Curve {
        caption: format!("up to {}", length(*most)),
        ..curve(chart, label, Ink::Plain, numbers)?
    })
}

fn length(ms: u64) -> String {
    clock::length(i64::try_from(ms).unwrap_or(i64::MAX))
}
