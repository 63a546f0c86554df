//! `timeout http-request` and `timeout client`.

use crate::advice::Basis;
use crate::advice::Direction::*;
use crate::advice::fixture::{Log, incident, name};
use crate::rollup::timers::Timer;
use crate::words::cause::{Cause, Kind, Severity};

const HTTP: &str = "defaults\n mode http\n timeout client 5s\n timeout server 2s\n timeout connect 1s\nfrontend f\n timeout http-request 1200ms\n default_backend b\nbackend b\n server s1 127.0.0.1:80\n";
const TCP: &str = "defaults\n mode tcp\n timeout connect 500ms\n timeout server 4s\n timeout client 1s\nfrontend f\n default_backend b\nbackend b\n server s1 127.0.0.1:80\n";

fn stalled(log: Log) -> Log {
    log.answers("b", "s1", &[(10, 900)])
        .cut("f", "<NOSRV>", b"cR", 1_201, 240)
}

#[test]
fn stalled_clients_are_what_the_timeout_is_for() {
    for (log, basis) in [
        (Log::of(HTTP), Basis::Config),
        (Log::default(), Basis::Inferred),
    ] {
        let log = stalled(log);
        let timer = log.timer("frontend f", "timeout http-request");
        assert_eq!((timer.force.ms, timer.force.from), (Some(1_200), basis));
        assert_eq!((timer.verdict.direction, timer.cut), (Keep, 240));
        let keep = (Keep, "timeout http-request", "frontend f".to_owned(), None);
        assert_eq!(log.advice(), [keep]);
    }
}

#[test]
fn without_it_the_clients_timeout_stands_in() {
    let config = HTTP.replace(" timeout http-request 1200ms\n", "");
    let force = stalled(Log::of(&config))
        .timer("frontend f", "timeout http-request")
        .force;
    assert_eq!(force.ms, Some(5_000));
    assert_eq!(force.from.as_str(), Some("default"));
    let verdict = |client: &str| {
        let config = config.replace("timeout client 5s", &format!("timeout client {client}"));
        let timer = stalled(Log::of(&config)).timer("frontend f", "timeout http-request");
        (timer.verdict.direction, timer.verdict.suggested)
    };
    assert_eq!(verdict("5s"), (Keep, None), "it is short enough");
    assert_eq!(verdict("8s"), (Set, Some(5_000)));
}

#[test]
fn real_clients_that_are_slow_leave_it_open() {
    let timers = [(Timer::Request, 900), (Timer::Total, 950)];
    let log = stalled(Log::of(HTTP)).add(("b", "s1"), *b"--", false, &timers, 100);
    let timer = log.timer("frontend f", "timeout http-request");
    assert_eq!(timer.verdict.direction, CannotTell);
    let few = Log::of(HTTP).answers("b", "s1", &[(10, 99)]);
    let few = few.cut("f", "<NOSRV>", b"cR", 1_201, 240);
    let timer = few.timer("frontend f", "timeout http-request");
    assert_eq!(timer.verdict.direction, CannotTell);
}

/// A pool's connections: used for a while, then idle until they are cut.
fn pool(log: Log) -> Log {
    [1_400, 1_700, 1_900, 2_400]
        .iter()
        .fold(log, |log, ms| log.sessions("b", b"cD", *ms, 15))
}

#[test]
fn a_pool_that_idles_for_longer_asks_for_more() {
    let log = pool(Log::of(TCP)).sessions("b", b"--", 300, 100);
    let raise = (
        Raise,
        "timeout client",
        "frontend f".to_owned(),
        // Three times as long, and no shorter than `timeout server`.
        Some("4s".to_owned()),
    );
    assert_eq!(log.advice(), [raise]);
    assert_eq!(
        pool(Log::of(TCP)).advice().len(),
        1,
        "even if no connection ends otherwise"
    );
}

#[test]
fn clients_that_wait_for_servers_are_no_pool() {
    let stuck = |log: Log| pool(log).sessions("b", b"--", 300, 100);
    let sd = stuck(Log::of(TCP)).sessions("b", b"sD", 4_001, 20);
    let fault = stuck(Log::of(TCP)).and(incident(Cause::SlowBackend, "b", &["s1"]));
    let never_used = Log::of(TCP)
        .sessions("b", b"--", 300, 100)
        .sessions("b", b"cD", 1_001, 60);
    let rare = pool(Log::of(TCP)).sessions("b", b"--", 300, 1_000);
    let few = Log::of(TCP).sessions("b", b"cD", 1_700, 49);
    let early = Log::of(TCP).sessions("b", b"cD", 700, 90);
    for (log, wanted) in [
        (sd, Keep),
        (fault, Keep),
        (never_used, CannotTell),
        (rare, CannotTell),
        (few, CannotTell),
        (early, CannotTell),
    ] {
        let timer = log.timer("frontend f", "timeout client");
        assert_eq!(timer.verdict.direction, wanted, "{}", timer.verdict.why);
    }
}

#[test]
fn unused_sessions_are_the_clients_own_where_servers_would_be_cut_first() {
    let config = TCP.replace("timeout server 4s", "timeout server 900ms");
    let log = Log::of(&config)
        .sessions("b", b"--", 300, 100)
        .sessions("b", b"cD", 1_001, 60);
    let timer = log.timer("frontend f", "timeout client");
    assert_eq!(timer.verdict.direction, Raise);
}

#[test]
fn in_tcp_a_client_may_wait_as_long_as_its_server_may_work() {
    let reaching = |log: Log| {
        let log = log.sessions("b", b"--", 300, 100);
        let log = log.sessions("b", b"--", 800, 20);
        log.sessions("b", b"cD", 1_001, 60)
    };
    let timer = reaching(Log::of(TCP)).timer("frontend f", "timeout client");
    let raised = (timer.verdict.direction, timer.verdict.suggested);
    assert_eq!(raised, (Raise, Some(4_000)));
    let trap =
        "a server may be silent for 4s, but in TCP mode its client, who waits for it, for 1s only";
    assert!(timer.verdict.why.contains(trap), "{}", timer.verdict.why);
    // No session came near the limit: the trap is named, and nobody knows whether it closed.
    let far = Log::of(TCP).sessions("b", b"--", 300, 100);
    let timer = far
        .sessions("b", b"cD", 1_001, 60)
        .timer("frontend f", "timeout client");
    assert_eq!(timer.verdict.direction, CannotTell);
    assert!(timer.verdict.why.contains(trap), "{}", timer.verdict.why);
    // `timeout tunnel` stands before both; alike, there is no trap.
    for (from, to) in [
        ("backend b\n", "backend b\n timeout tunnel 1s\n"),
        ("timeout server 4s", "timeout server 1s"),
    ] {
        let log = reaching(Log::of(&TCP.replace(from, to)));
        let review = log.weigh();
        let timers = review.backends.iter().flat_map(|backend| &backend.timers);
        let mut said = timers.map(|timer| &timer.verdict.why);
        assert!(said.all(|why| !why.contains("TCP mode")), "{to}");
    }
}

#[test]
fn in_http_a_client_that_waits_is_not_cut() {
    let short = HTTP.replace("timeout client 5s", "timeout client 1s");
    let log = Log::of(&short)
        .answers("b", "s1", &[(10, 900), (900, 100)])
        .cut("b", "s1", b"cD", 1_001, 60);
    let timer = log.timer("frontend f", "timeout client");
    assert_eq!(timer.verdict.direction, Raise, "1s is short for a bad link");
    assert!(
        !timer.verdict.why.contains("server"),
        "{}",
        timer.verdict.why
    );
}

#[test]
fn in_http_many_cuts_under_a_timeout_that_lost_packets_outlast_ask_for_more() {
    for (limit, cuts, wanted) in [("1s", 155, Raise), ("1s", 15, Keep), ("30s", 155, Keep)] {
        let config = HTTP.replace("timeout client 5s", &format!("timeout client {limit}"));
        let log = Log::of(&config).answers("b", "s1", &[(10, 1_700)]);
        let timer = log
            .cut("b", "s1", b"cD", 1_001, cuts)
            .timer("frontend f", "timeout client");
        assert_eq!(timer.verdict.direction, wanted, "{cuts} under {limit}");
    }
}

#[test]
fn sessions_that_the_servers_timeout_cuts_after_some_use_leave_it_open_whose_silence_it_was() {
    let config = TCP
        .replace("timeout server 4s", "timeout server 1s")
        .replace("timeout client 1s", "timeout client 30s");
    let advised = |config: &str, lengths: [u32; 4], lasted: i64| {
        let mut slow = incident(Cause::SlowBackend, "b", &["s1"]);
        (slow.kind, slow.end) = (Kind::TimeoutBurst, Some(lasted));
        let log = lengths
            .iter()
            .fold(Log::of(config), |log, ms| log.sessions("b", b"sD", *ms, 25));
        let advice = log.and(slow).advice().into_iter();
        let of_servers = advice.filter(|(_, keyword, ..)| *keyword == "server");
        of_servers
            .map(|(direction, ..)| direction)
            .collect::<Vec<_>>()
    };
    let used = [1_300, 1_400, 1_900, 2_400];
    assert_eq!(advised(&config, used, 20_000), [CannotTell]);
    assert_eq!(
        advised(&config, [1_001, 1_400, 1_900, 2_400], 20_000),
        [Fix],
        "new ones wait"
    );
    assert_eq!(advised(&config, used, 2_000), [Fix], "all at once");
    let clients_first = config.replace("timeout client 30s", "timeout client 900ms");
    assert_eq!(
        advised(&clients_first, used, 20_000),
        [Fix],
        "clients have to speak sooner"
    );
}

#[test]
fn the_frontend_must_be_known() {
    let two = format!("{TCP}frontend g\n default_backend b\n");
    let timer = pool(Log::of(&two)).timer("frontend f", "timeout client");
    assert_eq!(timer.verdict.direction, CannotTell);
    assert_eq!(
        pool(Log::default())
            .timer("backend b", "timeout client")
            .cut,
        60
    );
    let mut clients = incident(Cause::ClientSlow, "b", &[]);
    (clients.kind, clients.severity) = (Kind::ClientTimeouts, Severity::Client);
    clients.frontends = vec![name("g")];
    let timer = pool(Log::default().and(clients)).timer("frontend g", "timeout client");
    assert_eq!(
        (timer.force.ms, timer.verdict.direction),
        (None, CannotTell)
    );
}

#[test]
fn a_tunnel_is_raised_where_it_is_set() {
    let config = TCP.replace("backend b\n", "backend b\n timeout tunnel 1s\n");
    let raise = (
        Raise,
        "timeout tunnel",
        "backend b".to_owned(),
        Some("3s".to_owned()),
    );
    assert_eq!(pool(Log::of(&config)).advice(), [raise]);
}

#[test]
fn a_listen_section_is_one_place() {
    let config = "listen b\n mode tcp\n timeout client 1s\n timeout server 4s\n timeout connect 1s\n server s1 127.0.0.1:80\n";
    let log = pool(Log::of(config)).sessions("b", b"--", 300, 100);
    let review = log.weigh();
    assert_eq!(review.backends.len(), 1);
    assert_eq!(review.backends[0].scope.to_string(), "listen b");
    assert_eq!(review.advice[0].scope.to_string(), "listen b");
}

#[test]
fn readers_that_stall_in_http_are_cut_rightly() {
    let log = Log::of(HTTP)
        .answers("b", "s1", &[(10, 900)])
        .cut("b", "s1", b"cD", 5_001, 60);
    let timer = log.timer("frontend f", "timeout client");
    assert_eq!((timer.verdict.direction, timer.cut), (Keep, 60));
}

#[test]
fn no_timeout_is_longer_than_haproxy_takes() {
    const TAKEN: u32 = i32::MAX as u32;
    let idle = |log: Log, ms| {
        log.sessions("b", b"cD", ms, 60)
            .sessions("b", b"--", 300, 100)
    };
    let of_configured = |ms: u32| {
        let config = TCP.replace("timeout client 1s", &format!("timeout client {ms}ms"));
        idle(Log::of(&config), 4_250_000_000)
    };
    // Nothing was cut there: what lasted for so long was not ended by a timeout.
    let mut slow = incident(Cause::ClientSlow, "b", &[]);
    (slow.kind, slow.severity) = (Kind::ClientTimeouts, Severity::Client);
    slow.frontends = vec![name("f")];
    let unknown = idle(Log::default().and(slow), 4_250_000_000);
    for (log, force, wanted, suggested) in [
        (unknown, None, CannotTell, None),
        (of_configured(TAKEN), Some(TAKEN), Keep, None),
        (
            of_configured(TAKEN - 1),
            Some(TAKEN - 1),
            Raise,
            Some(TAKEN),
        ),
    ] {
        let timer = log.timer("frontend f", "timeout client");
        assert_eq!(timer.force.ms, force.map(u64::from));
        assert_eq!(timer.verdict.direction, wanted, "{}", timer.verdict.why);
        assert_eq!(timer.verdict.suggested, suggested.map(u64::from));
    }
}
