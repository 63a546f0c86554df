//! Rows of a terminal page.
//!
//! Enters: text, raw as it came from the log, with an ink for each piece. Leaves: lines no wider than
//! the page. Every text is escaped here, on its way into a row, so no other part of the face can forget.
//! Must not know: documents.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Sgr};

use super::{Style, ascii};
use crate::report::escape;
use crate::words::cause::Severity;

/// No page is narrower, whatever the terminal says.
const NARROWEST: usize = 40;

/// What a piece of text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Ink {
    Plain,
    Strong,
    Dim,
    Bad,
    Warn,
    Good,
}

impl Ink {
    /// The ink of a severity's name.
    pub(in crate::report) fn of(severity: Severity) -> Self {
        match severity {
            Severity::Outage => Self::Bad,
            Severity::Degraded | Severity::Capacity | Severity::Unknown => Self::Warn,
            Severity::Planned | Severity::Client => Self::Dim,
        }
    }

    fn sgr(self) -> Sgr {
        match self {
            Self::Plain => Sgr::new(),
            Self::Strong => Sgr::new().bold(),
            Self::Dim => Sgr::new().dimmed(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Warn => AnsiColor::Yellow.on_default(),
            Self::Good => AnsiColor::Green.on_default(),
        }
    }
}

/// One line in the making.
#[derive(Debug, Clone, Default)]
pub(in crate::report) struct Row {
    pieces: Vec<(Ink, String)>,
    width: usize,
}

impl Row {
    /// An empty row that starts at `column`.
    pub(in crate::report) fn at(column: usize) -> Self {
        Self::default().to(column)
    }

    /// Adds `text`, escaped.
    pub(in crate::report) fn put(mut self, ink: Ink, text: &str) -> Self {
        if text.is_empty() {
            return self;
        }
        let text = escape::terminal(text).into_owned();
        self.width += width(&text);
        self.pieces.push((ink, text));
        self
    }

    /// Adds blanks up to `column`; none when the row is there already.
    pub(in crate::report) fn to(self, column: usize) -> Self {
        let blanks = " ".repeat(column.saturating_sub(self.width));
        self.put(Ink::Plain, &blanks)
    }

    /// Adds `text`, escaped, such that it ends before `column`, where it fits.
    pub(in crate::report) fn put_before(self, column: usize, ink: Ink, text: &str) -> Self {
        let begin = column.saturating_sub(escaped_width(text));
        self.to(begin).put(ink, text)
    }

    /// Columns taken so far.
    pub(in crate::report) fn width(&self) -> usize {
        self.width
    }

    /// Cuts what is beyond `limit` columns; an ellipsis marks the place.
    pub(in crate::report) fn cut(mut self, limit: usize) -> Self {
        if self.width <= limit {
            return self;
        }
        let mut left = limit;
        for (_, text) in &mut self.pieces {
            let taken = width(text);
            if taken >= left {
                // The row goes on behind `text`, so even one that just fits ends in an ellipsis.
                *text = cut(&format!("{text}  "), left);
                left = 0;
            } else {
                left -= taken;
            }
        }
        self.width = limit;
        self
    }

    /// Its pieces, each with its ink.
    pub(in crate::report) fn pieces(&self) -> impl Iterator<Item = (Ink, &str)> {
        self.pieces.iter().map(|(ink, text)| (*ink, text.as_str()))
    }

    /// The same in ASCII, as wide.
    pub(in crate::report) fn in_ascii(mut self) -> Self {
        for (_, text) in &mut self.pieces {
            *text = ascii::ascii(text);
        }
        self
    }

    fn write(&self, colour: bool, out: &mut dyn Write) -> io::Result<()> {
        let is_blank = |(_, text): &(Ink, String)| text.trim_end().is_empty();
        let used = self
            .pieces
            .iter()
            .rposition(|piece| !is_blank(piece))
            .map_or(0, |last| last + 1);
        for (place, (ink, text)) in self.pieces.iter().take(used).enumerate() {
            let text = if place + 1 == used {
                text.trim_end()
            } else {
                text
            };
            if colour && *ink != Ink::Plain {
                let sgr = ink.sgr();
                write!(out, "{sgr}{text}{sgr:#}")?;
            } else {
                write!(out, "{text}")?;
            }
        }
        writeln!(out)
    }
}

/// Where rows go.
pub(in crate::report) struct Page<'o> {
    style: Style,
    out: Out<'o>,
}

enum Out<'o> {
    /// Written as they come.
    Lines(&'o mut dyn Write),
    /// Kept, to be shown in part.
    Rows(&'o mut Vec<Row>),
}

impl<'o> Page<'o> {
    /// A page of `style` on `out`.
    pub(in crate::report) fn new(style: Style, out: &'o mut dyn Write) -> Self {
        Self::of(style, Out::Lines(out))
    }

    /// A page of `style` that is kept.
    pub(in crate::report) fn kept(style: Style, rows: &'o mut Vec<Row>) -> Self {
        Self::of(style, Out::Rows(rows))
    }

    fn of(style: Style, out: Out<'o>) -> Self {
        let width = style.width.max(NARROWEST);
        let style = Style { width, ..style };
        Self { style, out }
    }

    /// Columns of the page.
    pub(in crate::report) fn width(&self) -> usize {
        self.style.width
    }

    /// An empty line.
    pub(in crate::report) fn blank(&mut self) -> io::Result<()> {
        self.put(Row::default())
    }

    /// One line, cut to the page.
    pub(in crate::report) fn row(&mut self, row: Row) -> io::Result<()> {
        self.put(row.cut(self.style.width))
    }

    /// One line at its full length: a command that is cut is worse than one that wraps.
    pub(in crate::report) fn whole_row(&mut self, row: &Row) -> io::Result<()> {
        self.put(row.clone())
    }

    /// Nothing but ASCII is shown.
    pub(in crate::report) fn is_ascii(&self) -> bool {
        self.style.ascii
    }

    fn put(&mut self, row: Row) -> io::Result<()> {
        let row = if self.style.ascii {
            row.in_ascii()
        } else {
            row
        };
        match &mut self.out {
            Out::Lines(out) => row.write(self.style.colour, out),
            Out::Rows(rows) => {
                rows.push(row);
                Ok(())
            }
        }
    }

    /// `text` in as many lines as it needs behind `first`, the others at the column where it began.
    pub(in crate::report) fn paragraph(
        &mut self,
        first: Row,
        ink: Ink,
        text: &str,
    ) -> io::Result<()> {
        let column = first.width();
        let mut row = first;
        for line in wrap(text, self.style.width.saturating_sub(column)) {
            self.row(row.put(ink, &line))?;
            row = Row::at(column);
        }
        Ok(())
    }

    /// `parts` behind `first` with `gap` between them. A part that does not fit on its line begins the next
    /// one, at the column where the first began.
    pub(in crate::report) fn flow(
        &mut self,
        first: Row,
        gap: &str,
        parts: &[(Ink, String)],
    ) -> io::Result<()> {
        let column = first.width();
        let mut row = first;
        for (ink, text) in parts {
            let taken = row.width();
            if taken > column && taken + width(gap) + escaped_width(text) <= self.style.width {
                row = row.put(Ink::Plain, gap).put(*ink, text);
                continue;
            }
            if taken > column {
                self.row(row)?;
                row = Row::at(column);
            }
            let mut lines = wrap(text, self.style.width.saturating_sub(column));
            let last = lines.pop().unwrap_or_default();
            for line in lines {
                self.row(row.put(*ink, &line))?;
                row = Row::at(column);
            }
            row = row.put(*ink, &last);
        }
        self.row(row)
    }
}

/// `text`, escaped, in lines of at most `limit` columns, broken at blanks where there are any.
/// At least one line.
pub(in crate::report) fn wrap(text: &str, limit: usize) -> Vec<String> {
    let text = escape::terminal(text);
    let limit = limit.max(8);
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for word in text.split(' ') {
        let blank = usize::from(taken > 0);
        let needed = width(word);
        if taken > 0 && taken + blank + needed > limit {
            lines.push(String::new());
            taken = 0;
        }
        for (place, piece) in fold(word, limit).into_iter().enumerate() {
            if place > 0 {
                lines.push(String::new());
                taken = 0;
            }
            if let Some(line) = lines.last_mut() {
                if taken > 0 {
                    line.push(' ');
                    taken += 1;
                }
                taken += width(&piece);
                line.push_str(&piece);
            }
        }
    }
    lines
}

/// `text`, escaped, in lines of exactly `limit` columns but the last, wherever that breaks it.
pub(in crate::report) fn fold(text: &str, limit: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for character in escape::terminal(text).chars() {
        let columns = columns(character);
        if taken + columns > limit.max(2) {
            lines.push(String::new());
            taken = 0;
        }
        taken += columns;
        if let Some(line) = lines.last_mut() {
            line.push(character);
        }
    }
    lines
}

/// `text`, escaped, cut to `limit` columns with an ellipsis at its end.
pub(in crate::report) fn cut(text: &str, limit: usize) -> String {
    let text = escape::terminal(text);
    if width(&text) <= limit {
        return text.into_owned();
    }
    let mut kept = String::new();
    let mut taken = 1;
    for character in text.chars() {
        taken += columns(character);
        if taken > limit {
            break;
        }
        kept.push(character);
    }
    if limit > 0 {
        kept.push('…');
    }
    kept
}

/// `text`, escaped, cut to `limit` columns with an ellipsis at its start: the end of a path tells more.
pub(in crate::report) fn cut_start(text: &str, limit: usize) -> String {
    let turned: String = escape::terminal(text).chars().rev().collect();
    cut(&turned, limit).chars().rev().collect()
}

/// Columns that `text` takes once it is escaped.
pub(in crate::report) fn escaped_width(text: &str) -> usize {
    width(&escape::terminal(text))
}

/// Columns of escaped text.
fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Columns of one visible character: two in the wide scripts of East Asia and for pictures.
pub(super) fn columns(character: char) -> usize {
    let wide = matches!(character,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}' | '\u{1f900}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}');
    if wide { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(row: Row, width: usize, colour: bool) -> String {
        let mut out = Vec::new();
        Page::new(
            Style {
                width,
                colour,
                ascii: false,
            },
            &mut out,
        )
        .row(row)
        .expect("a Vec takes all");
        String::from_utf8(out).expect("rows are text")
    }

    #[test]
    fn a_row_is_cut_to_the_page_and_has_no_blanks_behind() {
        let row = || {
            Row::at(2)
                .put(Ink::Bad, &"x".repeat(30))
                .put(Ink::Plain, &"y".repeat(30))
                .to(80)
        };
        assert_eq!(
            written(row(), 80, false),
            format!("  {}{}\n", "x".repeat(30), "y".repeat(30))
        );
        assert_eq!(
            written(row(), 40, false),
            format!("  {}{}…\n", "x".repeat(30), "y".repeat(7))
        );
    }

    #[test]
    fn colour_is_taken_back_where_it_ends() {
        let row = Row::at(0).put(Ink::Bad, "OUTAGE").put(Ink::Plain, " a");
        assert_eq!(written(row, 80, true), "\x1b[1m\x1b[31mOUTAGE\x1b[0m a\n");
    }

    #[test]
    fn words_are_wrapped_and_long_ones_folded() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("Mar  4 is", 8), ["Mar  4", "is"]);
        assert_eq!(wrap("a bbbbbbbbbbbb c", 8), ["a", "bbbbbbbb", "bbbb c"]);
        assert_eq!(wrap("", 8), [""]);
    }

    #[test]
    fn cuts_show_where_they_are() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut_start("/var/log/haproxy.log:1", 10), "…oxy.log:1");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("abc", 0), "");
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_asked(text in any::<String>(), limit in 8_usize..120) {
            for line in wrap(&text, limit).iter().chain(&fold(&text, limit)) {
                prop_assert!(width(line) <= limit);
            }
            prop_assert!(width(&cut(&text, limit)) <= limit);
            prop_assert!(width(&cut_start(&text, limit)) <= limit);
        }
    }
}
