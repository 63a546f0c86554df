//! README.md tells the truth.

use std::fs;

use assert_cmd::Command;

use super::{hapline, needed, printed, root, sample};

fn readme() -> String {
    fs::read_to_string(sample("README.md")).unwrap()
}

/// The content of fenced blocks of a language, in order.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("\n```{language}\n");
    text.split(fence.as_str())
        .skip(1)
        .filter_map(|block| Some(block.split_once("\n```")?.0))
        .collect()
}

#[test]
fn the_first_command_prints_what_is_shown() {
    let readme = readme();
    let command = blocks(&readme, "sh")[0];
    let arguments = command.strip_prefix("cargo run --release -- ").unwrap();
    let output = printed(hapline().args(arguments.split_whitespace()));
    assert_eq!(blocks(&readme, "text")[0], output.trim_end());
}

/// What a shell prints for `hapline …`.
fn run(arguments: &str) -> String {
    let program = assert_cmd::cargo::cargo_bin("hapline");
    let script = format!("{} {arguments}", program.display());
    printed(Command::new("sh").current_dir(root()).args(["-c", &script]))
}

/// Whether the machine has jq; where it has not, that is said, and with `CI=true` it fails.
fn has_jq() -> bool {
    needed::program("jq", "jq").is_some()
}

/// `…` stands for lines left out at the end.
#[test]
fn every_excerpt_is_how_the_output_begins() {
    let readme = readme();
    let mut excerpts = 0;
    for (command, shown) in readme.split("\n```sh\n").skip(1).filter_map(|part| {
        let (command, rest) = part.split_once("\n```\n")?;
        let shown = rest.strip_prefix("\n```text\n")?;
        Some((
            command.strip_prefix("hapline ")?,
            shown.split_once("\n```")?.0,
        ))
    }) {
        excerpts += 1;
        if command.contains("| jq ") && !has_jq() {
            continue;
        }
        let output = run(command);
        let shown = shown.strip_suffix("\n…").unwrap_or(shown);
        assert!(output.starts_with(shown), "{command}:\n{output}");
    }
    assert_eq!(excerpts, 6);
}

#[test]
fn the_test_command_is_the_one_that_ci_runs() {
    let ci = fs::read_to_string(sample(".ci/run")).unwrap();
    let command = ci.lines().last().unwrap();
    assert!(blocks(&readme(), "sh").contains(&command), "{command}");
}

#[test]
fn every_file_that_is_named_exists() {
    let readme = readme();
    let named: Vec<&str> = readme
        .split('`')
        .flat_map(str::split_whitespace)
        .filter(|word| {
            ["src/", "samples/", "tests/", ".ci/"]
                .iter()
                .any(|folder| word.starts_with(folder))
        })
        .collect();
    assert!(named.len() > 10);
    for place in named {
        let path = place.split(':').next().unwrap_or(place);
        let path = path.trim_end_matches([',', '.', ';', ')']);
        assert!(root().join(path).exists(), "{path}");
    }
}
