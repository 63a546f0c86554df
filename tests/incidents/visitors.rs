//! What visitors do: they leave, stay away, or never come to a request.

use super::log::*;
use hapline::report::document::Phase;
use hapline::words::cause::Cause::{
    ApplicationErrors, ClientAbort, ClientSlow, ProtocolMismatch, ProxyLimits, TlsMismatch,
    UpstreamGone,
};
use hapline::words::cause::Kind::*;
use hapline::words::cause::Severity::{self, Client, Degraded, Outage};

const BOTH: [&str; 2] = ["app/app1", "app/app2"];

/// The client left at once, before the answer.
const LEFT_AT_ONCE: Ending = Ending {
    timers: "0/0/0/-1/8",
    total: 8,
    status: Some(-1),
    term: "CH--",
    retries: "0",
};

#[test]
fn clients_that_leave_before_an_answer_can_have_come() {
    let mut log = Log::calm(&BOTH);
    log.well(&BOTH, 60_000..120_000)
        .each(50, 60_000..75_000, "app/app1", LEFT_AT_ONCE)
        .well(&BOTH, 120_000..150_000);
    log.tells(&[told(
        TimeoutBurst,
        ClientAbort,
        Client,
        ["01:00.000", "01:14.958"],
        300,
    )]);
}

#[test]
fn clients_that_leave_while_they_read() {
    let mut log = Log::calm(&BOTH);
    log.well(&BOTH, 60_000..120_000)
        .each(50, 60_000..75_000, "app/app1", LEFT_READING);
    log.tells(&[told(
        ClientTimeouts,
        ClientAbort,
        Client,
        ["01:00.020", "01:14.975"],
        300,
    )]);
}

#[test]
fn nobody_comes_for_a_while() {
    let mut log = Log::calm(&BOTH);
    log.well(&BOTH, 80_000..120_000);
    log.tells(&[told(
        TrafficSilence,
        UpstreamGone,
        Severity::Unknown,
        ["00:59.000", "01:20.000"],
        0,
    )
    .of_backend("")]);
}

#[test]
fn nobody_comes_to_one_of_two_frontends() {
    let mut log = Log::calm(&BOTH);
    log.well(&BOTH, 80_000..120_000)
        .through("intern")
        .each(500, 0..120_000, "hr/hr1", OK);
    let report = log.tells(&[told(
        TrafficSilence,
        UpstreamGone,
        Severity::Unknown,
        ["00:59.000", "01:20.000"],
        0,
    )
    .of_backend("")]);
    assert_eq!(report.incidents[0].frontends, ["www"]);
}

#[test]
fn requests_that_wait_for_their_answer_are_no_silence() {
    let mut log = Log::calm(&BOTH);
    let stuck = Ending {
        timers: "0/0/0/20000/20000",
        total: 20_000,
        ..OK
    };
    log.each(100, 60_000..70_000, "app/app1", stuck)
        .well(&BOTH, 80_000..120_000);
    let report = log.report();
    let kinds: Vec<_> = report.incidents.iter().map(|told| told.kind).collect();
    assert_eq!(kinds, [LatencyDegradation]);
}

#[test]
fn traffic_that_fades_and_comes_back_slowly_is_the_night() {
    let mut log = Log::calm(&BOTH);
    log.each(1_000, 60_000..120_000, "app/app1", OK)
        .each(4_000, 120_000..240_000, "app/app1", OK)
        .each(20_000, 300_000..600_000, "app/app1", OK)
        .well(&BOTH, 600_000..700_000);
    log.tells(&[]);
}

#[test]
fn connections_that_fail_before_a_request() {
    for (text, cause, kind) in [
        ("SSL handshake failure", TlsMismatch, ErrorBurst),
        ("Timeout during SSL handshake", ClientSlow, ClientTimeouts),
        (
            "Received something which does not look like a PROXY protocol header",
            ProtocolMismatch,
            ErrorBurst,
        ),
    ] {
        let mut log = Log::calm(&BOTH);
        log.well(&BOTH, 60_000..150_000);
        for at in (60_000..80_000).step_by(100) {
            let stamp = format!("14/Mar/2026:09:01:{:02}.{:03}", at / 1_000 - 60, at % 1_000);
            log.says(at, &format!("10.9.8.7:4711 [{stamp}] www/https: {text}"));
        }
        let report =
            log.tells(&[told(kind, cause, Client, ["01:00.000", "01:19.900"], 0).of_backend("")]);
        assert_eq!(report.incidents[0].frontends, ["www"]);
        // A connection is no request.
        assert_eq!(report.totals.requests, 1_500);
    }
}

#[test]
fn nobody_gets_through_the_handshake() {
    let mut log = Log::calm(&BOTH);
    log.well(&BOTH, 80_000..150_000);
    for at in (60_000..80_000).step_by(100) {
        let stamp = format!("14/Mar/2026:09:01:{:02}.{:03}", at / 1_000 - 60, at % 1_000);
        let message = format!("10.9.8.7:4711 [{stamp}] www/https: SSL handshake failure");
        log.says(at, &message);
    }
    log.tells(&[told(
        ErrorBurst,
        TlsMismatch,
        Outage,
        ["01:00.000", "01:19.900"],
        0,
    )
    .of_backend("")]);
}

#[test]
fn pages_that_are_gone_after_a_release() {
    let mut log = Log::calm(&BOTH);
    let mut turn = BOTH.iter().cycle();
    for (nth, at) in (60_000..90_000).step_by(100).enumerate() {
        let ending = if nth % 4 == 0 { OK } else { NOT_FOUND };
        log.request(at, turn.next().expect("a server"), ending);
    }
    log.well(&BOTH, 90_000..150_000);
    let report = log.tells(&[told(
        ErrorBurst,
        ApplicationErrors,
        Degraded,
        ["01:00.100", "01:29.904"],
        0,
    )
    .at(&["app1", "app2"])]);
    let incident = &report.incidents[0];
    assert_eq!(incident.degraded_requests, 225);
    assert!(incident.cause.evidence[0].text.contains(" 404 "));
}

#[test]
fn a_limit_of_haproxy_lets_clients_wait() {
    let mut log = Log::calm(&BOTH);
    log.well(&BOTH, 60_000..120_000);
    for at in [60_000, 61_000, 64_000] {
        log.says(
            at,
            "Proxy www reached system FD limit (maxsock=200). Please check system tunables.",
        );
    }
    log.tells(&[told(
        QueueSaturation,
        ProxyLimits,
        Severity::Unknown,
        ["01:00.000", "01:04.000"],
        0,
    )
    .of_backend("")]);
}

/// A minute of connections that come and go, half a minute in which they stand at 14, and another minute as the first.
fn full() -> Log {
    let mut log = Log::new();
    for at in (0..150_000).step_by(50) {
        let tick = u32::try_from(at / 50).expect("a small number");
        let held = match (60_000..90_000).contains(&at) {
            true if tick.is_multiple_of(50) => 13,
            true => 14,
            false => 1 + tick * 7 % 9 + tick / 20 * 5 % 4,
        };
        log.holding(held, held)
            .request(at, BOTH[tick as usize % 2], OK);
    }
    log
}

#[test]
fn a_full_frontend_lets_clients_wait_whom_no_line_shows() {
    let span = ["01:00.000", "01:29.000"];
    full().tells(&[told(QueueSaturation, ProxyLimits, Severity::Unknown, span, 0).of_backend("")]);
}

#[test]
fn connections_that_stand_at_no_limit_of_the_configuration_ask_for_none() {
    let advised = |global: &str, frontend: &str| {
        let config = format!(
            "global\n{global}frontend www\n mode http\n{frontend} default_backend app\nbackend app\n mode http\n server app1 127.0.0.1:80\n server app2 127.0.0.1:81\n"
        );
        let advice = full().report_with(Some(&config)).advice.into_iter();
        let of_limits = advice.filter(|advice| advice.keyword == "maxconn");
        of_limits
            .map(|advice| (advice.scope, advice.suggested))
            .collect::<Vec<_>>()
    };
    let one = |scope: &str| [(scope.to_owned(), Some("30".to_owned()))];
    assert_eq!(
        advised(" maxconn 4000\n", " maxconn 14\n"),
        one("frontend www")
    );
    assert_eq!(advised(" maxconn 14\n", ""), one("global"));
    assert_eq!(advised(" maxconn 14\n", " maxconn 2000\n"), one("global"));
    assert_eq!(advised(" maxconn 4000\n", " maxconn 2000\n"), []);
    assert_eq!(advised(" maxconn 4000\n", ""), []);
}

#[test]
fn a_full_frontend_is_told_with_its_limit_and_one_number_to_raise_it_to() {
    let told = |global: &str, frontend: &str| {
        let config = format!(
            "global\n{global}frontend www\n mode http\n{frontend} default_backend app\nbackend app\n mode http\n server app1 127.0.0.1:80\n server app2 127.0.0.1:81\n"
        );
        let mut report = full().report_with(Some(&config));
        let incident = report.incidents.swap_remove(0);
        let mends = incident.runbook.steps.into_iter();
        let mut mends = mends.filter(|step| step.phase == Phase::Mitigate);
        let first = mends.next().expect("something that mends it");
        (incident.headline, first.command.unwrap_or(first.why))
    };
    let (headline, mends) = told(" maxconn 4000\n", " maxconn 14\n");
    assert_eq!(headline, "www was full: 14 of 14 connections (maxconn)");
    assert!(mends.contains("set maxconn frontend www 30"), "{mends}");
    let (headline, mends) = told(" maxconn 14\n", " maxconn 2000\n");
    assert_eq!(
        headline,
        "HAProxy was full: 14 of 14 connections (global maxconn)"
    );
    assert!(
        mends.starts_with("Raise the global `maxconn` from 14 to 30"),
        "{mends}"
    );
    let (headline, _) = told(" maxconn 4000\n", "");
    assert_eq!(
        headline,
        "www was full as it seems: 14 connections all the time"
    );
}

#[test]
fn connections_without_a_source_port() {
    let mut log = Log::calm(&BOTH);
    log.says(
        60_000,
        "Cannot bind to source address before connect() for backend app.",
    )
    .each(200, 60_000..70_000, "app/app1", REFUSED)
    .well(&BOTH, 60_000..120_000);
    let report = log.report();
    assert_eq!(report.incidents[0].cause.code, ProxyLimits);
}

#[test]
fn clients_that_never_bring_the_cookie_they_were_given_are_told_of() {
    fn advised(third: &'static str, brought_from: i64, config: Option<&str>) -> Option<String> {
        let (given, brought) = (OK.with_term("--NI"), OK.with_term(third));
        let mut log = Log::new();
        log.each(200, 0..brought_from, "app/app1", given)
            .each(200, 100..brought_from, "app/app2", given)
            .each(100, brought_from..60_000, "app/app2", brought);
        let report = log.report_with(config);
        assert!(report.incidents.is_empty(), "{:?}", report.incidents);
        let mut advice = report.advice.into_iter();
        let cookie = advice.find(|advice| advice.keyword == "cookie");
        cookie.map(|advice| advice.why)
    }
    let why = advised("--VN", 60_000, None).expect("advice on the cookie");
    assert!(
        why.starts_with("600 requests came without a cookie"),
        "{why}"
    );
    assert!(why.contains("none brought one"), "{why}");
    assert!(why.ends_with("may go to another server."), "{why}");
    for third in ["--VN", "--UN", "--EN"] {
        assert_eq!(
            advised(third, 55_000, None),
            None,
            "some come back: {third}"
        );
    }
    for (line, is_told) in [
        ("balance leastconn", true),
        ("balance source", false),
        ("balance hdr(X-User)", false),
        ("stick on src", false),
        ("use-server app1 if { path /a }", false),
    ] {
        let config = format!(
            "frontend www\n    default_backend app\nbackend app\n    cookie SRV insert\n    {line}\n    server app1 10.0.0.1:80 cookie a\n    server app2 10.0.0.2:80 cookie b\n"
        );
        let told = advised("--VN", 60_000, Some(&config));
        assert_eq!(told.is_some(), is_told, "{line}");
        let quiet = config.replace("www\n", "www\n    option dontlog-normal\n");
        assert_eq!(advised("--VN", 60_000, Some(&quiet)), None);
    }
    let mut alone = Log::new();
    alone.each(100, 0..60_000, "app/app1", OK.with_term("--NI"));
    assert!(alone.report().advice.is_empty(), "there is no other server");
}
