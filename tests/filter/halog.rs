//! `halog`'s filters and the expressions that help pages give for them keep the same lines.
//!
//! Without halog, which Debian's haproxy package brings, these tests are skipped, and say so; with `CI=true` they fail.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use hapline::filter::accepts::accepted;
use hapline::filter::halog::{ROWS, Row};
use hapline::filter::{Accepts, Filter};

use super::{needed, read, zone};

/// What halog prints for a log, and `None` where it is not installed.
fn halog(arguments: &[&str], log: &str) -> Option<String> {
    let program = needed::program("halog", "haproxy")?;
    let started = Command::new(program)
        .args(arguments)
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut process = started.expect("it runs");
    let mut input = process.stdin.take().expect("a pipe");
    let log = log.to_owned();
    let writer = std::thread::spawn(move || input.write_all(log.as_bytes()));
    let output = process.wait_with_output().expect("an end");
    // It may leave before it has read all.
    let _ = writer.join();
    Some(String::from_utf8(output.stdout).expect("text"))
}

fn flags(row: &Row) -> Vec<&'static str> {
    row.flags.split(' ').collect()
}

/// The lines of a log for which an expression holds.
fn kept<'l>(text: &str, log: &'l str) -> Vec<&'l str> {
    let utc = zone("UTC");
    let dates = log
        .lines()
        .filter_map(|line| read(line, |record| accepted(&record, &utc)));
    let accepts: Accepts = dates.collect();
    let filter = Filter::compile(text, &utc).unwrap_or_else(|error| panic!("{text}: {error}"));
    let filter = filter.knowing(accepts);
    let holds = |line: &&str| read(line, |record| filter.matches(&record));
    log.lines().filter(holds).collect()
}

/// A log of requests of every kind, and what else HAProxy writes.
struct Corpus {
    state: u64,
    ms: u64,
    log: String,
}

impl Corpus {
    fn new() -> Self {
        Self {
            state: 0x9e37_79b9,
            ms: 0,
            log: String::new(),
        }
    }

    /// One of these, the same in every run.
    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        of[(self.state >> 33) as usize % of.len()]
    }

    fn date(&mut self) -> String {
        self.ms += self.one(&[0, 0, 0, 1, 7, 40, 999, 1000, 1001]);
        let (second, ms) = (self.ms / 1000, self.ms % 1000);
        format!(
            "06/Feb/2026:11:{:02}:{:02}.{ms:03}",
            14 + second / 60,
            second % 60
        )
    }

    fn say(&mut self, message: &str) {
        let _ = writeln!(self.log, "Feb  6 11:14:14 lb1 haproxy[7]: {message}");
    }

    fn request(&mut self) {
        let date = self.date();
        let answered = self.one(&[-1, 0, 1, 999, 1000, 1001, 30_000]);
        let status = self.one(&[-1, 0, 199, 200, 204, 399, 400, 404, 499, 500, 503, 599, 600]);
        let term = self.one(&[
            "----", "SC--", "SCNN", "sC--", "SH--", "cD--", "PR--", "--VN",
        ]);
        let queues = self.one(&["0/0", "0/0", "0/3", "2/0", "10/21", "0/10"]);
        let captures = self.one(&[
            "{shop|Mozilla} {}",
            "{shop|Mozilla/5.0} {a}",
            "{|} {}",
            "{Mozilla} {|Mozilla}",
            "{a|Mozilla|b} {}",
        ]);
        let end = self.one(&[
            "\"GET / HTTP/1.1\"",
            "\"GET /a b HTTP/1.1\"",
            "\"<BADREQ>\"",
            "\"GET /cut",
        ]);
        self.say(&format!(
            "10.0.0.1:4000 [{date}] www app/s1 0/0/1/{answered}/31000 {status} 512 - - {term} 9/9/4/2/0 {queues} \
             {captures} {end}"
        ));
    }

    fn other(&mut self) {
        let date = self.date();
        let session = format!("10.0.0.1:4000 [{date}] fnt bck/srv1 0/1/2000 503 -- 3/3/3/1/0 0/0");
        let handshake = format!("10.0.0.1:4000 [{date}] www/1: SSL handshake failure");
        let down = "Server app/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 0 active and 0 backup \
                    servers left. 0 sessions active, 0 requeued, 0 remaining in queue.";
        let message = self
            .one(&[session.as_str(), handshake.as_str(), down])
            .to_owned();
        self.say(&message);
    }
}

/// Requests alone, whose fields stand where halog looks for them.
fn requests() -> String {
    let mut corpus = Corpus::new();
    (0..600).for_each(|_| corpus.request());
    corpus.log
}

/// The same among other lines.
fn mixture() -> String {
    let mut corpus = Corpus::new();
    for nth in 0..600 {
        corpus.request();
        if nth % 3 == 0 {
            corpus.other();
        }
    }
    corpus.log
}

/// Rows that keep lines, of those this halog knows.
fn rows(help: &str) -> impl Iterator<Item = Row> {
    let is_known = |row: &Row| !row.flags.starts_with("-hdr-match") || help.contains("-hdr-match");
    ROWS.into_iter()
        .filter(is_known)
        .filter(|row| !row.flags.starts_with("-ad"))
}

#[test]
fn of_requests_the_same_lines_are_kept() {
    let log = requests();
    let Some(help) = halog(&["-h"], "") else {
        return;
    };
    for row in rows(&help) {
        let Some(expected) = halog(&flags(&row), &log) else {
            return;
        };
        let expected: Vec<&str> = expected.lines().collect();
        assert_eq!(kept(row.filter, &log), expected, "{row:?}");
        assert!(!expected.is_empty(), "{row:?} keeps something");
        let all = expected.len() == log.lines().count();
        assert_eq!(all, row.flags == "-H", "{row:?} drops something");
    }
}

#[test]
fn among_other_lines_they_are_those_of_its_http_filter() {
    let Some(help) = halog(&["-h"], "") else {
        return;
    };
    let mut logs = vec![mixture()];
    for sample in ["samples/backend-down.log", "samples/slow-server.log"] {
        logs.push(std::fs::read_to_string(sample).expect("a sample"));
    }
    for log in &logs {
        for row in rows(&help).filter(|row| !row.flags.starts_with("-v")) {
            let arguments = [vec!["-H"], flags(&row)].concat();
            let Some(expected) = halog(&arguments, log) else {
                return;
            };
            let filter = format!("has Tr and ({})", row.filter);
            let expected: Vec<&str> = expected.lines().collect();
            assert_eq!(kept(&filter, log), expected, "{row:?}");
        }
    }
}

#[test]
fn pauses_end_at_the_same_dates() {
    let log = mixture();
    for row in ROWS.iter().filter(|row| row.flags.starts_with("-ad")) {
        let Some(told) = halog(&flags(row), &log) else {
            return;
        };
        // <clock> <ms of the day> <ms since the one before> <requests>
        let expected: BTreeSet<&str> = told
            .lines()
            .filter_map(|line| line.split(' ').next())
            .collect();
        let date = |line: &&str| {
            let (_, date) = line
                .split_once('[')
                .and_then(|(_, rest)| rest.split_once(':'))?;
            date.get(..12).map(str::to_owned)
        };
        let kept = kept(row.filter, &log);
        // The header's own process number stands in brackets, too.
        let dates: BTreeSet<String> = kept
            .iter()
            .filter_map(|line| date(&line.split_once("]: ")?.1))
            .collect();
        assert!(!dates.is_empty(), "{row:?}");
        assert_eq!(
            dates.iter().map(String::as_str).collect::<BTreeSet<_>>(),
            expected,
            "{row:?}"
        );
    }
}
