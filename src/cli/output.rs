//! How a document reaches standard output.
//!
//! Enters: a document and a format. Leaves: bytes. Must not know: how the document came about.

use std::io::{self, BufWriter, IsTerminal, Write};

use clap::{Args, ValueEnum};

use crate::report::document::Document;
use crate::report::patch::Patch;
use crate::report::text::Style;
use crate::report::{html, json, markdown, slack, text};

/// Faces of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal
    Text,
    /// For a post-incident document, as GitHub has it
    Markdown,
    /// For a message in Slack
    Slack,
    /// For a browser, in one file
    Html,
    /// hapline.report/1, for programs
    Json,
}

/// How text is printed.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Look {
    /// Print nothing but ASCII, as text
    ///
    /// Drawings and punctuation as well; what a log has beyond ASCII becomes a question mark. The width is COLUMNS where that is
    /// set, else the terminal's.
    #[arg(long, hide_short_help = true)]
    pub ascii: bool,
}

/// Writes a document; where its face shows them, with the changes that the advice makes.
///
/// # Errors
/// When standard output cannot be written.
pub fn write(
    document: &Document,
    patch: Option<&Patch>,
    format: Format,
    look: Look,
) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match format {
        Format::Text => text::write(document, style(look), &mut out)?,
        Format::Markdown => markdown::write(document, &mut out)?,
        Format::Slack => slack::write(document, &mut out)?,
        Format::Html => html::write(document, patch, &mut out)?,
        Format::Json => json::write(document, &mut out)?,
    }
    out.flush()
}

/// The terminal understands nothing but text.
pub fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// The width that was asked for, or the terminal's; and colour on one that wants it.
pub fn style(look: Look) -> Style {
    let terminal = io::stdout().is_terminal();
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) || is_dumb();
    let asked = std::env::var("COLUMNS").ok();
    let asked = asked.and_then(|columns| columns.parse().ok());
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let width = asked.or(width.filter(|_| terminal));
    Style {
        width: width.unwrap_or(100).clamp(60, 200),
        colour: terminal && !plain,
        ascii: look.ascii,
    }
}
