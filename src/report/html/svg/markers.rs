//! What was done meanwhile: a glyph for each, and a line through all rows.
//!
//! Enters: markers. Leaves: one row. Must not know: what came of it.

use super::drawing::Drawing;
use crate::report::clock;
use crate::report::document::{Chart, ChartMarker};
use crate::report::html::escaper::visible;
use crate::report::html::stamp;

/// Height of the row, px.
const ROW: u32 = 20;

/// Draws the row; none without markers.
pub(super) fn draw(chart: &Chart, drawing: &mut Drawing) {
    if chart.markers.is_empty() {
        return;
    }
    let top = drawing.row(ROW);
    drawing.label("", top + 16, "changes", "");
    for marker in &chart.markers {
        let markup = one(marker, top + 12, drawing);
        drawing.put(&markup);
    }
}

fn one(marker: &ChartMarker, y: u32, drawing: &mut Drawing) -> String {
    let Some(at) = clock::millis(&marker.time) else {
        return String::new();
    };
    let x = drawing.scale.at(at);
    drawing.put_under(&format!(
        "<line class=\"change\" x1=\"{x}\" x2=\"{x}\" y1=\"{y}\" y2=\"100%\"/>"
    ));
    let place = match marker.place.as_str() {
        "" => String::new(),
        place => format!(" ({place})"),
    };
    let time = stamp::utc(&marker.time).unwrap_or_default();
    let title = format!("{}: {}{place}, {time}", marker.what, marker.text);
    format!(
        "<g class=\"marker {what}\" data-what=\"{what}\" data-time=\"{}\"><title>{}</title><use href=\"#m-{what}\" x=\"{x}\" y=\"{y}\"/></g>",
        visible(&marker.time),
        visible(&title),
        what = visible(marker.what),
    )
}
