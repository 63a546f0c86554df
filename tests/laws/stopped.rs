//! What is not read to its end is read as if it ended there.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use hapline::engine::{Plan, Planned, read_observed};
use hapline::source::{LogFile, Observer, Windows};
use memchr::memrchr;
use proptest::prelude::*;
use serde_json::Value;

use crate::logs::{any_log, grid};
use crate::read::{Reader, differences, folder, json};

/// Stops once so many bytes were read.
struct Patience {
    bytes: u64,
    read: AtomicU64,
}

impl Patience {
    fn of(bytes: u64) -> Self {
        let read = AtomicU64::new(0);
        Self { bytes, read }
    }
}

impl Observer for Patience {
    fn expect(&self, _: u64) {}

    fn read(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.read.load(Ordering::Relaxed) >= self.bytes
    }
}

/// The report on files, by as many blocks of their plan as `most`, or until patience ends; and the bytes that were read.
fn files(
    reader: &Reader,
    paths: &[PathBuf],
    threads: usize,
    most: usize,
    patience: u64,
) -> (String, u64) {
    let mut engine = reader.engine();
    let open = |path: &PathBuf| LogFile::open(path).expect("a file");
    let mut plan = Plan::new(paths.iter().map(open).collect(), engine.lens()).expect("a plan");
    plan.blocks.truncate(most);
    let patience = Patience::of(patience);
    read_observed(&mut engine, &plan, threads, &patience).expect("readable");
    (json(&engine), patience.read.into_inner())
}

/// How many blocks of their plan have so many bytes.
fn blocks_of(reader: &Reader, paths: &[PathBuf], bytes: u64) -> usize {
    let open = |path: &PathBuf| LogFile::open(path).expect("a file");
    let engine = reader.engine();
    let plan = Plan::new(paths.iter().map(open).collect(), engine.lens()).expect("a plan");
    let mut left = bytes;
    let is_read = |block: &&Planned| {
        let of = plan.files[block.id.source as usize].length();
        let is_read = left > 0;
        left -= reader.grid.length(block.id.block, of).min(left);
        is_read
    };
    plan.blocks.iter().take_while(is_read).count()
}

fn is_interrupted(report: &str) -> bool {
    let report: Value = serde_json::from_str(report).expect("JSON");
    report["coverage"]["interrupted"].as_bool().expect("a flag")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn files_that_are_left_are_the_first_blocks_of_their_plan(
        logs in proptest::collection::vec(any_log(), 1..3),
        grid in grid(),
        threads in 1usize..4,
        patience in 1u64..20_000,
    ) {
        let reader = Reader::new(logs[0].scene.zone, grid, logs[0].modified());
        let folder = folder();
        let write = |(nth, bytes): (usize, Vec<u8>)| reader.write(&folder, &format!("{nth}.log"), &bytes);
        let texts: Vec<Vec<u8>> = logs.iter().map(|log| log.bytes()).collect();
        let length: u64 = texts.iter().map(|text| text.len() as u64).sum();
        let paths: Vec<PathBuf> = texts.into_iter().enumerate().map(write).collect();
        let (left, read) = files(&reader, &paths, threads, usize::MAX, patience);
        prop_assert!(read >= patience.min(length), "{read} of {length}");
        prop_assert_eq!(is_interrupted(&left), read < length);
        let (whole, _) = files(&reader, &paths, 1, blocks_of(&reader, &paths, read), u64::MAX);
        prop_assert_eq!(differences(&left, &whole), [""; 0]);
    }

    #[test]
    fn a_stream_that_is_left_ends_with_its_last_whole_line(log in any_log(), grid in grid(), at in 0usize..20_000) {
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let text = log.bytes();
        let text = &text[..at.min(text.len())];
        let whole = memrchr(b'\n', text).map_or(0, |end| end + 1);
        let left = reader.piped_until("log", text, &[1_000], 2, Windows::drop_unfinished);
        let ended = reader.piped("log", &text[..whole], &[1_000], 2);
        prop_assert_eq!(differences(&left, &ended), [""; 0]);
    }
}
