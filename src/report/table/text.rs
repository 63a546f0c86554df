//! A table for a terminal: names on the left, figures on the right, what was not counted below.

use std::io::{self, Write};

use super::tenths;
use crate::report::{escape, numbers};
use crate::stats::{Cell, Heading, Seen, Sheet};

/// Blanks between columns.
const GAP: usize = 2;

/// Columns of a name that others stand behind; a longer one is cut.
const LONGEST_NAME: usize = 40;

/// Columns that a cut last one has in any case.
const NARROWEST: usize = 20;

/// Stands where nothing was to be measured.
const MISSING: &str = "-";

pub(super) fn write(
    sheet: &Sheet,
    filter: Option<&str>,
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut widths: Vec<usize> = sheet
        .headings
        .iter()
        .map(|heading| heading.name.len())
        .collect();
    let last = widths.len() - 1;
    for row in 0..sheet.rows() {
        sheet.show(row, |cells| {
            for (widest, cell) in widths.iter_mut().zip(cells).take(last) {
                *widest = shown(cell, LONGEST_NAME).chars().count().max(*widest);
            }
        });
    }
    if let Some(heading) = sheet.headings.last().filter(|heading| !heading.is_name) {
        for row in 0..sheet.rows() {
            let widest = &mut widths[last];
            sheet.show(row, |cells| {
                *widest = shown(&cells[last], LONGEST_NAME).len().max(*widest);
            });
        }
        widths[last] = widths[last].max(heading.name.len());
    }
    let before: usize = widths[..last].iter().map(|width| width + GAP).sum();
    let room = width.map_or(usize::MAX, |width| {
        width.saturating_sub(before).max(NARROWEST)
    });
    let names = sheet.headings.iter().map(|heading| heading.name.to_owned());
    line(&sheet.headings, &widths, names, out)?;
    for row in 0..sheet.rows() {
        let mut texts = Vec::with_capacity(widths.len());
        sheet.show(row, |cells| {
            let cells = cells.iter().enumerate();
            texts.extend(cells.map(|(nth, cell)| match nth == last {
                true => shown(cell, room),
                false => shown(cell, LONGEST_NAME),
            }));
        });
        line(&sheet.headings, &widths, texts.into_iter(), out)?;
    }
    writeln!(out)?;
    foot(sheet, filter, out)
}

fn line(
    headings: &[Heading],
    widths: &[usize],
    texts: impl Iterator<Item = String>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = String::new();
    for (nth, ((heading, width), text)) in headings.iter().zip(widths).zip(texts).enumerate() {
        if nth > 0 {
            line.push_str(&" ".repeat(GAP));
        }
        match heading.is_name {
            true => line.push_str(&format!("{text:<width$}")),
            false => line.push_str(&format!("{text:>width$}")),
        }
    }
    writeln!(out, "{}", line.trim_end())
}

/// A cell in at most so many columns.
fn shown(cell: &Cell, room: usize) -> String {
    match cell {
        Cell::Text(text) => {
            let text = String::from_utf8_lossy(text);
            match text.is_empty() {
                true => MISSING.to_owned(),
                false => cut(&escape::terminal(&text), room),
            }
        }
        Cell::Code(text) => cut(text, room),
        Cell::Number(number) => match u64::try_from(*number) {
            Ok(number) => numbers::count(number),
            Err(_) => number.to_string(),
        },
        Cell::Tenths(number) => tenths(*number),
        Cell::Mean(_, 0) | Cell::Share(_, 0) | Cell::Missing => MISSING.to_owned(),
        Cell::Mean(sum, of) => {
            let (sum, of) = (u128::from(*sum), u128::from(*of));
            let tenths = (sum * 20 + of) / (of * 2);
            let whole = u64::try_from(tenths / 10).unwrap_or(u64::MAX);
            format!("{}.{}", numbers::count(whole), tenths % 10)
        }
        Cell::Share(part, whole) => numbers::percent(*part, *whole),
    }
}

fn cut(text: &str, room: usize) -> String {
    match text.char_indices().nth(room) {
        None => text.to_owned(),
        Some(_) => text
            .chars()
            .take(room.saturating_sub(1))
            .chain(['…'])
            .collect(),
    }
}

/// What was counted, and what not.
fn foot(sheet: &Sheet, filter: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    let Seen {
        lines,
        requests,
        sessions,
        handshakes,
        events,
        unparsed,
        other,
        filtered,
        outside,
        undated,
    } = sheet.seen;
    if sheet.rows() < sheet.total {
        let (told, all) = (sheet.rows() as u64, sheet.total as u64);
        let (told, all) = (numbers::count(told), numbers::counted(all, "row", "rows"));
        writeln!(out, "{told} of {all}; --top 0 has all")?;
    }
    if let Some(filter) = filter {
        writeln!(out, "filter: {}", escape::terminal(filter))?;
    }
    let counted =
        |number, one: &str, many: &str| (number > 0).then(|| numbers::counted(number, one, many));
    let parts = [
        counted(requests, "request", "requests"),
        counted(sessions, "session", "sessions"),
        counted(handshakes, "failed handshake", "failed handshakes"),
        counted(events, "message of HAProxy", "messages of HAProxy"),
        counted(unparsed, "not understood", "not understood"),
        counted(other, "of other programs", "of other programs"),
        counted(filtered, "left out by the filter", "left out by the filter"),
        counted(outside, "of another time", "of another time"),
        counted(
            undated,
            "left out without a date",
            "left out without a date",
        ),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let lines = numbers::counted(lines, "line", "lines");
    match parts.is_empty() {
        true => writeln!(out, "{lines}"),
        false => writeln!(out, "{lines}: {}", parts.join(", ")),
    }
}
