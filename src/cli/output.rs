//! How a document reaches standard output.
//!
//! Enters: a document and a format. Leaves: bytes. Must not know: how the document came about.

use std::io::{self, BufWriter, IsTerminal, Write};

use clap::ValueEnum;

use crate::report::document::Document;
use crate::report::patch::Patch;
use crate::report::text::Style;
use crate::report::{html, json, markdown, text};

/// Faces of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal
    Text,
    /// For a post-incident document
    Markdown,
    /// For a browser, in one file
    Html,
    /// hapline.report/1, for programs
    Json,
}

/// Writes a document; where its face shows them, with the changes that the advice makes.
///
/// # Errors
/// When standard output cannot be written.
pub fn write(document: &Document, patch: Option<&Patch>, format: Format) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match format {
        Format::Text => text::write(document, style(), &mut out)?,
        Format::Markdown => markdown::write(document, &mut out)?,
        Format::Html => html::write(document, patch, &mut out)?,
        Format::Json => json::write(document, &mut out)?,
    }
    out.flush()
}

/// The terminal understands nothing but text.
pub fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// The width of the terminal, and colour on one that wants it.
pub fn style() -> Style {
    let terminal = io::stdout().is_terminal();
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) || is_dumb();
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    Style {
        width: width.filter(|_| terminal).unwrap_or(100).clamp(60, 200),
        colour: terminal && !plain,
    }
}
