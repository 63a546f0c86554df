//! Advice that incidents give: servers, checks, redispatch.

use crate::advice::Direction::*;
use crate::advice::fixture::{Log, incident, moment};
use crate::incident::Incident;
use crate::words::cause::{Cause, Kind, Severity};

const CONFIG: &str = "defaults\n mode http\n timeout connect 500ms\n timeout server 2s\nbackend b\n timeout check 120ms\n default-server check maxconn 100\n server s1 127.0.0.1:80\n server s2 127.0.0.2:80\n";

fn well(log: Log) -> Log {
    log.answers("b", "s1", &[(10, 500)])
        .answers("b", "s2", &[(10, 500)])
}

fn advice(log: Log, incident: Incident) -> Vec<(&'static str, String)> {
    let pieces = well(log).and(incident).advice();
    let is_change = |direction| !matches!(direction, Keep | CannotTell);
    let changes = pieces.into_iter().filter(|piece| is_change(piece.0));
    changes
        .map(|(_, keyword, scope, _)| (keyword, scope))
        .collect()
}

#[test]
fn each_cause_names_what_to_mend() {
    for (cause, keyword) in [
        (Cause::ServiceNotListening, Some("server")),
        (Cause::NetworkUnreachable, Some("server")),
        (Cause::SlowServer, Some("server")),
        (Cause::SlowBackend, Some("server")),
        (Cause::ServerOverloaded, Some("server")),
        (Cause::ServerCrashMidResponse, Some("server")),
        (Cause::ApplicationErrors, Some("server")),
        (Cause::TlsMismatch, Some("ssl")),
        (Cause::ProtocolMismatch, Some("server")),
        (Cause::DnsFailure, Some("resolvers")),
        (Cause::AdminAction, None),
        (Cause::Reload, None),
        (Cause::ProcessLost, None),
        (Cause::ProxyLimits, None),
        (Cause::Unknown, None),
    ] {
        for (servers, scope) in [
            (&["s2"][..], "server b/s2"),
            (&["s1", "s2"], "backend b"),
            (&[], "backend b"),
        ] {
            let wanted: Vec<_> = keyword
                .map(|keyword| (keyword, scope.to_owned()))
                .into_iter()
                .collect();
            assert_eq!(
                advice(Log::of(CONFIG), incident(cause, "b", servers)),
                wanted,
                "{cause:?}"
            );
        }
    }
}

#[test]
fn what_was_meant_or_the_clients_doing_is_no_fault() {
    for severity in [Severity::Planned, Severity::Client] {
        let mut meant = incident(Cause::SlowServer, "b", &["s1"]);
        meant.severity = severity;
        assert_eq!(advice(Log::of(CONFIG), meant), []);
    }
}

#[test]
fn two_incidents_of_one_fault_are_told_once_with_the_surer_ones_lines() {
    let mut surer = incident(Cause::ServiceNotListening, "b", &["s1", "s2"]);
    surer.cause.confidence = 0.95;
    let log = well(Log::of(CONFIG))
        .and(incident(Cause::SlowBackend, "b", &["s1", "s2"]))
        .and(surer);
    let review = log.weigh();
    assert_eq!(review.advice.len(), 1);
    let piece = &review.advice[0];
    assert_eq!(piece.confidence, 0.95);
    assert_eq!(
        piece.why,
        "Nothing listened where HAProxy connected: connections were refused (s1, s2): 100 of 1,000 requests failed."
    );
    assert_eq!(piece.evidence.len(), 1);
}

#[test]
fn a_check_that_asks_for_the_wrong_page() {
    let wrong = incident(Cause::HealthEndpointWrongStatus, "b", &["s1", "s2"]);
    let wanted = [("option httpchk", "backend b".to_owned())];
    assert_eq!(advice(Log::of(CONFIG), wrong), wanted);
}

fn flapping() -> Incident {
    let mut flapping = incident(Cause::HealthCheckTimeoutTooShort, "b", &["s1", "s2"]);
    let line = |text: &str| {
        moment(&format!(
            "Nov 20 09:55:07 lb1 haproxy[1]: Server b/s1 is {text} 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
        ))
    };
    flapping.timeline = vec![
        line("DOWN, reason: Layer7 timeout, check duration: 121ms."),
        line("DOWN, reason: Layer7 timeout, check duration: 137ms."),
        line("UP, reason: Layer7 check passed, code: 200, check duration: 113ms."),
        line("UP, reason: Layer7 check passed, code: 200, check duration: 259ms."),
        // What is no check's duration.
        line("DOWN, reason: Layer4 connection problem, check duration: 9ms."),
        moment("\u{0}\u{ff}"),
    ];
    flapping
}

#[test]
fn a_check_that_is_cut_too_early() {
    for (config, current, suggested) in [
        (Some(CONFIG.to_owned()), Some("120ms"), "1200ms"),
        (Some(CONFIG.replace("120ms", "500ms")), Some("500ms"), "2s"),
        (None, None, "1200ms"),
    ] {
        let log = config.map_or_else(Log::default, |config| Log::of(&config));
        let review = well(log).and(flapping()).weigh();
        let piece = &review.advice[0];
        assert_eq!((piece.keyword, piece.direction), ("timeout check", Raise));
        assert_eq!(piece.current.as_deref(), current);
        assert_eq!(piece.suggested.as_deref(), Some(suggested));
        assert_eq!((piece.samples.completed, piece.samples.censored), (2, 2));
    }
}

#[test]
fn a_check_that_was_cut_for_good_reason_is_kept() {
    let mut slow = flapping();
    slow.cause.code = Cause::SlowBackend;
    let log = well(Log::of(CONFIG)).and(slow);
    let timer = log.timer("backend b", "timeout check");
    assert_eq!((timer.verdict.direction, timer.cut), (Keep, 2));
}

fn refused(servers: &[&str]) -> Incident {
    let mut refused = incident(Cause::ServiceNotListening, "b", servers);
    refused.kind = Kind::ServerDown;
    refused
}

#[test]
fn refused_requests_could_have_gone_to_another_server() {
    let redispatch = |config: Option<&str>, incident: Incident| {
        let log = config.map_or_else(Log::default, Log::of);
        let log = log.cut("b", "s2", b"SC", 3, 20);
        let pieces = advice(log, incident);
        pieces.contains(&("option redispatch", "backend b".to_owned()))
    };
    assert!(redispatch(Some(CONFIG), refused(&["s2"])));
    let stands_in = CONFIG.replace("server s1 127.0.0.1:80", "server s1 127.0.0.1:80 backup");
    assert_ne!(stands_in, CONFIG);
    assert!(
        !redispatch(Some(&stands_in), refused(&["s2"])),
        "it gets nothing while the other one counts as up"
    );
    let both = stands_in.replace("server s2 127.0.0.2:80", "server s2 127.0.0.2:80 backup");
    assert_ne!(both, stands_in);
    assert!(
        !redispatch(Some(&both), refused(&["s2"])),
        "one at a time is used"
    );
    let all = format!("{both} option allbackups\n");
    assert!(redispatch(Some(&all), refused(&["s2"])), "both are used");
    let on = format!("{CONFIG} option redispatch\n");
    assert!(!redispatch(Some(&on), refused(&["s2"])), "it is on");
    assert!(
        !redispatch(Some(CONFIG), refused(&["s1", "s2"])),
        "there was no other"
    );
    let mut in_turn = refused(&["s1", "s2"]);
    in_turn.load = ["s1", "s2"]
        .map(|server| (server.as_bytes().into(), 300, 40))
        .into();
    assert!(redispatch(Some(CONFIG), in_turn), "one after the other");
    assert!(!redispatch(
        Some(CONFIG),
        incident(Cause::SlowServer, "b", &["s2"])
    ));
    assert!(
        !redispatch(None, refused(&["s2"])),
        "nothing shows that it is off"
    );
    let mut retried = refused(&["s2"]);
    retried.retried = 20;
    assert!(redispatch(None, retried.clone()));
    retried.redispatched = 5;
    assert!(!redispatch(None, retried), "it is on");
}

#[test]
fn requests_that_retries_saved_need_no_redispatch() {
    let pieces = advice(Log::of(CONFIG), refused(&["s2"]));
    assert_eq!(pieces, [("server", "server b/s2".to_owned())]);
}

#[test]
fn clients_that_a_cookie_ties_to_a_dead_server_are_told() {
    let mut tied = refused(&["s2"]);
    tied.terms = [("SCVN".to_owned(), 12), ("SC--".to_owned(), 8)].into();
    let said = |config: &str| {
        let log = well(Log::of(config)).cut("b", "s2", b"SC", 3, 20);
        let review = log.and(tied.clone()).weigh();
        let mut pieces = review.advice.into_iter();
        let piece = pieces.find(|piece| piece.keyword == "option redispatch");
        let piece = piece.expect("a piece on redispatch");
        (piece.why, piece.effect)
    };
    let (why, effect) = said(&format!("{CONFIG} cookie SRV insert\n option persist\n"));
    assert!(
        why.ends_with("up: 12 failures were of clients whose cookie ties them to it."),
        "{why}"
    );
    assert!(effect.contains("`option persist`"), "{effect}");
    assert!(!said(CONFIG).1.contains("persist"));
}

#[test]
fn redispatch_without_retries_asks_for_some() {
    let piece = |line: &str| {
        let config = format!("{CONFIG} option redispatch\n retries 0\n{line}");
        let log = well(Log::of(&config)).cut("b", "s2", b"SC", 3, 20);
        let review = log.and(refused(&["s2"])).weigh();
        let mut pieces = review.advice.into_iter();
        pieces.find(|piece| piece.keyword == "retries")
    };
    let sure = piece("").expect("a piece on retries");
    assert_eq!(
        (sure.direction, sure.suggested.as_deref()),
        (Raise, Some("3"))
    );
    let doubtful = piece(" retry-on all-retryable-errors\n").expect("a piece on retries");
    assert!(doubtful.confidence < 0.5 && sure.confidence > 0.8);
    assert!(doubtful.effect.contains("`retries 0` may be meant"));
    assert!(!sure.effect.contains("may be meant"));
    let without_connections = piece(" retry-on 503\n");
    assert_eq!(without_connections, None, "no retry would come of it");
}

#[test]
fn failures_of_a_second_fault_are_not_those_of_the_first() {
    let terms = [("SC--", 60), ("sH--", 40)];
    let dead = Incident {
        failed: 100,
        terms: terms.map(|(term, n)| (term.to_owned(), n)).into(),
        ..refused(&["s1"])
    };
    let config = format!("{CONFIG} server s3 127.0.0.3:80\n");
    let log = Log::of(&config)
        .during(dead)
        .cut("b", "s1", b"SC", 3, 60)
        .cut("b", "s2", b"sH", 2_001, 40)
        .answers("b", "s2", &[(10, 300)])
        .answers("b", "s3", &[(10, 300)]);
    let review = log.weigh();
    let why = |scope: &str| {
        let mut pieces = review.advice.iter();
        let is_it = |piece: &&crate::advice::Piece| {
            piece.keyword == "server" && piece.scope.to_string() == scope
        };
        pieces
            .find(is_it)
            .expect("a piece on the server")
            .why
            .clone()
    };
    let first = why("server b/s1");
    assert!(
        first.ends_with("60 of 1,000 requests failed, and 40 by a second fault."),
        "{first}"
    );
    assert!(why("server b/s2").contains("40 of 340 requests"));
}

#[test]
fn where_all_failures_are_a_second_faults_the_first_has_none() {
    let dead = Incident {
        failed: 40,
        terms: [("sH--".to_owned(), 40)].into(),
        ..refused(&["s1"])
    };
    let config = format!("{CONFIG} server s3 127.0.0.3:80\n");
    let log = Log::of(&config)
        .during(dead)
        .cut("b", "s2", b"sH", 2_001, 40)
        .answers("b", "s2", &[(10, 300)])
        .answers("b", "s3", &[(10, 300)]);
    let why: Vec<String> = log
        .weigh()
        .advice
        .into_iter()
        .map(|piece| piece.why)
        .collect();
    assert!(
        why.iter()
            .any(|why| why
                .contains("none of 1,000 requests failed for that, and 40 by a second fault")),
        "{why:?}"
    );
    assert!(
        why.iter()
            .any(|why| why.contains("and none of 300 to its other neighbours")),
        "{why:?}"
    );
}

#[test]
fn failures_after_the_return_of_a_server_are_told_apart() {
    let cold = |curve: Vec<f64>| Incident {
        kind: Kind::ServerDown,
        all_back: Some(10_000),
        curve,
        ..refused(&["s1"])
    };
    let why = |curve: Vec<f64>| {
        let review = Log::of(CONFIG).and(cold(curve)).weigh();
        let mut pieces = review.advice.into_iter();
        pieces.find(|piece| piece.keyword == "server").unwrap().why
    };
    let rate = |before: f64, after: f64| [[before; 10], [after; 10]].concat();
    let told = "100 of 1,000 requests failed, most of them (80) after all servers were back.";
    assert!(
        why(rate(2.0, 8.0)).ends_with(told),
        "{}",
        why(rate(2.0, 8.0))
    );
    assert!(why(rate(8.0, 2.0)).ends_with("100 of 1,000 requests failed."));
}

#[test]
fn where_one_kind_of_request_is_slow_the_servers_are_not_all_blamed() {
    for (share, what) in [(1.0, "Requests for /basket/*"), (0.6, "Some requests")] {
        let mut slow = incident(Cause::SlowBackend, "b", &["s1", "s2"]);
        slow.is_partly = true;
        slow.hit.urls = vec![(b"/basket/*"[..].into(), share)];
        let review = well(Log::of(CONFIG)).and(slow).weigh();
        let pieces = review.advice.iter();
        let why: Vec<&str> = (pieces.filter(|piece| piece.direction == Fix))
            .map(|piece| piece.why.as_str())
            .collect();
        let wanted = format!(
            "{what} were slow whichever server answered (s1, s2), others were not: 100 of 1,000 requests failed."
        );
        assert_eq!(why, [wanted]);
    }
}
