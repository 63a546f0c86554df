//! Lines that begin like the line before them are read as if they stood alone.

use hapline::line::Reader;
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

const MESSAGES: [&str; 21] = [
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

/// Reads lines one after the other and each alone; the numbers of their headers.
fn compare(lines: &[Vec<u8>]) -> Vec<u64> {
    let reader = Reader::default();
    let mut readings = Readings::new(&reader);
    let mut numbers = Vec::new();
    let mut headers: Vec<(u64, String)> = Vec::new();
    for line in lines {
        let alone = read(line, &reader, |record| told(&record));
        readings.read(line, |record| {
            assert_eq!(told(record), alone, "{}", line.escape_ascii());
            numbers.push(record.header);
            if record.header > 0 {
                headers.push((record.header, header(record)));
            }
        });
    }
    for (number, said) in &headers {
        let same = headers.iter().filter(|(other, _)| other == number);
        assert!(same.clone().all(|(_, other)| other == said), "{headers:?}");
    }
    numbers
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
    let numbers = compare(&lines);
    let [again, later] = [&numbers[6..12], &numbers[12..]];
    assert_eq!(again, later);
    for (nth, number) in later.iter().enumerate() {
        assert!(*number > 0 && !later[..nth].contains(number), "{numbers:?}");
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
    }
}
