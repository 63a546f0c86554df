//! Logs that begin in trouble, and trouble among so few requests that no share of all tells it.

use super::log::*;
use hapline::words::cause::Cause::*;
use hapline::words::cause::Kind::*;
use hapline::words::cause::Severity::*;

const OTHERS: [&str; 2] = ["app/app2", "app/app3"];

/// From the first line on, app1 answers each of its requests so, one in each `step` ms; two others answer well.
fn always(step: usize, ending: Ending, minutes: i64) -> Log {
    let mut log = Log::new();
    let until = minutes * 60_000;
    log.each(step, 0..until, "app/app1", ending);
    for (nth, place) in (1..).zip(OTHERS) {
        log.each(step, nth * 100..until, place, OK);
    }
    log
}

#[test]
fn one_of_three_servers_refuses_from_the_first_line_on() {
    for (step, minutes, failed) in [(1_500, 5, 200), (15_000, 30, 120)] {
        always(step, REFUSED, minutes).tells(&[told(
            ConnectFailures,
            ServiceNotListening,
            Outage,
            ["00:00.000", ""],
            failed,
        )
        .at(&["app1"])]);
    }
}

#[test]
fn one_of_three_servers_answers_with_errors_from_the_first_line_on() {
    always(1_500, ERROR_500, 5).tells(&[told(
        ErrorBurst,
        ApplicationErrors,
        Outage,
        ["00:00.000", ""],
        200,
    )
    .at(&["app1"])]);
}

#[test]
fn nothing_else_was_ever_logged_than_errors() {
    for step in [20, 1_000, 10_000] {
        let mut log = Log::new();
        log.each(step, 0..1_200_000, "app/app1", ERROR_500);
        let failed = 1_200_000 / step as u64;
        log.tells(&[told(
            ErrorBurst,
            ApplicationErrors,
            Outage,
            ["00:00.000", ""],
            failed,
        )
        .at(&["app1"])]);
    }
}

#[test]
fn a_server_among_many_that_fails_half_of_its_requests() {
    let mut log = Log::new();
    let places: Vec<String> = (1..=12).map(|nth| format!("app/app{nth}")).collect();
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    log.well(&places, 0..600_000)
        .each(1_200, 300_050..600_000, "app/app7", RESET);
    // It answers some of them, as a server does whose process dies and is started again and again.
    let report = log.report();
    let told = Told::of(&report.incidents[0]);
    assert_eq!(
        (told.kind, told.cause),
        (ErrorBurst, ServerCrashMidResponse)
    );
    assert_eq!(told.servers, ["app7"]);
}

#[test]
fn at_one_request_a_minute() {
    let mut log = Log::new();
    log.each(60_000, 0..1_800_000, "app/app1", OK)
        .each(60_000, 1_800_000..3_000_000, "app/app1", RESET)
        .each(60_000, 3_000_000..3_500_000, "app/app1", OK);
    log.tells(&[told(
        ErrorBurst,
        ServerCrashMidResponse,
        Outage,
        ["30:00.000", "49:00.012"],
        20,
    )
    .at(&["app1"])]);
}

#[test]
fn connections_that_only_retries_save() {
    let mut log = Log::calm(&["app/app1", "app/app2", "app/app3"]);
    log.each(400, 60_000..90_000, "app/app2", REDISPATCHED)
        .well(&["app/app2", "app/app3"], 60_000..90_000)
        .well(&["app/app1", "app/app2", "app/app3"], 90_000..120_000);
    let report = log.report();
    let [incident] = &report.incidents[..] else {
        panic!("{:?}", report.incidents);
    };
    assert_eq!(incident.kind, ConnectFailures);
    assert_eq!(incident.severity, Degraded);
    assert_eq!(incident.cause.code, ServiceNotListening);
    assert_eq!((incident.failed_requests, incident.retried), (0, 75));
    assert_eq!(incident.degraded_requests, 75);
    // The one that nobody reaches any more.
    assert_eq!(incident.servers, ["app1"]);
    assert!(incident.start.starts_with("2026-03-14T09:01:00"));
}

#[test]
fn a_backend_without_a_server_is_told_by_few_requests() {
    let mut log = Log::new();
    log.each(30_000, 0..900_000, "app/app1", OK)
        .each(30_000, 900_000..1_200_000, "app/<NOSRV>", NO_SERVER)
        .each(30_000, 1_200_000..1_500_000, "app/app1", OK);
    let report = log.report();
    let told: Vec<_> = report.incidents.iter().map(Told::of).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].kind, told[0].severity), (BackendDown, Outage));
    assert_eq!((told[0].start, told[0].failed), ("15:00.000", 10));
}

#[test]
fn errors_that_become_more_and_more_are_one_incident() {
    let mut log = Log::new();
    for at in (0..3_600_000).step_by(500) {
        // From none to four of five within an hour.
        let due = (at * at / 3_600_000 * 4 / 5 / 500 / 2) as u64;
        let before = ((at - 500).max(0) * (at - 500).max(0) / 3_600_000 * 4 / 5 / 500 / 2) as u64;
        let ending = if due > before { ERROR_500 } else { OK };
        log.request(at, "app/app1", ending);
    }
    let report = log.report();
    let told: Vec<_> = report.incidents.iter().map(Told::of).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].kind, told[0].end), (ErrorBurst, ""));
    assert!(told[0].start < "35:00.000", "{told:?}");
}
