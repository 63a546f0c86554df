//! Every command of every runbook, typed into a shell beside a real HAProxy.
//!
//! The commands are those that runbooks really have: of all causes, kinds and runners-up, for servers of each sort. A
//! command of a new sort is refused here until it is said what it must print.

mod bench;
mod promises;
mod steps;

use std::time::Duration;

use hapline::report::document::Phase;

use bench::Bench;
use promises::{lacks_a_tool, marked, promised};
use steps::steps;

#[test]
fn every_diagnosis_shows_what_it_promises_and_changes_nothing() {
    let Some(bench) = Bench::start() else {
        return;
    };
    bench.becomes("be_dead", "dead1", "DOWN");
    bench.becomes("be_app", "app1", "UP");
    let before = bench.state();
    let columns = bench.columns();
    assert!(columns.len() > 80, "{columns:?}");
    let mut run = 0;
    for step in steps(&bench.config) {
        let command = step.command.unwrap();
        if step.phase != Phase::Diagnose || lacks_a_tool(&command) {
            continue;
        }
        assert!(!step.changes_state, "{command}");
        let is_filled_in = !command.contains("ADDRESS_OF") && !command.contains("PORT");
        assert!(is_filled_in || !command.contains("be_"), "{command}");
        if !is_filled_in {
            continue;
        }
        if bench.tls.is_none() && marked(&command, &bench.config).ends_with("TLS") {
            continue;
        }
        let (said, status) = bench.sh(&command);
        let (words, statuses) = promised(&marked(&command, &bench.config));
        assert!(statuses.contains(&status), "{status}: {command}\n{said}");
        for word in words {
            assert!(said.contains(word), "no {word:?}: {command}\n{said}");
        }
        for column in columns.iter().filter(|name| says(&step.why, name)) {
            let is_told = command.contains("'show stat ") || command.contains("'show servers ");
            assert!(
                !is_told || said.contains(column.as_str()),
                "no {column}: {command}\n{said}"
            );
        }
        run += 1;
    }
    assert!(run > 25, "{run} commands");
    assert_eq!(bench.state(), before, "a command that only looks");
}

/// `text` has this word.
fn says(text: &str, word: &str) -> bool {
    let is_end = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    text.split(is_end).any(|other| other == word)
}

#[test]
fn every_runtime_command_that_mends_is_taken_and_does_what_it_says() {
    let Some(bench) = Bench::start() else {
        return;
    };
    let mut done = Vec::new();
    for step in steps(&bench.config) {
        let command = step.command.unwrap();
        if step.phase != Phase::Mitigate || lacks_a_tool(&command) {
            continue;
        }
        assert!(step.changes_state, "{command}");
        let Some(sent) = command.strip_prefix("echo '") else {
            assert_eq!(command, "systemctl start haproxy");
            continue;
        };
        let (said, status) = bench.sh(&command);
        assert_eq!((said.trim(), status), ("", 0), "{command}");
        let first = sent.split([';', '\'']).next().unwrap();
        let words: Vec<&str> = first.split(' ').collect();
        let (backend, server) = words[2..]
            .iter()
            .find_map(|word| word.split_once('/'))
            .unwrap_or_default();
        let stat = |column: &str| {
            let stat = bench.runtime("show stat -1 7 -1");
            let place = stat
                .lines()
                .next()
                .unwrap()
                .split(',')
                .position(|name| name == column);
            let is_it = |row: &&str| {
                row.starts_with(&format!("{backend},{server},"))
                    || backend.is_empty() && row.starts_with("fe_www,FRONTEND,")
            };
            let row = stat.lines().find(is_it).unwrap();
            row.split(',').nth(place.unwrap()).unwrap().to_owned()
        };
        match words[..] {
            ["set", "server", _, "state", wanted] => {
                let state = bench.runtime(&format!("show servers state {backend}"));
                let row = state
                    .lines()
                    .find(|row| row.contains(&format!(" {server} ")));
                let admin = row.unwrap().split(' ').nth(6).unwrap();
                let expected = match wanted {
                    "ready" => "0",
                    "maint" => "1",
                    _ => "8",
                };
                assert_eq!(admin, expected, "{command}");
            }
            ["set", "server", path, "weight", "50%"] => {
                let weight = bench.runtime(&format!("get weight {path}"));
                assert!(weight.starts_with("5 (initial 10)"), "{weight}");
            }
            ["set", "maxconn", "server" | "frontend", _, limit] => assert_eq!(stat("slim"), limit),
            ["disable", "health", path] => {
                std::thread::sleep(Duration::from_millis(1000));
                assert_eq!(stat("status"), "no check", "{path} stays up");
                bench.runtime(&format!("enable health {path}"));
            }
            _ => panic!("`{first}` has no promise yet: say here what it does"),
        }
        for undo in ["state ready", "weight 100%"] {
            if !backend.is_empty() {
                bench.runtime(&format!("set server {backend}/{server} {undo}"));
            }
        }
        done.push(words[words.len().min(5) - 1].to_owned());
    }
    for what in ["drain", "ready", "maint", "50%", "20", "400"] {
        assert!(done.iter().any(|word| word == what), "{what}: {done:?}");
    }
}

/// What `hapline explain` says of recipes that circulate.
#[test]
fn recipes_that_circulate_do_what_explain_says() {
    let Some(bench) = Bench::start() else {
        return;
    };
    if lacks_a_tool("socat") {
        return;
    }
    bench.becomes("be_dead", "dead1", "DOWN");
    let after = |command: &str| bench.status_after(command, "be_dead", "dead1");
    assert_eq!(after("enable server be_dead/dead1"), "DOWN");
    assert_eq!(after("set server be_dead/dead1 state ready"), "DOWN");
    let refused = bench.runtime("set server be_dead/dead1 health healthy");
    assert!(
        refused.contains("expects 'up', 'stopping', or 'down'"),
        "{refused}"
    );
    assert!(after("set server be_dead/dead1 health up").starts_with("UP"));
    bench.becomes("be_dead", "dead1", "DOWN");
    assert_eq!(after("set server be_dead/dead1 state maint"), "MAINT");
    assert!(after("enable server be_dead/dead1").starts_with("UP"));
    bench.becomes("be_dead", "dead1", "DOWN");
    bench.runtime("set server be_name/name2 weight 50%");
    let weight = bench.runtime("get weight be_name/name2");
    assert!(weight.starts_with("0 (initial 1)"), "{weight}");
}

#[test]
fn a_server_line_with_disabled_is_in_maintenance() {
    let Some(bench) = Bench::start() else {
        return;
    };
    if lacks_a_tool("socat") {
        return;
    }
    assert_eq!(bench.status("be_name", "name3"), "MAINT");
}
