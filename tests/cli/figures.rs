//! Figures over a log in which each can be counted by hand.
//!
//! Five minutes from 09:00:00 on, with a request to `app` in each second. Both servers of `app` are DOWN from 09:01:00 to
//! 09:01:20 (app2 to 09:01:30), and from 09:03:00 to 09:03:30.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{document, report};

const SECONDS: usize = 300;

fn clock(second: usize) -> String {
    format!("09:{:02}:{:02}", second / 60, second % 60)
}

/// A request that is accepted with the second and takes 20 ms.
fn request(second: usize, place: &str, status: i32, term: &str) -> String {
    let timers = if place.ends_with('>') {
        "0/-1/-1/-1/0"
    } else {
        "0/0/0/20/20"
    };
    let at = clock(second);
    format!(
        "Mar 14 {at} lb1 haproxy[7]: 10.0.0.{}:{} [14/Mar/2026:{at}.000] www {place} {timers} {status} 99 - - {term} \
         1/1/0/0/0 0/0 \"GET /cart?id={second} HTTP/1.1\"",
        second % 5,
        2_000 + second
    )
}

fn says(second: usize, message: &str) -> String {
    format!("Mar 14 {} lb1 haproxy[7]: {message}", clock(second))
}

fn server(second: usize, server: &str, state: &str, active: u32) -> String {
    let left = if state == "DOWN" { "left" } else { "online" };
    let counts = format!("{active} active and 0 backup servers {left}. 0 sessions active.");
    says(second, &format!("Server {server} is {state}. {counts}"))
}

fn is_out(second: usize) -> bool {
    (60..80).contains(&second) || (180..210).contains(&second)
}

/// The lines of a second: what HAProxy says, then requests.
fn lines(second: usize) -> Vec<String> {
    let mut lines = match second {
        60 | 180 => vec![
            server(second, "app/app1", "DOWN", 1),
            server(second, "app/app2", "DOWN", 0),
        ],
        80 => vec![server(second, "app/app1", "UP", 1)],
        90 => vec![server(second, "app/app2", "UP", 2)],
        210 => vec![
            server(second, "app/app1", "UP", 1),
            server(second, "app/app2", "UP", 2),
        ],
        120 => vec![says(
            second,
            "Server static/s1 is going DOWN for maintenance. 1 active and 0 backup servers left.",
        )],
        160 => vec![says(
            second,
            "Server static/s1 is UP/READY (leaving forced maintenance).",
        )],
        240 => vec![server(second, "static/s2", "DOWN", 1)],
        _ => Vec::new(),
    };
    lines.push(match is_out(second) {
        true => request(second, "app/<NOSRV>", 503, "SC--"),
        false if second.is_multiple_of(50) => request(second, "app/app1", 200, "sD--"),
        false => request(second, "app/app1", 200, "----"),
    });
    if second.is_multiple_of(30) {
        lines.push(request(second, "static/s1", 200, "----"));
        lines.push(request(second, "static/<NOSRV>", 403, "PR--"));
    }
    if second.is_multiple_of(100) {
        lines.push(request(second, "static/s1", 200, "CD--"));
        lines.push(request(second, "www/<NOSRV>", 400, "PR--"));
    }
    lines
}

fn log() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haproxy.log");
    let log: Vec<String> = (0..=SECONDS).flat_map(lines).collect();
    fs::write(&path, log.join("\n") + "\n").unwrap();
    (folder, path)
}

fn figures(arguments: &[&str]) -> Value {
    let (_folder, path) = log();
    let arguments = [&[path.to_str().unwrap()], arguments].concat();
    document(&arguments)["figures"].clone()
}

/// A backend's figure.
fn backend<'a>(figures: &'a Value, name: &str) -> &'a Value {
    let backends = figures["backends"].as_array().unwrap();
    backends.iter().find(|of| of["backend"] == name).unwrap()
}

#[test]
fn availability_is_of_what_was_up_to_the_service() {
    let figures = figures(&[]);
    // 301 requests to app, of which 50 found no server and 6 were cut; 11 and 4 to static, 11 of them and 4 denied.
    let overall = &figures["overall"];
    let app = backend(&figures, "app");
    let of_app = ["requests", "eligible", "failed", "successful"].map(|key| &app[key]);
    assert_eq!(of_app, [301, 301, 56, 245]);
    assert_eq!(app["availability"], 245.0 / 301.0);
    let fine = backend(&figures, "static");
    let of_static = ["requests", "eligible", "failed", "successful"].map(|key| &fine[key]);
    assert_eq!(of_static, [26, 11, 0, 11]);
    assert_eq!(fine["availability"], 1.0);
    let of_all = ["requests", "eligible", "failed", "successful"].map(|key| &overall[key]);
    assert_eq!(of_all, [331, 312, 56, 256]);
    assert_eq!(overall["availability"], 256.0 / 312.0);
}

#[test]
fn outages_have_a_length_and_a_distance() {
    let figures = figures(&[]);
    assert_eq!(figures["covered_ms"], 300_000);
    let app = backend(&figures, "app");
    // 09:01:00 to the first answer at 09:01:20.020, and 09:03:00 to 09:03:30.020.
    assert_eq!(app["outage_ms"], 20_020 + 30_020);
    assert_eq!(app["time_availability"], 1.0 - 50_040.0 / 300_000.0);
    assert_eq!(app["ended_incidents"], 2);
    assert_eq!(app["mttr_ms"], 25_020);
    assert_eq!(app["mtbf_ms"], 180_000 - 80_020);
    let fine = backend(&figures, "static");
    assert_eq!(fine["time_availability"], 1.0);
    assert_eq!(
        [&fine["mttr_ms"], &fine["mtbf_ms"]],
        [&Value::Null, &Value::Null]
    );
}

#[test]
fn servers_are_out_for_as_long_as_their_lines_say() {
    let absence = |times: u64, total: u64, longest: u64| json!({"times": times, "total_ms": total * 1000, "longest_ms": longest * 1000});
    let row = |backend: &str, server: &str, down: Value, planned: Value, still: Value| json!({"backend": backend, "server": server, "down": down, "planned": planned, "still": still});
    let never = || absence(0, 0, 0);
    let told = figures(&[])["servers"].clone();
    let expected = json!([
        row("app", "app2", absence(2, 60, 30), never(), Value::Null),
        row("static", "s2", absence(1, 60, 60), never(), json!("DOWN")),
        row("app", "app1", absence(2, 50, 30), never(), Value::Null),
        row("static", "s1", never(), absence(1, 40, 40), Value::Null),
    ]);
    assert_eq!(told, expected);
}

#[test]
fn requests_are_told_by_who_is_to_be_looked_at() {
    let told = figures(&[])["endings"].clone();
    let state = |state: &str, requests: u64| json!({"state": state, "requests": requests});
    let expected = json!([
        {"owner": "server", "requests": 56, "states": [state("SC--", 50), state("sD--", 6)]},
        {"owner": "proxy", "requests": 15, "states": [state("PR--", 15)]},
        {"owner": "client", "requests": 4, "states": [state("CD--", 4)]},
        {"owner": "nobody", "requests": 256, "states": [state("----", 256)]},
    ]);
    assert_eq!(told, expected);
}

#[test]
fn a_window_cuts_them_all() {
    let late = figures(&["--since", "2026-03-14T09:01:10Z"]);
    assert_eq!(late["covered_ms"], 230_000);
    let app = backend(&late, "app");
    assert_eq!(app["requests"], 301 - 70);
    assert_eq!(app["outage_ms"], 10_020 + 30_020);
    let app2 = &late["servers"].as_array().unwrap()[1];
    assert_eq!(
        [&app2["server"], &app2["down"]["total_ms"]],
        [&json!("app2"), &json!(50_000)]
    );
    let early = figures(&["--until", "2026-03-14T09:03:10Z"]);
    assert_eq!(early["covered_ms"], 190_000);
    let app = backend(&early, "app");
    assert_eq!(app["outage_ms"], 20_020 + 10_000);
    assert_eq!(app["ended_incidents"], 1);
    assert_eq!(
        [&app["mttr_ms"], &app["mtbf_ms"]],
        [&json!(20_020), &Value::Null]
    );
    let app2 = &early["servers"].as_array().unwrap()[0];
    assert_eq!(
        [&app2["down"]["total_ms"], &app2["still"]],
        [&json!(40_000), &json!("DOWN")]
    );
}

#[test]
fn a_backend_is_told_alone() {
    let figures = figures(&["--backend", "static"]);
    assert_eq!(figures["backends"].as_array().unwrap().len(), 1);
    assert_eq!(figures["overall"]["requests"], 26);
    let servers = figures["servers"].as_array().unwrap();
    assert!(servers.iter().all(|of| of["backend"] == "static"));
    assert_eq!(figures["endings"][0]["owner"], "proxy");
}

#[test]
fn there_is_no_share_where_good_requests_are_not_logged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haproxy.cfg");
    let config = "listen app\n mode http\n option dontlog-normal\nfrontend www\n default_backend static\nbackend static\n";
    fs::write(&path, config).unwrap();
    let figures = figures(&["--config", path.to_str().unwrap()]);
    let app = backend(&figures, "app");
    let shares = ["availability", "time_availability"].map(|key| &app[key]);
    assert_eq!(shares, [&Value::Null; 2]);
    assert_eq!(app["failed"], 56);
    assert_eq!(figures["overall"]["availability"], Value::Null);
    assert_eq!(backend(&figures, "static")["availability"], 1.0);
}

#[test]
fn an_incident_says_what_it_left_and_who_carried_the_load() {
    let (_folder, path) = log();
    let told = document(&[path.to_str().unwrap()]);
    let impact = &told["incidents"][0]["impact"];
    assert_eq!([&impact["eligible"], &impact["successful"]], [20, 0]);
    assert_eq!(impact["availability"], 0.0);
    assert_eq!(impact["detection_lag_ms"], 0);
    assert_eq!(impact["peak_per_second"], 1.0);
    let capacity = &impact["capacity"];
    let counts = ["active", "of_active", "backups", "of_backups"].map(|key| &capacity[key]);
    assert_eq!(counts, [0, 2, 0, 0]);
    assert_eq!(capacity["time"], "2026-03-14T09:01:00.000+00:00");
    assert_eq!(
        impact["load"],
        json!([{"server": "<NOSRV>", "requests": 20, "failed": 20}])
    );
    assert_eq!(
        impact["hit"]["methods"],
        json!([{"name": "GET", "share": 1.0}])
    );
    assert_eq!(
        impact["hit"]["urls"],
        json!([{"name": "/cart", "share": 1.0}])
    );
    let curve = told["incidents"][0]["failures_per_second"]
        .as_array()
        .unwrap();
    assert_eq!(curve[..20], vec![json!(1.0); 20]);
}

#[test]
fn text_and_markdown_of_the_figures() {
    let (_folder, path) = log();
    let path = path.to_str().unwrap();
    let text = report(&[path]);
    insta::assert_snapshot!("text_of_figures", text.split_once("\nFigures").unwrap().1);
    let markdown = report(&[path, "--format", "markdown"]);
    let (_, figures) = markdown.split_once("## Figures\n").unwrap();
    let (figures, _) = figures.split_once("## Coverage\n").unwrap();
    insta::assert_snapshot!("markdown_of_figures", figures);
}
