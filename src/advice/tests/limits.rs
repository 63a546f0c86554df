//! Limits of HAProxy, of servers, and of those that come back.

use crate::advice::Direction::{self, *};
use crate::advice::fixture::{Log, clue, incident};
use crate::incident::Incident;
use crate::words::cause::{Cause, Kind};

type Short = (Direction, &'static str, String, Option<String>);

const CONFIG: &str = "defaults\n mode http\nfrontend f\n maxconn 24\n default_backend b\nbackend b\n server s1 127.0.0.1:80\n server s2 127.0.0.2:80\n";

fn said(config: &str, incident: Incident) -> Vec<Short> {
    let log = Log::of(config)
        .answers("b", "s1", &[(10, 500)])
        .answers("b", "s2", &[(10, 500)]);
    log.and(incident).advice()
}

fn one(
    direction: Direction,
    keyword: &'static str,
    scope: &str,
    value: Option<&str>,
) -> [Short; 1] {
    [(
        direction,
        keyword,
        scope.to_owned(),
        value.map(str::to_owned),
    )]
}

#[test]
fn a_message_names_the_limit() {
    for (message, keyword, scope, direction) in [
        (
            "Proxy b reached process FD limit (maxsock=825). Please check 'ulimit-n' and restart.",
            "ulimit-n",
            "global",
            Raise,
        ),
        (
            "Cannot bind to source address before connect() for backend b.",
            "source",
            "backend b",
            Fix,
        ),
        (
            "Proxy f reached the configured maximum connection limit. Please check the global 'maxconn' value.",
            "maxconn",
            "global",
            Raise,
        ),
    ] {
        let mut met = incident(Cause::ProxyLimits, "b", &[]);
        met.cause.evidence = vec![clue(&format!(
            "Nov 21 18:06:09 lb1 haproxy[16319]: {message}"
        ))];
        assert_eq!(
            said(CONFIG, met),
            one(direction, keyword, scope, None),
            "{message}"
        );
    }
}

#[test]
fn a_frontend_that_is_full_is_to_accept_more() {
    let full = |name: &str| {
        let mut full = incident(Cause::ProxyLimits, "b", &[]);
        (full.backend, full.cause.evidence) = (None, Vec::new());
        full.frontends = vec![name.as_bytes().into()];
        full
    };
    let raise = |scope, value| one(Raise, "maxconn", scope, value);
    assert_eq!(said(CONFIG, full("f")), raise("frontend f", Some("50")));
    assert_eq!(said(CONFIG, full("other")), raise("frontend other", None));
}

#[test]
fn servers_without_a_limit_that_drown_are_to_have_one() {
    let drowned = || incident(Cause::ServerOverloaded, "b", &["s1", "s2"]);
    let keywords = |config: &str| {
        let said = said(config, drowned()).into_iter();
        said.map(|(direction, keyword, ..)| (direction, keyword))
            .collect::<Vec<_>>()
    };
    assert_eq!(keywords(CONFIG), [(Fix, "server"), (Set, "maxconn")]);
    let limited = CONFIG.replace("backend b\n", "backend b\n default-server maxconn 10\n");
    assert_eq!(keywords(&limited), [(Fix, "server")]);
}

#[test]
fn a_server_that_fails_for_seconds_after_its_return_is_to_start_slowly() {
    let cold = |back: i64| Incident {
        kind: Kind::ServerDown,
        all_back: Some(back),
        load: vec![(b"s1"[..].into(), 500, 2), (b"s2"[..].into(), 500, 98)],
        ..incident(Cause::ServiceNotListening, "b", &["s2"])
    };
    let slowstart = |config: &str, incident| {
        let all = said(config, incident).into_iter();
        all.filter(|(_, keyword, ..)| *keyword == "slowstart")
            .collect::<Vec<_>>()
    };
    let wanted = one(Set, "slowstart", "backend b", Some("20s"));
    assert_eq!(slowstart(CONFIG, cold(11_000)), wanted);
    assert_eq!(
        slowstart(CONFIG, cold(19_000)),
        [],
        "it was well when it came back"
    );
    let set = CONFIG.replace("backend b\n", "backend b\n default-server slowstart 30s\n");
    assert_eq!(slowstart(&set, cold(11_000)), []);
    let mut others = cold(11_000);
    others.load[0].2 = 98;
    assert_eq!(
        slowstart(CONFIG, others),
        [],
        "its neighbours failed as much"
    );
}

#[test]
fn the_running_process_tells_the_limit_that_is_in_force() {
    let process = |config: &str, held, limit| {
        let log = Log::of(config).answers("b", "s1", &[(10, 500)]);
        let review = log.beside(held, limit).weigh();
        let mut pieces = review.advice.into_iter();
        let piece = pieces.find(|piece| piece.scope.to_string() == "global")?;
        Some((piece.current?, piece.current_from?, piece.suggested?))
    };
    let told = |current: &str, from, suggested: &str| {
        Some((current.to_owned(), from, suggested.to_owned()))
    };
    assert_eq!(process(CONFIG, 480, 480), told("480", "running", "1000"));
    assert_eq!(process(CONFIG, 479, 480), None, "there is room");
    let written = format!("global\n maxconn 480\n{CONFIG}");
    assert_eq!(process(&written, 480, 480), told("480", "config", "1000"));
    assert_eq!(
        process(&written, 480, 900),
        None,
        "it was started with more"
    );
    let larger = format!("global\n maxconn 4000\n{CONFIG}");
    assert_eq!(process(&larger, 480, 480), told("480", "running", "4000"));
}
