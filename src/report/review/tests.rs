//! The review on a terminal and as JSON.

use insta::assert_snapshot;

use super::{Document, advice_of};
use crate::advice::fixture::{Log, incident, work};
use crate::report::document::Window;
use crate::report::json;
use crate::report::text::{self, Style};
use crate::words::cause::Cause;

const CONFIG: &str = "defaults\n mode http\n timeout connect 500ms\n timeout server 1500ms\n timeout client 30s\n timeout http-request 1200ms\nfrontend fe_www\n default_backend be_app\nbackend be_app\n server app1 10.0.0.1:80\n server app2 10.0.0.2:80\n";

fn document(log: &Log) -> Document {
    let review = log.weigh();
    let advice = review
        .advice
        .iter()
        .map(|piece| advice_of(piece, Vec::new()));
    let time = |time: &str| Some(format!("2026-03-14T{time}.000+01:00"));
    let window = Window {
        start: time("09:00:00"),
        end: time("10:10:00"),
        timezone: "Europe/Paris".into(),
        timezone_from: "--timezone".into(),
        years_from: "the lines".into(),
    };
    Document::new(&review, window, None, advice.collect())
}

fn page(log: &Log, width: usize) -> String {
    let style = Style {
        width,
        ..Style::default()
    };
    let mut out = Vec::new();
    text::review::write(&document(log), style, &mut out).expect("a Vec takes all");
    String::from_utf8(out).expect("the page is text")
}

/// A sick server, slow work that is cut, and clients that stall.
fn trouble(log: Log) -> Log {
    let calm = &[(25, 40_000), (60, 9_000), (310, 40)];
    let log = log
        .answers("be_app", "app1", calm)
        .answers("be_app", "app2", calm);
    let log = log.during(incident(Cause::SlowServer, "be_app", &["app2"]));
    let log = log.answers("be_app", "app2", &[(700, 300), (1_200, 80)]);
    let log = log.cut("be_app", "app2", b"sH", 1_501, 115);
    log.cut("fe_www", "<NOSRV>", b"cR", 1_202, 243)
}

/// Work that a longer timeout would let through.
fn slow(log: Log) -> Log {
    let (waits, cuts) = work(600.0, 0.5, 900, 1_500);
    let log = log.during(incident(Cause::SlowBackend, "be_app", &["app1", "app2"]));
    let log = log
        .answers("be_app", "app1", &waits)
        .answers("be_app", "app2", &waits);
    log.cut("be_app", "app1", b"sH", 1_501, cuts)
        .cut("be_app", "app2", b"sH", 1_501, cuts)
}

#[test]
fn with_the_configuration() {
    let log = trouble(Log::of(CONFIG));
    assert_snapshot!("sick_server_80", page(&log, 80));
    assert_snapshot!("sick_server_120", page(&log, 120));
}

#[test]
fn without_it() {
    let log = slow(Log::default());
    assert_snapshot!("inferred_80", page(&log, 80));
    assert_snapshot!("inferred_120", page(&log, 120));
}

#[test]
fn nothing_to_weigh() {
    assert_snapshot!("nothing_80", page(&Log::default(), 80));
}

#[test]
fn names_that_attack_stay_text() {
    let name = "\u{1b}[2J\u{202e}be`\n";
    let log = slow(Log::default()).answers(name, "\u{7}", &[(10, 500)]);
    for width in [40, 80, 120] {
        let page = page(&log, width);
        assert!(page.contains("be`"), "{page}");
        for line in page.lines() {
            assert!(line.chars().count() <= width, "{line}");
            assert!(!line.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{line}");
        }
    }
}

#[test]
fn json_has_edges_and_where_a_value_comes_from() {
    let mut out = Vec::new();
    json::write(&document(&slow(Log::default())), &mut out).expect("a Vec takes all");
    let json: serde_json::Value = serde_json::from_slice(&out).expect("it is JSON");
    assert_eq!(json["schema"], "hapline.advice/1");
    assert_eq!(json["window"]["timezone"], "Europe/Paris");
    let server = &json["backends"][0]["timers"][1];
    assert_eq!(server["timeout"], "timeout server");
    assert_eq!(server["all"]["p99.9"], serde_json::json!([1488, 1503]));
    assert_eq!(server["calm"]["p50"], serde_json::Value::Null);
    assert_eq!(
        (&server["current"], &server["current_from"]),
        (&"1500ms".into(), &"inferred".into())
    );
    assert_eq!(
        (&server["verdict"], &server["suggested"]),
        (&"raise".into(), &"3s".into())
    );
    assert_eq!(json["advice"][1]["direction"], "raise");
}

#[test]
fn no_limit_is_not_an_unknown_one() {
    let config = CONFIG.replace(" timeout server 1500ms\n", "");
    let log = Log::of(&config).answers("be_app", "app1", &[(10, 500)]);
    let document = document(&log);
    let server = &document.backends[0].timers[1];
    assert_eq!(
        (server.current_ms, server.current_from),
        (None, Some("not set"))
    );
    assert!(page(&log, 80).contains("not set"));
}
