//! Logs of any size and content are read in bounded memory, and said to be what they are.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// What a run printed, and the most memory it held; bytes.
struct Run {
    report: Value,
    peak: u64,
}

/// Reports on a file; the run has to succeed.
fn run(path: &Path) -> Run {
    let out = path.with_extension("json");
    let mut child = Command::new(env!("CARGO_BIN_EXE_hapline"))
        .args([
            "report",
            "--timezone",
            "UTC",
            "--format",
            "json",
            "--threads",
            "1",
        ])
        .arg(path)
        .stdout(Stdio::from(File::create(&out).unwrap()))
        .spawn()
        .unwrap();
    let mut peak = 0;
    let status = loop {
        peak = peak.max(most_memory(child.id()).unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success(), "{status}");
    let report = serde_json::from_slice(&fs::read(out).unwrap()).unwrap();
    Run { report, peak }
}

/// The most memory a process has held so far (`VmHWM`); bytes.
fn most_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

const MEGABYTE: u64 = 1 << 20;

/// A report on so many bytes made by `piece`, again and again.
fn on_pieces(piece: &[u8], times: usize) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    (0..times).for_each(|_| file.write_all(piece).unwrap());
    drop(file);
    run(&path)
}

#[test]
fn what_is_no_text_takes_no_memory() {
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    })
    .take(1 << 20)
    .collect();
    let line = [vec![b'x'; 1 << 20], b"\n".to_vec()].concat();
    for (name, piece) in [
        ("noise", noise),
        ("long lines", line),
        ("NULs", vec![0; 1 << 20]),
    ] {
        // The program itself takes some, more of it where it was built for tests, and so does what is read at once.
        let few = on_pieces(&piece, 4).peak;
        let read = on_pieces(&piece, 24);
        let more = read.peak.saturating_sub(few);
        assert!(more < 6 * MEGABYTE, "{name}: {more} bytes more");
        let coverage = &read.report["coverage"];
        assert_eq!(coverage["traffic"], 0, "{name}");
        assert_eq!(
            coverage["unparsed"].as_u64().unwrap() + coverage["other"].as_u64().unwrap(),
            coverage["lines"]
        );
    }
}

/// A log in which each of so many lines names a host, program, backend, server and client of its own, 2,000 a second.
fn crowd(lines: usize) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    for nth in 0..lines {
        let (hour, minute, second) = (nth / 7_200_000, nth / 120_000 % 60, nth / 2_000 % 60);
        let time = format!("{hour:02}:{minute:02}:{second:02}");
        let client = format!("10.{}.{}.{}", nth >> 16 & 255, nth >> 8 & 255, nth & 255);
        writeln!(
            file,
            "Feb  6 {time} lb{nth} haproxy{nth}[{nth}]: {client}:4000 [06/Feb/2026:{time}.120] www b{nth}/s{nth} \
             0/0/-1/-1/5 503 217 - - SC-- 9/9/4/2/0 0/0 \"GET /{nth} HTTP/1.1\""
        )
        .unwrap();
    }
    drop(file);
    run(&path)
}

#[test]
fn names_without_end_take_no_more_memory() {
    // What a minute has room for is full with the smaller one, and so are the blocks that are read at once.
    let (smaller, larger) = (crowd(30_000), crowd(60_000));
    assert_eq!(larger.report["totals"]["requests"], 60_000);
    assert_eq!(larger.report["totals"]["failed"], 60_000);
    let warnings = larger.report["coverage"]["warnings"].to_string();
    assert!(
        warnings.contains("named more HAProxys, backends and servers than are kept apart"),
        "{warnings}"
    );
    assert!(
        larger.peak < smaller.peak + smaller.peak / 5,
        "{} and {} bytes",
        smaller.peak,
        larger.peak
    );
    assert!(larger.peak < 160 * MEGABYTE, "{} bytes", larger.peak);
}

/// A log of a quiet installation of 500 servers: three requests in two seconds, so that hardly any server has two of them in a
/// minute.
fn quiet(lines: usize) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    for nth in 0..lines {
        let second = nth * 2 / 3;
        let time = format!(
            "{:02}:{:02}:{:02}",
            second / 3_600,
            second / 60 % 60,
            second % 60
        );
        let server = nth * 7_919 % 500;
        let response = nth * 37 % 900;
        writeln!(
            file,
            "Feb  6 {time} lb1 haproxy[7]: 10.0.0.{}:4000 [06/Feb/2026:{time}.120] www b{}/s{} 0/0/0/{response}/{} 200 512 - - ---- \
             9/9/4/2/0 0/0 \"GET /{} HTTP/1.1\"",
            nth % 250,
            server / 10,
            server % 10,
            response + 1,
            nth % 300
        )
        .unwrap();
    }
    drop(file);
    run(&path)
}

#[test]
fn hours_in_which_little_happens_take_little_memory() {
    // One block of the log, and half of another one: hours of it are looked at together.
    let (few, read) = (quiet(500).peak, quiet(40_000));
    assert_eq!(read.report["totals"]["requests"], 40_000);
    let more = read.peak.saturating_sub(few);
    assert!(more < 40 * MEGABYTE, "{more} bytes more");
}
