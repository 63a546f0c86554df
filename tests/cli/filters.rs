//! `--backend`, `--since`, `--until`: what is told changes, what happened does not.

use serde_json::Value;

use super::{BACKEND_DOWN, document};

fn incidents(arguments: &[&str]) -> Vec<Value> {
    let document = document(&[&[BACKEND_DOWN], arguments].concat());
    document["incidents"].as_array().unwrap().clone()
}

#[test]
fn a_backend_is_told_as_it_would_be_without_the_filter() {
    let all = incidents(&[]);
    assert_eq!(incidents(&["--backend", "app"]), all);
    assert_eq!(incidents(&["--backend", "static"]), [] as [Value; 0]);
    assert_eq!(incidents(&["--backend", "static", "--backend", "app"]), all);
}

#[test]
fn states_from_before_since_are_known() {
    let all = document(&[BACKEND_DOWN]);
    // Both servers went down at 09:46:13.
    let late = document(&[BACKEND_DOWN, "--since", "2026-11-20T09:46:20"]);
    let [incident] = late["incidents"].as_array().unwrap().as_slice() else {
        panic!("the outage goes on at that time");
    };
    assert_eq!(incident["kind"], "backend_down");
    assert_eq!(incident["servers"], all["incidents"][0]["servers"]);
    assert_eq!(incident["detected_at"], all["incidents"][0]["detected_at"]);
    assert_eq!(incident["end"], all["incidents"][0]["end"]);
    let failed = |document: &Value| document["totals"]["failed"].as_u64().unwrap();
    assert!((1..failed(&all)).contains(&failed(&late)));
}

#[test]
fn what_comes_after_until_is_not_known() {
    let early = incidents(&["--until", "2026-11-20T09:46:20"]);
    assert_eq!(early.len(), 1);
    assert_eq!(early[0]["end"], Value::Null);
    assert_eq!(early[0]["end_reason"], "log_ended");
    let before = incidents(&["--until", "2026-11-20T09:46:10"]);
    assert_eq!(before, [] as [Value; 0]);
}

#[test]
fn an_offset_and_the_zone_of_the_log_are_the_same_instant() {
    let zone = document(&[BACKEND_DOWN, "--since", "2026-11-20T09:46:20"]);
    let offset = document(&[BACKEND_DOWN, "--since", "2026-11-20T10:46:20+01:00"]);
    assert_eq!(zone, offset);
}
