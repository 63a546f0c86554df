//! Health checks: missing, too far apart, too quick to judge.

use crate::advice::Direction::{self, *};
use crate::advice::fixture::{Log, incident};
use crate::incident::{Incident, Lane};
use crate::words::cause::{Cause, Kind};

type Short = (Direction, &'static str, Option<String>);

/// What is said about checks of a backend with this configuration of its three servers.
fn said(servers: &str, incident: Incident) -> Vec<Short> {
    let lines: String = (1..=3)
        .map(|n| format!(" server s{n} 127.0.0.{n}:80\n"))
        .collect();
    let config =
        format!("defaults\n mode http\nbackend b\n option redispatch\n {servers}\n{lines}");
    let log = ["s1", "s2", "s3"]
        .into_iter()
        .fold(Log::of(&config), |log, server| {
            log.answers("b", server, &[(10, 500)])
        });
    let about_checks =
        |keyword| matches!(keyword, "check" | "inter" | "fall" | "fastinter" | "rise");
    let advice = log.and(incident).advice().into_iter();
    advice
        .filter(|(_, keyword, ..)| about_checks(keyword))
        .map(|(direction, keyword, _, suggested)| (direction, keyword, suggested))
        .collect()
}

fn gone(detected_after: Option<i64>) -> Incident {
    Incident {
        detected_at: detected_after,
        ..incident(Cause::ServiceNotListening, "b", &["s2"])
    }
}

#[test]
fn a_server_that_nobody_checks_is_to_be_checked() {
    assert_eq!(said("", gone(None)), [(Set, "check", None)]);
    // It is checked; it takes another one's state.
    for servers in ["default-server check", "default-server track x/y"] {
        assert_eq!(said(servers, gone(None)), [], "{servers}");
    }
    // Nobody was hurt; no other server was there; answers were slow, which no check would have seen.
    let harmless = Incident {
        failed: 0,
        ..gone(None)
    };
    let all = incident(Cause::ServiceNotListening, "b", &["s1", "s2", "s3"]);
    let slow = incident(Cause::SlowServer, "b", &["s2"]);
    for other in [harmless, all, slow] {
        assert_eq!(said("", other.clone()), [], "{:?}", other.servers);
    }
}

#[test]
fn checks_that_notice_late_are_to_come_more_often() {
    let lower = |value: &str| vec![(Lower, "inter", Some(value.to_owned()))];
    for (servers, lag, wanted) in [
        ("default-server check inter 5s fall 3", 13_000, lower("1s")),
        ("default-server check inter 20s fall 2", 25_000, lower("4s")),
        ("default-server check", 5_500, lower("1s")),
        // They are quick; the lag is not theirs; the first failure quickens them.
        ("default-server check inter 1s fall 2", 13_000, vec![]),
        ("default-server check inter 5s fall 3", 100_000, vec![]),
        (
            "default-server check inter 3s fastinter 200ms fall 3",
            3_300,
            vec![],
        ),
    ] {
        assert_eq!(
            said(servers, gone(Some(lag))),
            wanted,
            "{servers}, {lag} ms"
        );
    }
}

#[test]
fn a_check_that_nobody_answers_takes_its_time() {
    let hangs = |cause, lag: i64| Incident {
        detected_at: Some(lag),
        ..incident(cause, "b", &["s2"])
    };
    let lower = |value: &str| vec![(Lower, "inter", Some(value.to_owned()))];
    for (servers, cause, lag, wanted) in [
        (
            "default-server check inter 6s fall 4",
            Cause::SlowServer,
            44_000,
            lower("1200ms"),
        ),
        (
            "default-server check inter 4s fall 3",
            Cause::NetworkUnreachable,
            22_000,
            lower("1s"),
        ),
        // A check is cut before the next one is due.
        (
            "timeout check 500ms\n default-server check inter 6s fall 4",
            Cause::SlowServer,
            60_000,
            vec![],
        ),
        (
            "timeout check 500ms\n default-server check inter 6s fall 4",
            Cause::SlowServer,
            25_000,
            lower("1200ms"),
        ),
    ] {
        assert_eq!(
            said(servers, hangs(cause, lag)),
            wanted,
            "{servers}, {lag} ms"
        );
    }
}

#[test]
fn a_server_that_is_back_before_its_checks_notice_was_not_looked_at_often_enough() {
    let never_marked = |cause, lasted: i64| Incident {
        end: Some(lasted),
        downs: 0,
        detected_at: None,
        ..incident(cause, "b", &["s2"])
    };
    let rare = "default-server check inter 10s fall 4";
    let refused = never_marked(Cause::ServiceNotListening, 15_000);
    assert_eq!(
        said(rare, refused.clone()),
        [(Lower, "inter", Some("2s".to_owned()))]
    );
    assert!(
        said("default-server check inter 3s fall 2", refused).is_empty(),
        "they would have noticed it, had they gone where the requests went"
    );
    let slow = never_marked(Cause::SlowServer, 15_000);
    assert!(said(rare, slow).is_empty(), "it answers checks");
}

#[test]
fn a_check_that_nobody_answers_takes_its_time_by_default_as_well() {
    let within = |cause| {
        let incident = Incident {
            detected_at: None,
            ..incident(cause, "b", &["s2"])
        };
        let log = Log::of(
            "defaults\n mode http\nbackend b\n server s1 127.0.0.1:80\n server s2 127.0.0.2:80\n",
        );
        let review = log
            .during(incident)
            .answers("b", "s1", &[(10, 500)])
            .weigh();
        let mut pieces = review.advice.into_iter();
        let piece = pieces.find(|piece| piece.keyword == "check");
        piece.expect("a piece on checks").effect
    };
    assert!(within(Cause::ServiceNotListening).ends_with("(`inter 2s fall 3`) within 6 s."));
    assert!(within(Cause::NetworkUnreachable).ends_with("(`inter 2s fall 3`) within 12 s."));
}

#[test]
fn where_only_checks_fail_that_go_elsewhere_they_are_to_be_mended() {
    let lost = |servers: &str, failed: u64| {
        let incident = Incident {
            load: vec![("s2".as_bytes().into(), 90, failed)],
            failed,
            retried: 0,
            ..incident(Cause::ServiceNotListening, "b", &["s2"])
        };
        let log = Log::of(&format!(
            "defaults\n mode http\nbackend b\n server s1 127.0.0.1:80 check\n {servers}\n"
        ));
        let review = log.during(incident).weigh();
        let pieces = review.advice.into_iter();
        let keywords = pieces.filter(|piece| piece.direction == Fix);
        keywords.map(|piece| piece.keyword).collect::<Vec<_>>()
    };
    assert_eq!(lost("server s2 127.0.0.2:80 check port 9000", 0), ["port"]);
    assert_eq!(
        lost("server s2 127.0.0.2:80 check addr 127.0.0.9", 0),
        ["addr"]
    );
    assert_eq!(lost("server s2 127.0.0.2:80 check port 80", 0), ["server"]);
    assert_eq!(
        lost("server s2 127.0.0.2:80 check port 9000", 9),
        ["server"]
    );
    assert_eq!(lost("server s2 127.0.0.2:80 check", 0), ["server"]);
}

#[test]
fn one_bad_check_is_not_to_take_a_well_server_out() {
    let flapping = |cause, failed| Incident {
        kind: Kind::Flapping,
        failed,
        ..incident(cause, "b", &["s2"])
    };
    let hasty = "default-server check fall 1";
    let wanted = [(Raise, "fall", Some("3".to_owned()))];
    assert_eq!(said(hasty, flapping(Cause::Unknown, 5)), wanted);
    // It is patient already; requests failed as well; it really dies.
    for (servers, incident) in [
        ("default-server check fall 2", flapping(Cause::Unknown, 5)),
        (hasty, flapping(Cause::Unknown, 100)),
        (hasty, flapping(Cause::ServiceNotListening, 5)),
    ] {
        assert_eq!(said(servers, incident), [], "{servers}");
    }
}

#[test]
fn a_server_that_is_well_again_is_not_to_wait_for_long() {
    let away = |seconds: i64| Incident {
        kind: Kind::ServerDown,
        lanes: vec![Lane {
            server: b"s2"[..].into(),
            out: vec![(0, Some(seconds * 1_000), "DOWN")],
        }],
        ..incident(Cause::ServiceNotListening, "b", &["s2"])
    };
    let set = vec![(Set, "fastinter", Some("500ms".to_owned()))];
    let lower = vec![(Lower, "rise", Some("2".to_owned()))];
    for (servers, seconds, wanted) in [
        ("default-server check inter 2s rise 8", 18, set),
        (
            "default-server check inter 2s fastinter 2s rise 8",
            18,
            lower.clone(),
        ),
        ("default-server check inter 300ms rise 50", 18, lower),
        // It was away for other reasons; its checks are quick in transition; two are not many.
        ("default-server check inter 2s rise 8", 300, vec![]),
        (
            "default-server check inter 2s fastinter 500ms rise 8",
            18,
            vec![],
        ),
        ("default-server check inter 2s", 18, vec![]),
        // Fewer than two are an accident.
        ("default-server check inter 20s fastinter 15s", 18, vec![]),
    ] {
        assert_eq!(
            said(servers, away(seconds)),
            wanted,
            "{servers}, {seconds} s"
        );
    }
    let twice = Incident {
        lanes: vec![Lane {
            server: b"s2"[..].into(),
            out: vec![(0, Some(18_000), "DOWN"), (40_000, Some(58_000), "DOWN")],
        }],
        ..away(18)
    };
    assert_eq!(said("default-server check inter 2s rise 8", twice), []);
}

#[test]
fn a_check_that_asks_for_too_little_does_not_see_a_server_that_hangs() {
    let hangs = |failed: u64, requests: u64| Incident {
        kind: Kind::TimeoutBurst,
        end: Some(15_000),
        load: vec![
            (b"s1"[..].into(), 200, 0),
            (b"s2"[..].into(), requests, failed),
            (b"s3"[..].into(), 200, 1),
        ],
        ..incident(Cause::SlowServer, "b", &["s2"])
    };
    let told = |servers: &str, incident: Incident| {
        let config =
            format!("defaults\n mode http\nbackend b\n {servers}\n server s2 127.0.0.2:80\n");
        let log = ["s1", "s2", "s3"]
            .into_iter()
            .fold(Log::of(&config), |log, server| {
                log.answers("b", server, &[(10, 500)])
            });
        let told = log.and(incident).advice().into_iter();
        let mut told = told.map(|(direction, keyword, ..)| (direction, keyword));
        told.find(|(_, keyword)| keyword.starts_with("option "))
    };
    let connecting = "default-server check inter 2s fall 3";
    let asks = Some((Set, "option httpchk"));
    assert_eq!(told(connecting, hangs(196, 200)), asks);
    let goes_on = Incident {
        end: None,
        curve: vec![1.0; 15],
        ..hangs(196, 200)
    };
    assert_eq!(told(connecting, goes_on), asks);
    let of_two = Incident {
        servers: vec![b"s9"[..].into(), b"s2"[..].into()],
        ..hangs(196, 200)
    };
    let two = "default-server check inter 2s fall 3\n server s9 127.0.0.9:80";
    assert_eq!(told(two, of_two), asks);
    let tcp = "mode tcp\n default-server check inter 2s fall 3";
    assert_eq!(told(tcp, hangs(196, 200)), Some((Set, "option tcp-check")));
    // It asks for too little.
    for (mode, option) in [("http", "option httpchk"), ("tcp", "option tcp-check")] {
        let asking = format!("mode {mode}\n {option}\n {connecting}");
        assert_eq!(told(&asking, hangs(196, 200)), Some((Fix, option)));
    }
    assert_eq!(
        told(connecting, hangs(100, 200)),
        None,
        "it answered half of them"
    );
    let seldom = "default-server check inter 6s fall 3";
    assert_eq!(
        told(seldom, hangs(196, 200)),
        None,
        "it would have taken longer"
    );
    assert_eq!(told("", hangs(196, 200)), None, "it is not checked");
    let elsewhere = "default-server check inter 2s fall 3 port 9000";
    assert_eq!(told(elsewhere, hangs(196, 200)), None, "that is told apart");
    let marked = Incident {
        detected_at: Some(8_000),
        ..hangs(196, 200)
    };
    assert_eq!(told(connecting, marked), None, "it saw it");
}
