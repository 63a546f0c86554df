//! `timeout connect`, `timeout queue` and TCP sessions.

use crate::advice::Basis;
use crate::advice::Direction::{self, *};
use crate::advice::fixture::{Log, incident};
use crate::config::Timeout;
use crate::incident::{Course, Incident};
use crate::rollup::timers::Timer;
use crate::words::cause::Cause;

const CONFIG: &str = "defaults\n mode http\n timeout connect 500ms\n timeout server 2s\nbackend b\n server s1 127.0.0.1:80 maxconn 4\n server s2 127.0.0.2:80 maxconn 4\n";
const TCP: &str = "defaults\n mode tcp\n timeout connect 500ms\n timeout server 1500ms\n timeout client 1s\nfrontend f\n default_backend b\nbackend b\n server s1 127.0.0.1:80\n";

fn well(log: Log) -> Log {
    log.answers("b", "s1", &[(10, 500)])
        .answers("b", "s2", &[(10, 500)])
}

fn verdict(log: &Log, timeout: &str) -> (Direction, Option<String>) {
    let verdict = log.timer("backend b", timeout).verdict;
    (
        verdict.direction,
        verdict.culprit.map(|scope| scope.to_string()),
    )
}

#[test]
fn a_host_that_does_not_answer_is_not_waited_for_longer() {
    let log = well(Log::of(CONFIG)).during(incident(Cause::NetworkUnreachable, "b", &["s2"]));
    let one = log.clone().cut("b", "s2", b"sC", 2_004, 200);
    let sick = Some("server b/s2".to_owned());
    assert_eq!(verdict(&one, "timeout connect"), (Fix, sick));
    let both = one.cut("b", "s1", b"sC", 2_004, 200);
    assert_eq!(verdict(&both, "timeout connect"), (Keep, None));
    let few = Log::of(CONFIG).cut("b", "s1", b"sC", 2_004, 200);
    assert_eq!(verdict(&few, "timeout connect"), (CannotTell, None));
}

#[test]
fn all_attempts_together_do_not_tell_the_limit_of_one() {
    let log = well(Log::default()).cut("b", "s2", b"sC", 2_004, 200);
    let force = log.timer("backend b", "timeout connect").force;
    assert_eq!((force.ms, force.from), (None, Basis::Unknown));
}

#[test]
fn a_queue_that_was_in_vain_is_not_made_longer() {
    let full = |log: Log| {
        log.queued("b", "s1", 400, 500)
            .cut("b", "<NOSRV>", b"sQ", 701, 300)
    };
    let timer = full(Log::default()).timer("backend b", "timeout queue");
    assert_eq!(
        (timer.force.ms, timer.force.from),
        (Some(700), Basis::Inferred)
    );
    assert_eq!((timer.cut, timer.all.n), (300, 500));
    assert_eq!(timer.verdict.direction, Keep);
    let timer = full(Log::of(CONFIG)).timer("backend b", "timeout queue");
    let stands_in = Basis::Default(Timeout::Connect);
    assert_eq!((timer.force.ms, timer.force.from), (Some(500), stands_in));
}

#[test]
fn a_queue_that_nobody_met_is_not_mentioned() {
    let review = well(Log::of(CONFIG)).weigh();
    let shown = |review: &crate::advice::Review| {
        let timers = review.backends.iter().flat_map(|backend| &backend.timers);
        timers
            .map(|timer| timer.timeout.keyword())
            .collect::<Vec<_>>()
    };
    assert_eq!(shown(&review), ["timeout connect", "timeout server"]);
    let written = CONFIG.replace("timeout server", "timeout queue 1s\n timeout server");
    let review = well(Log::of(&written)).weigh();
    assert_eq!(shown(&review)[0], "timeout queue");
}

#[test]
fn slots_that_were_too_few_are_counted_by_littles_law() {
    let mut saturated = incident(Cause::MaxconnTooLow, "b", &["s1", "s2"]);
    saturated.requests = 4_600;
    saturated.load = ["s1", "s2"]
        .map(|name| (name.as_bytes().into(), 2_300, 0))
        .into();
    let full = |log: Log| {
        let log = log.during(saturated.clone()).queued("b", "s1", 400, 500);
        log.queued("b", "s2", 400, 500)
            .cut("b", "<NOSRV>", b"sQ", 501, 300)
    };
    let maxconn = |log: &Log| {
        let review = log.weigh();
        let piece = review
            .advice
            .iter()
            .find(|piece| piece.keyword == "maxconn");
        let piece = piece.expect("a piece on maxconn").clone();
        (piece.current, piece.suggested)
    };
    // 230 a second of 80 ms are 18.4 at once, 9.2 a server.
    assert_eq!(
        maxconn(&full(Log::of(CONFIG))),
        (Some("4".into()), Some("20".into()))
    );
    assert_eq!(
        maxconn(&full(Log::default())),
        (None, None),
        "twice an unknown value is unknown"
    );
    let generous = CONFIG.replace("maxconn 4", "maxconn 40");
    assert_eq!(
        maxconn(&full(Log::of(&generous))),
        (Some("40".into()), Some("80".into()))
    );
    let uneven = CONFIG.replacen("maxconn 4", "maxconn 40", 1);
    assert_eq!(maxconn(&full(Log::of(&uneven))), (None, None));
}

#[test]
fn a_server_with_fewer_slots_than_its_neighbours_is_the_one_that_gets_more() {
    let narrow = Incident {
        load: vec![(b"s1"[..].into(), 1_600, 300), (b"s2"[..].into(), 3_000, 0)],
        requests: 4_600,
        ..incident(Cause::MaxconnTooLow, "b", &["s1"])
    };
    let piece = |config: &str| {
        let log = Log::of(config).during(narrow.clone());
        let log = log.queued("b", "s1", 400, 500).queued("b", "s2", 0, 500);
        let mut pieces = log.weigh().advice.into_iter();
        pieces
            .find(|piece| piece.keyword == "maxconn")
            .expect("a piece on maxconn")
    };
    for neighbour in [" maxconn 40", " maxconn 0", ""] {
        let config = CONFIG.replace(
            "127.0.0.2:80 maxconn 4",
            &format!("127.0.0.2:80{neighbour}"),
        );
        let piece = piece(&config);
        assert_eq!(piece.scope.to_string(), "server b/s1", "{neighbour}");
        // 80 a second of 80 ms are 6.4 at once.
        assert_eq!(
            (piece.current.as_deref(), piece.suggested.as_deref()),
            (Some("4"), Some("15")),
            "{}",
            piece.why
        );
    }
    for alike in [
        CONFIG.to_owned(),
        // The neighbour has even fewer, or as many as the environment says.
        CONFIG.replace("127.0.0.2:80 maxconn 4", "127.0.0.2:80 maxconn 3"),
        CONFIG.replace("127.0.0.2:80 maxconn 4", "127.0.0.2:80 maxconn \"$SLOTS\""),
    ] {
        assert_eq!(piece(&alike).scope.to_string(), "backend b", "{alike}");
    }
}

#[test]
fn slots_of_the_server_that_is_asked_most_are_counted() {
    let hot = Incident {
        load: vec![(b"s1"[..].into(), 3_600, 300), (b"s2"[..].into(), 1_000, 0)],
        requests: 4_600,
        ..incident(Cause::MaxconnTooLow, "b", &["s1"])
    };
    let going_on = Incident {
        end: None,
        ..hot.clone()
    };
    // Two of four servers were there, and were asked as much.
    let halves = Incident {
        load: ["s1", "s2", "s3", "s4"]
            .map(|name| {
                (
                    name.as_bytes().into(),
                    if name < "s3" { 2_300 } else { 0 },
                    0,
                )
            })
            .into(),
        ..hot.clone()
    };
    let piece = |incident| {
        let log = Log::of(CONFIG).during(incident);
        let log = log.answers("b", "s3", &[(80, 100)]);
        let log = log.answers("b", "s4", &[(80, 100)]);
        let log = log.queued("b", "s1", 400, 500).queued("b", "s2", 0, 500);
        let review = log.weigh();
        let mut pieces = review.advice.into_iter();
        pieces
            .find(|piece| piece.keyword == "maxconn")
            .expect("a piece on maxconn")
    };
    // 180 a second of 80 ms are 14.4 at once.
    let hot = piece(hot);
    assert_eq!(hot.suggested.as_deref(), Some("30"));
    assert!(hot.why.contains("78 % of all were for s1"), "{}", hot.why);
    let halves = piece(halves).why;
    assert!(halves.contains("At each server, 115 requests"), "{halves}");
    let so_far = piece(going_on).suggested;
    assert_eq!(so_far.as_deref(), Some("8"), "twice what it is");
}

#[test]
fn sessions_are_never_given_longer_or_shorter() {
    let log = Log::of(TCP).sessions("b", b"--", 300, 20_000);
    assert_eq!(verdict(&log, "timeout server"), (Keep, None));
    let cut = log.clone().sessions("b", b"sD", 1_501, 50);
    assert_eq!(verdict(&cut, "timeout server"), (CannotTell, None));
    let stalled = log.during(incident(Cause::SlowBackend, "b", &["s1"]));
    let stalled = stalled.sessions("b", b"sD", 1_501, 50);
    let sick = Some("backend b".to_owned());
    assert_eq!(verdict(&stalled, "timeout server"), (Fix, sick));
    let few = Log::of(TCP)
        .sessions("b", b"--", 300, 99)
        .sessions("b", b"sD", 1_501, 50);
    assert_eq!(verdict(&few, "timeout server"), (CannotTell, None));
}

#[test]
fn the_tunnel_timeout_stands_before_the_others() {
    let config = TCP.replace(
        "backend b\n server",
        "backend b\n timeout tunnel 1h\n server",
    );
    let log = Log::of(&config)
        .sessions("b", b"CD", 300, 200)
        .sessions("b", b"sD", 1_501, 50);
    let timer = log.timer("backend b", "timeout tunnel");
    assert_eq!((timer.force.ms, timer.cut), (Some(3_600_000), 50));
}

#[test]
fn sessions_without_a_configuration_tell_their_timeout() {
    let log = Log::default()
        .sessions("b", b"--", 300, 200)
        .sessions("b", b"sD", 1_501, 50);
    let force = log.timer("backend b", "timeout server").force;
    assert_eq!((force.ms, force.from), (Some(1_500), Basis::Inferred));
}

#[test]
fn a_request_that_leaves_the_queue_before_its_turn_is_to_wait_longer() {
    let config = |queue: &str| {
        CONFIG.replace(
            "backend b\n",
            &format!("backend b\n timeout queue {queue}\n"),
        )
    };
    // An answer takes 80 ms.
    let log = |queue: &str, cut: u64| {
        let ms = queue.trim_end_matches("ms").parse().expect("milliseconds");
        Log::of(&config(queue))
            .queued("b", "s1", 20, 1_000)
            .cut("b", "<NOSRV>", b"sQ", ms, cut)
    };
    let said = |log: &Log| {
        let verdict = log.timer("backend b", "timeout queue").verdict;
        (verdict.direction, verdict.suggested)
    };
    assert_eq!(said(&log("60ms", 50)), (Raise, Some(2_000)));
    assert_eq!(said(&log("300ms", 50)), (Keep, None), "some turns passed");
    assert_eq!(
        said(&log("60ms", 300)),
        (Keep, None),
        "more came than they can do"
    );
}

/// Requests in each second around an incident of which slots were too few.
fn of_bursts(requests: &[u64]) -> Incident {
    let course = Course {
        width: 1,
        requests: requests.to_vec(),
        ..Course::default()
    };
    Incident {
        course: course.into(),
        ..incident(Cause::MaxconnTooLow, "b", &["s1", "s2"])
    }
}

#[test]
fn a_burst_that_the_servers_would_have_done_is_to_wait_for_it() {
    // Eight slots and 80 ms for an answer: 100 a second.
    let log = |queue: &str, requests: &[u64]| {
        let written = format!("backend b\n timeout queue {queue}\n");
        Log::of(&CONFIG.replace("backend b\n", &written))
            .during(of_bursts(requests))
            .queued("b", "s1", 200, 1_000)
            .cut("b", "<NOSRV>", b"sQ", 300, 300)
    };
    let said = |log: &Log| {
        let verdict = log.timer("backend b", "timeout queue").verdict;
        let review = log.weigh();
        let slots = review
            .advice
            .iter()
            .find(|piece| piece.keyword == "maxconn");
        let either = slots.is_some_and(|piece| piece.effect.contains("`timeout queue`"));
        (verdict.direction, verdict.suggested, either)
    };
    let burst = [20, 20, 180, 20, 20, 20, 20];
    assert_eq!(said(&log("300ms", &burst)), (Raise, Some(2_000), true));
    let rush = [20, 180, 180, 180, 180, 180, 180];
    assert_eq!(said(&log("300ms", &rush)), (Keep, None, false), "too much");
    let late = [20, 20, 20, 20, 20, 20, 300];
    assert_eq!(
        said(&log("300ms", &late)),
        (Keep, None, false),
        "nobody knows how it goes on"
    );
    assert_eq!(said(&log("6s", &burst)), (Keep, None, true), "long enough");
}

#[test]
fn answers_that_stop_within_their_body_stand_still() {
    let stopped =
        well(Log::of(CONFIG)).add(("b", "s1"), *b"sD", false, &[(Timer::Rest, 2_001)], 50);
    let scope = Some("backend b".to_owned());
    assert_eq!(verdict(&stopped, "timeout server"), (Fix, scope));
    let slow = stopped.add(("b", "s1"), *b"--", false, &[(Timer::Rest, 500)], 50);
    assert_eq!(
        verdict(&slow, "timeout server"),
        (CannotTell, None),
        "some bodies are slow"
    );
}

#[test]
fn a_dead_host_is_waited_for_as_long_as_a_lost_packet_takes() {
    let config = |connect: &str, queue: &str| {
        CONFIG.replace(
            "timeout connect 500ms",
            &format!("timeout connect {connect}\n timeout queue {queue}"),
        )
    };
    let dead = |config: &str| {
        well(Log::of(config))
            .during(incident(Cause::NetworkUnreachable, "b", &["s2"]))
            .cut("b", "s2", b"sC", 4_000, 60)
    };
    let shorter = |log: &Log| {
        let pieces = log.weigh().advice.into_iter();
        let mut of_it = pieces.filter(|piece| piece.keyword == "timeout connect");
        let piece = of_it.find(|piece| piece.direction == Lower);
        piece.and_then(|piece| piece.suggested)
    };
    let lower = |ms: &str| Some(ms.to_owned());
    let log = dead(&config("4s", "5s"));
    // Its server is to be fixed, and the next one that goes costs less.
    assert_eq!(verdict(&log, "timeout connect").0, Fix);
    assert_eq!(shorter(&log), lower("1200ms"));
    let both = log.clone().cut("b", "s1", b"sC", 4_000, 60);
    assert_eq!(verdict(&both, "timeout connect"), (Lower, None));
    assert_eq!(shorter(&both), lower("1200ms"));
    // It is short enough.
    assert_eq!(shorter(&dead(&config("2s", "5s"))), None);
    // Servers are far.
    let far = |ms, n| {
        let known = [
            (Timer::Connect, ms),
            (Timer::Response, 10),
            (Timer::Rest, 10),
        ];
        log.clone().add(("b", "s1"), *b"--", false, &known, n)
    };
    assert_eq!(shorter(&far(400, 5_000)), lower("2s"));
    // What came late was worth the wait.
    assert_eq!(shorter(&far(2_500, 10)), lower("1200ms"));
    assert_eq!(shorter(&far(2_500, 20)), None);
    // It stands in for `timeout queue`, too.
    let alone = CONFIG.replace("500ms", "4s");
    assert_eq!(shorter(&dead(&alone)), lower("1200ms"));
    assert_eq!(shorter(&dead(&alone).queued("b", "s1", 900, 5)), None);
}
