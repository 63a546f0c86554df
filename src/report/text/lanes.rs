//! An incident drawn: a lane for each server, and how many requests failed.
//!
//! Enters: an incident. Leaves: rows in one scale of time, a little wider than the incident. Must not
//! know: the rest of the document.

mod failures;
mod strip;

use std::io;

use self::failures::Failures;
use self::strip::{Scale, caption, strip};
use super::curves;
use super::page::{self, Ink, Page, Row};
use crate::report::document::Incident;
use crate::report::numbers;

/// Servers that are drawn; of more, the number is given.
const LANES: usize = 12;
/// Names are cut to this many columns.
const NAME: usize = 18;
/// Drawings grow with the page up to this many columns.
const WIDEST: usize = 100;
/// A drawing of fewer columns tells nothing.
const NARROWEST: usize = 10;
/// Labels of the row of failures, and of what did not fail and was hit all the same.
const FAILURES: [&str; 2] = ["fail", "hit"];

/// Draws lanes and failures of `incident`, which is still going on at `log_end` if it has no end; where the log is
/// sampled, there were at least so many.
pub(in crate::report) fn write(
    incident: &Incident,
    log_end: Option<&str>,
    is_sampled: bool,
    indent: usize,
    page: &mut Page,
) -> io::Result<()> {
    let lanes = incident.lanes.get(..LANES).unwrap_or(&incident.lanes);
    let failures = Failures::of(incident);
    let has_more = !lanes.is_empty() || failures.is_some();
    let chart = incident.chart.as_ref();
    let curves = chart.map(|chart| curves::of_incident(chart, has_more));
    let curves = curves.unwrap_or_default();
    if !has_more && curves.is_empty() {
        return Ok(());
    }
    let mut captions: Vec<String> = lanes.iter().map(caption).collect();
    captions.extend(
        failures
            .as_ref()
            .map(|failures| failures.caption(is_sampled)),
    );
    let beside = curves
        .iter()
        .map(|curve| page::escaped_width(&curve.caption));
    let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let labels = curves.iter().map(|curve| curve.label.len());
    let labels = labels.chain([FAILURES[0].len()]).max().unwrap_or(0);
    let name =
        widest(&mut lanes.iter().map(|lane| page::escaped_width(&lane.server))).clamp(labels, NAME);
    let caption = captions.iter().map(|text| page::escaped_width(text));
    let caption = widest(&mut caption.chain(beside));
    let drawing = indent + name + 2;
    let room = page
        .width()
        .saturating_sub(drawing + 3 + caption)
        .clamp(NARROWEST, WIDEST);
    let Some(scale) = Scale::over(incident, log_end, room) else {
        return Ok(());
    };

    page.blank()?;
    for (lane, caption) in lanes.iter().zip(&captions) {
        let row = Row::at(indent)
            .put(Ink::Strong, &page::cut(&lane.server, name))
            .to(drawing);
        let row = strip(lane, &scale)
            .into_iter()
            .fold(row, |row, (ink, part)| row.put(ink, &part));
        page.row(row.to(drawing + room + 3).put(Ink::Plain, caption))?;
    }
    if let (Some(failures), Some(caption)) = (failures, captions.last()) {
        let label = FAILURES[usize::from(incident.failed_requests == 0)];
        let row = Row::at(indent).put(Ink::Plain, label).to(drawing);
        let row = row
            .put(Ink::Bad, &failures.bars(&scale))
            .to(drawing + room + 3);
        page.row(row.put(Ink::Plain, caption))?;
    }
    for curve in &curves {
        let row = Row::at(indent).put(Ink::Plain, &curve.label).to(drawing);
        let row = row.put(curve.ink, &curve.bars(scale.cells()));
        page.row(row.to(drawing + room + 3).put(Ink::Plain, &curve.caption))?;
    }
    match incident.lanes.len() - lanes.len() {
        0 => Ok(()),
        more => {
            let more = numbers::counted(more as u64, "more server", "more servers");
            page.row(Row::at(indent).put(Ink::Dim, &format!("and {more}")))
        }
    }
}
