//! HAProxy's own processes.

use super::log::*;
use hapline::advice::Running;
use hapline::words::cause::Cause::*;
use hapline::words::cause::Kind::{self, *};
use hapline::words::cause::Severity::{self, *};

const BOTH: [&str; 2] = ["app/app1", "app/app2"];

#[test]
fn a_reload_is_planned() {
    let mut log = Log::calm(&BOTH);
    log.says(
        60_000,
        "Proxy www stopped (cumulated conns: FE: 600, BE: 0).",
    )
    .says(
        60_000,
        "Proxy app stopped (cumulated conns: FE: 0, BE: 600).",
    )
    .by("lb1 haproxy[1201]")
    .well(&BOTH, 60_000..120_000);
    log.tells(&[told(Restart, Reload, Planned, ["01:00.000", "01:00.000"], 0).of_backend("")]);
}

#[test]
fn a_process_that_is_replaced_without_a_word_is_said_to_have_vanished() {
    let mut log = Log::calm(&BOTH);
    log.by("lb1 haproxy[1201]").well(&BOTH, 65_000..120_000);
    let report = log.tells(&[told(
        Restart,
        ProcessLost,
        Severity::Unknown,
        ["00:59.000", "01:05.000"],
        0,
    )
    .of_backend("")]);
    assert!(report.incidents[0].cause.confidence <= 0.5);
    assert_eq!(
        report.incidents[0].cause.runner_up.as_ref().unwrap().code,
        Reload
    );
}

#[test]
fn a_worker_that_crashes_is_told_by_its_master() {
    let mut log = Log::calm(&BOTH);
    log.by("lb1 haproxy[1100]")
        .says(
            60_000,
            "Current worker (1200) exited with code 139 (Segmentation fault)",
        )
        .by("lb1 haproxy[1201]")
        .well(&BOTH, 65_000..120_000);
    log.tells(&[told(
        Restart,
        ProcessLost,
        Severity::Unknown,
        ["01:00.000", "01:00.000"],
        0,
    )
    .of_backend("")]);
}

#[test]
fn two_processes_that_share_the_load_are_no_restart() {
    let mut log = Log::calm(&BOTH);
    log.by("lb1 haproxy[1201]").well(&BOTH, 0..60_000);
    log.tells(&[]);
}

#[test]
fn a_reload_that_the_master_speaks_of_is_planned() {
    let mut log = Log::calm(&BOTH);
    log.by("lb1 haproxy[1100]")
        .says(60_000, "Reloading HAProxy")
        .says(60_000, "New worker (1201) forked")
        .says(60_000, "Loading success.")
        .by("lb1 haproxy[1201]")
        .well(&BOTH, 60_000..120_000);
    log.tells(&[told(Restart, Reload, Planned, ["01:00.000", "01:00.000"], 0).of_backend("")]);
}

#[test]
fn a_haproxy_that_stopped_is_no_upstream_that_is_gone() {
    let mut log = Log::calm(&["app/app1"]);
    log.says(
        60_000,
        "Proxy www stopped (cumulated conns: FE: 10, BE: 0).",
    )
    .by("lb1 haproxy[1300]")
    .well(&["app/app1"], 100_000..200_000);
    let report = log.report();
    assert!(
        report.incidents.iter().all(|told| told.kind == Restart),
        "{report:?}"
    );
}

#[test]
fn what_the_running_process_holds_is_not_what_the_log_says() {
    // Nine connections on each line.
    let log = Log::calm(&["app/app1", "app/app2"]);
    let advised = |held, limit| {
        let config = "global\n    maxconn 1000\nfrontend www\n    default_backend app\nbackend app\n    server app1 10.0.0.1:80\n";
        let report = log.report_beside(Some(config), Some(Running { held, limit }));
        let mut advice = report.advice.into_iter();
        advice.find(|advice| advice.keyword == "maxconn" && advice.scope == "global")
    };
    let full = advised(10, 10).expect("advice on maxconn");
    assert_eq!(
        (full.current.as_deref(), full.current_from),
        (Some("10"), Some("running"))
    );
    assert_eq!(full.suggested.as_deref(), Some("1000"));
    assert!(
        full.effect.contains("written and not in force: reload"),
        "{}",
        full.effect
    );
    assert!(
        full.why
            .starts_with("Connections at once: 10 now (the running process)"),
        "{}",
        full.why
    );
    assert!(advised(9, 10).is_none(), "there is room");
    assert!(advised(8, 8).is_none(), "the log is of another process");
}

#[test]
fn each_new_process_tries_a_dead_server_again_until_its_checks_notice() {
    let stopped = |log: &mut Log, at: i64, next: &'static str| {
        log.says(at, "Proxy www stopped (cumulated conns: FE: 700, BE: 0).")
            .says(
                at + 1_000,
                "Proxy app stopped (cumulated conns: FE: 0, BE: 700).",
            )
            .by(next)
            .each(100, at..at + 1_000, "app/app2", REDISPATCHED)
            .says(at + 1_000, &down("app/app1", CHECK_REFUSED, 1))
            .well(&["app/app2"], at + 1_000..at + 6_000);
    };
    let mut log = Log::calm(&BOTH);
    log.each(100, 60_000..62_000, "app/app2", REDISPATCHED)
        .says(62_000, &down("app/app1", CHECK_REFUSED, 1))
        .well(&["app/app2"], 62_000..70_000);
    stopped(&mut log, 70_000, "lb1 haproxy[1201]");
    stopped(&mut log, 76_000, "lb1 haproxy[1202]");
    log.says(82_000, &up("app/app1", 2))
        .well(&BOTH, 82_000..110_000);
    let report = log.report();
    let told = |kind: Kind| {
        let mut incidents = report.incidents.iter();
        incidents.find(|incident| incident.kind == kind).unwrap()
    };
    assert_eq!(told(Restart).headline, "HAProxy was reloaded 2 times");
    let rows = told(ServerDown).timeline.iter();
    let mut last = rows.filter(|row| row.text == "last retry");
    assert_eq!(&last.next().unwrap().time[14..21], "01:17.9");
}
