//! `hapline advise`: what to change, beside what the log shows; and whether a change did what it was made for.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::input::Input;
use super::output;
use crate::advice::what_if::{NoQuestion, Question};
use crate::report::patch::Patch;
use crate::report::{escape, html, json, markdown, text};

/// Faces of the advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// hapline.advice/1 (hapline.change/1 of --before, hapline.what-if/1 of --what-if), for programs
    Json,
    /// For a ticket or a review
    Markdown,
    /// A page in one file, with the changes of the configuration
    Html,
}

/// Arguments of `hapline advise`.
#[derive(Debug, Args)]
pub struct AdviseArgs {
    /// Logs, in any order; - reads standard input
    ///
    /// As those of `hapline report`.
    #[arg(required_unless_present_any = ["after", "store"], conflicts_with = "store", value_name = "FILE")]
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
    /// Print a diff of the files of --config that makes the changes
    ///
    /// For `patch`; what cannot be changed there is told on standard error.
    #[arg(long, requires = "config", conflicts_with_all = ["before", "format"])]
    patch: bool,
    /// What another value would have done: 'backend api timeout server 10s'
    ///
    /// May be given several times. Requests that a shorter timeout would have cut, by the waits that ended; the share of cut requests that a longer one
    /// would have let through, with its 90 % interval; and slots freed or held.
    #[arg(long, value_name = "SETTING", value_parser = question, conflicts_with_all = ["before", "patch"])]
    what_if: Vec<Question>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// How text is printed.
    #[command(flatten)]
    look: output::Look,
}

fn question(text: &str) -> Result<Question, String> {
    text.parse()
        .map_err(|error: NoQuestion| format!("{error}; ask as in 'backend api timeout server 10s'"))
}

/// Only the advice is a page.
fn no_page() -> Failure {
    Failure::new(
        "--what-if and --before have no --format html",
        "text, json and markdown tell of them",
    )
}

/// Reads the logs and prints the advice.
///
/// # Errors
/// When the input cannot be read; and, once the advice is printed, when reading was interrupted.
pub fn run(args: &AdviseArgs) -> Result<(), Failure> {
    if args.format == Format::Html && !(args.before.is_empty() && args.what_if.is_empty()) {
        return Err(no_page());
    }
    if !args.before.is_empty() {
        return compare(args);
    }
    let config = args.input.context.config()?;
    let config = config.as_ref();
    let logs = args.input.read(&args.files, config)?;
    for sentence in logs.engine.reservations() {
        aside!("hapline: {}", escape::terminal(&sentence));
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let config_to_patch = config.filter(|_| args.patch);
    if let Some(patch) = config_to_patch.map(|config| logs.engine.patch(config)) {
        out.write_all(&patch.diff)?;
        out.flush()?;
        tell(&patch);
        return logs.ending;
    }
    if !args.what_if.is_empty() {
        let document = logs.engine.what_if(config, &args.what_if);
        match args.format {
            Format::Text => text::what_if::write(&document, output::style(args.look), &mut out)?,
            Format::Json => json::write(&document, &mut out)?,
            Format::Markdown => markdown::what_if::write(&document, &mut out)?,
            Format::Html => return Err(no_page()),
        }
        out.flush()?;
        return logs.ending;
    }
    let review = logs.engine.review(config);
    match args.format {
        Format::Text => text::review::write(&review, output::style(args.look), &mut out)?,
        Format::Json => json::write(&review, &mut out)?,
        Format::Markdown => markdown::review::write(&review, &mut out)?,
        Format::Html => {
            let patch = config.map(|config| logs.engine.patch(config));
            html::review::write(&review, patch.as_ref(), &mut out)?;
        }
    }
    out.flush()?;
    logs.ending
}

/// How to apply a patch, and what is not in it.
fn tell(patch: &Patch) {
    if patch.diff.is_empty() {
        aside!("hapline: no advice changes a value of this configuration");
    } else if io::stdout().is_terminal() {
        aside!("hapline: hapline advise … --patch | {}", patch.apply);
    }
    for sentence in &patch.refused {
        aside!("hapline: not in the patch: {}", escape::terminal(sentence));
    }
}

/// Logs from before and after a change.
fn compare(args: &AdviseArgs) -> Result<(), Failure> {
    let config = args.input.context.config()?;
    let before = args.input.read(&args.before, None)?;
    let after = args.input.read(&args.after, config.as_ref())?;
    let document = after.engine.changed(config.as_ref(), &before.engine);
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        Format::Text => text::change::write(&document, output::style(args.look), &mut out)?,
        Format::Json => json::write(&document, &mut out)?,
        Format::Markdown => markdown::change::write(&document, &mut out)?,
        Format::Html => return Err(no_page()),
    }
    out.flush()?;
    before.ending.and(after.ending)
}
