//! Names that nobody has, by the thousand: there is bounded room for them, and they hide nothing.

use serde_json::Value;

use crate::read::{Reader, differences, folder, json, name, part};

/// 6 February 2026, 12:00:00 UTC.
const NOON: i64 = 1_770_379_200;

/// The wall clock so many seconds later.
fn stamp(second: usize) -> String {
    format!(
        "Feb  6 {:02}:{:02}:{:02}",
        12 + second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// A request to a server that was answered.
fn request(second: usize, host: &str, place: &str) -> String {
    let stamp = stamp(second);
    let clock = &stamp[7..];
    format!(
        "{stamp} {host} haproxy[7]: 10.0.0.1:{} [06/Feb/2026:{clock}.120] www {place} 0/0/1/20/21 200 512 - - ---- 9/9/4/2/0 0/0 \
         \"GET / HTTP/1.1\"\n",
        1_024 + second
    )
}

/// A server is lost, and others are left.
fn down(second: usize, place: &str) -> String {
    format!(
        "{} lb1 haproxy[7]: Server {place} is DOWN, reason: Layer4 timeout, check duration: 2001ms. 2 active and 0 backup servers \
         left. 0 sessions active, 0 requeued, 0 remaining in queue.\n",
        stamp(second)
    )
}

fn read(lines: &str) -> String {
    let reader = Reader::new("UTC", 1 << 20, NOON + 7_200);
    reader.report("log", &reader.fold(0, lines.as_bytes()))
}

fn lanes(incident: &Value) -> Vec<&str> {
    let lanes = incident["lanes"].as_array().expect("lanes");
    lanes
        .iter()
        .filter_map(|lane| lane["server"].as_str())
        .collect()
}

/// Seconds with traffic before and between.
const CALM: usize = 60;

#[test]
fn servers_that_are_not_there_do_not_hide_one_that_is() {
    let mut lines = String::new();
    for second in 0..CALM {
        for server in ["app/s1", "app/s2", "app/s3"] {
            lines += &request(second, "lb1", server);
        }
    }
    for second in CALM..CALM + 180 {
        lines += &request(second, "lb1", "app/s2");
        for nth in 0..30 {
            lines += &down(second, &format!("app/f{second}-{nth}"));
        }
    }
    lines += &down(CALM + 200, "app/s1");
    lines += &request(CALM + 400, "lb1", "app/s2");
    let report = read(&lines);
    let incidents = part(&report, "incidents");
    let of_app = incidents
        .as_array()
        .expect("incidents")
        .iter()
        .find(|incident| incident["backend"] == "app");
    let lanes = lanes(of_app.expect("an incident"));
    assert!(lanes.contains(&"s1"), "the one that is there");
    assert!((2_000..=2_100).contains(&lanes.len()), "{}", lanes.len());
    let warnings = part(&report, "coverage")["warnings"].to_string();
    assert!(warnings.contains("were passed over"), "{warnings}");
}

#[test]
fn incidents_that_are_made_up_leave_room_for_others() {
    let mut lines = String::new();
    for second in 0..CALM {
        lines += &request(second, "lb1", "app/s1");
        lines += &request(second, "lb1", "app/s2");
    }
    for second in CALM..CALM + 120 {
        lines += &request(second, "lb1", "app/s2");
        for nth in 0..10 {
            lines += &down(second, &format!("f{second}-{nth}/s1"));
            lines += &format!(
                "{} lb1 haproxy[7]: Server app/m{second}-{nth} is going DOWN for maintenance. 2 active and 0 backup \
                servers left. 0 sessions active, 0 requeued, 0 remaining in queue.\n",
                stamp(second)
            );
        }
    }
    lines += &down(CALM + 140, "app/s1");
    lines += &request(CALM + 400, "lb1", "app/s2");
    let report = read(&lines);
    let incidents = part(&report, "incidents");
    let incidents = incidents.as_array().expect("incidents");
    assert!(
        (1_000..=1_100).contains(&incidents.len()),
        "{}",
        incidents.len()
    );
    let is_lost = |incident: &&Value| incident["backend"] == "app" && lanes(incident) == ["s1"];
    assert_eq!(incidents.iter().filter(is_lost).count(), 1);
}

/// Minutes in which nobody makes up names.
const QUIET: usize = 4;

/// Made-up servers in the minute after them; there is room for some 23,000 places.
const MADE_UP: usize = 30_000;

const REAL: [&str; 3] = ["app/s1", "app/s2", "app/s3"];

/// A minute of more made-up names than there is room for, in requests and in what is said of servers; all the while the
/// servers that are there answer, and one of them is lost.
fn flood() -> String {
    let mut lines = String::new();
    for second in 0..60 * (QUIET + 1) {
        for server in REAL {
            lines += &request(second, "lb1", server);
        }
        if second < 60 * QUIET {
            continue;
        }
        for nth in 0..MADE_UP / 60 {
            lines += &request(second, "lb1", &format!("f{second}/x{nth}"));
            if nth % 10 == 0 {
                lines += &down(second, &format!("f{second}/x{nth}"));
            }
        }
    }
    lines += &down(60 * QUIET + 59, "app/s3");
    lines += &request(60 * (QUIET + 4), "lb1", "app/s1");
    lines
}

#[test]
fn servers_that_were_there_before_are_counted_to_the_last_request() {
    let lines = flood();
    let reader = Reader::new("UTC", 1 << 20, NOON + 7_200);
    let minutes = reader.minutes(&reader.fold(0, lines.as_bytes()));
    for real in REAL {
        let slots = minutes.iter().flat_map(|minute| &minute.slots);
        let cells = slots.flat_map(|slot| &slot.cells).filter(|cell| {
            let names = [&cell.place.backend, &cell.place.server].map(|name| &name[..]);
            names.join(&b'/') == real.as_bytes()
        });
        let last = u64::from(real == "app/s1");
        let requests = 60 * (QUIET as u64 + 1) + last;
        assert_eq!(
            cells.map(|cell| cell.tally.n).sum::<u64>(),
            requests,
            "{real}"
        );
    }
    let report = read(&lines);
    let totals = part(&report, "totals");
    let all = 3 * 60 * (QUIET + 1) + MADE_UP / 60 * 60 + 1;
    assert_eq!(totals["requests"], all);
    let incidents = part(&report, "incidents");
    let incidents = incidents.as_array().expect("incidents");
    let is_lost = |incident: &&Value| incident["backend"] == "app" && lanes(incident) == ["s3"];
    assert_eq!(incidents.iter().filter(is_lost).count(), 1);
}

#[test]
fn who_finds_room_depends_neither_on_the_cut_nor_on_the_threads() {
    let lines = flood();
    let reader = Reader::new("UTC", 1 << 18, NOON + 7_200);
    let folder = folder();
    let path = reader.write(&folder, "log", lines.as_bytes());
    let of_file = reader.files(std::slice::from_ref(&path), 1);
    assert_eq!(reader.files(std::slice::from_ref(&path), 3), of_file);
    let mut stream = reader.stream(&name(&path));
    for (nth, piece) in lines.as_bytes().chunks(300_001).enumerate() {
        stream.feed(piece);
        if nth % 3 == 0 {
            stream.streams.cut();
        }
    }
    stream.finish();
    assert_eq!(differences(&json(stream.engine()), &of_file), [""; 0]);
}
