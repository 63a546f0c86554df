//! The program as a person meets it: arguments in, output and an exit code out.

mod advise;
mod events;
mod explain;
mod figures;
mod filters;
mod formats;
mod help;
mod hostile;
mod input;
mod interrupt;
mod live;
mod missing;
#[path = "../needed/mod.rs"]
mod needed;
mod now;
mod parse;
mod readme;
mod redact;
mod report;
mod screen;
mod serve;
mod shows;
mod top;
mod tuning;
mod unpack;
mod unseen;
mod volume;
mod wrapped;

use std::path::{Path, PathBuf};

use assert_cmd::Command;

const BACKEND_DOWN: &str = "samples/backend-down.log";

/// The program, run at the root of the repository.
fn hapline() -> Command {
    let mut command = Command::cargo_bin("hapline").unwrap();
    command.current_dir(root());
    command
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where a sample stands, whatever the directory.
fn sample(path: &str) -> PathBuf {
    root().join(path)
}

/// What `hapline report` prints for a log whose times are UTC.
fn report(arguments: &[&str]) -> String {
    printed(
        hapline()
            .arg("report")
            .args(arguments)
            .args(["--timezone", "UTC"]),
    )
}

/// The same as JSON.
fn document(arguments: &[&str]) -> serde_json::Value {
    let text = report(&[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&text).unwrap()
}

/// Standard output of a run that succeeds and has nothing to say beside it.
fn printed(command: &mut Command) -> String {
    let run = command.assert().success().stderr("");
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

/// Standard error of a run that ends with exit code 2, and prints nothing else.
fn refused(command: &mut Command) -> String {
    let run = command.assert().code(2).stdout("");
    String::from_utf8(run.get_output().stderr.clone()).unwrap()
}
