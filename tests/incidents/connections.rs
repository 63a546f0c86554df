//! Connections to servers that fail without a DOWN mark to explain them.

use super::log::*;
use hapline::words::cause::Cause::{self, *};
use hapline::words::cause::Kind::{self, *};
use hapline::words::cause::Severity::*;

const BOTH: [&str; 2] = ["app/app1", "app/app2"];

/// For ten seconds all requests to app1 end like this; those to app2 are served. The last one is over at `end`.
#[track_caller]
fn app1_only(ending: Ending, kind: Kind, cause: Cause, end: &str) {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..70_000, "app/app1", ending)
        .each(200, 60_100..70_000, "app/app2", OK)
        .well(&BOTH, 70_000..120_000);
    let found = told(kind, cause, Outage, ["01:00.000", end], 50).at(&["app1"]);
    let report = log.report();
    let start = Told::of(&report.incidents[0]).start.to_owned();
    log.tells(&[Told {
        start: &start,
        ..found
    }]);
    assert!(
        ("01:00.000".."01:00.050").contains(&start.as_str()),
        "{start}"
    );
}

#[test]
fn refused() {
    app1_only(REFUSED, ConnectFailures, ServiceNotListening, "01:10.020");
    app1_only(
        REFUSED.with_term("SCNN"),
        ConnectFailures,
        ServiceNotListening,
        "01:10.020",
    );
}

#[test]
fn without_an_answer() {
    app1_only(
        NOT_CONNECTED,
        ConnectFailures,
        NetworkUnreachable,
        "01:13.020",
    );
}

#[test]
fn reset() {
    app1_only(RESET, ErrorBurst, ServerCrashMidResponse, "01:09.812");
    app1_only(CUT, ErrorBurst, ServerCrashMidResponse, "01:09.840");
}

#[test]
fn without_a_local_port() {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..70_000, "app/app1", REFUSED)
        .each(200, 60_100..70_000, "app/app2", REFUSED)
        .says(60_000, "Connect() failed for backend app: no free ports.")
        .says(62_000, "Connect() failed for backend app: no free ports.")
        .well(&BOTH, 70_000..120_000);
    log.tells(&[told(
        ConnectFailures,
        ProxyLimits,
        Outage,
        ["01:00.000", "01:09.903"],
        100,
    )
    .at(&["app1", "app2"])]);
}

/// Sessions of mode tcp, ten a second, all well until 09:01:00.
fn sessions() -> Log {
    let mut log = Log::new();
    log.through("sql_in")
        .each(200, 0..60_000, "app/app1", tcp("0/0", 300, "--"))
        .each(200, 100..60_000, "app/app2", tcp("0/0", 300, "--"));
    log
}

#[track_caller]
fn app1_sessions_only(ending: Ending, kind: Kind, cause: Cause, span: [&str; 2]) {
    let mut log = sessions();
    log.each(200, 60_000..70_000, "app/app1", ending)
        .each(200, 60_100..120_000, "app/app2", tcp("0/0", 300, "--"))
        .each(200, 70_000..120_000, "app/app1", tcp("0/0", 300, "--"));
    log.tells(&[told(kind, cause, Outage, span, 50).at(&["app1"])]);
}

#[test]
fn sessions_that_fail() {
    app1_sessions_only(
        tcp("0/-1", 3, "SC"),
        ConnectFailures,
        ServiceNotListening,
        ["01:00.000", "01:10.300"],
    );
    app1_sessions_only(
        tcp("0/-1", 3_000, "sC"),
        ConnectFailures,
        NetworkUnreachable,
        ["01:00.000", "01:13.100"],
    );
    app1_sessions_only(
        tcp("0/0", 5_000, "sD"),
        TimeoutBurst,
        SlowServer,
        ["01:00.000", "01:14.800"],
    );
    app1_sessions_only(
        tcp("0/0", 100, "SD"),
        ErrorBurst,
        ServerCrashMidResponse,
        ["01:00.100", "01:09.900"],
    );
    app1_sessions_only(
        tcp("0/0", 100, "K-"),
        ErrorBurst,
        AdminAction,
        ["01:00.100", "01:09.900"],
    );
}

#[test]
fn sessions_killed_with_their_server_are_its_victims() {
    let mut log = sessions();
    log.each(200, 60_100..120_000, "app/app2", tcp("0/0", 300, "--"))
        .each(100, 57_000..60_000, "app/app1", tcp("0/1", 4_000, "D-"))
        .says(61_000, &down("app/app1", CHECK_REFUSED, 1))
        .says(80_000, &up("app/app1", 2))
        .each(200, 80_000..120_000, "app/app1", tcp("0/0", 300, "--"));
    log.tells(&[told(
        ServerDown,
        ServiceNotListening,
        Degraded,
        ["01:01.000", "01:20.300"],
        30,
    )
    .at(&["app1"])]);
}

#[test]
fn the_server_behind_retries_is_the_one_that_none_of_them_ends_at() {
    let all = ["app/app1", "app/app2", "app/app3"];
    let handing_on = |to: &[&str]| {
        let mut log = Log::calm(&all);
        log.well(&all, 60_000..80_000);
        for place in to {
            log.each(400, 60_050..80_000, place, OK.after("+1"));
        }
        log.well(&all, 80_000..120_000);
        let report = log.report();
        let [incident] = &report.incidents[..] else {
            panic!("{:?}", report.incidents);
        };
        assert_eq!(incident.failed_requests, 0);
        incident.servers.clone()
    };
    assert_eq!(handing_on(&["app/app1", "app/app3"]), ["app2"]);
    assert_eq!(handing_on(&all), [""; 0]);
    // One in ten of them fails, and never many in one second.
    let mut log = Log::calm(&all);
    log.each(100, 60_000..80_000, "app/app1", OK)
        .each(50, 60_000..80_000, "app/app2", OK)
        .each(50, 60_000..80_000, "app/app3", OK)
        .each(200, 60_050..80_000, "app/app3", OK.after("+1"))
        .well(&all, 80_000..120_000);
    let report = log.report();
    assert_eq!(report.incidents.len(), 1, "{:?}", report.incidents);
    // A hash has one successor for each server.
    assert_eq!(handing_on(&["app/app1"]), [""; 0]);
}

#[test]
fn what_retries_were_for_follows_from_retry_on_and_from_checks() {
    let mut log = Log::calm(&["app/app1", "app/app2"]);
    log.each(200, 60_000..80_000, "app/app1", OK.after("+1"))
        .each(200, 60_100..80_000, "app/app2", OK.after("+1"))
        .well(&["app/app1", "app/app2"], 80_000..120_000);
    let told = |retry_on: &str, check: &str, servers: &str| {
        let servers = servers.replace("CHECK", check);
        let config = format!("backend app\n    retry-on {retry_on}\n{servers}");
        let report = log.report_with(Some(&config));
        let [incident] = &report.incidents[..] else {
            panic!("{:?}", report.incidents);
        };
        assert!(!incident.story.join(" ").contains("HAProxy refused"));
        let other = incident.cause.runner_up.as_ref().map(|other| other.code);
        (incident.cause.code, other, incident.headline.clone())
    };
    let servers = "    server app1 10.0.0.1:80 CHECK\n    server app2 10.0.0.2:80 CHECK\n";
    let (cause, _, headline) = told("conn-failure", "check inter 1s", servers);
    assert_eq!(
        (cause, &headline[..]),
        (ServiceNotListening, "app could not be reached")
    );
    let refused = Some(ServiceNotListening);
    let both = "conn-failure 503";
    for (retry_on, check, cause, other) in [
        // Connections are not tried again then.
        ("503", "", ApplicationErrors, Option::None),
        (
            "empty-response",
            "check",
            ServerCrashMidResponse,
            Option::None,
        ),
        (both, "check inter 1s", ApplicationErrors, refused),
        (both, "check inter 1s port 80", ApplicationErrors, refused),
        // Nobody would have noticed that a server was gone.
        (both, "", Cause::Unknown, refused),
        (both, "check inter 30s", Cause::Unknown, refused),
        (both, "check inter 1s port 9000", Cause::Unknown, refused),
        (
            both,
            "check inter 1s addr 10.0.0.9",
            Cause::Unknown,
            refused,
        ),
        (
            both,
            "check inter 1s port \"$PORT\"",
            Cause::Unknown,
            refused,
        ),
    ] {
        let (is, its_other, headline) = told(retry_on, check, servers);
        assert_eq!((is, its_other), (cause, other), "{retry_on}, {check}");
        assert_eq!(headline, "requests to app had to be retried");
    }
    let elsewhere = "    option httpchk\n    http-check connect port 9000\n    server app1 10.0.0.1:80 check inter 1s\n";
    for servers in [elsewhere, ""] {
        let (cause, ..) = told(both, "", servers);
        assert_eq!(cause, Cause::Unknown, "{servers}");
    }
}

#[test]
fn what_met_a_timeout_is_shown_before_what_failed_otherwise() {
    let both = ["app/app1", "app/app2"];
    let mut log = Log::calm(&both);
    log.well(&both, 60_000..400_000)
        .each(50, 60_000..70_000, "app/app1", REFUSED)
        .each(4_000, 150_000..390_000, "app/app1", TIMED_OUT)
        .each(4_000, 152_000..390_000, "app/app2", TIMED_OUT);
    let config = "defaults\n    timeout server 3s\nbackend app\n    server app1 10.0.0.1:80\n    server app2 10.0.0.2:80\n";
    let report = log.report_with(Some(config));
    assert_eq!(report.incidents[0].cause.code, ServiceNotListening);
    let mut advice = report.advice.iter();
    let piece = advice.find(|piece| piece.why.contains("`timeout server` cut"));
    let evidence = &piece.expect("a piece on the cuts").evidence;
    assert!(!evidence.is_empty());
    for line in evidence {
        assert!(line.text.contains(" sH-- "), "{evidence:?}");
    }
}

#[test]
fn failures_of_a_second_fault_are_told_apart_within_their_own_incident_only() {
    const ALL: [&str; 3] = ["app/app1", "app/app2", "app/app3"];
    let mut once = Log::calm(&ALL);
    once.well(&ALL, 60_000..180_000)
        .each(34, 60_000..80_000, "app/app1", REFUSED)
        .each(100, 60_000..80_000, "app/app2", OK)
        .each(100, 60_000..80_000, "app/app3", OK)
        .each(240, 60_000..80_000, "app/app2", TIMED_OUT);
    let mut twice = once.clone();
    twice
        .well(&ALL, 180_000..780_000)
        .each(25, 660_000..680_000, "app/app1", REFUSED);
    let told = |log: &Log, incidents: usize| {
        let report = log.report();
        assert_eq!(report.incidents.len(), incidents);
        let why = |scope: &str| {
            let mut advice = report.advice.iter();
            let its = advice.find(|advice| advice.keyword == "server" && advice.scope == scope);
            let why = &its.expect("advice on the server").why;
            why.rsplit_once(": ").expect("a reason").1.to_owned()
        };
        [why("server app/app1"), why("server app/app2")]
    };
    let [first, second] = told(&once, 1);
    assert_eq!(
        first,
        "589 of 1,303 requests failed, and 84 by a second fault."
    );
    assert!(
        second.starts_with("during the incident 84 of 484 "),
        "{second}"
    );
    // What is known by server is of both incidents.
    let [first, second] = told(&twice, 2);
    assert_eq!(first, "673 of 1,303 requests failed.");
    assert!(
        second.starts_with("during incidents 84 of 684 "),
        "{second}"
    );
}
