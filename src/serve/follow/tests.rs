//! Logs that are written, rotated, emptied and compressed while they are followed.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::*;
use crate::source::Grid;
use crate::time::zone::Zone;

/// What happens to a log.
#[derive(Debug, Clone)]
enum Event {
    /// So many lines are written, in so many pieces.
    Write(u8, u8),
    /// It is renamed; whoever writes still has it open.
    Rename,
    /// Whoever writes opens it by its name.
    Reopen,
    /// It is copied and emptied.
    CopyAndEmpty,
    /// All that can be is compressed; the plain ones are left for a moment.
    Compress,
    /// The plain ones are removed.
    Remove,
    /// The follower looks so often.
    Look(u8),
    /// The follower is killed, and goes on where it was, before so many of its last arrivals.
    Restart(u8),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (1u8..40, 1u8..4).prop_map(|(lines, pieces)| Event::Write(lines, pieces)),
        2 => Just(Event::Rename),
        2 => Just(Event::Reopen),
        2 => Just(Event::CopyAndEmpty),
        1 => Just(Event::Compress),
        1 => Just(Event::Remove),
        4 => (1u8..6).prop_map(Event::Look),
        2 => (0u8..6).prop_map(Event::Restart),
    ]
}

/// A log, and whoever writes it.
struct Site {
    directory: TempDir,
    writer: File,
    written: u32,
    /// What was renamed may still be written to.
    is_renamed: bool,
}

impl Site {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let writer = open(&directory.path().join("haproxy.log"));
        Self {
            directory,
            writer,
            written: 0,
            is_renamed: false,
        }
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("haproxy.log")
    }

    fn older(&self, number: u32, end: &str) -> PathBuf {
        let name = format!("haproxy.log.{number}{end}");
        self.directory.path().join(name)
    }

    fn write(&mut self, lines: u8, pieces: u8) {
        let mut text = String::new();
        for _ in 0..lines {
            self.written += 1;
            let number = self.written;
            text += &format!("line {number} {}\n", "x".repeat(number as usize % 90));
        }
        for piece in text.as_bytes().chunks(text.len() / usize::from(pieces) + 1) {
            self.writer.write_all(piece).unwrap();
        }
    }

    fn shift(&self) {
        for number in (1..100).rev() {
            for end in ["", ".gz"] {
                let from = self.older(number, end);
                if from.exists() {
                    fs::rename(from, self.older(number + 1, end)).unwrap();
                }
            }
        }
    }

    fn rename(&mut self) {
        if self.log().exists() && !self.is_renamed {
            self.shift();
            fs::rename(self.log(), self.older(1, "")).unwrap();
            self.is_renamed = true;
        }
    }

    fn reopen(&mut self) {
        self.writer = open(&self.log());
        self.is_renamed = false;
    }

    fn copy_and_empty(&mut self) {
        if self.log().exists() && !self.is_renamed {
            self.shift();
            fs::copy(self.log(), self.older(1, "")).unwrap();
            self.writer.set_len(0).unwrap();
        }
    }

    fn compress(&self) {
        let first = if self.is_renamed { 2 } else { 1 };
        for number in first..100 {
            let Ok(text) = fs::read(self.older(number, "")) else {
                continue;
            };
            let packed = File::create(self.older(number, ".gz")).unwrap();
            let mut packer = GzEncoder::new(packed, Compression::fast());
            packer.write_all(&text).unwrap();
            packer.finish().unwrap();
        }
    }

    fn remove(&self) {
        for number in 1..100 {
            if self.older(number, ".gz").exists() {
                let _ = fs::remove_file(self.older(number, ""));
            }
        }
    }
}

fn open(path: &Path) -> File {
    let mut options = OpenOptions::new();
    options.create(true).append(true).open(path).unwrap()
}

/// A follower, and what it gave out.
struct Reading {
    log: Log,
    arrivals: Vec<Arrival>,
}

impl Reading {
    fn new(site: &Site) -> Self {
        Self::at(site, Vec::new(), From::Beginning)
    }

    fn at(site: &Site, marks: Vec<Mark>, from: From) -> Self {
        Self {
            log: Log::new(site.log(), marks, from),
            arrivals: Vec::new(),
        }
    }

    /// Whether there may be more.
    fn look(&mut self) -> bool {
        self.log.look(&mut self.arrivals).unwrap()
    }

    fn look_until_still(&mut self) {
        let mut looks = 0;
        // What was found to have ended is seen to have ended at the next look.
        while self.look() || self.look() {
            looks += 1;
            assert!(looks < 10_000, "never still");
        }
    }

    /// As a store keeps them: one for each file.
    fn marks(&self) -> Vec<Mark> {
        let mut marks: HashMap<(u64, u64), Mark> = HashMap::new();
        for arrival in &self.arrivals {
            if let Arrival::Followed { mark, .. } | Arrival::Ended { mark } = arrival {
                marks.insert((mark.device, mark.inode), mark.clone());
            }
        }
        marks.into_values().collect()
    }

    /// Killed before the last of them were stored.
    fn restart(self, site: &Site, lost: u8) -> Self {
        let mut arrivals = self.arrivals;
        arrivals.truncate(arrivals.len().saturating_sub(lost.into()).max(1));
        let before = Self {
            log: Log::new(site.log(), Vec::new(), From::Beginning),
            arrivals,
        };
        let marks = before.marks();
        Self {
            log: Log::new(site.log(), marks, From::Beginning),
            ..before
        }
    }

    fn text(&self) -> String {
        let pieces = self.arrivals.iter().filter_map(|arrival| match arrival {
            Arrival::Followed { bytes, .. } => Some(String::from_utf8_lossy(bytes)),
            _ => None,
        });
        pieces.collect()
    }

    /// The numbers of the lines.
    fn numbers(&self) -> Vec<u32> {
        let number = |line: &str| {
            line.split(' ')
                .nth(1)
                .and_then(|number| number.parse().ok())
        };
        self.text().lines().filter_map(number).collect()
    }

    fn lacks(&self) -> Vec<String> {
        let lacks = self.arrivals.iter().filter_map(|arrival| match arrival {
            Arrival::Missing(lack) => Some(lack.to_string()),
            _ => None,
        });
        lacks.collect()
    }
}

fn all(site: &Site) -> Vec<u32> {
    (1..=site.written).collect()
}

fn play(events: &[Event]) {
    let mut site = Site::new();
    let mut reading = Reading::new(&site);
    // The first look: what came before it is not followed back.
    reading.look();
    for event in events {
        match event {
            Event::Write(lines, pieces) => site.write(*lines, *pieces),
            Event::Rename => site.rename(),
            Event::Reopen => site.reopen(),
            Event::CopyAndEmpty => site.copy_and_empty(),
            Event::Compress => site.compress(),
            Event::Remove => site.remove(),
            Event::Look(times) => (0..*times).for_each(|_| {
                reading.look();
            }),
            Event::Restart(lost) => reading = reading.restart(&site, *lost),
        }
    }
    site.reopen();
    site.write(1, 1);
    reading.look_until_still();
    assert_eq!(reading.numbers(), all(&site), "{:?}", reading.lacks());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn each_line_comes_once_and_in_order_whatever_happens(
        events in proptest::collection::vec(event(), 1..40),
    ) {
        play(&events);
    }
}

#[test]
fn a_line_is_waited_for_until_it_is_whole() {
    let site = Site::new();
    let mut reading = Reading::new(&site);
    let mut writer = &site.writer;
    writer.write_all(b"line 1 a\nline").unwrap();
    reading.look_until_still();
    assert_eq!(reading.text(), "line 1 a\n");
    writer.write_all(b" 2 b\n").unwrap();
    reading.look_until_still();
    assert_eq!(reading.text(), "line 1 a\nline 2 b\n");
}

#[test]
fn the_last_line_of_a_generation_needs_no_end() {
    let mut site = Site::new();
    let mut reading = Reading::new(&site);
    site.writer.write_all(b"line 1 a\nline 2").unwrap();
    reading.look_until_still();
    site.rename();
    reading.look_until_still();
    assert_eq!(reading.text(), "line 1 a\n");
    site.reopen();
    site.writer.write_all(b"line 3 c\n").unwrap();
    reading.look_until_still();
    assert_eq!(reading.text(), "line 1 a\nline 2\nline 3 c\n");
    let ended: Vec<u64> = reading
        .arrivals
        .iter()
        .filter_map(|arrival| match arrival {
            Arrival::Ended { mark } => Some(mark.offset),
            _ => None,
        })
        .collect();
    assert_eq!(ended, [15]);
}

#[test]
fn older_generations_that_nobody_followed_stay_unread() {
    let mut site = Site::new();
    site.write(5, 1);
    site.rename();
    site.reopen();
    site.write(2, 1);
    let mut reading = Reading::new(&site);
    reading.look_until_still();
    assert_eq!(reading.numbers(), [6, 7]);
    // Removed and made anew: still nobody's news.
    fs::remove_file(site.log()).unwrap();
    site.reopen();
    site.write(1, 1);
    reading.look_until_still();
    assert_eq!(reading.numbers(), [6, 7, 8]);
    assert_eq!(reading.lacks(), [""; 0]);
}

#[test]
fn from_the_end_on_is_remembered_before_anything_is_written() {
    let mut site = Site::new();
    site.write(3, 1);
    site.writer.write_all(b"line").unwrap();
    let mut reading = Reading::at(&site, Vec::new(), From::End);
    reading.look_until_still();
    let mut reading = reading.restart(&site, 0);
    site.writer.write_all(b" 99 x\n").unwrap();
    site.rename();
    site.reopen();
    site.write(1, 1);
    site.compress();
    site.remove();
    reading.look_until_still();
    assert_eq!(reading.numbers(), [99, 4]);
}

#[test]
fn where_reading_stopped_may_be_gone() {
    let mut site = Site::new();
    site.write(3, 1);
    let mut reading = Reading::new(&site);
    reading.look_until_still();
    for _ in 0..2 {
        site.rename();
        site.reopen();
        site.write(2, 1);
    }
    fs::remove_file(site.older(2, "")).unwrap();
    let mut reading = reading.restart(&site, 0);
    reading.look_until_still();
    assert_eq!(reading.numbers(), [1, 2, 3, 4, 5, 6, 7]);
    let [lack] = &reading.lacks()[..] else {
        panic!("{:?}", reading.lacks());
    };
    assert!(lack.contains("rotated away"), "{lack}");
}

#[test]
fn a_copy_put_in_its_place_is_gone_on_with() {
    let mut site = Site::new();
    site.write(3, 1);
    let mut reading = Reading::new(&site);
    reading.look_until_still();
    let text = fs::read(site.log()).unwrap();
    fs::remove_file(site.log()).unwrap();
    fs::write(site.log(), text).unwrap();
    site.reopen();
    site.write(2, 1);
    reading.look_until_still();
    assert_eq!(reading.numbers(), all(&site));
}

#[test]
fn a_line_that_is_too_long_is_cut_and_the_next_one_is_read() {
    let mut site = Site::new();
    let mut reading = Reading::new(&site);
    let long = [vec![b'x'; 200_000], b"\n".to_vec()].concat();
    for piece in long.chunks(70_000) {
        site.writer.write_all(piece).unwrap();
        reading.look_until_still();
    }
    site.write(1, 1);
    let mut reading = reading.restart(&site, 0);
    reading.look_until_still();
    let text = reading.text();
    let lengths: Vec<usize> = text.lines().map(str::len).collect();
    assert_eq!(lengths, [crate::source::LONGEST_LINE + 1, 8]);
}

/// All lines that come, with the names they come from.
fn followed(arrivals: &mut mpsc::Receiver<Arrival>, lines: usize) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while found.len() < lines {
        let Some(Arrival::Followed { mark, bytes }) = arrivals.blocking_recv() else {
            continue;
        };
        let name = mark
            .path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        for line in bytes.lines_of() {
            found.push((name.clone(), line));
        }
    }
    found
}

trait LinesOf {
    fn lines_of(self) -> Vec<String>;
}

impl LinesOf for Vec<u8> {
    fn lines_of(self) -> Vec<String> {
        let mut text = String::new();
        self.as_slice().read_to_string(&mut text).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

#[test]
fn a_pattern_finds_what_is_made_later_and_no_older_generations() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        open(&directory.path().join(name))
            .write_all(text.as_bytes())
            .unwrap();
    };
    write("a.log", "1\n");
    write("a.log.1", "0\n");
    write("a.log-20261122", "0\n");
    let settings = Settings {
        paths: vec![directory.path().join("*.log*")],
        from: From::Beginning,
    };
    let (sender, mut arrivals) = mpsc::channel(64);
    let stop = CancellationToken::new();
    let lens = Lens::new(Zone::named("UTC").unwrap(), Grid::default());
    let follow = Follow::new(settings, Vec::new(), Arc::new(lens));
    follow.begin(sender, stop.clone()).unwrap();
    let pair = |name: &str, line: &str| (name.to_owned(), line.to_owned());
    assert_eq!(followed(&mut arrivals, 1), [pair("a.log", "1")]);
    write("b.log", "2\n");
    assert_eq!(followed(&mut arrivals, 1), [pair("b.log", "2")]);
    write("a.log", "3\n");
    assert_eq!(followed(&mut arrivals, 1), [pair("a.log", "3")]);
    stop.cancel();
    while arrivals.blocking_recv().is_some() {}
}
