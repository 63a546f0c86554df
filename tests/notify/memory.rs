//! What is remembered over a restart, and what is kept back.

use std::time::Duration;

use hapline::report::feed::Transition;
use hapline::words::cause::Severity;

use super::fixture::{NOW, notice, notifier, over, target, worse};
use super::server::Server;

const LIMIT: Duration = Duration::from_secs(20);

fn pager(server: &Server, rest: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "key").unwrap();
    let rest = format!(
        "url = \"http://{}/v2/enqueue\"\ntoken_file = \"{}\"\n{rest}",
        server.address,
        path.display()
    );
    (folder, target("pagerduty", &rest))
}

/// `trigger i-1` and the like.
fn said(server: &Server) -> Vec<String> {
    let requests = server.so_far();
    let events = requests.iter().map(|request| request.json());
    let said = events.map(|event| {
        let text = |name: &str| event[name].as_str().unwrap().to_owned();
        format!("{} {}", text("event_action"), text("dedup_key"))
    });
    said.collect()
}

#[test]
fn after_a_restart_nothing_is_told_twice_and_ends_reach_what_was_opened() {
    let server = Server::start();
    let (_folder, text) = pager(&server, "");
    let mut before = notifier(&text, None);
    for id in ["i-1", "i-2", "i-3"] {
        before.notice(&notice(id, Transition::Opened), NOW);
    }
    before.notice(&over("i-3"), NOW + 1);
    before.stop(LIMIT);
    let state = before.state();
    drop(before);
    assert_eq!(
        said(&server),
        ["trigger i-1", "trigger i-2", "trigger i-3", "resolve i-3"]
    );

    // Everything is found again: what goes on, and what is over.
    let mut after = notifier(&text, Some(&state));
    after.notice(&notice("i-1", Transition::Opened), NOW + 60_000);
    let mut again = over("i-3");
    again.transition = Transition::Opened;
    after.notice(&again, NOW + 60_000);
    after.notice(&over("i-3"), NOW + 60_000);
    after.notice(&over("i-1"), NOW + 61_000);
    after.tick(NOW + 61_000);
    // Of i-2 nothing is known any more.
    after.settle(&["i-1", "i-3"], NOW + 62_000);
    after.stop(LIMIT);
    assert_eq!(said(&server)[4..], ["resolve i-1", "resolve i-2"]);
}

#[test]
fn what_could_not_be_sent_before_a_stop_is_sent_after_it() {
    let server = Server::answering(&["503 Service Unavailable"]);
    let (_folder, text) = pager(&server, "");
    let mut before = notifier(&text, None);
    before.notice(&notice("i-1", Transition::Opened), NOW);
    before.notice(&over("i-1"), NOW + 1);
    server.wait(1);
    before.stop(Duration::from_millis(200));
    let state = before.state();
    let after = notifier(&text, Some(&state));
    server.wait(3);
    after.stop(LIMIT);
    assert_eq!(said(&server), ["trigger i-1", "trigger i-1", "resolve i-1"]);
}

/// What is held is told after a restart, too, with its time going on.
#[test]
fn the_time_to_wait_goes_on_over_a_restart() {
    let server = Server::start();
    let (_folder, text) = pager(&server, "");
    let text = text.replace("hold_off = \"0\"", "hold_off = \"15s\"");
    let mut before = notifier(&text, None);
    before.notice(&notice("i-1", Transition::Opened), NOW);
    before.notice(&notice("i-2", Transition::Opened), NOW);
    before.notice(&over("i-2"), NOW + 2_000);
    before.stop(LIMIT);
    let mut after = notifier(&text, Some(&before.state()));
    after.tick(NOW + 14_000);
    assert_eq!(said(&server), [""; 0]);
    after.tick(NOW + 15_000);
    after.stop(LIMIT);
    assert_eq!(said(&server), ["trigger i-1"]);
}

#[test]
fn silences_and_routes() {
    let silence = "[[silence]]\nuntil = \"2026-03-14T08:13:06Z\"\nbackends = [\"be_*\"]";
    for (rest, more, severity, expected) in [
        ("", "", Severity::Outage, vec!["0 s", "120 s over"]),
        ("", silence, Severity::Outage, vec!["60 s", "120 s over"]),
        ("backends = [\"be_web\"]", "", Severity::Outage, vec![]),
        ("", "", Severity::Capacity, vec![]),
        (
            "min_severity = \"client\"",
            "",
            Severity::Capacity,
            vec!["0 s", "120 s over"],
        ),
        ("min_severity = \"client\"", "", Severity::Planned, vec![]),
    ] {
        let server = Server::start();
        let (_folder, text) = pager(&server, rest);
        let mut notifier = notifier(&format!("{text}{more}"), None);
        let mut told = Vec::new();
        for second in [0, 30, 59, 60, 90, 120] {
            let mut news = if second < 120 {
                notice("i-1", Transition::Opened)
            } else {
                over("i-1")
            };
            news.incident.severity = severity;
            let now = NOW + second * 1000;
            if second % 30 == 0 && second != 60 {
                notifier.notice(&news, now);
            } else {
                notifier.tick(now);
            }
            let standing = &notifier.standings()[0];
            let begun = standing.counts.sent as usize + standing.waiting;
            if begun > told.len() {
                let over = if second < 120 { "" } else { " over" };
                told.push(format!("{second} s{over}"));
            }
        }
        assert_eq!(told, expected, "{rest} {more} {severity:?}");
    }
}

#[test]
fn a_state_stays_small_and_a_damaged_one_is_none() {
    let server = Server::start();
    let (_folder, text) = pager(&server, "");
    let mut notifier = self::notifier(&text, None);
    for number in 0..1500 {
        let id = format!("i-{number}");
        notifier.notice(&notice(&id, Transition::Opened), NOW + number);
        notifier.notice(&worse(&id), NOW + number);
    }
    notifier.stop(LIMIT);
    let state = notifier.state();
    assert!(state.len() < 2 << 20, "{} bytes", state.len());
    for damaged in [&state[..state.len() / 2], &[], &[2], &[1]] {
        let _ = self::notifier(&text, Some(damaged));
    }
}
