//! What happened in an incident, a row each.
//!
//! Enters: an incident. Leaves: its timeline, cut in the middle where it is long, in columns as wide as their texts.
//! Must not know: the rest of the incident.

use std::io;

use super::page::{self, Ink, Page, Row};
use crate::report::clock::Clock;
use crate::report::document::{Incident, Moment};
use crate::report::phrase::Sources;

/// Rows before and after those that are left out of a long one.
const ROWS: (usize, usize) = (20, 6);
/// Where a line stands is cut to this many columns.
const REFERENCE: usize = 24;
/// What happened needs this many columns.
const WHAT: usize = 24;

/// Writes the rows at a column; `clock` and `sources` are what the reader knows before.
pub(in crate::report) fn write(
    incident: &Incident,
    clock: &Clock,
    sources: Sources,
    indent: usize,
    page: &mut Page,
) -> io::Result<()> {
    let moments = &incident.timeline;
    if moments.is_empty() {
        return Ok(());
    }
    let (head, tail) = ROWS;
    let hidden = moments.len().saturating_sub(head + tail);
    let hidden = if hidden > 1 {
        head..head + hidden
    } else {
        0..0
    };
    let mut clock = clock.clone();
    clock.show_next(&incident.start);
    let rows: Vec<MomentRow> = MomentRow::all(moments, &mut clock, sources);
    let columns = Columns::of(&rows, indent, page.width());
    page.blank()?;
    for (place, row) in rows.iter().enumerate() {
        if place == hidden.start && !hidden.is_empty() {
            let left_out = format!("… {} more …", hidden.len());
            page.row(Row::at(columns.what).put(Ink::Dim, &left_out))?;
        }
        if !hidden.contains(&place) {
            row.write(&columns, page)?;
        }
    }
    Ok(())
}

/// A row of the timeline, before its columns are known.
struct MomentRow<'a> {
    /// The day, where it is not the one of the row before.
    day: Option<String>,
    time: String,
    what: &'a str,
    place: &'a str,
    reference: String,
}

impl<'a> MomentRow<'a> {
    fn all(moments: &'a [Moment], clock: &mut Clock, sources: Sources) -> Vec<Self> {
        let mut reference = sources.places();
        let row = |moment: &'a Moment| Self {
            day: clock.turn_to(&moment.time),
            time: clock.show_next(&moment.time),
            what: &moment.text,
            place: &moment.place,
            reference: reference(moment.evidence.as_ref()),
        };
        moments.iter().map(row).collect()
    }

    fn write(&self, columns: &Columns, page: &mut Page) -> io::Result<()> {
        if let Some(day) = &self.day {
            page.row(Row::at(columns.time).put(Ink::Dim, day))?;
        }
        let what = page::wrap(self.what, columns.place.saturating_sub(columns.what + 2));
        let mut what = what.iter();
        let row = Row::at(columns.time)
            .put(Ink::Dim, &self.time)
            .to(columns.what);
        let row = row
            .put(Ink::Plain, what.next().map_or("", String::as_str))
            .to(columns.place);
        let room = columns.reference.saturating_sub(columns.place + 2);
        let row = row
            .put(Ink::Plain, &page::cut(self.place, room))
            .to(columns.reference);
        page.row(row.put(Ink::Dim, &page::cut_start(&self.reference, REFERENCE)))?;
        what.try_for_each(|line| page.row(Row::at(columns.what).put(Ink::Plain, line)))
    }
}

/// Where the columns of a timeline begin.
struct Columns {
    time: usize,
    what: usize,
    place: usize,
    reference: usize,
}

impl Columns {
    /// As wide as their texts; on a narrow page what happened gives way first, then the place.
    fn of(rows: &[MomentRow], time: usize, width: usize) -> Self {
        let widest = |text: &dyn Fn(&MomentRow) -> usize| rows.iter().map(text).max().unwrap_or(0);
        let what = time + widest(&|row| page::escaped_width(&row.time)) + 2;
        let reference = widest(&|row| page::escaped_width(&row.reference)).min(REFERENCE);
        let reference = if reference == 0 { 0 } else { reference + 2 };
        let room = width.saturating_sub(what + reference);
        let place = widest(&|row| page::escaped_width(row.place)) + 2;
        let place = place.min(room.saturating_sub(WHAT)).max(2);
        let text = widest(&|row| page::escaped_width(row.what)) + 2;
        let text = text.min(room.saturating_sub(place));
        Self {
            time,
            what,
            place: what + text,
            reference: what + text + place,
        }
    }
}
