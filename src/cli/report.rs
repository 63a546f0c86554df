//! `hapline report`: what broke, when, why, and who was hit.

use clap::Args;

use super::failure::Failure;
use super::input::Input;
use super::output::{self, Format};

/// Arguments of `hapline report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Logs and how to read them.
    #[command(flatten)]
    input: Input,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Reads the logs and prints the report.
///
/// # Errors
/// When the input cannot be read.
pub fn run(args: &ReportArgs) -> Result<(), Failure> {
    let config = args.input.context.config()?;
    let engine = args.input.read(config.as_ref())?;
    Ok(output::write(
        &engine.document(config.as_ref()),
        args.format,
    )?)
}
