//! What to change, as a table.
//!
//! Enters: the advice. Leaves: a row for each piece, with its reason beside it on a wide page and below it
//! on a narrow one. Must not know: incidents.

use std::io;

use super::page::{self, Ink, Page, Row};
use crate::report::document::{Advice, Direction};
use crate::report::phrase::{self, Sources};

const INDENT: usize = 4;
const GAP: usize = 2;
/// No column but the reason is wider.
const WIDEST: usize = 32;
/// A reason in less room is hard to read, and goes below.
const REASON: usize = 60;

/// Writes the first `most` rows of the table; nothing when there is no advice.
pub(super) fn write(
    advice: &[Advice],
    most: usize,
    sources: Sources,
    page: &mut Page,
) -> io::Result<()> {
    if advice.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.row(Row::default().put(Ink::Strong, "Advice"))?;
    let (advice, more) = advice.split_at(advice.len().min(most));
    rows(advice, columns(advice), sources, page)?;
    if more.is_empty() {
        return Ok(());
    }
    let more = format!(
        "and {} more; `hapline advise` and JSON tell all",
        more.len()
    );
    page.row(Row::at(INDENT).put(Ink::Dim, &more))
}

/// Writes all of it, under a heading for each urgency.
pub(super) fn write_by_urgency(advice: &[Advice], page: &mut Page) -> io::Result<()> {
    let columns = columns(advice);
    for group in advice.chunk_by(|a, b| a.urgency == b.urgency) {
        page.blank()?;
        let heading = phrase::urgency(group[0].urgency);
        page.row(Row::default().put(Ink::Strong, heading))?;
        rows(group, columns, Sources::default(), page)?;
    }
    Ok(())
}

/// Where the columns of a table begin.
fn columns(advice: &[Advice]) -> [usize; 5] {
    let rows: Vec<[String; 4]> = advice.iter().map(cells).collect();
    let mut columns = [INDENT; 5];
    for cell in 0..4 {
        let widest = rows
            .iter()
            .map(|row| page::escaped_width(&row[cell]))
            .max()
            .unwrap_or(0);
        columns[cell + 1] = columns[cell] + widest.min(WIDEST) + GAP;
    }
    columns
}

fn rows(
    advice: &[Advice],
    columns: [usize; 5],
    sources: Sources,
    page: &mut Page,
) -> io::Result<()> {
    for advice in advice {
        write_one(advice, columns, &reason(advice, sources), page)?;
    }
    Ok(())
}

fn write_one(
    advice: &Advice,
    columns: [usize; 5],
    reason: &str,
    page: &mut Page,
) -> io::Result<()> {
    let [direction, keyword, scope, change] = &cells(advice);
    let row = Row::at(columns[0])
        .put(ink(advice.direction), direction)
        .to(columns[1]);
    let below = Row::at(columns[1]);
    if columns[4] > page.width() {
        let parts = [
            (Ink::Strong, keyword),
            (Ink::Plain, scope),
            (Ink::Strong, change),
        ];
        let parts = parts.map(|(ink, text)| (ink, text.clone()));
        page.flow(row, "  ", &parts)?;
        return page.paragraph(below, Ink::Plain, reason);
    }
    let fitted = |text: &str| page::cut(text, WIDEST);
    let row = row.put(Ink::Strong, &fitted(keyword)).to(columns[2]);
    let row = row.put(Ink::Plain, &fitted(scope)).to(columns[3]);
    let row = row.put(Ink::Strong, &fitted(change));
    if columns[4] + REASON <= page.width() {
        return page.paragraph(row.to(columns[4]), Ink::Plain, reason);
    }
    page.row(row)?;
    page.paragraph(below, Ink::Plain, reason)
}

/// Direction, keyword, scope and change.
fn cells(advice: &Advice) -> [String; 4] {
    [
        phrase::words(advice.direction),
        advice.keyword.clone(),
        advice.scope.clone(),
        phrase::change(advice),
    ]
}

/// Why, what it would do, and what that rests on.
fn reason(advice: &Advice, sources: Sources) -> String {
    let basis = phrase::basis(advice, sources)
        .map(|basis| format!("({basis})"))
        .unwrap_or_default();
    let parts = [advice.why.as_str(), &advice.effect, &basis];
    parts
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(" ")
}

/// The ink of a direction.
pub(super) fn ink(direction: Direction) -> Ink {
    match direction {
        Direction::Raise | Direction::Lower | Direction::Set => Ink::Warn,
        Direction::Fix => Ink::Bad,
        Direction::Keep => Ink::Good,
        Direction::CannotTell => Ink::Dim,
    }
}
