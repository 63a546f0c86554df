//! Files are read in the order of their times, whatever order they are given in.

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::lines::{Header, What};
use crate::logs::{Log, NEW_YEAR, NOON, any_log, grid, steady};
use crate::read::{Reader, differences, differences_in, folder, part};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn files_may_be_given_in_any_order(logs in prop::collection::vec(any_log(), 1..4), grid in grid(), turn in 0usize..4) {
        let latest = logs.iter().map(|log| log.modified()).max().unwrap_or_default();
        let reader = Reader::new("Europe/Paris", grid, latest);
        let folder = folder();
        let write = |(nth, bytes): (usize, Vec<u8>)| reader.write(&folder, &format!("{nth}.log"), &bytes);
        let mut paths: Vec<_> = logs.iter().map(|log| log.bytes()).enumerate().map(write).collect();
        let report = reader.files(&paths, 2);
        let turn = turn % paths.len();
        paths.rotate_left(turn);
        prop_assert_eq!(differences(&reader.files(&paths, 2), &report), [""; 0]);
        paths.reverse();
        prop_assert_eq!(differences(&reader.files(&paths, 2), &report), [""; 0]);
    }

    #[test]
    fn rotations_may_be_joined_the_wrong_way_round(log in steady(&[NOON, NEW_YEAR]), grid in grid(), at in any::<Index>()) {
        let mut log = Log { ends_whole: true, ..log };
        // Lines without a time belong to those before them, so a file begins with one that has it.
        let Some(first) = log.seams().first().copied() else {
            return Ok(());
        };
        log.lines.drain(..first);
        let seams = log.seams();
        // Less than a minute is disorder, not another file.
        if log.modified() - log.lines[0].0 <= 70 {
            return Ok(());
        }
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let mut lines = log.bytes_of_lines();
        let folder = folder();
        let right = reader.files(&[reader.write(&folder, "right.log", &lines.concat())], 1);
        lines.rotate_left(seams[at.index(seams.len())]);
        let wrong = reader.files(&[reader.write(&folder, "wrong.log", &lines.concat())], 1);
        for key in ["incidents", "totals", "figures", "coverage"] {
            prop_assert_eq!(differences_in(key, &wrong, &right), [""; 0]);
        }
    }
}

/// One server goes down in the log's first second; of another one, the last line tells that it was down before.
#[test]
fn of_two_that_left_at_once_the_one_told_first_is_first_wherever_it_stands() {
    let lines = [
        (0, What::Good(0)),
        (0, What::State("web1", false)),
        (600, What::Good(0)),
        (1_200, What::State("web2", true)),
    ];
    let log = Log {
        scene: NOON,
        header: Header::Rfc3339,
        crlf: false,
        ends_whole: true,
        lines: lines
            .map(|(after, what)| (NOON.begins + after, what))
            .into(),
    };
    let reader = Reader::new(log.scene.zone, 2_048, log.modified());
    let mut lines = log.bytes_of_lines();
    let folder = folder();
    let right = reader.files(&[reader.write(&folder, "right.log", &lines.concat())], 1);
    lines.rotate_left(2);
    let wrong = reader.files(&[reader.write(&folder, "wrong.log", &lines.concat())], 1);
    assert_eq!(differences_in("incidents", &wrong, &right), [""; 0]);
    let incidents = part(&right, "incidents");
    assert_eq!(incidents[0]["lanes"].as_array().map(Vec::len), Some(2));
}

/// 6 February 2026, 12:00:00 UTC.
const TODAY: i64 = 1_770_379_200;

/// `cat today.log yesterday.log`.
#[test]
fn where_yesterday_stands_behind_today_no_line_is_late() {
    let line = |nth: i64, day: i64| {
        let at = TODAY + day * 86_400 + nth * 2;
        let at = Timestamp::from_second(at).expect("a time");
        format!(
            "{} lb1 haproxy[7]: 10.0.0.9:1024 [{}] fe app/s1 0/0/1/7/8 200 {nth} - - ---- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"\n",
            at.strftime("%b %e %H:%M:%S"),
            at.strftime("%d/%b/%Y:%H:%M:%S.000")
        )
    };
    let day = |day: i64| (0..6_000).map(|nth| line(nth, day)).collect::<String>();
    let reader = Reader::new("UTC", 1 << 15, TODAY + 2 * 86_400);
    let folder = folder();
    let joined = [day(1), day(0)].concat();
    let path = reader.write(&folder, "joined.log", joined.as_bytes());
    let report = reader.files(&[path], 2);
    assert_eq!(part(&report, "totals")["requests"], 12_000);
    assert_eq!(part(&report, "coverage")["warnings"].to_string(), "[]");
}
