//! Each way to read a log, and what it is read as.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use hapline::engine::Plan;
use hapline::engine::{Engine, Streams, read_early, read_files, read_piped};
use hapline::filter::Filter;
use hapline::incident::Window;
use hapline::rollup::fold::Piece;
use hapline::rollup::{Copies, Minute, Rollup, Sealer};
use hapline::source::{Found, Grid, Lines, LogFile, SourceId, Windows};
use hapline::time::zone::Zone;
use serde_json::Value;
use tempfile::TempDir;

/// How logs are read.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The zone of times without one.
    pub zone: Zone,
    /// The grid.
    pub grid: Grid,
    /// The latest that lines can be; s since 1970 UTC.
    pub latest: i64,
    /// Which lines count.
    pub filter: Option<Filter>,
}

/// A stream alone.
pub struct Stream {
    /// With none beside it.
    pub streams: Streams,
    source: SourceId,
}

impl Stream {
    /// Takes bytes in.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.streams.feed(self.source, bytes);
    }

    /// It has ended.
    pub fn finish(&mut self) {
        self.streams.finish();
    }

    /// What has been read.
    pub fn engine(&self) -> &Engine {
        self.streams.engine()
    }

    /// Bytes that came and are not read yet.
    pub fn held_back(&self) -> usize {
        self.streams.held_back(self.source).len()
    }

    /// What it would be like if it ended here.
    pub fn look_ahead(&self) -> Engine {
        self.streams.look_ahead(0)
    }
}

impl Reader {
    /// For logs of this zone, on a grid of so many bytes.
    pub fn new(zone: &str, grid: u64, latest: i64) -> Self {
        Self {
            zone: Zone::named(zone).expect("a zone"),
            grid: Grid::of(grid),
            latest,
            filter: None,
        }
    }

    /// The same for the lines of which an expression holds.
    pub fn filtered(self, filter: &str) -> Self {
        let filter = Filter::compile(filter, &self.zone).expect("an expression");
        Self {
            filter: Some(filter),
            ..self
        }
    }

    /// One that has read nothing.
    pub fn engine(&self) -> Engine {
        let engine = Engine::on_grid(self.zone.clone(), Window::default(), self.grid);
        match &self.filter {
            Some(filter) => engine.with_filter(filter.clone()),
            None => engine,
        }
    }

    /// Some whole lines that begin at an offset.
    pub fn fold(&self, offset: u64, bytes: &[u8]) -> Rollup {
        self.fold_among(Lines::alone(offset, bytes))
    }

    /// Some whole lines, among the lines around them.
    pub fn fold_among(&self, lines: Lines) -> Rollup {
        let engine = self.engine();
        let lens = engine.lens();
        let reach = lines.before.len().min(Copies::REACH as usize + 1);
        let mut copies = Copies::default();
        let before = &lines.before[lines.before.len() - reach..];
        copies.follow(before, lines.offset, lens);
        let mut rollup = Rollup::default();
        rollup.add(Piece { source: 0, lines }, lens, &mut copies);
        rollup
    }

    /// Some whole lines, one piece after the other into one rollup.
    pub fn fold_on(&self, pieces: &[Vec<u8>]) -> Rollup {
        let engine = self.engine();
        let (mut rollup, mut copies, mut offset) = (Rollup::default(), Copies::default(), 0);
        for piece in pieces {
            let lines = Lines::alone(offset, piece);
            let piece = Piece { source: 0, lines };
            rollup.add(piece, engine.lens(), &mut copies);
            offset += lines.bytes.len() as u64;
        }
        rollup
    }

    /// The minutes of a rollup of one source.
    pub fn minutes(&self, rollup: &Rollup) -> Vec<Minute> {
        let mut sealer = Sealer::new(self.zone.clone(), self.grid);
        sealer.source(0, self.latest);
        let mut minutes = Vec::new();
        for id in rollup.ids() {
            let (block, names) = rollup.block(id).expect("a block");
            let told = |minute| minutes.push(minute);
            sealer.take(id, block.clone(), names, None, told);
        }
        minutes.extend(std::iter::from_fn(|| sealer.first_left()));
        minutes
    }

    /// The report on a rollup of one source.
    pub fn report(&self, name: &str, rollup: &Rollup) -> String {
        let mut engine = self.engine();
        engine.source(0, name, self.latest);
        for id in rollup.ids() {
            let (block, names) = rollup.block(id).expect("a block");
            engine.take(id, block.clone(), names, None);
        }
        engine.finish(2);
        json(&engine)
    }

    /// A stream of this name, cut into blocks of at least as many bytes as the grid has.
    pub fn stream(&self, name: &str) -> Stream {
        let engine = Engine::cut_freely(self.zone.clone(), Window::default());
        let engine = match &self.filter {
            Some(filter) => engine.with_filter(filter.clone()),
            None => engine,
        };
        let mut streams = Streams::new(engine).full_with(self.grid.bytes());
        let source = streams.begin(name, self.latest);
        Stream { streams, source }
    }

    /// The report on a stream that is read to its end, of which so many bytes come at a time, in turn.
    pub fn piped(&self, name: &str, bytes: &[u8], sizes: &[usize], threads: usize) -> String {
        self.piped_until(name, bytes, sizes, threads, Windows::finish)
    }

    /// The same where it ends like this.
    pub fn piped_until(
        &self,
        name: &str,
        bytes: &[u8],
        sizes: &[usize],
        threads: usize,
        ends: fn(&mut Windows),
    ) -> String {
        let mut engine = self.engine();
        let (mut rest, mut sizes) = (bytes, sizes.iter().cycle());
        let more = |windows: &mut Windows| {
            let size = sizes.next().expect("a size");
            let read = windows.read(&mut (&mut rest).take(*size as u64))?;
            if read == 0 {
                ends(windows);
            }
            Ok(read > 0)
        };
        let read: io::Result<()> = read_piped(&mut engine, name, self.latest, threads, more);
        read.expect("threads");
        json(&engine)
    }

    /// The report on a compressed file that is read while it is unpacked; none where time goes back in it.
    pub fn early(&self, path: &Path, threads: usize) -> Option<String> {
        let Found::Packed(packed) = LogFile::find(path).expect("a file") else {
            panic!("{} is not compressed", path.display());
        };
        let read = read_early(&self.engine(), &packed, threads, &()).expect("readable");
        read.as_ref().map(json)
    }

    /// The report on files.
    pub fn files(&self, paths: &[PathBuf], threads: usize) -> String {
        json(&self.read(paths, threads))
    }

    /// What is found in files.
    pub fn read(&self, paths: &[PathBuf], threads: usize) -> Engine {
        let open = |path: &PathBuf| LogFile::open(path).expect("a file");
        let mut engine = self.engine();
        let plan = Plan::new(paths.iter().map(open).collect(), engine.lens());
        read_files(&mut engine, &plan.expect("a plan"), threads).expect("readable");
        engine
    }

    /// Writes a file that was changed last at `latest`.
    pub fn write(&self, folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        let file = File::options().write(true).open(&path).expect("a file");
        let latest = UNIX_EPOCH + Duration::from_secs(self.latest.unsigned_abs());
        file.set_modified(latest).expect("dated");
        path
    }
}

/// A folder for files.
pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A path as a report names it.
pub fn name(path: &Path) -> String {
    path.display().to_string()
}

/// The report of an engine.
pub fn json(engine: &Engine) -> String {
    serde_json::to_string(&engine.document(None)).expect("a report")
}

/// What is advised of an engine, with all that was weighed.
pub fn weighed(engine: &Engine) -> String {
    serde_json::to_string(&engine.review(None)).expect("advice")
}

/// A part of a report, without the places that lines stand in.
pub fn part(report: &str, key: &str) -> Value {
    let mut report: Value = serde_json::from_str(report).expect("JSON");
    let mut part = report[key].take();
    forget_places(&mut part);
    part
}

/// Where two reports differ, and in what; empty where they are the same byte for byte.
pub fn differences(one: &str, other: &str) -> Vec<String> {
    let parsed = |report| serde_json::from_str::<Value>(report).expect("JSON");
    let mut found = Vec::new();
    compare("", &parsed(one), &parsed(other), &mut found);
    if found.is_empty() && one != other {
        found.push("the order of fields".to_owned());
    }
    found
}

fn compare(path: &str, one: &Value, other: &Value, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) if one.keys().eq(other.keys()) => {
            for (key, value) in one {
                compare(&format!("{path}.{key}"), value, &other[key], found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (nth, (one, other)) in one.iter().zip(other).enumerate() {
                compare(&format!("{path}[{nth}]"), one, other, found);
            }
        }
        _ if one == other => {}
        _ => found.push(format!("{path}: {one} ≠ {other}")),
    }
}

/// Where parts of two reports differ, the places of lines aside.
pub fn differences_in(key: &str, one: &str, other: &str) -> Vec<String> {
    let mut found = Vec::new();
    compare(key, &part(one, key), &part(other, key), &mut found);
    found
}

/// Lists of lines.
const SORTED: [&str; 2] = ["evidence", "timeline"];

fn forget_places(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(forget_places),
        Value::Object(fields) => {
            fields.values_mut().for_each(forget_places);
            for place in ["source", "line", "offset"] {
                fields.remove(place);
            }
            // Of lines of one moment, the place tells which comes first.
            for (name, list) in fields.iter_mut() {
                if let (true, Some(lines)) = (SORTED.contains(&name.as_str()), list.as_array_mut())
                {
                    lines.sort_by_key(|line| line.to_string());
                }
            }
        }
        _ => {}
    }
}

/// A number of the coverage.
pub fn coverage(report: &str, class: &str) -> u64 {
    let report: Value = serde_json::from_str(report).expect("JSON");
    report["coverage"][class].as_u64().expect("a count")
}

/// Panics unless each line is counted in exactly one class.
pub fn counted_once(report: &str) {
    let classes = [
        "traffic",
        "state",
        "health_check",
        "process",
        "other",
        "unparsed",
        "truncated",
        "duplicates",
        "filtered",
    ];
    let sum: u64 = classes.iter().map(|class| coverage(report, class)).sum();
    assert_eq!(
        sum,
        coverage(report, "lines"),
        "{}",
        part(report, "coverage")
    );
}

/// Panics unless the figures are of the same requests: those that could be put in order, each with one backend or none and
/// one owner.
pub fn figures_add_up(report: &str) {
    let report: Value = serde_json::from_str(report).expect("JSON");
    let figures = &report["figures"];
    let count = |of: &Value, key: &str| of[key].as_u64().expect("a count");
    let sum = |list: &Value, key: &str| -> u64 {
        let list = list.as_array().expect("a list");
        list.iter().map(|of| count(of, key)).sum()
    };
    let overall = &figures["overall"];
    let eligible = count(overall, "eligible");
    assert_eq!(
        count(overall, "successful") + count(overall, "failed"),
        eligible,
        "{figures}"
    );
    assert_eq!(
        sum(&figures["endings"], "requests"),
        count(overall, "requests"),
        "{figures}"
    );
    assert!(eligible <= count(overall, "requests"), "{figures}");
    for key in ["requests", "failed"] {
        let (all, told) = (count(&report["totals"], key), count(overall, key));
        assert!(told <= all, "{key}: {told} of {all}");
        assert!(sum(&figures["backends"], key) <= told, "{figures}");
    }
}
