//! A timeline as a drawing: incidents, servers, changes, requests and answer times over one axis.
//!
//! Enters: a chart, the incidents to mark, and the log's wall clock. Leaves: one `svg` element, as wide as what it stands
//! in. Must not know: pages. Its patterns and glyphs ([`DEFINITIONS`]) and its colours ([`super::STYLE`]) stand in the page.

mod drawing;
mod lanes;
mod latency;
mod markers;
mod requests;
mod scale;
mod wall;

use self::drawing::Drawing;
use self::scale::Scale;
use super::escaper::visible;
use crate::report::document::{Chart, Incident};
use crate::report::numbers::counted;

pub use wall::Wall;

/// Patterns and glyphs that drawings refer to; once in a page.
pub const DEFINITIONS: &str = include_str!("definitions.svg");

/// An incident with its number in the report.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// From 1.
    pub number: usize,
    /// The incident.
    pub incident: &'a Incident,
}

/// The drawing; nothing where the chart has no length.
pub fn timeline(chart: &Chart, told: &[Told], wall: &Wall) -> Option<String> {
    let scale = Scale::of(chart)?;
    let mut drawing = Drawing::new(&scale, wall);
    markers::draw(chart, &mut drawing);
    lanes::draw(chart, told, &mut drawing);
    requests::draw(chart, &mut drawing);
    latency::draw(chart, &mut drawing);
    let incidents = counted(told.len() as u64, "incident", "incidents");
    let servers = counted(chart.lanes.len() as u64, "server", "servers");
    let name = format!(
        "Timeline from {} to {}: {incidents}, {servers} out of rotation",
        wall.day_and_second(scale.start),
        wall.day_and_second(scale.end)
    );
    Some(drawing.finish(&name))
}

/// When each part of the chart begins: `09:46:12`.
pub(super) fn parts(chart: &Chart, wall: &Wall) -> Vec<String> {
    let Some(scale) = Scale::of(chart) else {
        return Vec::new();
    };
    let begin = |part: usize| scale.start + part as i64 * scale.part;
    let is_one_day = scale.end - scale.start < 86_400_000;
    (0..scale.parts)
        .map(|part| match is_one_day {
            true => wall.second(begin(part)),
            false => wall.day_and_second(begin(part)),
        })
        .collect()
}

/// A sample of what a class or glyph looks like, for a legend.
pub(super) fn key(kind: &str, class: &str) -> String {
    let class = visible(class);
    let shape = match kind {
        "glyph" => {
            format!("<g class=\"marker {class}\"><use href=\"#m-{class}\" x=\"9\" y=\"6\"/></g>")
        }
        "line" => format!("<path class=\"{class}\" d=\"M0 6H18\"/>"),
        "failed" => format!(
            "<svg class=\"failed {class}\" width=\"18\" height=\"12\" viewBox=\"0 0 18 214\" preserveAspectRatio=\"none\"><rect width=\"18\" height=\"214\"/></svg>"
        ),
        group => {
            format!("<g class=\"{group} {class}\"><rect y=\"1.5\" width=\"18\" height=\"9\"/></g>")
        }
    };
    format!("<svg class=\"key\" width=\"18\" height=\"12\" aria-hidden=\"true\">{shape}</svg>")
}
