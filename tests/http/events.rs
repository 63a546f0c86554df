//! The live feed, as a browser reads it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use hapline::report::feed::{self, Notice, Transition};
use hapline::serve::http::Settings;
use serde_json::Value;

use crate::metrics::series;
use crate::served::{RECORDING, Served, recording, serve, settings, view};

fn notice() -> Notice {
    let (log, config, _) = recording(RECORDING);
    let view = view(&log, Some(config));
    Notice {
        schema: feed::SCHEMA,
        transition: Transition::Opened,
        at: "2026-11-20T09:46:13.000+00:00".to_owned(),
        text: None,
        incident: view.document().incidents[0].clone(),
    }
}

fn served(settings: &Settings) -> (Served, Arc<Notice>) {
    (serve(view(b"", None), settings), Arc::new(notice()))
}

/// A feed that is read.
struct Listening(BufReader<TcpStream>);

impl Listening {
    fn new(served: &Served, headers: &str) -> Self {
        let mut stream = served.connect();
        let request = format!("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut listening = Self(BufReader::new(stream));
        let status = listening.line();
        assert!(status.starts_with("HTTP/1.1 200"), "{status}");
        while !listening.line().is_empty() {}
        // The first event tells a browser when to come back.
        let first = listening.event();
        assert!(first.contains(&"retry: 3000".to_owned()), "{first:?}");
        listening
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// The lines of the next event; what the chunks are in which it came is passed over.
    fn event(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            let is_size = !line.is_empty() && line.chars().all(|c| c.is_ascii_hexdigit());
            if line.is_empty() && !lines.is_empty() {
                return lines;
            }
            if !line.is_empty() && !is_size {
                lines.push(line);
            }
        }
    }
}

fn field<'a>(event: &'a [String], name: &str) -> &'a str {
    let found = event
        .iter()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    found.unwrap_or_else(|| panic!("no {name} in {event:?}"))
}

#[test]
fn a_notice_reaches_everyone_who_listens_and_can_be_gone_on_from() {
    let (served, notice) = served(&settings());
    let mut two = [Listening::new(&served, ""), Listening::new(&served, "")];
    served.notices.send(notice.clone()).unwrap();
    let events = two.each_mut().map(Listening::event);
    assert_eq!(events[0], events[1]);
    assert_eq!(field(&events[0], "event"), "notice");
    let written = serde_json::to_string(&*notice).unwrap();
    let [data, expected] = [field(&events[0], "data"), &written]
        .map(|text| serde_json::from_str::<Value>(text).unwrap());
    assert_eq!(data, expected);
    let id = field(&events[0], "id").to_owned();
    drop(two);
    for _ in 0..2 {
        served.notices.send(notice.clone()).unwrap();
    }
    let mut again = Listening::new(&served, &format!("Last-Event-ID: {id}\r\n"));
    let ids: Vec<String> = (0..2)
        .map(|_| field(&again.event(), "id").to_owned())
        .collect();
    let (run, number) = id.split_once('-').unwrap();
    let number: u64 = number.parse().unwrap();
    assert_eq!(
        ids,
        [
            format!("{run}-{}", number + 1),
            format!("{run}-{}", number + 2)
        ]
    );
    served.notices.send(notice).unwrap();
    assert_eq!(field(&again.event(), "id"), format!("{run}-{}", number + 3));
}

#[test]
fn what_is_not_kept_any_more_is_said_to_be_missing() {
    let settings = Settings {
        ring: 3,
        ..settings()
    };
    let (served, notice) = served(&settings);
    let mut listening = Listening::new(&served, "");
    let ids: Vec<String> = (0..5)
        .map(|_| {
            served.notices.send(notice.clone()).unwrap();
            field(&listening.event(), "id").to_owned()
        })
        .collect();
    // Only the fourth and the fifth are missing: nothing is lost.
    let mut near = Listening::new(&served, &format!("Last-Event-ID: {}\r\n", ids[2]));
    assert_eq!(field(&near.event(), "id"), ids[3]);
    for unknown in [ids[0].as_str(), "1-1", "x", "é"] {
        let mut far = Listening::new(&served, &format!("Last-Event-ID: {unknown}\r\n"));
        let missed = far.event();
        assert_eq!(field(&missed, "event"), "missed", "{unknown}");
        serde_json::from_str::<Value>(field(&missed, "data")).unwrap();
        assert_eq!(field(&far.event(), "id"), ids[2]);
    }
}

#[test]
fn a_silent_feed_has_a_heartbeat() {
    let settings = Settings {
        heartbeat_ms: 50,
        ..settings()
    };
    let (served, _) = served(&settings);
    let mut listening = Listening::new(&served, "");
    for _ in 0..3 {
        let beat = listening.event();
        assert!(beat.iter().all(|line| line.starts_with(':')), "{beat:?}");
    }
}

#[test]
fn who_does_not_read_is_let_go() {
    let (served, notice) = served(&settings());
    let mut slow = Listening::new(&served, "");
    let text = serde_json::to_string(&*notice).unwrap();
    // More than any socket holds, and than is kept for one who is behind.
    let many = 16_000_000 / text.len() + 256;
    let mut quick = Listening::new(&served, "");
    for _ in 0..many {
        served.notices.send(notice.clone()).unwrap();
        quick.event();
    }
    let mut rest = String::new();
    slow.0.read_to_string(&mut rest).unwrap();
    let end = &rest[rest.len() - 200..];
    assert!(end.contains("event: missed"), "{end}");
    assert!(rest.matches("event: notice").count() < many);
    let metrics = series(&served.get("/metrics").body);
    assert_eq!(
        metrics["hapline_http_refused_total{reason=\"behind\"}"],
        1.0
    );
}

#[test]
fn there_are_so_many_feeds_at_a_time() {
    let settings = Settings {
        streams: 2,
        heartbeat_ms: 20,
        ..settings()
    };
    let (served, _) = served(&settings);
    let two = [Listening::new(&served, ""), Listening::new(&served, "")];
    let third = served.get("/api/v1/events");
    assert_eq!((third.status, third.header("retry-after")), (503, "5"));
    assert_eq!(served.get("/healthz").status, 200);
    drop(two);
    let until = Instant::now() + Duration::from_secs(60);
    let mut stream = served.connect();
    let status = loop {
        let request = "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut head = [0; 12];
        stream.read_exact(&mut head).unwrap();
        if head.ends_with(b"200") || Instant::now() > until {
            break head;
        }
        sleep(Duration::from_millis(50));
        stream = served.connect();
    };
    assert_eq!(
        &status, b"HTTP/1.1 200",
        "a place that is left is taken again"
    );
}

#[test]
fn a_feed_ends_with_the_server() {
    let (served, _) = served(&settings());
    let mut listening = Listening::new(&served, "");
    let began = Instant::now();
    drop(served);
    let mut rest = Vec::new();
    let _ = listening.0.read_to_end(&mut rest);
    assert!(began.elapsed() < Duration::from_secs(5));
}
