//! `hapline report`, of a store and of files.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::wait;

/// Of a store; none when it cannot be read yet.
pub fn try_store(store: &Path) -> Option<Value> {
    let store = store.to_str().unwrap();
    let output = command(&["--store", store]).output().unwrap();
    let document = output.status.success().then_some(output.stdout)?;
    serde_json::from_slice(&document).ok()
}

/// Of a store.
pub fn of_store(store: &Path) -> Value {
    report(&["--store", store.to_str().unwrap()])
}

/// Of files.
pub fn of_files(files: &[impl AsRef<Path>]) -> Value {
    let files = files.iter().map(|file| file.as_ref().to_str().unwrap());
    report(&files.collect::<Vec<_>>())
}

/// Waits until a store has at least so many lines.
pub fn wait_for_lines(store: &Path, lines: u64) {
    let mut had = None;
    wait::until(Duration::from_secs(60), "all lines in the store", || {
        had = try_store(store).map(|document| document["coverage"].clone());
        let found = had.as_ref()?["lines"].as_u64()?;
        (found >= lines).then_some(())
    });
}

/// Totals, incidents and coverage, without where lines stood.
pub fn facts(document: &Value) -> Value {
    let mut facts = serde_json::json!({
        "totals": document["totals"],
        "incidents": document["incidents"],
        "coverage": document["coverage"],
    });
    strip(&mut facts);
    facts
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !["file", "line", "offset", "source"].contains(&name.as_str()));
            fields.values_mut().for_each(strip);
        }
        Value::Array(values) => values.iter_mut().for_each(strip),
        _ => {}
    }
}

fn report(arguments: &[&str]) -> Value {
    let output = command(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hapline"));
    command
        .arg("report")
        .args(arguments)
        .args(["--format", "json"])
        .env("TZ", "UTC");
    command
}
