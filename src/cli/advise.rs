//! `hapline advise`: timeouts, checks and limits beside what the log shows.

use clap::Args;

use super::failure::Failure;
use super::input::Input;

/// Arguments of `hapline advise`.
#[derive(Debug, Args)]
pub struct AdviseArgs {
    /// Logs and how to read them.
    #[command(flatten)]
    input: Input,
}

/// Reads the logs and prints the advice.
///
/// # Errors
/// When the input cannot be read.
pub fn run(args: &AdviseArgs) -> Result<(), Failure> {
    let config = args.input.context.config()?;
    let engine = args.input.read()?;
    let _ = engine.review(config.as_ref());
    Ok(())
}
