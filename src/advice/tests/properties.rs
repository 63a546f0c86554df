//! Whatever the log holds: no panic, and nothing is raised on thin evidence.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::advice::fixture::{Log, incident, moment, work};
use crate::advice::{Direction, Review, TimerReview};
use crate::config::Timeout;
use crate::rollup::timers::Timer;
use crate::words::cause::{Cause, Kind, Severity};

const CONFIG: &str = "defaults\n mode http\n timeout connect 1s\n timeout server 2s\n timeout client 1s\n timeout check 100ms\nfrontend f\n default_backend b\nlisten l\n mode tcp\n server s1 127.0.0.1:80 maxconn 1\nbackend b\n server s1 127.0.0.1:80 maxconn 3\n server s2 127.0.0.1:81 maxconn 3\n";

const TIMERS: [Timer; 6] = [
    Timer::Request,
    Timer::Queue,
    Timer::Connect,
    Timer::Response,
    Timer::Total,
    Timer::Rest,
];

fn backends() -> impl Strategy<Value = &'static str> {
    select(vec!["b", "f", "l", "other", ""])
}

fn servers() -> impl Strategy<Value = &'static str> {
    select(vec!["s1", "s2", "<NOSRV>", ""])
}

fn waits() -> impl Strategy<Value = u32> {
    prop_oneof![0_u32..3_000, Just(2_001), Just(u32::MAX), any::<u32>()]
}

/// In calm, backend, server, termination state, TCP, timers, how many.
type Row = (
    bool,
    &'static str,
    &'static str,
    [u8; 2],
    bool,
    Vec<(Timer, u32)>,
    u64,
);

fn add(log: Log, (_, backend, server, term, tcp, timers, n): Row) -> Log {
    log.add((backend, server), term, tcp, &timers, n)
}

prop_compose! {
    fn logs()(
        config in any::<bool>(),
        rows in vec((
            any::<bool>(), backends(), servers(), select(vec![*b"--", *b"sH", *b"sD", *b"sC", *b"sQ", *b"cR", *b"cD", *b"SC", *b"\xff\0"]),
            any::<bool>(), vec((select(TIMERS.to_vec()), waits()), 0..6), prop_oneof![0_u64..200, Just(1 << 40), Just(20_000)],
        ), 0..24),
        incidents in vec((select(Cause::ALL.to_vec()), select(Kind::ALL.to_vec()), select(Severity::ALL.to_vec()),
            backends(), vec(servers(), 0..3), any::<i64>(), proptest::option::of(any::<i64>()), any::<u64>(), 0_u32..400), 0..4),
    ) -> Log {
        let mut log = if config { Log::of(CONFIG) } else { Log::default() };
        for (cause, kind, severity, backend, servers, start, end, requests, check) in incidents {
            let mut incident = incident(cause, backend, &servers);
            (incident.kind, incident.severity, incident.requests) = (kind, severity, requests);
            (incident.start, incident.end) = (start, end);
            incident.timeline.push(moment(&format!("haproxy[1]: Server b/s1 is DOWN, reason: Layer7 timeout, check duration: {check}ms. 0 active and 0 backup servers left.")));
            log = log.and(incident);
        }
        let (calm, troubled): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.0);
        let log = calm.into_iter().fold(log, add);
        let log = log.during(incident(Cause::Unknown, "nobody", &[]));
        troubled.into_iter().fold(log, add)
    }
}

fn timers(review: &Review) -> impl Iterator<Item = &TimerReview> {
    review.backends.iter().flat_map(|backend| &backend.timers)
}

proptest! {
    #[test]
    fn nothing_is_raised_on_thin_evidence(log in logs()) {
        let review = log.weigh();
        for timer in timers(&review) {
            let raised = timer.verdict.direction == Direction::Raise;
            let enough = match timer.timeout {
                Timeout::Check => timer.cut > 0,
                // Idle connections that are cut are the habit themselves; often none ends otherwise.
                Timeout::Client | Timeout::Tunnel => timer.cut >= 50,
                _ => timer.all.n >= 100 && timer.cut >= 10,
            };
            prop_assert!(!raised || enough, "{timer:?}");
            let never = matches!(timer.timeout, Timeout::Connect | Timeout::HttpRequest);
            prop_assert!(!(raised && never), "{timer:?}");
            if let (true, Some(limit), Some(suggested)) = (raised, timer.force.ms, timer.verdict.suggested) {
                prop_assert!(suggested > limit, "{timer:?}");
            }
        }
    }

    #[test]
    fn each_keyword_is_advised_once_in_a_scope(log in logs()) {
        let advice = log.weigh().advice;
        let mut keys: Vec<_> = advice.iter().map(|piece| (piece.keyword, &piece.scope)).collect();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), advice.len());
    }

    #[test]
    fn no_tail_presses_before_a_hundred_requests_ended(n in 0_u32..2_000, median in 300.0..900.0, deviation in 0.3..0.7) {
        let (waits, cuts) = work(median, deviation, n, 2_000);
        let each = |log: Log, server| {
            let log = log.answers("b", server, &waits);
            log.cut("b", server, b"sH", 2_001, cuts)
        };
        let log = each(each(Log::of(CONFIG), "s1"), "s2");
        let raised = log.advice().iter().any(|piece| piece.0 == Direction::Raise);
        prop_assert!(!raised || 2 * n >= 100 && 2 * cuts >= 10);
        let presses = (20..=200).contains(&cuts) && n >= 1_000;
        prop_assert!(raised || !presses, "{cuts} of {n} were cut, and nothing is raised");
    }
}
