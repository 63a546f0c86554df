//! One line of a terminal page.
//!
//! Enters: text, raw as it came from the log, with an ink for each piece. Leaves: the line, escaped. Must not know: pages.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Sgr};

use super::fit::{JOINT, cut, escaped_width, width};
use crate::report::escape;
use crate::report::text::ascii;
use crate::words::cause::Severity;

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
        let text = escape::terminal(text).replace(JOINT, " ");
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

    pub(super) fn write(&self, colour: bool, out: &mut dyn Write) -> io::Result<()> {
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
