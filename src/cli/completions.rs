//! `hapline completions`: what a shell completes, made from the arguments themselves.

use std::io::{self, Write};

use clap::{Args, Command};
use clap_complete::Shell;

use super::failure::Failure;

/// Arguments of `hapline completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &CompletionsArgs, mut program: Command) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut program, "hapline", &mut script);
    Ok(io::stdout().lock().write_all(&script)?)
}
