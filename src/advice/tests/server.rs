//! `timeout server`.

use crate::advice::Basis;
use crate::advice::Direction::{self, *};
use crate::advice::fixture::{Log, incident, work};
use crate::rollup::timers::Timer;
use crate::words::cause::Cause;

const CONFIG: &str = "defaults\n mode http\n timeout connect 500ms\n timeout server 1200ms\nbackend b\n server s1 127.0.0.1:80\n server s2 127.0.0.2:80\n";

/// What servers answer when all is well.
const CALM: &[(u32, u64)] = &[(100, 500), (200, 90), (300, 10)];
/// Slow waits, of which too few come near the timeout to tell.
const PRESSING: &[(u32, u64)] = &[(600, 200), (900, 120), (1_000, 60), (1_150, 30)];

fn verdict(log: &Log) -> (Direction, Option<String>, Option<u64>) {
    let verdict = log.timer("backend b", "timeout server").verdict;
    (
        verdict.direction,
        verdict.culprit.map(|scope| scope.to_string()),
        verdict.suggested,
    )
}

fn calm(log: Log) -> Log {
    log.answers("b", "s1", CALM).answers("b", "s2", CALM)
}

fn slow(log: Log, cause: Cause) -> Log {
    calm(log).during(incident(cause, "b", &["s1", "s2"]))
}

fn cut(log: Log, ms: u32, n: u64) -> Log {
    log.cut("b", "s1", b"sH", ms, n)
        .cut("b", "s2", b"sH", ms, n)
}

/// Slow work with a tail that the timeout cuts: 50 of 2,000 requests.
fn pressing(log: Log) -> Log {
    let (waits, cuts) = work(500.0, 0.447, 1_000, 1_200);
    cut(
        log.answers("b", "s1", &waits).answers("b", "s2", &waits),
        1_201,
        cuts,
    )
}

#[test]
fn nothing_cut_and_headroom_is_right() {
    let log = calm(Log::of(CONFIG));
    assert_eq!(verdict(&log), (Keep, None, None));
    let timer = log.timer("backend b", "timeout server");
    assert_eq!(
        timer.verdict.why,
        "It cut none of 1,200 requests; p99.9 is 303 ms, the longest 303 ms: there is headroom."
    );
    assert_eq!(
        (timer.force.ms, timer.force.from),
        (Some(1_200), Basis::Config)
    );
    assert_eq!((timer.calm, timer.all.p50), (timer.all, Some((100, 100))));
    assert_eq!(log.advice(), [], "nobody asked");
}

#[test]
fn little_headroom_is_said() {
    let log = Log::of(CONFIG).answers("b", "s1", &[(100, 500), (900, 50)]);
    let why = log.timer("backend b", "timeout server").verdict.why;
    assert!(why.ends_with("75 % of it: little headroom."), "{why}");
}

#[test]
fn few_requests_tell_nothing() {
    for cuts in [0, 60] {
        let log = Log::of(CONFIG).answers("b", "s1", &[(1_100, 99)]);
        let log = log.cut("b", "s1", b"sH", 1_201, cuts);
        assert_eq!(verdict(&log), (CannotTell, None, None), "{cuts} cut");
    }
}

#[test]
fn a_huge_timeout_may_be_lowered_and_says_what_for() {
    let config = CONFIG.replace("1200ms", "5m");
    let log = |n| Log::of(&config).answers("b", "s1", &[(100, n), (400, n / 200)]);
    assert_eq!(verdict(&log(20_000)), (Lower, None, Some(10_000)));
    let timer = log(20_000).timer("backend b", "timeout server");
    assert!(timer.verdict.confidence < 0.5);
    assert!(timer.verdict.effect.contains("10 s instead of 5 min"));
    assert_eq!(verdict(&log(5_000)), (Keep, None, None), "too few to lower");
    let short = CONFIG.replace("1200ms", "29s");
    let log = Log::of(&short).answers("b", "s1", &[(100, 20_000)]);
    assert_eq!(verdict(&log), (Keep, None, None), "short enough");
    let log = Log::of(&format!(
        "{config}frontend f\n timeout client 5m\n default_backend b\n"
    ));
    let log = log.answers("b", "s1", &[(100, 20_000)]);
    let requests = log.timer("frontend f", "timeout http-request").verdict;
    assert_eq!(
        requests.direction, Keep,
        "only what servers hold is lowered"
    );
}

#[test]
fn a_tail_that_presses_against_the_limit_on_all_servers_asks_for_more() {
    let log = pressing(slow(Log::of(CONFIG), Cause::SlowBackend));
    assert_eq!(verdict(&log), (Raise, None, Some(2_000)));
    let timer = log.timer("backend b", "timeout server");
    assert!(
        timer.verdict.why.starts_with("It cut 50 of 3,200 requests"),
        "{}",
        timer.verdict.why
    );
    assert!(
        timer
            .verdict
            .effect
            .contains("of the 50 would have been answered")
    );
    let advice = log.advice();
    assert!(advice.contains(&(
        Raise,
        "timeout server",
        "backend b".into(),
        Some("2s".into())
    )));
    assert!(advice.contains(&(Fix, "server", "backend b".into(), None)));
}

#[test]
fn so_does_one_outside_of_incidents() {
    assert_eq!(
        verdict(&pressing(calm(Log::of(CONFIG)))),
        (Raise, None, Some(2_000))
    );
}

#[test]
fn the_timeout_is_inferred_where_the_cut_waits_pile_up() {
    let log = pressing(slow(Log::default(), Cause::SlowBackend));
    let timer = log.timer("backend b", "timeout server");
    assert_eq!(
        (timer.force.ms, timer.force.from),
        (Some(1_200), Basis::Inferred)
    );
    assert_eq!(verdict(&log), (Raise, None, Some(2_000)));
    let piece = &log.weigh().advice[1];
    assert_eq!(piece.current.as_deref(), Some("1200ms"));
    assert_eq!(piece.current_from, Some("inferred"));
    assert_eq!(
        (piece.samples.completed, piece.samples.censored),
        (3_150, 50)
    );
}

#[test]
fn an_unknown_timeout_is_not_raised() {
    let log = slow(Log::default(), Cause::SlowBackend);
    let log = log
        .answers("b", "s1", PRESSING)
        .answers("b", "s2", PRESSING);
    let log = cut(cut(cut(log, 700, 10), 1_200, 10), 2_200, 10);
    assert_eq!(verdict(&log), (CannotTell, None, None));
    let unlimited = CONFIG.replace(" timeout server 1200ms\n", "");
    let timer = calm(Log::of(&unlimited)).timer("backend b", "timeout server");
    assert_eq!((timer.force.ms, timer.force.from), (None, Basis::Unlimited));
    assert_eq!(timer.verdict.direction, CannotTell);
}

#[test]
fn servers_that_stood_still_are_to_be_mended() {
    // Whoever came late in the stall waited less than the timeout: those waits are no tail of slow work.
    let config = CONFIG.replace("1200ms", "12s");
    let waits: Vec<(u32, u64)> = (1..24).map(|half| (half * 500, 10)).collect();
    for cause in [Cause::SlowBackend, Cause::ServerOverloaded] {
        let log = slow(Log::of(&config), cause).answers("b", "s1", &waits);
        let log = cut(log.answers("b", "s2", &waits), 12_001, 30);
        assert_eq!(
            verdict(&log),
            (Fix, Some("backend b".into()), None),
            "{cause:?}"
        );
    }
}

#[test]
fn so_are_they_without_calm_minutes_to_compare_with() {
    let config = CONFIG.replace("1200ms", "12s");
    let waits: Vec<(u32, u64)> = (1..24).map(|half| (half * 500, 10)).collect();
    let log = Log::of(&config).during(incident(Cause::SlowBackend, "b", &["s1", "s2"]));
    let log = calm(log)
        .answers("b", "s1", &waits)
        .answers("b", "s2", &waits);
    assert_eq!(
        verdict(&cut(log, 12_001, 30)),
        (Fix, Some("backend b".into()), None)
    );
}

#[test]
fn a_limit_among_slow_work_is_too_short_however_fast_all_else_is() {
    // Hits of a cache take 17 ms, misses a second, by tenths of the limit.
    let tenths = [(650, 1), (760, 12), (880, 28), (1_000, 30), (1_130, 29)];
    let work = |log: Log| {
        let log = (log.answers("b", "s1", &[(17, 1_000)])).answers("b", "s2", &[(17, 1_000)]);
        let log = log.answers("b", "s1", &tenths).answers("b", "s2", &tenths);
        cut(log, 1_201, 49)
    };
    let within = Log::of(CONFIG).during(incident(Cause::SlowBackend, "b", &["s1", "s2"]));
    for log in [work(Log::of(CONFIG)), work(within)] {
        assert_eq!(verdict(&log), (Raise, None, None));
        let verdict = log.timer("backend b", "timeout server").verdict;
        assert_eq!(
            verdict.why,
            "It cut 98 of 2,298 requests on all servers alike, while 118 others ended in the last fifth of that time: it is too short for slow answers."
        );
        assert!(
            verdict
                .effect
                .contains("does not tell by how much: try 2500ms"),
            "{}",
            verdict.effect
        );
    }
}

#[test]
fn slow_work_that_is_over_before_the_limit_says_nothing_of_what_it_cut() {
    let tenths = [(400, 12), (500, 28), (600, 29), (700, 5), (1_130, 2)];
    let log = Log::of(CONFIG).during(incident(Cause::SlowBackend, "b", &["s1", "s2"]));
    let log = (log.answers("b", "s1", &[(17, 1_000)])).answers("b", "s2", &[(17, 1_000)]);
    let log = log.answers("b", "s1", &tenths).answers("b", "s2", &tenths);
    assert_eq!(
        verdict(&cut(log, 1_201, 49)),
        (Fix, Some("backend b".into()), None)
    );
}

#[test]
fn fast_or_never_is_to_be_mended() {
    let log = slow(Log::of(CONFIG), Cause::SlowBackend).answers("b", "s1", CALM);
    assert_eq!(
        verdict(&cut(log, 1_201, 40)),
        (Fix, Some("backend b".into()), None)
    );
    let chronic = cut(calm(Log::of(CONFIG)), 1_201, 40);
    assert_eq!(verdict(&chronic), (Fix, Some("backend b".into()), None));
}

#[test]
fn when_most_are_cut_the_limit_is_not_what_is_wrong() {
    let log = slow(Log::of(CONFIG), Cause::SlowBackend);
    let log = log
        .answers("b", "s1", PRESSING)
        .answers("b", "s2", PRESSING);
    let scope = Some("backend b".to_owned());
    assert_eq!(verdict(&cut(log, 1_201, 1_200)), (Fix, scope, None));
}

#[test]
fn one_sick_server_is_to_be_mended() {
    for cause in [Cause::SlowServer, Cause::SlowBackend] {
        let log = calm(Log::of(CONFIG)).during(incident(cause, "b", &["s2"]));
        let log = log.answers("b", "s1", CALM).answers("b", "s2", PRESSING);
        let log = log.cut("b", "s2", b"sH", 1_201, 50);
        let sick = Some("server b/s2".to_owned());
        assert_eq!(verdict(&log), (Fix, sick, None));
        let servers = log.advice().into_iter().filter(|piece| piece.1 == "server");
        assert_eq!(
            servers.count(),
            1,
            "the incident and the timer say the same"
        );
    }
    let chronic = calm(Log::of(CONFIG)).answers("b", "s2", PRESSING);
    let chronic = chronic.cut("b", "s2", b"sH", 1_201, 50);
    assert_eq!(verdict(&chronic).1, Some("server b/s2".into()));
}

#[test]
fn a_server_that_chance_may_have_chosen_is_not_named() {
    let few = |others: u64| {
        let log = Log::of(CONFIG).answers("b", "s1", &[(100, 100)]);
        let log = log.answers("b", "s2", &[(100, others)]);
        verdict(&log.cut("b", "s1", b"sH", 1_201, 10)).1
    };
    assert_ne!(few(30).as_deref(), Some("server b/s1"));
    assert_eq!(few(300).as_deref(), Some("server b/s1"));
}

#[test]
fn what_follows_from_another_fault_is_no_reason() {
    for cause in [
        Cause::ServiceNotListening,
        Cause::NetworkUnreachable,
        Cause::MaxconnTooLow,
        Cause::ServerCrashMidResponse,
    ] {
        let log = pressing(slow(Log::of(CONFIG), cause));
        assert_eq!(verdict(&log), (Keep, None, None), "{cause:?}");
    }
}

#[test]
fn neither_is_overload_nor_a_full_queue() {
    let overload = pressing(slow(Log::of(CONFIG), Cause::ServerOverloaded));
    assert_eq!(verdict(&overload), (Keep, None, None));
    let full = pressing(slow(Log::of(CONFIG), Cause::SlowBackend));
    let full = full.cut("b", "<NOSRV>", b"sQ", 701, 30);
    assert_eq!(verdict(&full), (Keep, None, None));
}

#[test]
fn what_is_rare_is_no_reason_to_change_anything() {
    let log = calm(Log::of(CONFIG)).answers("b", "s1", &[(100, 60_000)]);
    assert_eq!(verdict(&cut(log, 1_201, 20)), (Keep, None, None));
}

#[test]
fn pauses_within_a_body_are_not_logged() {
    let log = calm(Log::of(CONFIG)).cut("b", "s1", b"sD", 5_000, 40);
    let log = log.add(("b", "s1"), *b"--", false, &[(Timer::Rest, 900)], 50);
    assert_eq!(verdict(&log), (CannotTell, None, None));
    let timer = log.timer("backend b", "timeout server");
    assert_eq!((timer.cut, timer.all.n), (40, 1_200));
}

#[test]
fn a_handful_of_cuts_proves_nothing() {
    let log = cut(calm(Log::of(CONFIG)), 1_201, 4);
    assert_eq!(verdict(&log), (CannotTell, None, None));
    assert_eq!(log.advice().len(), 1, "they are mentioned");
}
