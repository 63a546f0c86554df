//! How far reading is, on a terminal.
//!
//! Enters: bytes as they are read. Leaves: a line on standard error while that takes long, and nothing of it
//! afterwards. Must not know: what is read.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::interrupt::Interrupt;
use super::output;
use crate::source::Observer;

/// What takes no longer is not worth a line.
const SOON: Duration = Duration::from_millis(500);

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(100);

/// Columns of the bar.
const BAR: u64 = 20;

/// Columns that stay free behind the line: a terminal shows `^C` there, and may not break the line for it.
const FREE: usize = 3;

/// Goes to the first column, and wipes the line.
const WIPE: &str = "\r\x1b[K";

/// Counts the bytes of a stage, which ends when it is interrupted.
pub struct Meter<'a> {
    expected: AtomicU64,
    read: AtomicU64,
    interrupt: &'a Interrupt,
}

impl Observer for Meter<'_> {
    fn expect(&self, bytes: u64) {
        self.expected.fetch_add(bytes, Ordering::Relaxed);
    }

    fn read(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.interrupt.has_come()
    }
}

/// Does a stage of reading, and shows how far it is.
pub fn shown<T>(name: &'static str, interrupt: &Interrupt, stage: impl FnOnce(&Meter) -> T) -> T {
    let meter = &Meter {
        expected: AtomicU64::new(0),
        read: AtomicU64::new(0),
        interrupt,
    };
    if !is_seen() {
        return stage(meter);
    }
    thread::scope(|scope| {
        let (going_on, end) = channel();
        scope.spawn(move || draw(name, meter, &end));
        let done = stage(meter);
        drop(going_on);
        done
    })
}

/// A terminal shows `^C`; what follows begins on an empty line.
pub fn end_echo() {
    if is_seen() {
        write(WIPE);
    } else if io::stderr().is_terminal() {
        aside!();
    }
}

fn is_seen() -> bool {
    io::stderr().is_terminal() && !output::is_dumb()
}

/// Where standard error cannot be written, nobody waits for it.
fn write(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Draws until the stage has ended.
fn draw(name: &'static str, meter: &Meter, end: &Receiver<()>) {
    let began = Instant::now();
    let mut is_drawn = false;
    while end.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        let so_far = SoFar {
            name,
            read: meter.read.load(Ordering::Relaxed),
            expected: meter.expected.load(Ordering::Relaxed),
            elapsed: began.elapsed(),
        };
        let width = terminal_size::terminal_size_of(io::stderr());
        let width = width.map_or(80, |(width, _)| usize::from(width.0));
        if so_far.read > 0 && so_far.elapsed >= SOON {
            write(&format!("{WIPE}{}", so_far.line(width)));
            is_drawn = true;
        }
    }
    if is_drawn {
        write(WIPE);
    }
}

/// How far a stage is.
struct SoFar {
    name: &'static str,
    read: u64,
    /// 0: nobody knows.
    expected: u64,
    elapsed: Duration,
}

impl SoFar {
    /// In fewer columns than the terminal has; empty where that is not enough.
    fn line(&self, width: usize) -> String {
        let mb = |bytes: u64| bytes as f64 / 1e6;
        let rate = self.read as f64 / self.elapsed.as_secs_f64();
        let decimals = usize::from(rate < 1e7);
        let speed = format!("{:.decimals$} MB/s", rate / 1e6);
        let lines = if self.expected == 0 {
            vec![format!("{} {:.1} MB · {speed}", self.name, mb(self.read))]
        } else {
            let read = self.read.min(self.expected);
            let left = time(((self.expected - read) as f64 / rate).ceil() as u64);
            let done = format!("{:.1} of {:.1} MB", mb(read), mb(self.expected));
            let (full, empty) = bar(read, self.expected);
            vec![
                format!("{} {full}{empty} {done} · {speed} · {left} left", self.name),
                format!("{} {done} · {left} left", self.name),
            ]
        };
        let fits = |line: &String| line.chars().count() + FREE <= width;
        lines.into_iter().find(fits).unwrap_or_default()
    }
}

/// The part that is done, and the rest.
fn bar(read: u64, of: u64) -> (String, String) {
    let full = (u128::from(read) * u128::from(BAR) / u128::from(of)) as usize;
    ("━".repeat(full), "─".repeat(BAR as usize - full))
}

/// Seconds as a person counts them.
fn time(seconds: u64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) => format!("{minutes} m {seconds:02} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_long_as_the_terminal_lets_it() {
        let told = |expected, width| {
            let so_far = SoFar {
                name: "reading",
                read: 30_000_000,
                expected,
                elapsed: Duration::from_millis(1_500),
            };
            so_far.line(width)
        };
        let whole = "reading ━━────────────────── 30.0 of 300.0 MB · 20 MB/s · 14 s left";
        assert_eq!(told(300_000_000, 70), whole);
        assert_eq!(
            told(300_000_000, 69),
            "reading 30.0 of 300.0 MB · 14 s left"
        );
        assert_eq!(told(300_000_000, 30), "");
        let slow = told(6_000_000_000, 80);
        assert!(slow.ends_with("20 MB/s · 4 m 59 s left"), "{slow}");
        assert_eq!(told(0, 80), "reading 30.0 MB · 20 MB/s");
        let trickle = SoFar {
            name: "reading",
            read: 600_000,
            expected: 0,
            elapsed: Duration::from_secs(1),
        };
        assert_eq!(trickle.line(80), "reading 0.6 MB · 0.6 MB/s");
    }
}
