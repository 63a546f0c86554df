//! Requests with a body that were cut: the servers', or clients that stopped in the middle.

use super::log::*;
use hapline::advice::Direction;
use hapline::report::document::{Advice, Document, Incident};
use hapline::words::cause::Cause::{self, ClientSlow, ServerOverloaded, SlowBackend};

const BOTH: [&str; 2] = ["app/app1", "app/app2"];

const CONFIG: &str = "defaults\n    mode http\n    timeout server 3s\nfrontend www\n    default_backend app\nbackend app\n    server app1 10.0.0.1:80 check\n    server app2 10.0.0.2:80 check\n";

/// Two minutes of good answers, with 20 s in which some requests were cut, all of one method.
fn cut(method: &str) -> Log {
    let mut log = Log::calm(&BOTH);
    log.each(500, 60_000..80_000, "app/app1", TIMED_OUT)
        .each(500, 60_100..80_000, "app/app2", TIMED_OUT)
        .asked_by(TIMED_OUT.term, method)
        .well(&BOTH, 60_000..130_000);
    log
}

/// The incident's first and second cause.
#[track_caller]
fn causes(report: &Document) -> (Cause, Option<Cause>) {
    let [incident] = &report.incidents[..] else {
        panic!("{:?}", report.incidents);
    };
    both(incident)
}

fn both(incident: &Incident) -> (Cause, Option<Cause>) {
    let other = incident.cause.runner_up.as_ref().map(|other| other.code);
    (incident.cause.code, other)
}

fn asks_to_buffer(report: &Document) -> bool {
    let mut advice = report.advice.iter();
    advice.any(|piece| piece.effect.contains("http-buffer-request"))
}

#[test]
fn uploads_that_are_cut_may_be_slow_clients() {
    for (method, other) in [("POST", ClientSlow), ("GET", ServerOverloaded)] {
        let report = cut(method).report();
        assert_eq!(causes(&report), (SlowBackend, Some(other)));
        assert_eq!(
            asks_to_buffer(&report),
            method == "POST",
            "{:?}",
            report.advice
        );
    }
}

#[test]
fn the_test_for_them_says_what_it_cannot_tell() {
    let report = cut("POST").report();
    let mut advice = report.advice.iter();
    let piece = advice
        .find(|piece| piece.keyword == "server")
        .expect("a piece");
    for limit in ["`tune.bufsize` still ends as `sH`", "408"] {
        assert!(piece.effect.contains(limit), "{}", piece.effect);
    }
}

#[test]
fn where_all_requests_bring_a_body_it_says_nothing_that_those_cut_do() {
    let mut log = cut("POST");
    let report = log.asked_by(OK.term, "POST").report();
    assert_eq!(causes(&report), (SlowBackend, Some(ServerOverloaded)));
    assert!(!asks_to_buffer(&report));
}

#[test]
fn neither_do_they_where_any_of_them_does_not() {
    let mut log = cut("POST");
    // Of 16 that are drawn from each minute, it is one.
    log.each(4_000, 60_050..80_000, "app/app1", TIMED_OUT);
    let report = log.report();
    assert_eq!(causes(&report), (SlowBackend, Some(ServerOverloaded)));
    let methods = &report.incidents[0].impact.hit.methods;
    assert_eq!(methods.len(), 1, "one is no share: {methods:?}");
}

/// A log that begins with uploads, some of which are cut: `timeout server 3s` begins anew with each part that arrives.
fn cut_after(waits: [Ending; 4]) -> Log {
    let mut log = Log::new();
    for (nth, cut) in (0..).zip(waits) {
        log.each(800, nth * 200..40_000, "app/app1", cut);
        log.each(800, nth * 200 + 100..40_000, "app/app2", cut);
    }
    log.each(500, 50..40_000, "app/app1", LATE)
        .each(500, 300..40_000, "app/app2", LATE)
        .asked_by(TIMED_OUT.term, "PUT")
        .asked_by(LATE.term, "PUT");
    log
}

/// An answer that had to wait for its upload.
const LATE: Ending = Ending {
    timers: "0/0/0/4200/4200",
    total: 4_200,
    ..OK
};

/// A cut after so much of an upload.
const fn after(timers: &'static str, total: i64) -> Ending {
    Ending {
        timers,
        total,
        ..TIMED_OUT
    }
}

#[test]
fn uploads_that_are_always_cut_after_waits_of_all_lengths_may_be_either_sides() {
    let waits = [
        after("0/0/0/-1/3400", 3_400),
        after("0/0/0/-1/4300", 4_300),
        after("0/0/0/-1/5600", 5_600),
        after("0/0/0/-1/7100", 7_100),
    ];
    let report = cut_after(waits).report_with(Some(CONFIG));
    assert_eq!(causes(&report), (SlowBackend, Some(ClientSlow)));
    let story = &report.incidents[0].story;
    let told = "as uploads are whether they pause or the server does not answer";
    assert!(story[1].contains(told), "{story:?}");
    assert!(asks_to_buffer(&report), "{:?}", report.advice);
    let blamed = |piece: &&Advice| {
        ["server", "maxconn"].contains(&&piece.keyword[..])
            && piece.direction != Direction::CannotTell
    };
    let blamed: Vec<_> = report.advice.iter().filter(blamed).collect();
    assert!(blamed.is_empty(), "{blamed:?}");
}

#[test]
fn where_one_timeout_cut_them_all_their_clients_had_sent_them() {
    let report = cut_after([TIMED_OUT; 4]).report();
    let (cause, other) = causes(&report);
    assert_eq!(cause, SlowBackend);
    assert_ne!(other, Some(ClientSlow));
}

#[test]
fn where_uploads_of_all_lengths_were_well_before_it_is_the_servers() {
    // They take 0.4, 1.3, 2.6 and 4.1 s to send, and `timeout server 3s` runs from their end.
    let sent = [
        ("0/0/0/420/420", "0/0/0/-1/3400", 400),
        ("0/0/0/1320/1320", "0/0/0/-1/4300", 1_300),
        ("0/0/0/2620/2620", "0/0/0/-1/5600", 2_600),
        ("0/0/0/4120/4120", "0/0/0/-1/7100", 4_100),
    ];
    let mut log = Log::new();
    for (nth, (well, cut, ms)) in (0..).zip(sent) {
        let answered = Ending {
            timers: well,
            total: ms + 20,
            ..OK
        };
        for (place, from) in [("app/app1", nth * 200), ("app/app2", nth * 200 + 100)] {
            log.each(800, from..120_000, place, answered)
                .each(800, from + 120_000..160_000, place, after(cut, ms + 3_000))
                .each(800, from + 160_000..200_000, place, answered);
        }
    }
    log.asked_by(TIMED_OUT.term, "POST")
        .asked_by(OK.term, "POST");
    let report = log.report_with(Some(CONFIG));
    let (cause, other) = causes(&report);
    assert_eq!(cause, SlowBackend);
    assert_ne!(other, Some(ClientSlow));
    let mends = |piece: &Advice| piece.keyword == "server" && piece.direction == Direction::Fix;
    assert!(report.advice.iter().any(mends), "{:?}", report.advice);
}

#[test]
fn web_sockets_beside_hung_requests_are_no_uploads() {
    const SOCKET: Ending = Ending {
        timers: "0/0/0/4/3011",
        total: 3_011,
        status: Some(101),
        term: "sD--",
        retries: "0",
    };
    let mut log = Log::calm(&BOTH);
    for place in BOTH {
        log.each(1_000, 60_000..80_000, place, SOCKET)
            .each(1_500, 60_100..80_000, place, TIMED_OUT)
            .each(700, 60_200..80_000, place, RESET);
    }
    let report = log.well(&BOTH, 83_000..140_000).report_with(Some(CONFIG));
    assert_eq!(causes(&report).0, SlowBackend);
    let mut advice = report.advice.iter();
    assert!(
        !advice.any(|piece| piece.why.contains("bring a body")),
        "{:?}",
        report.advice
    );
}

#[test]
fn where_a_check_was_cut_too_it_is_the_server() {
    let mut log = Log::calm(&["app/app1"]);
    log.well(&["app/app1"], 60_000..70_000)
        .each(300, 60_050..69_000, "app/app1", TIMED_OUT)
        .asked_by(TIMED_OUT.term, "POST")
        .says(
            70_000,
            &down(
                "app/app1",
                ", reason: Layer7 timeout, check duration: 2000ms",
                0,
            ),
        )
        .says(74_000, &up("app/app1", 1))
        .well(&["app/app1"], 74_000..130_000);
    let report = log.report();
    assert_eq!(causes(&report), (SlowBackend, Some(ServerOverloaded)));
}

/// What is said of `timeout server` where uploads were cut, and so many other requests three minutes later.
fn said_of_the_timeout(others: usize) -> Option<String> {
    let mut log = cut("POST");
    let each = 20_000 / others.max(1);
    log.well(&BOTH, 130_000..300_000);
    if others > 0 {
        log.each(each, 240_000..260_000, "app/app1", TIMED_OUT)
            .each(each, 240_100..260_000, "app/app2", TIMED_OUT);
    }
    let report = log.report_with(Some(CONFIG));
    assert_eq!(both(&report.incidents[0]), (SlowBackend, Some(ClientSlow)));
    let mut advice = report.advice.into_iter();
    let piece = advice.find(|piece| piece.why.contains("uploads"));
    piece.map(|piece| piece.why)
}

#[test]
fn uploads_do_not_speak_for_what_else_was_cut() {
    let told = said_of_the_timeout(0).expect("a doubt");
    assert!(
        told.starts_with("The 80 requests it cut were uploads"),
        "{told}"
    );
    assert_eq!(said_of_the_timeout(40), None);
}
