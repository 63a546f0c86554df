//! `hapline advise`: timeouts, checks and limits beside what the log shows.

use std::io::{self, BufWriter, Write};

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::input::Input;
use super::output;
use crate::report::{markdown, review, text};

/// Faces of the advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// hapline.advice/1, for programs
    Json,
    /// For a ticket or a review
    Markdown,
}

/// Arguments of `hapline advise`.
#[derive(Debug, Args)]
pub struct AdviseArgs {
    /// Logs and how to read them.
    #[command(flatten)]
    input: Input,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Reads the logs and prints the advice.
///
/// # Errors
/// When the input cannot be read; and, once the advice is printed, when reading was interrupted.
pub fn run(args: &AdviseArgs) -> Result<(), Failure> {
    let config = args.input.context.config()?;
    let logs = args.input.read(config.as_ref())?;
    let review = logs.engine.review(config.as_ref());
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        Format::Text => text::review::write(&review, output::style(), &mut out)?,
        Format::Json => review::write_json(&review, &mut out)?,
        Format::Markdown => markdown::review::write(&review, &mut out)?,
    }
    out.flush()?;
    logs.ending
}
