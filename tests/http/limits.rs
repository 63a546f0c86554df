//! Peers that are slow, or large, or many.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use hapline::serve::http::Settings;

use crate::metrics::series;
use crate::served::{RECORDING, Served, recording, serve, settings, view};

fn served(settings: &Settings) -> Served {
    serve(view(b"", None), settings)
}

fn refused(served: &Served, reason: &str) -> f64 {
    let metrics = series(&served.get("/metrics").body);
    let name = format!("hapline_http_refused_total{{reason=\"{reason}\"}}");
    metrics.get(&name).copied().unwrap_or(0.0)
}

/// Waits for what another thread counts.
fn is_soon(mut is_it: impl FnMut() -> bool) -> bool {
    let until = Instant::now() + Duration::from_secs(60);
    while Instant::now() < until {
        if is_it() {
            return true;
        }
        sleep(Duration::from_millis(50));
    }
    false
}

#[test]
fn a_request_that_does_not_come_is_not_waited_for() {
    let settings = Settings {
        header_timeout_ms: 400,
        ..settings()
    };
    let served = served(&settings);
    let began = Instant::now();
    let mut silent = served.connect();
    let mut trickling = served.connect();
    trickling
        .write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: ")
        .unwrap();
    assert_eq!(
        served.get("/healthz").status,
        200,
        "others are answered meanwhile"
    );
    while trickling.write_all(b"x").is_ok() && began.elapsed() < Duration::from_secs(10) {
        sleep(Duration::from_millis(50));
    }
    let mut rest = Vec::new();
    let _ = silent.read_to_end(&mut rest);
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );
    assert!(
        is_soon(|| refused(&served, "slow") == 1.0),
        "who said nothing is no fault"
    );
}

#[test]
fn large_requests_are_refused() {
    let served = served(&settings());
    let asked = |line: &str| served.send(&format!("{line}\r\n\r\n"));
    let head = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    let reply = asked(&format!("{head}X: {}", "x".repeat(40_000)));
    assert_eq!(reply.status, 431);
    let many: Vec<String> = (0..100).map(|nth| format!("X{nth}: y")).collect();
    assert_eq!(asked(&format!("{head}{}", many.join("\r\n"))).status, 431);
    let long = format!("GET /{} HTTP/1.1\r\nHost: localhost", "x".repeat(70_000));
    assert!([414, 431].contains(&asked(&long).status));
    for body in [
        "Content-Length: 5\r\n\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0",
    ] {
        let reply = asked(&format!(
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\n{body}"
        ));
        assert_eq!(reply.status, 413, "{body}");
        assert_eq!(reply.header("connection"), "close");
    }
    assert_eq!(refused(&served, "body"), 2.0);
    let reply = asked(&format!("{head}Content-Length: 0"));
    assert_eq!(reply.status, 200);
}

#[test]
fn what_is_no_request_is_refused() {
    let served = served(&settings());
    for request in [
        "\x16\x03\x01\x02\x00\x01\x00\x01",
        "GET / HTTP/9.9\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "no such thing\r\n\r\n",
    ] {
        let reply = served.send(request);
        assert!(
            [0, 400].contains(&reply.status),
            "{request:?}: {}",
            reply.status
        );
    }
    for method in [
        "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH",
    ] {
        let reply = served.send(&format!(
            "{method} /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        ));
        assert_eq!(reply.status, 405, "{method}");
        if method == "POST" {
            assert_eq!(reply.json()["status"], 405);
            assert_eq!(reply.header("allow"), "GET,HEAD");
        }
    }
    let head =
        served.send("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
}

#[test]
fn there_are_so_many_connections_at_a_time() {
    let settings = Settings {
        connections: 4,
        header_timeout_ms: 60_000,
        ..settings()
    };
    let served = served(&settings);
    // They read a feed, which has no end.
    let request = b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let busy: Vec<_> = (0..4)
        .map(|_| {
            let mut peer = served.connect();
            peer.write_all(request).unwrap();
            assert!(peer.read(&mut [0; 1024]).unwrap() > 0);
            peer
        })
        .collect();
    assert_eq!(served.get("/healthz").status, 503);
    assert_eq!(served.get("/healthz").header("retry-after"), "5");
    drop(busy);
    assert!(is_soon(|| served.get("/healthz").status == 200));
    assert!(refused(&served, "connections") >= 2.0);
}

#[test]
fn who_was_answered_and_stays_keeps_nobody_out_and_the_last_ones_go_on() {
    let settings = Settings {
        connections: 4,
        header_timeout_ms: 60_000,
        ..settings()
    };
    let served = served(&settings);
    let ask = |peer: &mut TcpStream| {
        // The server may have let it go already.
        let _ = peer.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        matches!(peer.read(&mut [0; 1024]), Ok(1..))
    };
    let mut feed = served.connect();
    feed.write_all(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    assert!(feed.read(&mut [0; 1024]).unwrap() > 0);
    let mut idle = Vec::new();
    for _ in 0..100 {
        let mut peer = served.connect();
        assert!(ask(&mut peer), "each is answered once");
        idle.push(peer);
    }
    for _ in 0..20 {
        assert_eq!(served.get("/healthz").status, 200);
    }
    // One that asks now and then is not the one that asked nothing for longest.
    let mut scraper = served.connect();
    for _ in 0..20 {
        assert!(ask(&mut scraper));
        assert!(ask(&mut served.connect()));
    }
    assert!(!ask(&mut idle[0]), "it made room");
    feed.set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    let quiet = feed.read(&mut [0; 1024]).map_err(|error| error.kind());
    assert!(
        matches!(quiet, Ok(1..) | Err(ErrorKind::WouldBlock)),
        "{quiet:?}: the feed goes on"
    );
}

#[test]
fn who_never_ends_a_request_keeps_nobody_out() {
    let settings = Settings {
        connections: 4,
        header_timeout_ms: 60_000,
        ..settings()
    };
    let served = served(&settings);
    let slow: Vec<_> = (0..300)
        .map(|_| {
            let mut peer = served.connect();
            // The server may have let it go already.
            let _ = peer.write_all(b"GET /healthz HTTP/1.1\r\nX: ");
            peer
        })
        .collect();
    for _ in 0..20 {
        assert_eq!(served.get("/healthz").status, 200);
    }
    assert!(is_soon(|| refused(&served, "connections") >= 296.0));
    drop(slow);
}

/// One reads nothing, the other a byte now and then.
#[test]
fn who_does_not_read_is_not_waited_for() {
    let settings = Settings {
        stall_timeout_ms: 300,
        ..settings()
    };
    let (log, config, _) = recording(RECORDING);
    let served = serve(view(&log, Some(config)), &settings);
    let length = served.get("/api/v1/report").body.len();
    // More than any socket holds, of those who ask again and again.
    let request = b"GET /api/v1/report HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let asked = request.repeat(24_000_000 / length);
    let mut peers = [served.connect(), served.connect()];
    for peer in &mut peers {
        let limit = Some(Duration::from_millis(200));
        peer.set_write_timeout(limit).unwrap();
        // What does not fit into the sockets on the way does not matter.
        let _ = peer.write_all(&asked);
    }
    let [_, trickling] = &mut peers;
    let are_gone = || {
        let _ = trickling.read(&mut [0]);
        refused(&served, "stalled") == 2.0
    };
    assert!(is_soon(are_gone));
}

#[test]
fn an_answer_that_takes_too_long_is_given_up() {
    let settings = Settings {
        request_timeout_ms: 0,
        ..settings()
    };
    let (log, config, _) = recording(RECORDING);
    let served = serve(view(&log, Some(config)), &settings);
    // A timer ticks once in a millisecond, in which an answer may be ready after all.
    let is_given_up = || {
        let reply = served.get("/api/v1/report");
        reply.status == 503 && reply.json()["detail"] == "the answer was not ready in time"
    };
    assert!(is_soon(is_given_up));
}

#[test]
fn one_connection_serves_several_requests() {
    let served = served(&settings());
    let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let last = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut stream = served.connect();
    stream
        .write_all(format!("{request}{request}{last}").as_bytes())
        .unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 3);
}
