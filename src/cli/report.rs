//! `hapline report`: what broke, when, why, and who was hit.

use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::input::Input;
use super::output::{self, Format, Look};
use super::telling::TellingArgs;
use crate::report::now;
use crate::runtime;

/// Arguments of `hapline report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Logs, in any order; - reads standard input
    ///
    /// Rotated logs may be given in any order, and several hosts' logs together. What gzip, zstd, xz or bzip2
    /// compressed is unpacked as it is read; several logs, and one in which time goes back, into TMPDIR (else /tmp).
    #[arg(
        required_unless_present = "store",
        conflicts_with = "store",
        value_name = "FILE"
    )]
    files: Vec<PathBuf>,
    /// How to read them.
    #[command(flatten)]
    input: Input,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// How text is printed.
    #[command(flatten)]
    look: Look,
    /// What is told beside the log, and what of it is not.
    #[command(flatten)]
    telling: TellingArgs,
}

/// Reads the logs and prints the report.
///
/// # Errors
/// When the input cannot be read; and, once the report is printed, when HAProxy was to be asked and gave no
/// answer, or when reading was interrupted.
pub fn run(args: &ReportArgs) -> Result<(), Failure> {
    let config = args.input.context.config()?;
    let events = args.telling.events(&args.input.context.zone()?)?;
    let logs = args.input.read(&args.files, config.as_ref())?;
    let engine = logs.engine.with_events(events);
    let asked = args.telling.socket().map(runtime::ask).transpose();
    let running = asked
        .as_ref()
        .ok()
        .and_then(|answer| now::running(answer.as_ref()?));
    let mut document = engine.document_beside(config.as_ref(), running);
    if let Ok(Some(answer)) = &asked {
        now::tell(answer, &mut document, &engine.lens().zone);
    }
    let is_for_program = args.format == Format::Json;
    let mut telling = args
        .telling
        .telling(engine.lens(), config.as_ref(), is_for_program);
    let config_to_patch = config.as_ref().filter(|_| args.format == Format::Html);
    let patch = config_to_patch.map(|config| engine.patch(config));
    output::write(
        &telling.document(document),
        patch.as_ref(),
        args.format,
        args.look,
    )?;
    asked?;
    logs.ending
}
