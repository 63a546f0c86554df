//! What is read quickly is read as the other reader reads it.

use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::built_in;
use super::{Before, Traffic, read};
use crate::envelope::peel;
use crate::time::civil::LogDates;

/// Ordinary lines, in the shapes that options give them.
const ORDINARY: [&str; 18] = [
    r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html HTTP/1.1""#,
    r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1""#,
    r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {www.example.com|Mozilla/5.0 (X11; Linux x86_64)} "GET /index.html HTTP/1.1""#,
    r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] https-in~ static/srv1 10/0/30/69/+109 200 +2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html HTTP/1.1""#,
    r#"10.0.1.2:3 [06/Feb/2026:12:14:14.655] https-in~ static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html HTTP/1.1" 0/0/0/0/0 www.example.com/TLSv1.3/TLS_AES_128_GCM_SHA256"#,
    r#"2001:db8::1:52000 [06/Feb/2026:12:14:14.655] www a_backend_with_a_long_name/a_server_with_a_long_name 10/0/30/69/109 404 2750123 - - ---- 1024/1000/999/88/0 0/0 "GET / HTTP/1.1""#,
    r#"10.0.0.5:1234 [06/Feb/2026:12:14:14.655] www app/web2 0/60001/-1/-1/60001 503 217 - - sQ-- 1024/1000/999/88/0 12/345 "POST /buy HTTP/1.1""#,
    r#"10.0.0.5:1234 [06/Feb/2026:12:14:14.655] www app/web2 0/0/-1/-1/3006 503 217 - - SC-- 1024/1000/999/88/+3 0/0 "POST /buy HTTP/1.1""#,
    r#"10.0.0.5:1234 [06/Feb/2026:12:14:14.655] www www/<NOSRV> -1/-1/-1/-1/5 -1 0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>""#,
    r#"10.0.0.5:1234 [06/Feb/2026:12:14:14.655] www app/web2 0/0/0/1/2 200 123456789012 - - --VN 1/1/0/0/0 0/0 "GET / HTTP/1.1""#,
    r#"unix:12345 [06/Feb/2026:12:14:14.655] www app/web2 0/0/0/1/2 200 1234567 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1""#,
    "10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/0",
    "10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/+5007 +900 cD 100/100/100/10/+2 11/0",
    "10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/<NOSRV> -1/-1/0 0 SC 1/1/0/0/3 0/0",
    "10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db~ db/pg1 0/1/5007 98765432109 -- 1/1/1/1/0 0/0 more of a longer format",
    "10.0.0.7:5432 [06/Feb/2026:12:14:14.655] a_frontend_with_a_long_name~ a_backend_with_a_long_name/a_server_with_a_long_name 0/1/5007 900 -- 12345/12345/12345/12345/0 12345/12345",
    r#"10.0.0.5:1234 [06/Feb/2026:12:14:14.655] www app/web2 0/0/0/1/2 200 7 - - ---- 1/1/0/0/0 0/0 {} """#,
    r#"10.0.0.5:1234 [06/Feb/2026:12:14:14.655] www app/web2 0/0/0/1/2 200 7 - - ---- 1/1/0/0/0 0/0 {a|b|c} {d|} "GET / HTTP/1.1""#,
];

/// Lines that are rare or none.
const OTHERS: [&str; 14] = [
    r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www app/web1 10/0/30/69/109 200 2750 SID=a - --VN 1/1/1/1/0 0/0 "GET / HTTP/1.1""#,
    r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www app/web1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET / HTT"#,
    "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www/1: SSL handshake failure",
    "10.0.1.2[7]: [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/0",
    "10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/0\0",
    "10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/0 0/",
    "10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/1/4294967296 0/0",
    "10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 -- 1/1/1/4294967296/0 0/4294967296",
    "10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/1234567890123456 18446744073709551616 -- 1/1/1/1/0 0/0",
    r#"10.0.0.5:1234 [06/Feb/2026:12:14:14.655] www app/web2 0/0/0/1/2 1000 7 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1""#,
    r#"10.0.0.5:1234 [31/Feb/2026:12:14:14.655] www app/web2 0/0/0/1/2 200 7 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1""#,
    "10.0.0.7:5432 [06/Feb/2026:12:14:14.655] a_frontend_whose_name_is_so_long_that_its_line_is_no_short_one a_backend_with_a_long_name/a_server_with_a_long_name 0/1/5007 900 -- 12345/12345/12345/12345/0 12345/12345",
    "10.0.0.7:5432 [06/Feb/2026:12:14:14.655] db db/pg1 0/1/5007 900 - - ---- 1/1/1/1/0 0/0",
    "Server app/web1 is DOWN.",
];

/// Bytes that mean something in a line, and some that do not.
const BYTES: &[u8] = b" /-+:09[]{}\"~S\0\t\x80\xff";

fn quickly<'a>(message: &'a [u8], before: &mut Before) -> Option<Traffic<'a>> {
    let mut traffic = Traffic::unread();
    read(message, before, &mut traffic).map(|_| traffic)
}

/// Reads a message both ways; whether it was read quickly.
fn compare(message: &[u8], before: &mut Before) -> bool {
    let Some(quickly) = quickly(message, before) else {
        return false;
    };
    let closely = built_in::read(message, &mut LogDates::default());
    assert_eq!(closely, Some(Ok(quickly)), "{}", message.escape_ascii());
    true
}

/// All that one byte more, less or otherwise makes of a message, and each of its beginnings.
fn compare_neighbours(message: &[u8], known: &mut Before) {
    for at in 0..message.len() {
        let (before, from) = message.split_at(at);
        compare(before, known);
        compare(&[before, &from[1..]].concat(), known);
        for byte in BYTES {
            compare(&[before, &[*byte], &from[1..]].concat(), known);
            compare(&[before, &[*byte], from].concat(), known);
        }
    }
}

/// The lines of a log, packed or not.
fn lines(path: &Path) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(path).expect("a log");
    let mut text = Vec::new();
    if path.extension().is_some_and(|end| end == "gz") {
        let mut unpacked = MultiGzDecoder::new(&bytes[..]);
        unpacked.read_to_end(&mut text).expect("gzip");
    } else {
        text = bytes;
    }
    text.split(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

/// The logs below a folder.
fn logs(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let is_log = |path: &Path| {
        path.to_string_lossy()
            .trim_end_matches(".gz")
            .ends_with(".log")
    };
    let mut logs: Vec<_> = paths
        .flat_map(|path| {
            if path.is_dir() {
                logs(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| is_log(path))
        .collect();
    logs.sort();
    logs
}

#[test]
fn ordinary_lines_are_read_quickly() {
    for line in ORDINARY {
        assert!(compare(line.as_bytes(), &mut Before::default()), "{line}");
    }
    for line in OTHERS {
        assert!(!compare(line.as_bytes(), &mut Before::default()), "{line}");
    }
}

#[test]
fn all_that_is_like_an_ordinary_line() {
    let mut before = Before::default();
    for line in ORDINARY.iter().chain(&OTHERS) {
        compare_neighbours(line.as_bytes(), &mut before);
    }
}

#[test]
fn recorded_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let logs = [
        logs(&root.join("tests/recordings")),
        logs(&root.join("samples")),
    ]
    .concat();
    assert!(logs.len() >= 69, "logs are missing");
    let (mut before, mut all, mut quick) = (Before::default(), 0, 0);
    for log in logs {
        for (nth, line) in lines(&log).iter().enumerate() {
            let message = peel(line).message;
            all += 1;
            quick += usize::from(compare(message, &mut before));
            // Neighbours of all would take minutes.
            if nth == 100 {
                compare_neighbours(message, &mut before);
            }
        }
    }
    assert!(quick * 10 > all * 8, "{quick} of {all}");
}

proptest! {
    #[test]
    fn whatever_becomes_of_a_line(
        line in select(&ORDINARY[..]),
        changes in prop::collection::vec((any::<Index>(), select(BYTES), 0..4_u8), 1..6),
    ) {
        let mut message = line.as_bytes().to_vec();
        for (at, byte, change) in changes {
            let at = at.index(message.len() + 1);
            match change {
                0 => message.insert(at, byte),
                1 if at < message.len() => message[at] = byte,
                2 if at < message.len() => drop(message.remove(at)),
                _ => message.truncate(at.max(40)),
            }
        }
        compare(&message, &mut Before::default());
    }
}
