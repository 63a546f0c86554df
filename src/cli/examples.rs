//! Examples of each command: for `--help`, and for its manual page.
//!
//! Enters: the commands. Leaves: the same with their examples. Must not know: what they do.

use std::fmt::Write as _;

use clap::Command;

/// What somebody wants, and what to type.
pub type Example = (&'static str, &'static str);

/// Examples by command; those of the program itself stand under the empty name.
const EXAMPLES: [(&str, &[Example]); 10] = [
    (
        "",
        &[
            (
                "Tell what opens and closes, while it happens",
                "tail -F /var/log/haproxy.log | hapline",
            ),
            (
                "The same for programs, one line of JSON a change",
                "journalctl -fu haproxy -o cat | hapline --format json",
            ),
        ],
    ),
    (
        "report",
        &[
            (
                "What broke, with rotated logs in any order",
                "hapline report /var/log/haproxy.log*",
            ),
            (
                "Only what happened in two hours, with the configuration in force",
                "hapline report haproxy.log --since 2026-03-14T09:00 --until 2026-03-14T11:00 --config /etc/haproxy/haproxy.cfg",
            ),
            (
                "For a post-incident document, or a message in a chat",
                "hapline report haproxy.log --format markdown > incident.md",
            ),
            (
                "What a daemon has stored of the last day",
                "hapline report --store /var/lib/hapline/hapline.db --since -24h",
            ),
            (
                "Over ssh, on a terminal without Unicode",
                "ssh lb1 cat /var/log/haproxy.log | hapline report - --ascii",
            ),
        ],
    ),
    (
        "advise",
        &[
            (
                "What to change, by the configuration in force",
                "hapline advise haproxy.log --config /etc/haproxy/haproxy.cfg",
            ),
            (
                "The same as a diff",
                "hapline advise haproxy.log --config haproxy.cfg --patch | patch -p0 --dry-run",
            ),
            (
                "What another timeout would have done",
                "hapline advise haproxy.log --what-if 'backend api timeout server 10s'",
            ),
            (
                "Whether a change did what it was made for",
                "hapline advise --before haproxy.log.2 --after haproxy.log.1",
            ),
        ],
    ),
    (
        "serve",
        &[
            (
                "Receive what HAProxy sends to 127.0.0.1:5514, and print what changes",
                "hapline serve",
            ),
            (
                "Follow a file, keep history, answer over HTTP",
                "hapline serve --follow /var/log/haproxy.log --store /var/lib/hapline/hapline.db --http 127.0.0.1:9099",
            ),
            (
                "What is in force, where it came from, and what is wrong with it",
                "hapline serve --settings /etc/hapline/hapline.toml --show-config",
            ),
        ],
    ),
    (
        "top",
        &[
            (
                "What goes on in a log that is written to",
                "hapline top /var/log/haproxy.log --config /etc/haproxy/haproxy.cfg",
            ),
            (
                "The same on another machine",
                "ssh lb1 tail -n +1 -F /var/log/haproxy.log | hapline top -",
            ),
            (
                "What a daemon knows, or has stored",
                "hapline top --connect http://127.0.0.1:9099",
            ),
            ("", "hapline top --store /var/lib/hapline/hapline.db"),
        ],
    ),
    (
        "parse",
        &[
            (
                "Every request that failed, as JSON",
                "hapline parse haproxy.log --filter 'status>=500'",
            ),
            (
                "A table of some days, compressed or not",
                "hapline parse /var/log/haproxy.log* --format csv > haproxy.csv",
            ),
        ],
    ),
    (
        "stats",
        &[
            (
                "Requests and errors of each server",
                "hapline stats servers /var/log/haproxy.log*",
            ),
            (
                "What takes the most bytes",
                "hapline stats urls haproxy.log --sort bytes --top 20",
            ),
            (
                "How long answers take, backend by backend",
                "hapline stats percentiles haproxy.log --by backend --percent 50,99,99.9",
            ),
            (
                "A backend hour by hour, for a spreadsheet",
                "hapline stats hours haproxy.log --filter 'backend=api' --format csv",
            ),
            (
                "What is compressed, through a pipe",
                "zcat haproxy.log.2.gz | hapline stats terms -",
            ),
        ],
    ),
    (
        "explain",
        &[
            ("A termination state", "hapline explain sH--"),
            ("A check code", "hapline explain L7STS"),
            ("A keyword of haproxy.cfg", "hapline explain timeout server"),
        ],
    ),
    (
        "man",
        &[
            (
                "Read the page of a command",
                "hapline man report | man -l -",
            ),
            (
                "Install all of them",
                "hapline man --out /usr/local/share/man/man1",
            ),
        ],
    ),
    (
        "completions",
        &[
            (
                "For bash",
                "hapline completions bash > /etc/bash_completion.d/hapline",
            ),
            (
                "For zsh, in a folder of its fpath",
                "hapline completions zsh > /usr/local/share/zsh/site-functions/_hapline",
            ),
            (
                "For fish",
                "hapline completions fish > ~/.config/fish/completions/hapline.fish",
            ),
        ],
    ),
];

/// Those of a command.
pub fn of(name: &str) -> &'static [Example] {
    let found = EXAMPLES.iter().find(|(command, _)| *command == name);
    found.map_or(&[], |(_, examples)| examples)
}

/// The program with the examples of all its commands, at the end of each `--help`.
pub fn with(mut program: Command) -> Command {
    let names: Vec<String> = program
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect();
    for name in names {
        program = program.mut_subcommand(&name, |command| command.after_long_help(said(&name)));
    }
    program.after_long_help(said(""))
}

fn said(name: &str) -> String {
    let mut said = String::new();
    for (what, command) in of(name) {
        // Writing to a String does not fail.
        let _ = match what.is_empty() {
            true => write!(said, "\n    {command}"),
            false => write!(said, "\n  {what}:\n    {command}"),
        };
    }
    match said.is_empty() {
        true => said,
        false => format!("Examples:{said}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_some_and_no_other() {
        let program = crate::cli::command();
        let commands = program.get_subcommands();
        let names: Vec<&str> = commands.map(Command::get_name).collect();
        for name in &names {
            assert!(!of(name).is_empty(), "{name}");
        }
        for (name, _) in &EXAMPLES[1..] {
            assert!(names.contains(name), "{name}");
        }
    }

    /// What a shell would give to the program.
    fn words(command: &str) -> Vec<String> {
        let begin = command.find("hapline").expect("an example runs it");
        let mut words = vec![String::new()];
        let mut is_quoted = false;
        for character in command[begin..].chars() {
            match character {
                '\'' => is_quoted = !is_quoted,
                '|' | '>' if !is_quoted => break,
                ' ' if !is_quoted => words.push(String::new()),
                other => words.last_mut().expect("there is one").push(other),
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    #[test]
    fn every_example_is_taken() {
        for (_, command) in EXAMPLES.iter().flat_map(|(_, examples)| *examples) {
            let words = words(command);
            let taken = crate::cli::command().try_get_matches_from(&words);
            assert!(taken.is_ok(), "{command}: {:?}", taken.err());
        }
    }
}
