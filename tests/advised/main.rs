//! What is advised on recorded logs of a real HAProxy, beside what was really wrong.
//!
//! `advice.json` beside a log, here and in `tests/recordings`, has what is wanted (`or`: just as right), and what would do
//! harm. A wanted `keep` is met by leaving the setting alone.

mod live;

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

/// Pieces of advice on one log that are neither wanted nor harmful, at most.
const OTHERS: usize = 2;

/// The folders with an `advice.json`.
fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let both = ["advised", "recordings"].into_iter();
    let entries = both.flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap());
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("advice.json").is_file())
        .collect();
    folders.sort();
    folders
}

/// What `hapline report` advises on a log.
fn advised(folder: &Path) -> Vec<Value> {
    let mut hapline = Command::cargo_bin("hapline").unwrap();
    hapline.current_dir(folder).args([
        "report",
        "haproxy.log.gz",
        "--config",
        "haproxy.cfg",
        "--timezone",
        "UTC",
        "--format",
        "json",
    ]);
    let output = hapline.output().unwrap();
    assert!(output.status.success(), "{}: {output:?}", folder.display());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["advice"].as_array().unwrap().clone()
}

/// The backend of a scope; `None` of a frontend and of the whole process.
fn backend(scope: &str) -> Option<&str> {
    let (kind, name) = scope.split_once(' ')?;
    match kind {
        "server" => name.split('/').next(),
        "backend" | "listen" => Some(name),
        _ => None,
    }
}

/// Whether a scope is, contains, or lies in the other.
fn meets(scope: &str, other: &str) -> bool {
    let are_servers = scope.starts_with("server ") && other.starts_with("server ");
    scope == other || !are_servers && backend(scope).is_some() && backend(scope) == backend(other)
}

/// Whether advice is what an entry names.
fn is_named(advice: &Value, entry: &Value) -> bool {
    let keywords = entry["keywords"].as_array().unwrap();
    let scope = advice["scope"].as_str().unwrap();
    advice["direction"] == entry["direction"]
        && keywords.contains(&advice["keyword"])
        && entry["scope"]
            .as_str()
            .is_none_or(|other| meets(scope, other))
}

fn ms(time: &str) -> u64 {
    hapline::config::milliseconds(time).unwrap_or_else(|| panic!("{time} is no time"))
}

/// Whether the suggested value lies where it should.
fn is_in_range(advice: &Value, entry: &Value) -> bool {
    let Some(range) = entry["value"].as_object() else {
        return true;
    };
    let value = |value: &Value| match value {
        Value::Number(number) => number.as_u64().unwrap(),
        text => {
            let text = text.as_str().unwrap();
            text.parse().unwrap_or_else(|_| ms(text))
        }
    };
    let suggested = value(&advice["suggested"]);
    (value(&range["min"])..=value(&range["max"])).contains(&suggested)
}

fn is_given(entry: &Value, advice: &[Value]) -> bool {
    let alternatives = entry["or"].as_array().into_iter().flatten();
    std::iter::once(entry).chain(alternatives).any(|entry| {
        let mut named = advice.iter().filter(|advice| is_named(advice, entry));
        entry["direction"] == "keep" || named.any(|advice| is_in_range(advice, entry))
    })
}

/// What was wrong with the advice on one log.
fn faults(folder: &Path) -> Vec<String> {
    let file = std::fs::read(folder.join("advice.json")).unwrap();
    let expected: Value = serde_json::from_slice(&file).unwrap();
    let advice = advised(folder);
    let list = |name: &str| expected[name].as_array().unwrap().clone();
    let (wanted, never) = (list("wanted"), list("never"));
    let missing = wanted.iter().filter(|entry| !is_given(entry, &advice));
    let mut faults: Vec<String> = missing.map(|entry| format!("missing {entry}")).collect();
    let is_any = |advice: &Value, entries: &[Value]| {
        entries.iter().any(|entry| {
            let alternatives = entry["or"].as_array().into_iter().flatten();
            std::iter::once(entry)
                .chain(alternatives)
                .any(|entry| is_named(advice, entry))
        })
    };
    let harmful = advice.iter().filter(|advice| is_any(advice, &never));
    faults.extend(harmful.map(|advice| format!("harmful {advice}")));
    let is_change =
        |advice: &&Value| advice["direction"] != "keep" && advice["direction"] != "cannot_tell";
    let others = advice
        .iter()
        .filter(is_change)
        .filter(|advice| !is_any(advice, &wanted) && !is_any(advice, &never));
    let others: Vec<&Value> = others.collect();
    if others.len() > OTHERS {
        faults.push(format!("{} other pieces: {others:?}", others.len()));
    }
    faults
}

#[test]
fn advice_names_what_was_wrong_and_does_no_harm() {
    let folders = folders();
    assert!(folders.len() >= 70, "{} logs", folders.len());
    let faults: Vec<String> = folders
        .iter()
        .flat_map(|folder| {
            let name = folder.file_name().unwrap_or_default().display().to_string();
            faults(folder)
                .into_iter()
                .map(move |fault| format!("{name}: {fault}"))
        })
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}
