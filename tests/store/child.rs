//! The process that is hurt.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use hapline::store::{Flush, Key, Settings, Snapshot, Store, StoredBlock, StoredMark};

const STORE: &str = "STORE_OF_CHILD";
const FIRST: &str = "FIRST_FLUSH_OF_CHILD";

/// Blocks that a flush writes; each is written four times until the next one is begun.
pub const SOURCES: u64 = 5;

/// The n-th flush, whoever writes it.
pub fn flush(nth: u64) -> Flush {
    let block = |source| StoredBlock {
        key: Key {
            run: 1,
            source: source as u32,
            number: nth / 4,
        },
        flush: nth,
        first: nth as i64 / 4 * 60,
        last: nth as i64 / 4 * 60 + nth as i64 % 4,
        lines: nth % 4 + 1,
        payload: nth.to_le_bytes().repeat(1500 + source as usize),
    };
    Flush {
        blocks: (0..SOURCES).map(block).collect(),
        marks: vec![StoredMark {
            path: b"/var/log/haproxy.log".to_vec(),
            generation: vec![1],
            value: Some(nth.to_le_bytes().to_vec()),
        }],
        snapshot: nth.is_multiple_of(7).then(|| Snapshot {
            run: 1,
            covers: vec![(0, nth)],
            bytes: nth.to_le_bytes().repeat(5000),
        }),
        ..Flush::default()
    }
}

pub fn settings(path: &Path) -> Settings {
    Settings {
        path: path.to_owned(),
        busy_ms: 100,
        // Its blocks are of 1970.
        keep_s: u64::MAX,
        ..Settings::default()
    }
}

/// What the child does: hands in flushes, and tells of each that it is on disk, or why it cannot be.
#[test]
fn child() {
    let (Some(path), Ok(first)) = (std::env::var_os(STORE), std::env::var(FIRST)) else {
        return;
    };
    let store = match Store::open(&settings(path.as_ref())) {
        Ok(store) => store,
        Err(refused) => return tell(&format!("refused {refused}")),
    };
    let mut was_degraded = false;
    for nth in first.parse().unwrap().. {
        store.write(flush(nth));
        let is_written = store.settle(Duration::from_millis(100));
        let degraded = store.status().degraded;
        match (is_written, degraded) {
            (true, None) => tell(&format!("written {nth}")),
            (_, Some(degraded)) if !was_degraded => {
                tell(&format!("degraded {nth} {}", degraded.reason))
            }
            _ => {}
        }
        was_degraded = !is_written;
        if was_degraded {
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// What a test prints otherwise is held back.
fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "child: {line}").unwrap();
    out.flush().unwrap();
}

/// A child, and what it tells.
pub struct Told {
    pub child: Child,
    lines: BufReader<ChildStdout>,
}

impl Told {
    /// Started by a command that runs `program`, this one or a copy of it.
    pub fn begin(mut command: Command, program: &Path, store: &Path, first: u64) -> Self {
        let mut child = command
            .arg(program)
            .args(["--exact", "child::child", "--nocapture"])
            .env(STORE, store)
            .env(FIRST, first.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The next line it tells; none: it ended.
    pub fn next(&mut self) -> Option<String> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            // The frame of the test stands before the first.
            if let Some((_, told)) = line.trim_end().split_once("child: ") {
                return Some(told.to_owned());
            }
        }
    }

    /// SIGKILL; what it told before that.
    pub fn kill(&mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::iter::from_fn(|| self.next()).collect()
    }
}
