//! An incident drawn: a lane for each server, and how many requests failed.
//!
//! Enters: an incident. Leaves: rows in one scale of time, a little wider than the incident. Must not
//! know: the rest of the document.

use std::collections::BTreeSet;
use std::io;

use super::curves;
use super::page::{self, Ink, Page, Row};
use crate::report::document::{Incident, Lane};
use crate::report::{clock, numbers};

/// Servers that are drawn; of more, the number is given.
const LANES: usize = 12;
/// Names are cut to this many columns.
const NAME: usize = 18;
/// Drawings grow with the page up to this many columns.
const WIDEST: usize = 100;
/// Columns before and after the incident: one in this many.
const PADDING: usize = 10;
/// Labels of the row of failures, and of what did not fail and was hit all the same.
const FAILURES: [&str; 2] = ["fail", "hit"];

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

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
    let curves = incident.chart.as_ref().map(curves::of_incident);
    let curves = curves.unwrap_or_default();
    if lanes.is_empty() && failures.is_none() {
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
        .clamp(PADDING, WIDEST);
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

/// Columns as spans of time, in milliseconds since 1970.
struct Scale {
    /// Start and end of the incident.
    span: (i64, i64),
    /// Start and end of the drawing.
    drawn: (i64, i64),
    columns: usize,
}

impl Scale {
    fn over(incident: &Incident, log_end: Option<&str>, columns: usize) -> Option<Self> {
        let start = clock::millis(&incident.start)?;
        let end = incident
            .end
            .as_deref()
            .or(log_end)
            .and_then(clock::millis)
            .unwrap_or(start);
        let end = end.max(start + 1000);
        let padding = (end - start) / PADDING as i64;
        // Nothing is known of the time behind the log.
        let after = if incident.end.is_some() { padding } else { 0 };
        Some(Self {
            span: (start, end),
            drawn: (start - padding, end + after),
            columns,
        })
    }

    /// The columns, each as its first millisecond and the one behind its last.
    fn cells(&self) -> impl Iterator<Item = (i64, i64)> {
        let (from, to) = self.drawn;
        let columns = self.columns as i64;
        let edge = move |column: i64| from + (to - from) * column / columns;
        (0..columns).map(move |column| (edge(column), edge(column + 1)))
    }
}

/// A lane in its colours: `━` in rotation, `╳` the moment it left, `─` out.
fn strip(lane: &Lane, scale: &Scale) -> Vec<(Ink, String)> {
    let spans: Vec<(i64, i64)> = lane
        .out
        .iter()
        .filter_map(|span| {
            let to = span.to.as_deref().map_or(Some(i64::MAX), clock::millis)?;
            Some((clock::millis(&span.from)?, to))
        })
        .collect();
    let mut parts: Vec<(Ink, String)> = Vec::new();
    for (from, to) in scale.cells() {
        let (ink, glyph) = if spans.iter().any(|span| (from..to).contains(&span.0)) {
            (Ink::Bad, '╳')
        } else if spans.iter().any(|span| span.0 < to && from < span.1) {
            (Ink::Dim, '─')
        } else {
            (Ink::Good, '━')
        };
        match parts.last_mut() {
            Some((last, part)) if *last == ink => part.push(glyph),
            _ => parts.push((ink, glyph.to_string())),
        }
    }
    parts
}

/// `down 6 m 09 s`, `down 3 times, 12 s`, `maint 10 m 00 s, not back`.
fn caption(lane: &Lane) -> String {
    let states: BTreeSet<String> = lane
        .out
        .iter()
        .map(|span| span.state.to_lowercase())
        .collect();
    let states = states.into_iter().collect::<Vec<_>>().join("/");
    let times = match lane.out.len() {
        0 => return "in rotation".to_owned(),
        1 => String::new(),
        many => format!(" {many} times,"),
    };
    let back = match lane.out.last() {
        Some(last) if last.to.is_none() => ", not back",
        _ => "",
    };
    format!("{states}{times} {}{back}", clock::length(lane.out_ms))
}

/// Failed requests per second, in parts of the incident from its first second on.
struct Failures<'a> {
    parts: &'a [f64],
    part_ms: i64,
    /// The highest part.
    highest: f64,
    /// The most in a second.
    peak: f64,
}

impl<'a> Failures<'a> {
    fn of(incident: &'a Incident) -> Option<Self> {
        let parts = incident.failures_per_second.as_slice();
        let highest = parts
            .iter()
            .copied()
            .filter(|rate| rate.is_finite())
            .fold(0.0, f64::max);
        (highest > 0.0).then_some(Self {
            parts,
            part_ms: incident.failures_part_s.max(1).saturating_mul(1000),
            highest,
            peak: incident.impact.peak_per_second.unwrap_or(highest),
        })
    }

    fn caption(&self, is_sampled: bool) -> String {
        let at_least = if is_sampled { "≥ " } else { "" };
        format!("peak {at_least}{}", numbers::rate(self.peak))
    }

    /// A bar for each column of the incident, as high as the highest part in it; blank around it.
    fn bars(&self, scale: &Scale) -> String {
        scale
            .cells()
            .map(|cell| {
                self.highest_in(cell, scale.span)
                    .map_or(' ', |rate| self.bar(rate))
            })
            .collect()
    }

    fn highest_in(&self, (from, to): (i64, i64), (start, end): (i64, i64)) -> Option<f64> {
        if to <= start || end <= from {
            return None;
        }
        let begins = start.div_euclid(1000) * 1000;
        let part = |at: i64| usize::try_from((at - begins) / self.part_ms).ok();
        let first = part(from.max(start))?;
        let last = part(to.min(end) - 1)?.max(first);
        // Behind the last failure that was seen, there is none.
        let covered = self.parts.iter().take(last + 1).skip(first);
        Some(covered.copied().fold(0.0, f64::max))
    }

    fn bar(&self, rate: f64) -> char {
        bar(rate, self.highest)
    }
}

/// A bar, whole for the highest. Only nothing at all gets the lowest.
pub(in crate::report) fn bar(rate: f64, highest: f64) -> char {
    let steps = (BARS.len() - 1) as f64;
    let height = (rate / highest * steps).ceil().clamp(0.0, steps) as usize;
    BARS.get(height).copied().unwrap_or(' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::LaneSpan;

    fn scale(columns: usize) -> Scale {
        Scale {
            span: (0, 10_000),
            drawn: (0, 10_000),
            columns,
        }
    }

    fn lane(spans: &[(i64, Option<i64>)]) -> Lane {
        let time = |ms: i64| format!("1970-01-01T00:00:{:02}.{:03}Z", ms / 1000, ms % 1000);
        let out = spans.iter().map(|&(from, to)| LaneSpan {
            from: time(from),
            to: to.map(time),
            state: "DOWN",
        });
        Lane {
            server: "s".into(),
            out: out.collect(),
            out_ms: 0,
        }
    }

    #[test]
    fn a_lane_shows_when_its_server_left_and_how_long_it_was_away() {
        for (spans, drawn) in [
            (vec![], "━━━━━━━━━━"),
            (vec![(3_000, Some(6_000))], "━━━╳──━━━━"),
            (vec![(3_000, None)], "━━━╳──────"),
            (vec![(3_100, Some(3_200))], "━━━╳━━━━━━"),
            (vec![(1_000, Some(2_500)), (8_000, None)], "━╳─━━━━━╳─"),
        ] {
            let strip: String = strip(&lane(&spans), &scale(10))
                .into_iter()
                .map(|(_, part)| part)
                .collect();
            assert_eq!(strip, drawn);
        }
    }

    #[test]
    fn bars_keep_the_peak_and_tell_few_failures_from_none() {
        let parts = [0.0, 0.1, 10.0, 0.0, 0.0, 0.0, 0.0, 0.0, 5.0, 0.0];
        let failures = Failures {
            parts: &parts,
            part_ms: 1_000,
            highest: 10.0,
            peak: 10.0,
        };
        assert_eq!(failures.bars(&scale(10)), "▁▂█▁▁▁▁▁▅▁");
        assert_eq!(failures.bars(&scale(5)), "▂█▁▁▅");
        let around = Scale {
            span: (0, 10_000),
            drawn: (-2_000, 12_000),
            columns: 7,
        };
        assert_eq!(failures.bars(&around), " ▂█▁▁▅ ");
    }
}
