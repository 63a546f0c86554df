//! What a line must say, given what its client did and saw.

use hapline::line::{Clock, Extra, FieldSet as F, Mode, Traffic};

use super::requests::{ODD, Request, Seen};
use super::site::Frontend;
use super::{Extras, server, text};

/// Who and where, and how it ended.
pub fn place(traffic: &Traffic, frontend: &Frontend, request: &Request, seen: &Seen, what: &str) {
    let has = |field| traffic.fields.has(field);
    assert!(
        has(F::BACKEND | F::SERVER | F::STATUS | F::TERM | F::PERSISTENCE),
        "{what}"
    );
    let name = frontend.name.as_bytes();
    let backend = match request.backend {
        "" => name,
        backend => backend.as_bytes(),
    };
    assert_eq!(traffic.mode, Mode::Http, "{what}");
    assert_eq!(traffic.backend, backend, "{what}");
    assert_eq!(traffic.server, request.server.as_bytes(), "{what}");
    assert_eq!(&traffic.term, request.term, "{what}");
    assert_eq!(traffic.status, request.status, "{what}");
    assert!(!has(F::CLIENT) || traffic.client == b"127.0.0.1", "{what}");
    assert!(!has(F::FRONTEND) || traffic.frontend == name, "{what}");
    assert!(
        !traffic.tls && traffic.retries == 0 && !traffic.redispatched,
        "{what}"
    );
    assert_eq!((traffic.srv_queue, traffic.backend_queue), (0, 0), "{what}");
    if has(F::FRONTEND_CONNECTIONS) {
        assert!(traffic.connections[0] >= traffic.connections[1], "{what}");
    }
    if has(F::BYTES) && matches!(request.name, "unfinished" | "no request") {
        // What is answered before there is a stream is not counted.
        assert_eq!(traffic.bytes, 0, "{what}");
    } else if has(F::BYTES) && request.leaves.is_none() {
        let difference = traffic.bytes.abs_diff(seen.answer.len() as u64);
        assert!(difference < 100, "{} bytes, {what}", seen.answer.len());
    }
    if let Some(status) = seen.answer.get(9..12) {
        assert_eq!(status, request.status.to_string().as_bytes(), "{what}");
    }
}

/// When, and for how long; ±1 ms for each clock that was cut.
pub fn times(traffic: &Traffic, request: &Request, seen: &Seen, what: &str) {
    let took = seen.start.elapsed().as_millis() as i64;
    let timers = traffic.timers;
    if traffic.fields.has(F::ACCEPTED) {
        // Before 2.9 the milliseconds of a date in UTC are not on the line.
        let earliest = seen.began
            - if traffic.clock == Clock::Utc {
                1_000
            } else {
                1
            };
        let range = earliest..=seen.began + took + 1;
        assert!(range.contains(&traffic.accepted), "{range:?} {what}");
    }
    if traffic.fields.has(F::TOTAL_TIME) {
        let least = if matches!(request.name, "slow" | "unfinished") {
            295
        } else {
            0
        };
        assert!((least..=took + 1).contains(&timers.total), "{took} {what}");
    }
    if traffic.fields.has(F::RESPONSE_TIME) {
        let absent = [
            timers.request,
            timers.queue,
            timers.connect,
            timers.response,
        ]
        .map(|ms| ms < 0);
        let expected = match (request.server, request.name) {
            _ if request.is_answered() => [false; 4],
            (_, "unfinished" | "no request") => [true; 4],
            (_, "denied" | "redirected" | "no server") => [false, true, true, true],
            (_, "refused") => [false, false, true, true],
            _ => [false, false, false, true],
        };
        assert_eq!(absent, expected, "{what}");
    }
}

/// What clients and servers wrote.
pub fn texts(traffic: &Traffic, frontend: &Frontend, request: &Request, what: &str) {
    let line = request.line().map(|line| match frontend.name {
        "json" => hashed(uri(line), ""),
        "keys" => uri(line).to_vec(),
        _ => hashed(line, ""),
    });
    let unknown = if frontend.name == "keys" {
        &b"-"[..]
    } else {
        b"<BADREQ>"
    };
    if traffic.fields.has(F::REQUEST) {
        let expected = line.as_deref().unwrap_or(unknown);
        assert_eq!(text(traffic.request), text(expected), "{what}");
    }
    if traffic.fields.has(F::REQUEST_COOKIE) && request.is_answered() {
        let expected = [&b"SID=of client"[..], b"SID=from server"];
        assert_eq!(traffic.cookies, expected, "{what}");
    }
    if traffic.fields.has(F::CAPTURES) && line.is_some() {
        let agent = hashed(agent(request).as_bytes(), "{|}");
        let note = if request.is_answered() {
            server::NOTE
        } else {
            ""
        };
        let (agent, note) = (text(&agent).into_owned(), hashed(note.as_bytes(), "{|}"));
        let expected = match frontend.name {
            "clf" => format!("\"{agent}\" \"shop.example\" \"{}\"", text(&note)),
            _ => format!("{{{agent}|shop.example}} {{{}}}", text(&note)),
        };
        assert_eq!(text(traffic.captures), expected, "{what}");
    }
}

/// What the format adds.
pub fn named(extras: &Extras, frontend: &Frontend, request: &Request, seen: &Seen, what: &str) {
    let port = Extra::Number(seen.port.into());
    let ports = ["port", "%cp", "%[src_port]"];
    let is_built_in = matches!(frontend.name, "httplog" | "httpslog" | "clf");
    assert!(
        is_built_in || ports.iter().any(|name| extras.get(name) == Some(&port)),
        "{what}"
    );
    let (Some(Extra::Text(agent_logged)), Some(_)) = (extras.get("ua"), request.line()) else {
        return;
    };
    let expected = agent(request);
    let logged = match frontend.name {
        "escaped" => serde_json::from_str(&format!("\"{}\"", text(agent_logged))).unwrap(),
        _ => text(agent_logged).into_owned(),
    };
    assert_eq!(logged, expected, "{what}");
    if frontend.name == "escaped" {
        let id = format!(
            "7F000001:{:X}_7F000001:{:X}_",
            seen.port,
            frontend.address.port()
        );
        assert!(
            matches!(&extras["id"], Extra::Text(text) if text.starts_with(id.as_bytes())),
            "{what}"
        );
    }
}

fn agent(request: &Request) -> &'static str {
    if request.name == "odd" {
        ODD
    } else {
        "curl/8 x"
    }
}

fn uri(line: &[u8]) -> &[u8] {
    line.split(|byte| *byte == b' ').nth(1).unwrap()
}

/// As HAProxy escapes what it does not copy as it is.
fn hashed(bytes: &[u8], more: &str) -> Vec<u8> {
    let escape = |byte: &u8| match byte {
        b'"' | b'#' | 0..32 | 127.. => format!("#{byte:02X}").into_bytes(),
        byte if more.as_bytes().contains(byte) => format!("#{byte:02X}").into_bytes(),
        byte => vec![*byte],
    };
    bytes.iter().flat_map(escape).collect()
}
