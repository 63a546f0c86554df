//! What a person may type.
//!
//! Enters: arguments. Leaves: output and an exit code: 2 for usage, for input that cannot be read, and where
//! HAProxy was asked and gave no answer; 128 and the signal's number where reading was interrupted; else 0.
//! One file for each command. Must not know: how anything is found.

mod advise;
mod events;
pub mod explain;
mod failure;
mod filter;
mod input;
mod interrupt;
mod live;
mod output;
mod parse;
mod progress;
mod report;
mod serve;
pub mod settings;
mod store;
mod stream;
mod telling;
mod when;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use failure::Failure;

/// Turns HAProxy logs into incident timelines and timeout-tuning advice.
///
/// Without a command it reads standard input and prints incidents as they open and close:
///
///   tail -F /var/log/haproxy.log | hapline
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, verbatim_doc_comment)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    live: live::LiveArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What broke, when, why, and who was hit
    Report(report::ReportArgs),
    /// Timeouts, checks and limits beside what the log shows
    Advise(advise::AdviseArgs),
    /// Receive syslog, follow files, and print incidents as they open and close
    Serve(serve::ServeArgs),
    /// Every line as one record: NDJSON, CSV or logfmt
    Parse(parse::ParseArgs),
    /// What a termination state, timer, check code or keyword means
    ///
    /// For example: hapline explain sH-- ; hapline explain L7STS ; hapline explain timeout server
    Explain {
        /// A word as HAProxy writes it
        #[arg(required = true, allow_hyphen_values = true, value_name = "WORD")]
        words: Vec<String>,
    },
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.command {
        Some(Command::Report(args)) => report::run(args),
        Some(Command::Advise(args)) => advise::run(args),
        Some(Command::Serve(args)) => serve::run(args),
        Some(Command::Parse(args)) => parse::run(args),
        Some(Command::Explain { words }) => {
            explain::run(words, &mut std::io::stdout().lock()).map_err(explained)
        }
        None if live::is_terminal() => {
            let help = Cli::command().render_help();
            aside!("{help}");
            Err(Failure::new(
                "nothing to read",
                "hapline report /var/log/haproxy.log, or tail -F /var/log/haproxy.log | hapline",
            ))
        }
        None => live::run(&cli.live),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn explained(error: explain::ExplainError) -> Failure {
    match error {
        explain::ExplainError::Write(error) => error.into(),
        unknown => Failure::new(
            &unknown,
            unknown.hint().unwrap_or_else(|| {
                "it knows termination states (sH--), timers (Tr), check codes (L7STS) and keywords (timeout server)"
                    .to_owned()
            }),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
