//! What a person may type.
//!
//! Enters: arguments. Leaves: output and an exit code: 2 for usage, for input that cannot be read, and where
//! HAProxy was asked and gave no answer; 128 and the signal's number where reading was interrupted; else 0.
//! One file for each command. Must not know: how anything is found.

mod advise;
mod completions;
mod events;
mod examples;
pub mod explain;
mod failure;
mod filter;
mod input;
mod interrupt;
mod live;
mod man;
mod mistaken;
mod output;
mod parse;
mod progress;
mod report;
mod serve;
pub mod settings;
mod stats;
mod store;
mod stream;
mod telling;
mod top;
mod when;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

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
    /// What goes on, on a whole terminal: backends, servers, incidents
    Top(top::TopArgs),
    /// Every line as one record: NDJSON, CSV or logfmt
    Parse(parse::ParseArgs),
    /// Tables by server, status, URL, client and more, as CSV and JSON too
    ///
    /// Lines are counted as they stand there, copies of one request too. Nothing is sampled: memory of urls, clients and headers
    /// grows with how many different ones there are.
    Stats(stats::StatsArgs),
    /// What a termination state, timer, check code or keyword means
    ///
    /// For example: hapline explain sH-- ; hapline explain L7STS ; hapline explain timeout server
    Explain {
        /// A word as HAProxy writes it
        #[arg(required = true, allow_hyphen_values = true, value_name = "WORD")]
        words: Vec<String>,
    },
    /// Manual pages
    Man(man::ManArgs),
    /// Completions for bash, zsh, fish, PowerShell or elvish
    Completions(completions::CompletionsArgs),
}

/// Options of the program without a command that its short help leaves out, so that it fits on a screen with all commands.
const RARE: [&str; 4] = ["log_format", "events", "top", "stats_socket"];

/// The program's arguments.
fn command() -> clap::Command {
    let hide = |program: clap::Command, id| program.mut_arg(id, |arg| arg.hide_short_help(true));
    let program = RARE.into_iter().fold(Cli::command(), hide);
    examples::with(program)
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = command()
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match cli {
        Ok(cli) => cli,
        Err(error) => match mistaken::meant(&error) {
            Some(failure) => return failure.report(),
            None => error.exit(),
        },
    };
    let done = match &cli.command {
        Some(Command::Report(args)) => report::run(args),
        Some(Command::Advise(args)) => advise::run(args),
        Some(Command::Serve(args)) => serve::run(args),
        Some(Command::Top(args)) => top::run(args),
        Some(Command::Parse(args)) => parse::run(args),
        Some(Command::Stats(args)) => stats::run(args),
        Some(Command::Explain { words }) => {
            explain::run(words, &mut std::io::stdout().lock()).map_err(explained)
        }
        Some(Command::Man(args)) => man::run(args, command()),
        Some(Command::Completions(args)) => completions::run(args, command()),
        None if live::is_terminal() => {
            let help = command().render_help();
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
        command().debug_assert();
    }
}
