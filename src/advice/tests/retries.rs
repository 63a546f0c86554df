//! `retry-on`.

use crate::advice::Direction::Set;
use crate::advice::Piece;
use crate::advice::fixture::{Log, incident};
use crate::rollup::timers::Timer;
use crate::words::cause::Cause;

/// A backend whose slow answers are tried again, where `conditions` say so.
fn config(conditions: &str) -> String {
    format!(
        "backend b\n mode http\n timeout connect 500ms\n timeout server 1s\n retries 3\n retry-on {conditions}\n server s1 127.0.0.1:80\n server s2 127.0.0.2:80\n"
    )
}

/// Answers as fast as ever, and `n` requests that waited for four timeouts of 1 s: on one server, and on both in turn.
fn storm(conditions: &str, n: u64) -> Log {
    let known = [
        (Timer::Request, 0),
        (Timer::Rest, 1_001),
        (Timer::Total, 4_013),
    ];
    let stayed = [&known[..], &[(Timer::Queue, 0), (Timer::Connect, 3_012)]].concat();
    let moved = [&known[..], &[(Timer::Connect, 1)]].concat();
    Log::of(&config(conditions))
        .queued("b", "s1", 0, 500)
        .during(incident(Cause::SlowBackend, "b", &[]))
        .add(("b", "s1"), *b"sH", false, &stayed, n / 2)
        .add(("b", "s2"), *b"sH", false, &moved, n - n / 2)
}

fn piece(log: &Log) -> Option<Piece> {
    let mut pieces = log.weigh().advice.into_iter();
    pieces.find(|piece| piece.keyword == "retry-on")
}

#[test]
fn slow_requests_that_are_sent_again_in_vain_are_sent_once() {
    let said = piece(&storm("conn-failure response-timeout", 60)).expect("a piece on retry-on");
    assert_eq!(
        (said.direction, said.suggested.as_deref()),
        (Set, Some("conn-failure"))
    );
    assert_eq!(
        said.why,
        "60 requests that had no answer within 1 s were sent about 240 times in all (`retries 3`), and no other was answered thanks to it: more work for servers that were slow already."
    );
    assert!(
        said.effect.contains("told after 1 s instead of 4 s"),
        "{}",
        said.effect
    );
}

#[test]
fn the_other_failures_are_still_tried_again() {
    let suggested = |conditions: &str| piece(&storm(conditions, 60))?.suggested;
    assert_eq!(
        suggested("all-retryable-errors").as_deref(),
        Some("conn-failure empty-response junk-response 0rtt-rejected 500 502 503 504")
    );
    assert_eq!(
        suggested("response-timeout").as_deref(),
        Some("conn-failure")
    );
    assert_eq!(
        suggested("empty-response response-timeout 503").as_deref(),
        Some("empty-response 503")
    );
    assert_eq!(suggested("conn-failure empty-response"), None);
}

#[test]
fn retries_that_saved_some_are_left_alone() {
    let answered = |connect: u32, n: u64| {
        let timers = [
            (Timer::Queue, 0),
            (Timer::Connect, connect),
            (Timer::Total, connect + 10),
        ];
        storm("response-timeout", 60).add(("b", "s1"), *b"--", false, &timers, n)
    };
    let why = piece(&answered(1_002, 3)).expect("a piece on retry-on").why;
    assert!(
        why.contains("at most 3 others were answered thanks to it"),
        "{why}"
    );
    assert_eq!(piece(&answered(1_002, 10)), None);
    assert!(piece(&answered(2, 10)).is_some(), "those were not late");
    let moved = [(Timer::Connect, 1), (Timer::Total, 1_020)];
    let moved = storm("response-timeout", 60).add(("b", "s2"), *b"--", false, &moved, 10);
    assert_eq!(
        piece(&moved),
        None,
        "they may have been saved by the other server"
    );
}

#[test]
fn what_was_sent_once_is_no_storm() {
    let config = config("response-timeout");
    let once = Log::of(&config)
        .queued("b", "s1", 0, 500)
        .cut("b", "s1", b"sH", 1_001, 60);
    assert_eq!(piece(&once), None);
    assert_eq!(
        piece(&storm("response-timeout", 10)),
        None,
        "too few to tell"
    );
    let connecting = storm("response-timeout", 60).cut("b", "s1", b"sC", 2_001, 30);
    assert_eq!(
        piece(&connecting),
        None,
        "attempts in vain may be connections"
    );
}
