//! A log that is written and rotated while it is read.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::lines;

/// Numbers that look drawn, the same for the same seed (xorshift64).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// One below this.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }
}

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// Lines of requests.
    pub requests: u64,
    /// All lines.
    pub lines: u64,
    /// The log and its older generations, the oldest first.
    pub files: Vec<PathBuf>,
}

/// See the module.
pub struct Writer {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Written>,
}

impl Writer {
    /// Begins to write, some hundred lines a second.
    pub fn start(log: &Path, seed: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, log) = (stop.clone(), log.to_owned());
        let thread = thread::spawn(move || {
            let mut log = Log::new(log, seed);
            while !stopped.load(Ordering::SeqCst) {
                log.go_on();
                thread::sleep(Duration::from_millis(log.random.below(15)));
            }
            log.end()
        });
        Self { stop, thread }
    }

    /// Stops.
    pub fn stop(self) -> Written {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().unwrap()
    }
}

struct Log {
    path: PathBuf,
    file: File,
    random: Random,
    requests: u64,
    lines: u64,
    generations: usize,
    is_down: bool,
    changed: Instant,
}

/// Time between two changes of the server: the same change, told twice in a second, is taken for one.
const STATE: Duration = Duration::from_millis(2_000);

impl Log {
    fn new(path: PathBuf, seed: u64) -> Self {
        Self {
            file: File::create(&path).unwrap(),
            path,
            random: Random::new(seed),
            requests: 0,
            lines: 0,
            generations: 0,
            is_down: false,
            changed: Instant::now(),
        }
    }

    /// A few lines; now and then a server changes its state, or the log is rotated.
    fn go_on(&mut self) {
        for _ in 0..self.random.below(8) {
            let status = if self.is_down { 503 } else { 200 };
            self.requests += 1;
            self.write(&lines::request(self.requests, status));
        }
        if self.changed.elapsed() >= STATE {
            self.changed = Instant::now();
            self.is_down = !self.is_down;
            self.write(&if self.is_down {
                lines::down()
            } else {
                lines::up()
            });
        }
        if self.random.below(80) == 0 {
            self.rotate();
        }
    }

    /// Writes a line; a part of them in two pieces, as buffers of syslog daemons end anywhere.
    fn write(&mut self, line: &str) {
        self.lines += 1;
        let line = format!("{line}\n");
        let (begin, rest) = match self.random.below(10) {
            0 => line.split_at(usize::try_from(self.random.below(line.len() as u64)).unwrap()),
            _ => (line.as_str(), ""),
        };
        self.file.write_all(begin.as_bytes()).unwrap();
        if !rest.is_empty() {
            thread::sleep(Duration::from_millis(self.random.below(4)));
            self.file.write_all(rest.as_bytes()).unwrap();
        }
    }

    /// As logrotate does it with `compress` and `delaycompress`.
    fn rotate(&mut self) {
        if self.file.metadata().unwrap().len() == 0 {
            return;
        }
        for number in (2..=self.generations).rev() {
            fs::rename(self.packed(number), self.packed(number + 1)).unwrap();
        }
        if self.generations > 0 {
            let plain = self.plain();
            pack(&plain, &self.packed(2)).unwrap();
            fs::remove_file(&plain).unwrap();
        }
        fs::rename(&self.path, self.plain()).unwrap();
        self.file = File::create(&self.path).unwrap();
        self.generations += 1;
    }

    fn plain(&self) -> PathBuf {
        PathBuf::from(format!("{}.1", self.path.display()))
    }

    fn packed(&self, number: usize) -> PathBuf {
        PathBuf::from(format!("{}.{number}.gz", self.path.display()))
    }

    fn end(self) -> Written {
        let packed = (2..=self.generations)
            .rev()
            .map(|number| self.packed(number));
        let plain = (self.generations > 0).then(|| self.plain());
        Written {
            files: packed.chain(plain).chain([self.path.clone()]).collect(),
            requests: self.requests,
            lines: self.lines,
        }
    }
}

/// What `gzip` does: the new file is there, and grows, while the old one still is.
fn pack(from: &Path, to: &Path) -> io::Result<()> {
    let mut packer = GzEncoder::new(File::create(to)?, Compression::fast());
    io::copy(&mut File::open(from)?, &mut packer)?;
    packer.finish()?;
    Ok(())
}
