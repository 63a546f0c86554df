//! `hapline advise`: what to change, beside what the log shows; and whether a change did what it was made for.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::input::Input;
use super::output;
use crate::report::{change, markdown, review, text};

/// Faces of the advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// hapline.advice/1 (hapline.change/1 of --before), for programs
    Json,
    /// For a ticket or a review
    Markdown,
}

/// Arguments of `hapline advise`.
#[derive(Debug, Args)]
pub struct AdviseArgs {
    /// Logs, in any order; - reads standard input
    ///
    /// As those of `hapline report`.
    #[arg(required_unless_present = "after", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Logs from before a change: says what it did
    ///
    /// Sets the shares of failed and of cut requests beside those of --after, each difference with its 90 % interval, and
    /// tells what became of the advice. --config is the configuration from after it; what was in force before is inferred.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "after", conflicts_with = "files")]
    before: Vec<PathBuf>,
    /// Logs from after it
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "before", conflicts_with = "files")]
    after: Vec<PathBuf>,
    /// How to read them.
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
    if !args.before.is_empty() {
        return compare(args);
    }
    let config = args.input.context.config()?;
    let config = config.as_ref();
    let logs = args.input.read(&args.files, config)?;
    let review = logs.engine.review(config);
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        Format::Text => text::review::write(&review, output::style(), &mut out)?,
        Format::Json => review::write_json(&review, &mut out)?,
        Format::Markdown => markdown::review::write(&review, &mut out)?,
    }
    out.flush()?;
    logs.ending
}

/// Logs from before and after a change.
fn compare(args: &AdviseArgs) -> Result<(), Failure> {
    let config = args.input.context.config()?;
    let before = args.input.read(&args.before, None)?;
    let after = args.input.read(&args.after, config.as_ref())?;
    let document = after.engine.changed(config.as_ref(), &before.engine);
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        Format::Text => text::change::write(&document, output::style(), &mut out)?,
        Format::Json => change::write_json(&document, &mut out)?,
        Format::Markdown => markdown::change::write(&document, &mut out)?,
    }
    out.flush()?;
    before.ending.and(after.ending)
}
