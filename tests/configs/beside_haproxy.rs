//! Words and conditions as HAProxy itself understands them.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::process::Command;

use hapline::config::{Config, Environment};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::tools::{has_haproxy, program};

/// What is set in the environment of HAProxy.
const SET: [(&str, &str); 2] = [("A", "one"), ("LIST", "two three")];

fn environment() -> Environment {
    let pairs = SET.map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()));
    Environment::Known(HashMap::from(pairs))
}

fn haproxy() -> Command {
    let mut haproxy = Command::new(program("haproxy"));
    haproxy.env_clear().envs(SET);
    haproxy
}

/// Values of one strategy, the same in every run.
fn drawn(strategy: impl Strategy<Value = Vec<&'static str>>, count: usize) -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    let mut draw = || strategy.new_tree(&mut runner).unwrap().current().concat();
    (0..count).map(|_| draw()).collect()
}

#[test]
fn words_are_what_haproxy_makes_of_them() {
    if !has_haproxy() {
        return;
    }
    let parts = prop::sample::select(vec![
        "a",
        "b-",
        " ",
        "\t",
        "#",
        "'",
        "\"",
        "\\",
        "\\\\",
        "\\ ",
        "\\#",
        "\\\"",
        "\\'",
        "\\$",
        "\\x41",
        "\\x4",
        "$",
        "$A",
        "${A}",
        "${A-no}",
        "${B-yes}",
        "${B}",
        "$B",
        "${LIST}",
        "${",
        "}",
        "[",
        "\\q",
        "\"$A\"",
        "\"${B-d e}\"",
        "'$A'",
        "\"\\$A\"",
        "\"a b\"",
        "\u{e4}",
    ]);
    let lines = drawn(prop::collection::vec(parts, 1..8), 2000);
    // HAProxy stops at its fiftieth error.
    let said: Vec<String> = lines.chunks(40).flat_map(noticed).collect();
    let (mut read, mut refused) = (0, 0);
    for (line, theirs) in lines.iter().zip(&said) {
        let text = format!("global\n description x{line}\n");
        match Config::parse_all(&[("c.cfg", text)], environment()) {
            Err(error) => {
                assert!(
                    !theirs.starts_with('\''),
                    "{line:?}: {error}, but HAProxy: {theirs}"
                );
                refused += 1;
            }
            Ok(config) => {
                let ours = config.global().body.text("description").unwrap();
                let second = theirs.strip_prefix("Unexpected argument '");
                match second.and_then(|rest| rest.split_once("' for '.notice'")) {
                    Some((second, _)) => assert!(
                        ours.contains(&format!(" {second}")),
                        "{line:?}: {ours}, but HAProxy: {theirs}"
                    ),
                    None => assert_eq!(*theirs, format!("'{ours}'."), "{line:?}"),
                }
                read += 1;
            }
        }
    }
    assert!(
        read > 500 && refused > 200,
        "{read} read, {refused} refused"
    );
}

/// What HAProxy says of `.notice` with each of these behind it; empty where it says nothing.
fn noticed(lines: &[String]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("h.cfg");
    // 2.6 trips over the default of a variable on a line that is longer than all before it.
    let longest = format!(".notice {}\n", "x".repeat(2000));
    let notices = lines.iter().map(|line| format!(".notice x{line}\n"));
    let notices: String = [longest].into_iter().chain(notices).collect();
    fs::write(&file, notices).unwrap();
    let output = haproxy().args(["-c", "-f"]).arg(&file).output().unwrap();
    let mut said = said_by_line(&String::from_utf8_lossy(&output.stderr));
    (1..=lines.len())
        .map(|number| said.remove(&(number + 1)).unwrap_or_default())
        .collect()
}

/// What HAProxy says of each line: the text behind its number.
fn said_by_line(output: &str) -> BTreeMap<usize, String> {
    let mut said = BTreeMap::new();
    for line in output.lines() {
        let found = line
            .split_once("h.cfg:")
            .and_then(|(_, rest)| rest.split_once("]: "));
        if let Some((number, text)) = found {
            said.entry(number.parse().unwrap())
                .or_insert_with(|| text.to_owned());
        }
    }
    said
}

#[test]
fn conditions_hold_when_haproxy_says_so() {
    if !has_haproxy() {
        return;
    }
    let parts = prop::sample::select(vec![
        "0",
        "1",
        "12",
        "-1",
        "!",
        "! ",
        "(",
        ")",
        " && ",
        "||",
        "&&",
        " || ",
        " ",
        "defined(A)",
        "defined(B)",
        "streq(a,a)",
        "streq(a,b)",
        "strneq(a,b)",
        "strneq(,)",
        "(1)",
        "!(0)",
        "1 && 1",
        "0||1",
    ]);
    let (mut decided, mut refused) = (0, 0);
    for condition in drawn(prop::collection::vec(parts, 1..6), 250) {
        // A blank alone is refused on the command line and false in a file.
        if condition.trim().is_empty() {
            continue;
        }
        let text = format!("global\n.if {condition}\n maxconn 1\n.else\n maxconn 2\n.endif\n");
        let ours = Config::parse_all(&[("c.cfg", text)], environment()).ok();
        let ours = ours.map(|config| config.global().maxconn() == Some(1));
        let output = haproxy().args(["-cc", &condition]).output().unwrap();
        let is_refused = String::from_utf8_lossy(&output.stderr).contains("[ALERT]");
        let theirs = (!is_refused).then_some(output.status.success());
        assert_eq!(
            ours,
            theirs,
            "{condition}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        match theirs {
            Some(_) => decided += 1,
            None => refused += 1,
        }
    }
    assert!(
        decided > 50 && refused > 50,
        "{decided} decided, {refused} refused"
    );
}
