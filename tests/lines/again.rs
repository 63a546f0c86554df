//! Lines that begin like the line before them are read as if they stood alone.

use std::collections::BTreeMap;

use hapline::line::{Reader, Reading};
use hapline::record::{Readings, Record, read};
use proptest::prelude::*;
use proptest::sample::{Index, select};

const HEADERS: [&str; 17] = [
    "Feb  6 12:14:14 lb1 haproxy[14389]: ",
    "Feb  6 12:14:15 lb1 haproxy[14389]: ",
    "Feb  6 12:14:14 haproxy[14389]: ",
    "Feb  6 12:14:14 lb1 haproxy: ",
    "Feb  6 12:14:14 lb1 haproxy[14389] ",
    "<134>Feb  6 12:14:14 lb1 haproxy[14389]: ",
    "2026-02-06T11:14:15Z relay rsyslogd[7]: <134>Feb  6 12:14:14 haproxy[14389]: ",
    "Feb  6 12:14:14 lb2 haproxy[14389]: ",
    "<131>Feb  6 12:14:14 lb1 haproxy[14389]: ",
    "2026-02-06T12:14:14.655123+01:00 lb1 haproxy[14389]: ",
    "2026-02-06T12:14:14.655789+01:00 lb1 haproxy[14389]: ",
    "2026-02-06T11:14:15Z lb1 haproxy[14389]: ",
    "2026-02-06T11:14:14.655123Z stdout F ",
    "<134>1 2026-02-06T12:14:14.655123+01:00 lb1 haproxy 14389 - - ",
    "<134>1 2026-02-06T12:14:14.655124+01:00 lb1 haproxy 14389 - - ",
    "<134>1 2026-02-06T12:14:14.655124+01:00 lb1 haproxy 14389 - [a@1 b=\"c\"] ",
    "",
];

const MESSAGES: [&str; 22] = [
    r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www app/web1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {a} "GET / HTTP/1.1""#,
    "10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/0",
    "10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/0 last message repeated 3 times",
    "1 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/0",
    "1.0.0-1:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/0",
    "1.0.-.1:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/0",
    "10.0.0.7[8]:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/0",
    "2026-02-06T11:14:14Z lb2 haproxy[9]: Server app/web1 is DOWN.",
    "10.0.1.2[7]: 10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/0",
    "Feb  6 12:14:14 lb1 haproxy[14389]: 10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/0",
    "10.0.1.2 last message repeated 3 times",
    "[WARNING]  (1234) : Server app/web1 is DOWN.",
    "200 <134>Feb  6 12:14:14 haproxy[14389]: Server app/web1 is DOWN.",
    "fe80::1:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/0",
    "{\"log\":\"Server app/web1 is DOWN.\\n\",\"stream\":\"stdout\",\"time\":\"2026-02-06T11:14:14.6Z\"}",
    "{\"log\":\"10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/0 \\n\",\"stream\":\"stdout\",\"time\":\"2026-02-06T11:14:14.6Z\"}",
    "GET: Server app/web1 is DOWN.",
    "haproxy[14389]: Server app/web1 is DOWN.",
    "Server app/web1 is DOWN.",
    "2001:db8::1:52000 [06/Feb/2026:12:14:14.655] www/1: SSL handshake failure",
    "<13>1 2026-02-06T11:14:14Z lb2 haproxy 9 - - 10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/0",
    "",
];

const ENDS: [&str; 5] = ["", "\r", "#012", "#015#012\0", "\\012"];

/// Everything that is read of a line, as text.
fn told(record: &Record) -> String {
    let Record {
        envelope,
        message,
        reading,
        ..
    } = record;
    format!("{envelope:?} {} {reading:?}", message.escape_ascii())
}

/// What a header says, as text.
fn header(record: &Record) -> String {
    let envelope = &record.envelope;
    let said = (envelope.priority, envelope.host, envelope.tag, envelope.pid);
    format!("{said:?}")
}

/// The names of an ordinary line, as text.
fn names(record: &Record) -> String {
    let Reading::Traffic(traffic) = &record.reading else {
        panic!("no traffic has names");
    };
    let names = [traffic.frontend, traffic.backend, traffic.server].map(<[u8]>::escape_ascii);
    format!("{names:?} {}", traffic.tls)
}

/// What was said under each number.
#[derive(Default)]
struct Numbered(BTreeMap<u64, String>);

impl Numbered {
    /// Equal numbers must mean the same; 0 says nothing.
    fn check(&mut self, number: u64, said: impl FnOnce() -> String) {
        if number > 0 {
            let said = said();
            let known = self.0.entry(number).or_insert_with(|| said.clone());
            assert_eq!(*known, said, "{number}");
        }
    }
}

/// The numbers of a line's header and of its names.
type Numbers = (u64, u32);

/// Reads lines one after the other and each alone; their numbers.
fn compare(lines: &[Vec<u8>]) -> Vec<Numbers> {
    let reader = Reader::default();
    let mut readings = Readings::new(&reader);
    let (mut headers, mut routes) = (Numbered::default(), Numbered::default());
    let each = lines.iter().map(|line| {
        let alone = read(line, &reader, |record| told(&record));
        readings.read(line, |record| {
            assert_eq!(told(record), alone, "{}", line.escape_ascii());
            headers.check(record.header, || header(record));
            routes.check(record.route.into(), || names(record));
            (record.header, record.route)
        })
    });
    each.collect()
}

/// Reads lines from a text that goes on behind them; how many of them were found so.
fn compare_ahead(lines: &[Vec<u8>]) -> usize {
    let text = [&lines.join(&b'\n')[..], b"\n", &[b'x'; 300]].concat();
    let reader = Reader::default();
    let mut readings = Readings::new(&reader);
    let (mut headers, mut routes) = (Numbered::default(), Numbered::default());
    let (mut rest, mut found) = (&text[..], 0);
    while !rest.is_empty() {
        let ahead = readings.ahead(rest);
        let end = rest.iter().position(|byte| *byte == b'\n');
        let line = &rest[..end.unwrap_or(rest.len())];
        assert!(
            ahead.is_none_or(|length| length == line.len()),
            "{}",
            line.escape_ascii()
        );
        found += usize::from(ahead.is_some());
        let alone = read(line, &reader, |record| told(&record));
        readings.read(line, |record| {
            assert_eq!(told(record), alone, "{}", line.escape_ascii());
            headers.check(record.header, || header(record));
            routes.check(record.route.into(), || names(record));
        });
        rest = &rest[end.map_or(rest.len(), |end| end + 1)..];
    }
    found
}

#[test]
fn each_line_after_each_other() {
    let mut lines = Vec::new();
    for header in HEADERS {
        for message in MESSAGES {
            lines.push(format!("{header}{message}").into_bytes());
        }
    }
    for first in &lines {
        for line in &lines {
            compare(&[first.clone(), line.clone(), first.clone()]);
        }
    }
}

#[test]
fn headers_have_numbers() {
    let [first, second] = [HEADERS[0], "Feb  6 12:14:14 lb2 haproxy[14389]: "];
    let line = |header: &str| [header, MESSAGES[0]].concat().into_bytes();
    let numbers = compare(&[
        line(first),
        line(first),
        line(first),
        line(second),
        line(second),
        line(second),
    ]);
    let numbers: Vec<u64> = numbers.iter().map(|(header, _)| *header).collect();
    assert!(numbers[1] > 0);
    assert_eq!(numbers[1], numbers[2]);
    assert_ne!(numbers[2], numbers[4]);
    assert_eq!(numbers[4], numbers[5]);
}

#[test]
fn headers_keep_their_numbers() {
    let headers = [
        "Feb  6 12:14:14 lb1 haproxy[14389]: ",
        "Feb  6 12:14:14 lb2 haproxy[14389]: ",
        "2026-02-06T12:14:14.655123+01:00 lb1 haproxy[14389]: ",
        "<134>1 2026-02-06T12:14:14.655+01:00 lb1 haproxy 14389 - - ",
        "<131>1 2026-02-06T12:14:14.655+01:00 lb1 haproxy 14389 - - ",
        "",
    ];
    let later = headers.map(|header| header.replace(":14.655", ":14.700").replace(":14 ", ":15 "));
    let mut lines = Vec::new();
    for header in headers
        .into_iter()
        .chain(headers)
        .chain(later.iter().map(String::as_str))
    {
        lines.push([header, MESSAGES[0]].concat().into_bytes());
    }
    let numbers: Vec<u64> = compare(&lines).iter().map(|(header, _)| *header).collect();
    let [again, later] = [&numbers[6..12], &numbers[12..]];
    assert_eq!(again, later);
    for (nth, number) in later.iter().enumerate() {
        assert!(*number > 0 && !later[..nth].contains(number), "{numbers:?}");
    }
}

#[test]
fn names_have_numbers() {
    let names = [
        "www app/web1",
        "www~ app/web1",
        "www app/web2",
        "ww wapp/web1",
        "w a/b",
        "https-in~ application/server1",
        "a_frontend_with_a_name~ a_backend_one_of_them/a_server_1234567",
        "a_frontend_with_a_name~ a_backend_two_of_them/a_server_1234567",
    ];
    let too_long =
        "a_frontend_with_a_long_name~ a_backend_with_a_long_name/a_server_with_a_long_name";
    let line = |names: &str| {
        [HEADERS[0], &MESSAGES[0].replace("www app/web1", names)]
            .concat()
            .into_bytes()
    };
    let once = names.iter().chain([&too_long]);
    let lines: Vec<Vec<u8>> = once.clone().chain(once).map(|names| line(names)).collect();
    let numbers: Vec<u32> = compare(&lines).iter().map(|(_, route)| *route).collect();
    let (first, again) = numbers.split_at(names.len() + 1);
    // The first of all lines is not like one before.
    assert_eq!(first[1..], again[1..]);
    assert_eq!(again[names.len()], 0);
    for (nth, number) in again[..names.len()].iter().enumerate() {
        assert!(*number > 0 && !again[..nth].contains(number), "{numbers:?}");
    }
}

#[test]
fn ordinary_lines_are_found_ahead() {
    let ordinary = &MESSAGES[..2];
    for header in HEADERS {
        let line = |message: &&str| [header, message].concat().into_bytes();
        let lines: Vec<Vec<u8>> = ordinary.iter().chain(ordinary).map(line).collect();
        // The first line is like none before.
        let found = if is_kept(header) { lines.len() - 1 } else { 0 };
        assert_eq!(compare_ahead(&lines), found, "{header}");
    }
}

/// Neither a header within another, nor a pid without a colon, nor a container's stamp is kept.
fn is_kept(header: &str) -> bool {
    let others = ["relay", "[14389] ", "stdout"];
    !others.iter().any(|other| header.contains(other))
}

#[test]
fn lines_of_several_writers_by_turns_are_found_ahead() {
    let of_kind = |header: &&str| is_kept(header) && !header.is_empty();
    let headers: Vec<&str> = HEADERS.into_iter().filter(of_kind).collect();
    let kinds = 8;
    for headers in headers.windows(kinds) {
        let round = headers.iter().map(|header| [header, MESSAGES[0]].concat());
        let round: Vec<Vec<u8>> = round.map(String::into_bytes).collect();
        let lines = [&round[..], &round[..], &round[..]].concat();
        let found = compare_ahead(&lines);
        assert!(found >= lines.len() - kinds, "{found} of {headers:?}");
    }
}

#[test]
fn each_line_ahead_of_ordinary_ones() {
    for header in HEADERS {
        let ordinary = [header, MESSAGES[0]].concat().into_bytes();
        for other in HEADERS {
            for message in MESSAGES {
                let line = [other, message].concat().into_bytes();
                compare_ahead(&[ordinary.clone(), line.clone(), line, ordinary.clone()]);
            }
        }
    }
}

#[test]
fn what_goes_on_behind_a_line_is_no_part_of_it() {
    let ordinary = [HEADERS[0], MESSAGES[0]].concat().into_bytes();
    for at in 0..ordinary.len() {
        let mut torn = ordinary.clone();
        torn.insert(at, b'\n');
        compare_ahead(&[ordinary.clone(), torn, ordinary.clone()]);
        compare_ahead(&[ordinary.clone(), ordinary[..at].to_vec(), ordinary.clone()]);
    }
}

proptest! {
    #[test]
    fn whatever_follows_a_header(
        header in select(&HEADERS[..]),
        picked in prop::collection::vec((select(&MESSAGES[..]), select(&ENDS[..])), 2..6),
        changes in prop::collection::vec((any::<Index>(), any::<Index>(), any::<u8>(), 0..3_u8), 0..6),
    ) {
        let mut lines: Vec<Vec<u8>> = picked
            .iter()
            .map(|(message, end)| [header, message, end].concat().into_bytes())
            .collect();
        for (line, at, byte, change) in changes {
            let line = line.index(lines.len());
            let line = &mut lines[line];
            let at = at.index(line.len() + 1);
            match change {
                0 => line.insert(at, byte),
                1 if at < line.len() => line[at] = byte,
                _ => line.truncate(at),
            }
        }
        compare(&lines);
        compare_ahead(&lines);
    }
}
