//! What a backend and its servers went through: bars for incidents, and a lane for each server that was out of rotation.
//!
//! Enters: incidents with their numbers, and lanes. Leaves: rows, a group for each backend. Must not know: requests.

use super::Told;
use super::drawing::Drawing;
use crate::report::clock;
use crate::report::document::{Chart, ChartLane, Flap, Incident, LaneSpan};
use crate::report::html::escaper::visible;
use crate::report::html::{name_of, stamp};
use crate::report::phrase;
use crate::words::cause::Severity;

/// Height of a lane with room for its name above, px.
const LANE: u32 = 20;
/// Height of a bar of incidents, px.
const BAR: u32 = 16;
/// Bars of one backend above each other, where incidents overlap.
const STACK: usize = 3;
/// Percent of the width that a number needs.
const NUMBER: f64 = 2.6;

/// Draws all groups.
pub(super) fn draw(chart: &Chart, told: &[Told], drawing: &mut Drawing) {
    for name in names(chart, told) {
        let own: Vec<&Told> = told
            .iter()
            .filter(|it| owner(it.incident) == name)
            .collect();
        let lanes = chart.lanes.iter().filter(|lane| lane.backend == name);
        bars(&name, &own, drawing);
        lanes.for_each(|lane| draw_lane(lane, drawing));
    }
}

/// Backends in the order of what happened to them.
fn names(chart: &Chart, told: &[Told]) -> Vec<String> {
    let of_incidents = told.iter().map(|it| owner(it.incident));
    let of_lanes = chart.lanes.iter().map(|lane| lane.backend.clone());
    let mut names: Vec<String> = Vec::new();
    for name in of_incidents.chain(of_lanes) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The backend, else the frontends, else HAProxy.
fn owner(incident: &Incident) -> String {
    match (&incident.backend, incident.frontends.as_slice()) {
        (Some(backend), _) => backend.clone(),
        (None, []) => "HAProxy".to_owned(),
        (None, frontends) => frontends.join(", "),
    }
}

fn bars(name: &str, own: &[&Told], drawing: &mut Drawing) {
    let top = drawing.row(LANE);
    drawing.label("backend", top + 16, name, "");
    drawing.line("track", top + 11);
    // Where the last bar of each line ends, and the last number.
    let mut lines: Vec<(i64, f64)> = Vec::new();
    let mut bars = String::new();
    for it in own {
        let Some((from, to)) = span(it.incident, drawing.scale.end) else {
            continue;
        };
        if !drawing.scale.shows(from, to) {
            continue;
        }
        let free = lines.iter().position(|(end, _)| *end <= from);
        let line = free.unwrap_or_else(|| {
            lines.truncate(STACK - 1);
            lines.push((i64::MIN, f64::MIN));
            lines.len() - 1
        });
        let y = top + 4 + BAR * line as u32;
        bars += &bar(it, (from, to), y, drawing);
        let share = drawing.scale.share(from);
        let has_room = share - lines[line].1 >= NUMBER;
        if has_room {
            bars += &format!(
                "<text class=\"number\" x=\"{}\" y=\"{}\" dx=\"3\">#{}</text>",
                drawing.scale.at(from),
                y + 10,
                it.number
            );
        }
        let numbered = if has_room { share } else { lines[line].1 };
        lines[line] = (to, numbered);
    }
    drawing.row(BAR * lines.len().saturating_sub(1) as u32);
    drawing.put(&bars);
    for it in own.iter().filter(|it| hurts(it.incident)) {
        if let Some((from, to)) = span(it.incident, drawing.scale.end) {
            drawing.band(&name_of(it.incident.severity), from, to, top);
        }
    }
}

fn bar(it: &Told, (from, to): (i64, i64), y: u32, drawing: &Drawing) -> String {
    let incident = it.incident;
    let severity = phrase::severity(incident.severity);
    let end = incident.end.as_deref().and_then(stamp::utc);
    let end = end.unwrap_or_else(|| "no end".to_owned());
    let start = stamp::utc(&incident.start).unwrap_or_default();
    let title = format!(
        "#{} {severity}: {}. {start} to {end}",
        it.number, incident.headline
    );
    let open = match incident.end {
        Some(_) => String::new(),
        None => format!(
            "<use href=\"#m-on\" x=\"{}\" y=\"{}\"/>",
            drawing.scale.at(to),
            y + 6
        ),
    };
    format!(
        "<g class=\"bar {}\" data-incident=\"{}\"><title>{}</title><rect {} y=\"{y}\" height=\"13\"/>{open}</g>",
        name_of(incident.severity),
        it.number,
        visible(&title),
        drawing.scale.span(from, to)
    )
}

/// Milliseconds from its start to its end, or the end of the drawing.
fn span(incident: &Incident, open_end: i64) -> Option<(i64, i64)> {
    let end = incident
        .end
        .as_deref()
        .map_or(Some(open_end), clock::millis)?;
    Some((clock::millis(&incident.start)?, end))
}

/// It is marked across all rows.
fn hurts(incident: &Incident) -> bool {
    matches!(incident.severity, Severity::Outage | Severity::Degraded)
}

fn draw_lane(lane: &ChartLane, drawing: &mut Drawing) {
    let top = drawing.row(LANE);
    drawing.label("server", top + 16, &lane.server, "");
    drawing.line("track", top + 11);
    drawing.put(&format!(
        "<g class=\"lane\" data-backend=\"{}\" data-server=\"{}\">",
        visible(&lane.backend),
        visible(&lane.server)
    ));
    for flap in &lane.flaps {
        let markup = flapped(lane, flap, top + 4, drawing);
        drawing.put(&markup);
    }
    for span in &lane.spans {
        let markup = out(lane, span, top + 8, drawing);
        drawing.put(&markup);
    }
    drawing.put("</g>");
}

/// A time of flapping, which lies behind the spans.
fn flapped(lane: &ChartLane, flap: &Flap, y: u32, drawing: &Drawing) -> String {
    let open_end = drawing.scale.end;
    let to = flap.to.as_deref().map_or(Some(open_end), clock::millis);
    let Some((from, to)) = clock::millis(&flap.from).zip(to) else {
        return String::new();
    };
    let title = format!("{} flapped, {}", lane.server, phrase::downs(flap));
    format!(
        "<g class=\"flap\" data-from=\"{}\" data-to=\"{}\" data-downs=\"{}\"><title>{}</title><rect {} y=\"{y}\" height=\"17\"/></g>",
        visible(&flap.from),
        visible(flap.to.as_deref().unwrap_or_default()),
        flap.downs,
        visible(&title),
        drawing.scale.span(from, to)
    )
}

/// One span out of rotation.
fn out(lane: &ChartLane, span: &LaneSpan, y: u32, drawing: &Drawing) -> String {
    let open_end = drawing.scale.end;
    let to = span.to.as_deref().map_or(Some(open_end), clock::millis);
    let Some((from, to)) = clock::millis(&span.from).zip(to) else {
        return String::new();
    };
    let end = match &span.to {
        Some(to) => stamp::utc(to).unwrap_or_default(),
        None => "not back".to_owned(),
    };
    let start = stamp::utc(&span.from).unwrap_or_default();
    let lasted = clock::length(to - from);
    let title = format!(
        "{} {} for {lasted}: {start} to {end}",
        lane.server, span.state
    );
    let open = match span.to {
        Some(_) => String::new(),
        None => format!(
            "<use href=\"#m-on\" x=\"{}\" y=\"{}\"/>",
            drawing.scale.at(to),
            y + 4
        ),
    };
    format!(
        "<g class=\"out {}\" data-state=\"{}\" data-from=\"{}\" data-to=\"{}\"><title>{}</title><rect {} y=\"{y}\" height=\"9\"/>{open}</g>",
        span.state.to_lowercase(),
        span.state,
        visible(&span.from),
        visible(span.to.as_deref().unwrap_or_default()),
        visible(&title),
        drawing.scale.span(from, to)
    )
}
