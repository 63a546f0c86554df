//! The alert rules and the dashboard in `samples/` ask for what `/metrics` has.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use hapline::serve::arrival::Intake;
use hapline::store::Status;
use serde_json::Value;

use crate::served::{RECORDING, recording, serve, serve_recording, settings, view};

const RULES: &str = "samples/prometheus/hapline.rules.yml";
const DASHBOARD: &str = "samples/grafana/hapline.json";

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap()
}

/// Names of metrics in a text.
fn named(text: &str) -> BTreeSet<String> {
    let is_of_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let words = text.split(|c| !is_of_name(c));
    words
        .filter(|word| word.starts_with("hapline_"))
        .map(str::to_owned)
        .collect()
}

/// Names of samples that a scrape may have, and their labels where it has some.
fn offered() -> (BTreeSet<String>, BTreeSet<(String, String)>) {
    let (log, config, _) = recording(RECORDING);
    // While it lasts, an incident is open.
    let half = log[..log.len() / 2]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap();
    let mut view = view(&log[..=half], Some(config));
    view.listeners = vec![("udp:127.0.0.1:5514".to_owned(), Arc::new(Intake::default()))];
    view.store = Some(Status::default());
    let text = serve(view, &settings()).get("/metrics").body;
    let (mut names, mut labels) = (BTreeSet::new(), BTreeSet::new());
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap().to_owned();
        for (at, _) in line.match_indices("=\"") {
            let label = line[..at].rsplit(['{', ',']).next().unwrap();
            labels.insert((name.clone(), label.to_owned()));
        }
        names.insert(name);
    }
    (names, labels)
}

#[test]
fn every_metric_that_is_named_is_one() {
    let (names, _) = offered();
    for file in [RULES, DASHBOARD] {
        let named = named(&read(file));
        assert!(named.len() >= 8, "{file}: {named:?}");
        let unknown: Vec<&String> = named.difference(&names).collect();
        assert!(unknown.is_empty(), "{file}: {unknown:?}");
    }
}

/// `name{label="…", other=~"…"}` has the labels that are asked for.
#[test]
fn every_label_that_is_matched_is_one() {
    let (_, labels) = offered();
    let mut matched = 0;
    for text in [read(RULES), read(DASHBOARD).replace("\\\"", "\"")] {
        for (at, _) in text.match_indices("hapline_") {
            let rest = &text[at..];
            let end = rest
                .find(|c: char| !(c.is_ascii_lowercase() || c == '_'))
                .unwrap();
            let (name, rest) = rest.split_at(end);
            let Some(selector) = rest
                .strip_prefix('{')
                .and_then(|rest| rest.split('}').next())
            else {
                continue;
            };
            for matcher in selector.split(',') {
                let label = matcher.trim().split(['=', '!']).next().unwrap();
                let is_one = labels.contains(&(name.to_owned(), label.to_owned()));
                assert!(is_one, "{name} has no label {label}");
                matched += 1;
            }
        }
    }
    assert!(matched > 20, "{matched}");
}

#[test]
fn every_alert_says_what_it_is_and_leads_to_a_page() {
    let rules = read(RULES);
    let served = serve_recording();
    let alerts: Vec<&str> = rules.split("- alert: ").skip(1).collect();
    assert!(alerts.len() >= 8);
    for alert in alerts {
        assert!(alert.contains("summary: '"), "{alert}");
        let runbook = alert
            .split("/explain/")
            .nth(1)
            .unwrap_or_else(|| panic!("no page: {alert}"));
        let term = runbook.split('\'').next().unwrap();
        let term = term.replace("{{ $labels.kind }}", "backend_down");
        let page = served.get(&format!("/explain/{term}"));
        assert_eq!(page.status, 200, "{term}");
    }
}

#[test]
fn the_dashboard_is_whole() {
    let dashboard: Value = serde_json::from_str(&read(DASHBOARD)).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<i64> = panels
        .iter()
        .map(|panel| panel["id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids.len(), panels.len());
    for panel in panels {
        assert!(
            !panel["targets"].as_array().unwrap().is_empty(),
            "{}",
            panel["title"]
        );
        assert_eq!(panel["datasource"]["uid"], "${datasource}");
    }
}

#[test]
fn prometheus_takes_the_rules() {
    let promtool = std::env::var_os("PROMTOOL").unwrap_or_else(|| "promtool".into());
    if Command::new(&promtool).arg("--version").output().is_err() {
        super::needed::missing("promtool", "apt-get install prometheus");
        return;
    }
    let checked = Command::new(&promtool)
        .args(["check", "rules"])
        .arg(path(RULES))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(checked.status.success(), "{said}");
}
