//! Ctrl-C tells what there is until then; and on a terminal one sees how far it is.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{BACKEND_DOWN, hapline, sample};

const LIMIT: Duration = Duration::from_secs(30);

/// The first two thirds of a log, which end within a line; the incident in it has begun and is over.
fn beginning() -> Vec<u8> {
    let mut log = fs::read(sample(BACKEND_DOWN)).unwrap();
    let cut = log.len() * 2 / 3;
    log.truncate(cut + usize::from(log[cut - 1] == b'\n'));
    log
}

/// A run that reads a pipe into which nothing comes any more.
struct Waiting {
    process: Child,
    _stdin: ChildStdin,
}

impl Waiting {
    /// Starts a command, and waits until it has taken in all that came.
    fn after(arguments: &[&str], bytes: &[u8]) -> Self {
        Self::reading("-", arguments, bytes)
    }

    /// The same where it reads this, while the bytes come on standard input.
    fn reading(path: &str, arguments: &[&str], bytes: &[u8]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_hapline"))
            .args(arguments)
            .args([path, "--timezone", "UTC"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = process.stdin.take().unwrap();
        stdin.write_all(bytes).unwrap();
        let waiting = Self {
            process,
            _stdin: stdin,
        };
        waiting.until_idle(bytes.len() as u64);
        waiting
    }

    /// Waits until so many bytes were read, and nothing is done with them any more.
    fn until_idle(&self, bytes: u64) {
        let began = Instant::now();
        let (mut used, mut quiet) = (String::new(), 0);
        while quiet < 10 {
            assert!(began.elapsed() < LIMIT, "it does not read");
            sleep(Duration::from_millis(50));
            let now = self.processor_time();
            let is_quiet = now == used && self.bytes_read() >= bytes && self.is_awaiting_signals();
            quiet = if is_quiet { quiet + 1 } else { 0 };
            used = now;
        }
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.process.id())).unwrap()
    }

    fn bytes_read(&self) -> u64 {
        let io = self.proc("io");
        let read = io.lines().find_map(|line| line.strip_prefix("rchar: "));
        read.unwrap().parse().unwrap()
    }

    /// Signal 2 has a handler.
    fn is_awaiting_signals(&self) -> bool {
        let status = self.proc("status");
        let caught = status
            .lines()
            .find_map(|line| line.strip_prefix("SigCgt:"))
            .unwrap();
        u64::from_str_radix(caught.trim(), 16).unwrap() & 0b10 != 0
    }

    fn processor_time(&self) -> String {
        let stat = self.proc("stat");
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let fields: Vec<&str> = fields.split_whitespace().collect();
        fields[11..13].join(" ")
    }

    fn signal(&self, signal: &str) {
        signal_to(&self.process, signal);
    }

    fn end(self) -> Output {
        self.process.wait_with_output().unwrap()
    }
}

fn signal_to(process: &Child, signal: &str) {
    let command = format!("kill -{signal} {}", process.id());
    let sent = Command::new("sh").args(["-c", &command]).status().unwrap();
    assert!(sent.success());
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a run is told by a signal to print, as text; it ends with this exit code.
fn told(arguments: &[&str], signal: &str, code: i32) -> (String, String) {
    let run = Waiting::after(arguments, &beginning());
    run.signal(signal);
    let output = run.end();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{err}{out}");
    (out, err)
}

fn warning() -> String {
    format!(
        "interrupted: {} bytes of stdin were read. ",
        beginning().len()
    )
}

#[test]
fn a_report_is_of_what_was_read_until_ctrl_c() {
    let (out, err) = told(&["report", "--format", "json"], "INT", 130);
    let mut left: Value = serde_json::from_str(&out).unwrap();
    assert!(err.starts_with(&format!("hapline: {}", warning())), "{err}");
    assert_eq!(left["coverage"]["interrupted"], true);
    let warnings = left["coverage"]["warnings"].as_array_mut().unwrap();
    let first = warnings.remove(0);
    assert!(first.as_str().unwrap().starts_with(&warning()), "{first}");
    assert_eq!(left["incidents"][0]["kind"], "backend_down");

    let mut lines = beginning();
    let last = lines.iter().rposition(|byte| *byte == b'\n').unwrap();
    lines.truncate(last + 1);
    let mut whole = hapline();
    let whole = whole
        .args(["report", "-", "--timezone", "UTC", "--format", "json"])
        .write_stdin(lines);
    let mut whole: Value = serde_json::from_str(&super::printed(whole)).unwrap();
    assert_eq!(whole["coverage"]["interrupted"].take(), false);
    left["coverage"]["interrupted"].take();
    assert_eq!(left, whole);
}

#[test]
fn each_face_says_that_it_is_partial() {
    let said = "partial: reading was interrupted, and the log goes on after this";
    let (out, _) = told(&["report"], "INT", 130);
    let head: Vec<&str> = out.lines().take(3).collect();
    assert!(head.contains(&said), "{out}");
    assert!(out.contains(&format!("! {}", warning())), "{out}");
    let (out, _) = told(&["report", "--format", "markdown"], "TERM", 143);
    assert!(out.contains(&format!("| **Read** | {said} |")), "{out}");
    let warning_there = warning().replace(". ", "\\. ");
    assert!(out.contains(&format!("- {warning_there}")), "{out}");
    let (out, _) = told(&["advise"], "INT", 130);
    assert!(out.lines().nth(1).unwrap().starts_with(&warning()), "{out}");
    let (out, _) = told(&["advise", "--format", "json"], "INT", 130);
    let advice: Value = serde_json::from_str(&out).unwrap();
    let interrupted = advice["interrupted"].as_str().unwrap();
    assert!(interrupted.starts_with(&warning()), "{out}");
}

/// What a report on a file with these bytes is when Ctrl-C comes after a fourth of it was read; and its first warning.
fn left(name: &str, bytes: &[u8]) -> (Value, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    let process = Command::new(env!("CARGO_BIN_EXE_hapline"))
        .current_dir(folder.path())
        .args(["report", name, "--format", "json", "--threads", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    // The edges of blocks are looked at first.
    let some = bytes.len() as u64 / 4;
    let io = format!("/proc/{}/io", process.id());
    while !fs::read_to_string(&io).is_ok_and(|io| {
        let read = io.lines().find_map(|line| line.strip_prefix("rchar: "));
        read.is_some_and(|read| read.parse::<u64>().unwrap() > some)
    }) {
        assert!(began.elapsed() < LIMIT, "it does not read");
        sleep(Duration::from_millis(1));
    }
    signal_to(&process, "INT");
    let output = process.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let warning = report["coverage"]["warnings"][0].as_str().unwrap();
    let warning = warning.strip_prefix("interrupted: ").unwrap().to_owned();
    (report, warning)
}

#[test]
fn files_are_left_between_two_blocks() {
    let log = fs::read(sample(BACKEND_DOWN)).unwrap().repeat(80);
    let (report, warning) = left("h.log", &log);
    let (read, rest) = warning.split_once(" of ").unwrap();
    assert!(
        rest.starts_with(&format!("{} bytes of h.log were read.", log.len())),
        "{warning}"
    );
    let read: usize = read.parse().unwrap();
    assert!(read > 0 && read < log.len(), "{warning}");
    assert_eq!(read % (1 << 19), 0, "{warning}");
    // The line at the edge belongs to the block it starts in.
    let lines = log[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
    let counted = report["coverage"]["lines"].as_u64().unwrap();
    assert!((lines..=lines + 1).contains(&counted), "{counted} {lines}");
}

#[test]
fn a_compressed_file_is_left_behind_a_whole_line() {
    let log = fs::read(sample(BACKEND_DOWN)).unwrap().repeat(80);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    packed.write_all(&log).unwrap();
    let (report, warning) = left("h.log.gz", &packed.finish().unwrap());
    let (read, rest) = warning.split_once(' ').unwrap();
    assert!(
        rest.starts_with("bytes of h.log.gz were read."),
        "{warning}"
    );
    let read: usize = read.parse().unwrap();
    assert!(read > 0 && read < log.len(), "{warning}");
    let lines = log[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
    assert_eq!(report["coverage"]["lines"], lines);
}

#[test]
fn nothing_is_told_of_nothing() {
    for command in ["report", "advise"] {
        let run = Waiting::after(&[command], b"");
        run.signal("INT");
        let output = run.end();
        assert_eq!(output.status.code(), Some(130));
        assert_eq!(text(&output.stdout), "");
        assert_eq!(
            text(&output.stderr),
            "hapline: interrupted before any line was read\n"
        );
    }
}

#[test]
fn a_named_pipe_that_nobody_writes_to_can_be_left() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let run = Waiting::reading(pipe.to_str().unwrap(), &["report"], b"");
    run.signal("INT");
    let output = run.end();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(
        text(&output.stderr),
        "hapline: interrupted before any line was read\n"
    );
}

#[test]
fn the_second_ctrl_c_ends_it_at_once() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let run = Waiting::after(&["report", "--stats-socket", &address], &beginning());
    run.signal("INT");
    let _asked = silent.accept().unwrap();
    let again = Instant::now();
    run.signal("INT");
    let output = run.end();
    assert!(again.elapsed() < Duration::from_secs(2), "it waits");
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(text(&output.stdout), "");
}

/// What a terminal gets of a shell command; `$HAPLINE` is the program.
fn on_terminal(command: &str) -> String {
    let run = Command::new("script")
        .args(["-qec", command, "/dev/null"])
        .env("HAPLINE", env!("CARGO_BIN_EXE_hapline"))
        .env("TERM", "xterm")
        .current_dir(super::root())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    text(&run.stdout)
}

#[test]
fn a_terminal_sees_how_far_it_is_and_nothing_of_that_afterwards() {
    let slow = format!("(cat {BACKEND_DOWN}; sleep 2) | $HAPLINE report - --timezone UTC");
    let shown = on_terminal(&slow);
    let (progress, report) = shown.rsplit_once("\r\x1b[K").unwrap();
    assert!(progress.starts_with("\r\x1b[Kreading "), "{progress}");
    assert!(progress.contains("reading 0.5 MB · "), "{progress}");
    assert!(!progress.contains('\n'), "{progress}");
    assert!(report.contains("stdin\x1b[0m · 3,163 lines"), "{report}");

    let beside = on_terminal(&format!("{slow} 2>/dev/null"));
    assert_eq!(beside, report);
    let dumb = on_terminal(&format!("export TERM=dumb; {slow}"));
    assert!(!dumb.contains("reading"), "{dumb}");
}

#[test]
fn what_is_soon_done_shows_nothing() {
    let shown = on_terminal(&format!(
        "head -5 {BACKEND_DOWN} | $HAPLINE report - --timezone UTC"
    ));
    assert!(!shown.contains("\r\x1b[K"), "{shown}");
}
