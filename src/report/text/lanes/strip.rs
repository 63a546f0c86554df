//! A server's lane: when it was in rotation, when not, and whether it kept changing.
//!
//! Enters: a lane, and a scale of time. Leaves: glyphs in their colours, and what they come to in words. Must not know: pages.

use std::collections::BTreeSet;

use crate::report::clock;
use crate::report::document::{Incident, Lane};
use crate::report::text::page::Ink;

/// Columns before and after the incident: one in this many.
const PADDING: usize = 10;

/// Columns as spans of time, in milliseconds since 1970.
pub(super) struct Scale {
    /// Start and end of the incident.
    pub(super) span: (i64, i64),
    /// Start and end of the drawing.
    pub(super) drawn: (i64, i64),
    pub(super) columns: usize,
}

impl Scale {
    pub(super) fn over(incident: &Incident, log_end: Option<&str>, columns: usize) -> Option<Self> {
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
    pub(super) fn cells(&self) -> impl Iterator<Item = (i64, i64)> {
        let (from, to) = self.drawn;
        let columns = self.columns as i64;
        let edge = move |column: i64| from + (to - from) * column / columns;
        (0..columns).map(move |column| (edge(column), edge(column + 1)))
    }
}

/// A lane in its colours: `━` in rotation, `╳` the moment it left, `─` out; broken lines, `╍` and `╌`, while it flapped.
pub(super) fn strip(lane: &Lane, scale: &Scale) -> Vec<(Ink, String)> {
    let spans: Vec<(i64, i64)> = lane
        .out
        .iter()
        .filter_map(|span| {
            let to = span.to.as_deref().map_or(Some(i64::MAX), clock::millis)?;
            Some((clock::millis(&span.from)?, to))
        })
        .collect();
    let flap = lane.flap.as_ref().and_then(|flap| {
        let to = flap.to.as_deref().map_or(Some(i64::MAX), clock::millis)?;
        Some((clock::millis(&flap.from)?, to))
    });
    let mut parts: Vec<(Ink, String)> = Vec::new();
    for (from, to) in scale.cells() {
        let flapped = flap.is_some_and(|span| span.0 < to && from < span.1);
        let (ink, glyph) = if spans.iter().any(|span| (from..to).contains(&span.0)) {
            (Ink::Bad, '╳')
        } else if spans.iter().any(|span| span.0 < to && from < span.1) {
            (Ink::Dim, if flapped { '╌' } else { '─' })
        } else {
            (Ink::Good, if flapped { '╍' } else { '━' })
        };
        match parts.last_mut() {
            Some((last, part)) if *last == ink => part.push(glyph),
            _ => parts.push((ink, glyph.to_string())),
        }
    }
    parts
}

/// `down 6 m 09 s`, `flapped, down 3 times, 12 s`, `maint 10 m 00 s, not back`.
pub(super) fn caption(lane: &Lane) -> String {
    let states: BTreeSet<String> = lane
        .out
        .iter()
        .map(|span| span.state.to_lowercase())
        .collect();
    let states = states.into_iter().collect::<Vec<_>>().join("/");
    let flapped = if lane.flap.is_some() { "flapped, " } else { "" };
    let downs = lane.flap.as_ref().map_or(0, |flap| flap.downs);
    let times = match downs.max(lane.out.len() as u64) {
        0 => return "in rotation".to_owned(),
        1 => String::new(),
        many => format!(" {many} times,"),
    };
    let back = match lane.out.last() {
        Some(last) if last.to.is_none() => ", not back",
        _ => "",
    };
    let lasted = clock::length(lane.out_ms);
    format!("{flapped}{states}{times} {lasted}{back}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::{Flap, LaneSpan};

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
            flap: None,
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
    fn a_lane_that_flapped_is_broken_and_says_so() {
        let mut lane = lane(&[(2_000, Some(3_500)), (6_000, Some(7_000))]);
        lane.flap = Some(Flap {
            from: "1970-01-01T00:00:02.000Z".into(),
            to: Some("1970-01-01T00:00:07.000Z".into()),
            downs: 3,
        });
        lane.out_ms = 2_500;
        let drawn: String = strip(&lane, &scale(10))
            .into_iter()
            .map(|(_, part)| part)
            .collect();
        assert_eq!(drawn, "━━╳╌╍╍╳━━━");
        assert_eq!(caption(&lane), "flapped, down 3 times, 2.5 s");
    }
}
