//! `hapline stats`: what is counted, beside what halog counts, and how it is shown.

mod errors;
mod halog;
mod hostile;
mod logs;
#[path = "../needed/mod.rs"]
mod needed;
mod parts;
mod shown;
mod table;

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// The program, run at the root of the repository, for a log whose times are UTC.
fn stats(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("hapline").unwrap();
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    command
        .arg("stats")
        .args(arguments)
        .args(["--timezone", "UTC"]);
    command
}

/// Standard output of a run that succeeds and has nothing to say beside it; `log` is its standard input.
fn printed(arguments: &[&str], log: impl Into<Vec<u8>>) -> String {
    let run = stats(arguments)
        .write_stdin(log)
        .assert()
        .success()
        .stderr("");
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

/// The same as JSON.
fn document(arguments: &[&str], log: impl Into<Vec<u8>>) -> Value {
    let text = printed(&[arguments, &["--format", "json"]].concat(), log);
    serde_json::from_str(&text).unwrap()
}

/// Its rows.
fn rows(arguments: &[&str], log: impl Into<Vec<u8>>) -> Vec<Value> {
    let document = document(arguments, log);
    document["rows"].as_array().unwrap().clone()
}
