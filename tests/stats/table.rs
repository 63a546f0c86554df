//! README's table of halog's flags is whole, and each of its commands is one.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use super::{needed, printed};

const LOG: &str = "samples/backend-down.log";

/// The rows of the table: the cell of halog, and that of hapline.
fn rows() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(path).expect("README.md");
    let (_, table) = readme
        .split_once("| halog | hapline stats |\n|---|---|\n")
        .expect("the table");
    let row = |line: &str| {
        let (halog, own) = line
            .strip_prefix("| ")?
            .strip_suffix(" |")?
            .split_once(" | ")?;
        Some((halog.to_owned(), own.to_owned()))
    };
    table.lines().map_while(row).collect()
}

/// What stands in backticks.
fn quoted(cell: &str) -> Vec<String> {
    let parts = cell.split('`').skip(1).step_by(2);
    parts.map(|part| part.replace("\\|", "|")).collect()
}

#[test]
fn each_command_of_it_counts_something() {
    let tables = [
        "servers",
        "status",
        "terms",
        "cookies",
        "percentiles",
        "urls",
        "clients",
        "headers",
        "queues",
    ];
    let mut run = BTreeSet::new();
    for (_, own) in rows() {
        for command in quoted(&own) {
            let words: Vec<&str> = command.split_whitespace().collect();
            let Some(table) = tables.iter().find(|table| words.first() == Some(table)) else {
                continue;
            };
            run.insert(*table);
            // The sample captures nothing: heads alone are right.
            let shown = printed(&[&words[..], &[LOG]].concat(), "");
            assert!(
                shown.lines().count() > 1 || *table == "headers",
                "{command}: {shown}"
            );
        }
    }
    assert_eq!(run.len(), tables.len(), "{run:?}");
}

#[test]
fn no_flag_of_halog_is_missing() {
    let Some(halog) = needed::program("halog", "haproxy") else {
        return;
    };
    let help = Command::new(halog).arg("--help").output().expect("it runs");
    let help = String::from_utf8_lossy(&[help.stdout, help.stderr].concat()).into_owned();
    let (usage, _) = help.split_once("Input filters").expect("its usage");
    let (_, usage) = usage.split_once("inp =").expect("what it takes");
    let is_flag = |word: &&str| word.starts_with('-') && word.len() > 1;
    let flags: BTreeSet<&str> = usage
        .split(|c: char| c.is_whitespace() || "[]{}|".contains(c))
        .filter(is_flag)
        .collect();
    assert!(flags.len() > 30, "{flags:?}");
    let told: BTreeSet<String> = rows()
        .iter()
        .flat_map(|(halog, _)| quoted(halog))
        .flat_map(|cell| {
            cell.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    let missing: Vec<&&str> = flags.iter().filter(|flag| !told.contains(**flag)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
