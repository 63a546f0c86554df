//! A terminal page.
//!
//! Enters: rows, and texts that take several. Leaves: lines no wider than the page. Every text is escaped on its way into
//! a row, so no other part of the face can forget. Must not know: documents.

mod fit;
mod row;

use std::io::{self, Write};

use super::Style;
pub(in crate::report::text) use fit::columns;
pub(in crate::report) use fit::{cut, cut_start, escaped_width, unbroken, wrap};
pub(in crate::report) use row::{Ink, Row};

/// No page is narrower, whatever the terminal says.
const NARROWEST: usize = 40;

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
            if taken > column
                && taken + escaped_width(gap) + escaped_width(text) <= self.style.width
            {
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

#[cfg(test)]
mod tests {
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
}
