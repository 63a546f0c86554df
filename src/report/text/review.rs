//! The advice, then every timeout with its verdict, as a table for each proxy.
//!
//! Enters: a [`Document`] and a [`Style`]. Leaves: lines. Must not know: how a verdict was found.
//!
//! Quantiles are shown by the upper edge of their bucket: at most so long. A page that is too narrow for the table
//! loses its least telling columns.

use std::io::{self, Write};

use super::Style;
use super::advice;
use super::page::{self, Ink, Page, Row};
use crate::advice::words;
use crate::report::clock;
use crate::report::document::Direction;
use crate::report::numbers::count;
use crate::report::phrase;
use crate::report::review::{Backend, Document, Quantiles, Timer};

const INDENT: usize = 2;
const GAP: usize = 2;
const COLUMNS: usize = 9;
const NAMES: [&str; COLUMNS] = [
    "timeout", "timer", "p50", "p99", "p99.9", "max", "in force", "cut", "verdict",
];
/// Columns with numbers, which stand to the right.
const NUMBERS: [usize; 5] = [2, 3, 4, 5, 7];
/// Columns a narrow page does without, the first of them first.
const SPARE: [usize; 3] = [1, 2, 4];

type Cells = [(Ink, String); COLUMNS];

/// Writes `doc` for a terminal of `style`. Fails as `out` fails.
pub fn write(doc: &Document, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    let mut first = vec![(Ink::Strong, "Advice".to_owned())];
    if let Some(span) = clock::window(&doc.window) {
        first.push((Ink::Plain, span));
        let zone = (&doc.window.timezone, &doc.window.timezone_from);
        first.push((Ink::Plain, format!("{} ({})", zone.0, zone.1)));
    }
    page.flow(Row::default(), " · ", &first)?;
    if let Some(filtered) = &doc.filtered {
        let said = phrase::filtered(&filtered.filter, filtered.lines);
        page.paragraph(Row::default(), Ink::Warn, &said)?;
    }
    if let Some(interrupted) = &doc.interrupted {
        page.paragraph(Row::default(), Ink::Warn, interrupted)?;
    }
    if doc.backends.is_empty() {
        page.paragraph(Row::default(), Ink::Plain, phrase::NOTHING_TO_WEIGH)?;
    }
    advice::write_by_urgency(&doc.advice, page)?;
    for backend in &doc.backends {
        table(backend, page)?;
    }
    Ok(())
}

fn table(backend: &Backend, page: &mut Page) -> io::Result<()> {
    page.blank()?;
    page.row(Row::default().put(Ink::Strong, &backend.scope))?;
    if !backend.timers.is_empty() {
        timers(backend, page)?;
    }
    let mut notes = backend.notes.iter();
    notes.try_for_each(|note| page.paragraph(Row::at(INDENT), Ink::Plain, note))
}

fn timers(backend: &Backend, page: &mut Page) -> io::Result<()> {
    let mut rows = vec![NAMES.map(|name| (Ink::Dim, name.to_owned()))];
    for timer in &backend.timers {
        rows.push(of_all(timer));
        rows.extend(of_calm(timer));
    }
    let layout = Layout::new(&rows, page.width());
    for row in &rows {
        page.row(layout.row(row))?;
    }
    reasons(backend, page)
}

/// Why, for all but the timeouts that cut nothing and are right.
fn reasons(backend: &Backend, page: &mut Page) -> io::Result<()> {
    let is_asked = |timer: &&Timer| timer.cut > 0 || timer.verdict != Direction::Keep;
    let asked = || backend.timers.iter().filter(is_asked);
    let widest = asked().map(|timer| short(timer).len()).max().unwrap_or(0);
    for timer in asked() {
        let row = Row::at(INDENT).put(Ink::Dim, short(timer));
        let row = row.to(INDENT + widest + GAP);
        page.paragraph(row, Ink::Plain, &timer.why)?;
    }
    Ok(())
}

/// Where columns begin, and how wide they are.
struct Layout {
    widths: [usize; COLUMNS],
    shown: Vec<usize>,
}

impl Layout {
    fn new(rows: &[Cells], page: usize) -> Self {
        let widths = std::array::from_fn(|column| {
            let cells = rows.iter().map(|row| page::escaped_width(&row[column].1));
            cells.max().unwrap_or(0)
        });
        let mut layout = Self {
            widths,
            shown: (0..COLUMNS).collect(),
        };
        for spare in SPARE {
            if layout.width() > page {
                layout.shown.retain(|column| *column != spare);
            }
        }
        layout
    }

    fn width(&self) -> usize {
        let columns = self.shown.iter().map(|column| self.widths[*column] + GAP);
        INDENT + columns.sum::<usize>() - GAP
    }

    fn row(&self, cells: &Cells) -> Row {
        let mut begins = INDENT;
        let mut row = Row::at(begins);
        for &column in &self.shown {
            let (ink, text) = &cells[column];
            let width = self.widths[column];
            let blanks = if NUMBERS.contains(&column) {
                width - page::escaped_width(text)
            } else {
                0
            };
            row = row.to(begins + blanks).put(*ink, text);
            begins += width + GAP;
        }
        row
    }
}

fn of_all(timer: &Timer) -> Cells {
    let [p50, p99, p999, max] = quantiles(&timer.all).map(|text| (Ink::Plain, text));
    let cut = if timer.cut > 0 { Ink::Warn } else { Ink::Plain };
    [
        (Ink::Plain, short(timer).to_owned()),
        (Ink::Dim, timer.timer.to_owned()),
        p50,
        p99,
        p999,
        max,
        (Ink::Plain, phrase::in_force(timer)),
        (cut, count(timer.cut)),
        verdict(timer),
    ]
}

/// Without incidents, where that is not the same.
fn of_calm(timer: &Timer) -> Option<Cells> {
    let calm = quantiles(&timer.calm);
    if timer.calm.n == 0 || calm == quantiles(&timer.all) {
        return None;
    }
    let [p50, p99, p999, max] = calm.map(|text| (Ink::Dim, text));
    let dim = |text: &str| (Ink::Dim, text.to_owned());
    Some([
        dim("  in calm"),
        dim(""),
        p50,
        p99,
        p999,
        max,
        dim(""),
        dim(""),
        dim(""),
    ])
}

/// `server`, the table's heading says the rest.
fn short(timer: &Timer) -> &'static str {
    let keyword = timer.timeout;
    keyword.strip_prefix("timeout ").unwrap_or(keyword)
}

fn quantiles(of: &Quantiles) -> [String; 4] {
    [of.p50, of.p99, of.p999, of.max]
        .map(|edges| edges.map_or("-".to_owned(), |(_, high)| words(u64::from(high))))
}

fn verdict(timer: &Timer) -> (Ink, String) {
    (advice::ink(timer.verdict), phrase::verdict(timer))
}
