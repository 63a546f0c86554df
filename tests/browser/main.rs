//! Pages in a real browser, as they are read: nothing is loaded, nothing goes wrong, everything can be reached.
//!
//! Needs Debian's `chromium` and `chromium-driver`, and axe-core under `target/axe-core`, where `.ci/run` puts it. What is
//! missing is said and its tests are skipped; with `CI=true` they fail.

mod access;
mod axe;
mod driver;
mod hostile;
mod live;
#[path = "../needed/mod.rs"]
mod needed;
mod paper;
mod recordings;
mod week;

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A sample with an outage.
const BACKEND_DOWN: [&str; 3] = [
    "samples/backend-down.log",
    "--config",
    "samples/backend-down.cfg",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What `hapline report` prints for a log whose times are UTC, with all incidents.
fn report(arguments: &[&str], format: &str) -> Vec<u8> {
    run("report", &[arguments, &["--top", "0"]].concat(), format)
}

/// What a command of hapline prints.
fn run(command: &str, arguments: &[&str], format: &str) -> Vec<u8> {
    let mut hapline = Command::cargo_bin("hapline").unwrap();
    let run = hapline
        .current_dir(root())
        .arg(command)
        .args(arguments)
        .args(["--format", format])
        .assert()
        .success();
    run.get_output().stdout.clone()
}

/// The same as JSON.
fn document(arguments: &[&str]) -> Value {
    serde_json::from_slice(&report(arguments, "json")).unwrap()
}

/// A page in a file of its own.
struct Page {
    _folder: TempDir,
    path: PathBuf,
    html: String,
}

impl Page {
    /// The report on logs whose times are UTC.
    fn of(arguments: &[&str]) -> Self {
        let arguments = [arguments, &["--timezone", "UTC"]].concat();
        Self::from(String::from_utf8(report(&arguments, "html")).expect("a page is text"))
    }

    fn from(html: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        std::fs::write(&path, &html).unwrap();
        Self {
            _folder: folder,
            path,
            html,
        }
    }

    fn url(&self) -> String {
        format!("file://{}", self.path.display())
    }
}
