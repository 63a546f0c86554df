//! What was written down and read back goes on as what was not: blocks, and the state of an engine between two of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;

use flate2::read::GzDecoder;
use hapline::config::Config;
use hapline::engine::{Changes, Engine};
use hapline::incident::{Incident, Window};
use hapline::line;
use hapline::report::feed::Transition;
use hapline::rollup::coarse::Coarse;
use hapline::rollup::fold::Piece;
use hapline::rollup::names::Names;
use hapline::rollup::packed::Damaged;
use hapline::rollup::stored::{decode, encode, encode_by_minute};
use hapline::rollup::{Block, Copies, Rollup};
use hapline::source::{BlockId, Grid, Lines};
use hapline::time::zone::Zone;
use hapline::words::cause::Severity;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::logs::{any_log, grid};
use crate::read::{Reader, differences, json};

/// What a block begins with.
const VERSION: &[u8] = &[3];

/// A log in blocks, and engines that have read nothing of it.
struct Folded<E> {
    rollup: Rollup,
    fresh: E,
    latest: i64,
}

/// What is told of a log on the way and in the end.
#[derive(Debug, PartialEq)]
struct Told {
    notices: Vec<(Transition, Incident)>,
    ahead: Vec<String>,
    incidents: Vec<Incident>,
    document: String,
}

impl<E: Fn() -> Engine> Folded<E> {
    fn of(bytes: &[u8], latest: i64, fresh: E) -> Self {
        let (mut rollup, engine) = (Rollup::default(), fresh());
        let lines = Lines::alone(0, bytes);
        let piece = Piece { source: 0, lines };
        rollup.add(piece, engine.lens(), &mut Copies::default());
        Self {
            rollup,
            fresh,
            latest,
        }
    }

    /// Reads it, block by block; before each, `before` may change the engine and what was told, and `carry` the block.
    fn told(
        &self,
        mut before: impl FnMut(usize, Engine, Changes) -> (Engine, Changes),
        carry: impl Fn(&Rollup, BlockId) -> (Block, Names),
    ) -> Told {
        let (mut engine, mut changes) = ((self.fresh)(), Changes::default());
        engine.source(0, "haproxy.log", self.latest);
        let (mut notices, mut ahead) = (Vec::new(), Vec::new());
        let mut tell = |changes: &mut Changes, engine: &Engine| {
            let incidents = engine.incidents();
            let told = changes.since_last(&incidents).into_iter();
            notices.extend(told.map(|(what, incident)| (what, incident.clone())));
        };
        for (nth, id) in self.rollup.ids().enumerate() {
            (engine, changes) = before(nth, engine, changes);
            let (block, names) = carry(&self.rollup, id);
            let look = engine
                .clone()
                .look_ahead(vec![(id, block.clone(), names.clone())], 5);
            ahead.push(json(&look));
            tell(&mut changes, &look);
            engine.take(id, block, &names, None);
            tell(&mut changes, &engine);
        }
        engine.finish(1);
        tell(&mut changes, &engine);
        Told {
            notices,
            ahead,
            incidents: engine.incidents(),
            document: json(&engine),
        }
    }

    /// As it was folded, in one go.
    fn whole(&self) -> Told {
        self.told(|_, engine, changes| (engine, changes), as_folded)
    }

    /// By blocks that were written down and read back.
    fn stored(&self) -> Told {
        self.told(|_, engine, changes| (engine, changes), as_stored)
    }

    /// The same, and the engine, too, was written down before some blocks, and another one went on; before all others it
    /// forgot what is not shown.
    fn resumed(&self, cut: impl Fn(usize) -> bool) -> Told {
        let resume = |nth: usize, mut engine: Engine, changes: Changes| {
            if !cut(nth) {
                engine.tidy();
                return (engine, changes);
            }
            let (snapshot, said) = (engine.snapshot(), changes.snapshot());
            drop((engine, changes));
            let engine = (self.fresh)().resume(&snapshot).expect("a snapshot");
            assert!(engine.snapshot() == snapshot, "nothing is lost on the way");
            (engine, Changes::resume(&said).expect("a snapshot"))
        };
        self.told(resume, as_stored)
    }
}

/// All that is summed up over a log: requests, how those of each server ended, how often each wait occurred, what lines were.
fn sums(engine: &Engine) -> [String; 4] {
    let scan = engine.scanned();
    let ended: Vec<_> = scan.ended().iter().collect();
    let mut waits: BTreeMap<String, u64> = BTreeMap::new();
    scan.waits(|backend, server, timer, counts| {
        for (bucket, n) in counts {
            let wait = format!("{backend:?} {server:?} {timer:?} {}", bucket.low());
            *waits.entry(wait).or_default() += n;
        }
    });
    let document = engine.document(None);
    let counted = hapline::report::document::Coverage {
        warnings: Vec::new(),
        ..document.coverage
    };
    [
        format!("{:?}", document.totals),
        format!("{ended:?}"),
        format!("{waits:?}"),
        format!("{counted:?}"),
    ]
}

impl<E: Fn() -> Engine> Folded<E> {
    fn read(&self, read: impl FnOnce(&mut Engine)) -> Engine {
        let mut engine = (self.fresh)();
        engine.source(0, "haproxy.log", self.latest);
        read(&mut engine);
        engine.finish(1);
        engine
    }

    /// By blocks as they are.
    fn by_second(&self) -> Engine {
        self.read(|engine| {
            for id in self.rollup.ids() {
                let (block, names) = as_folded(&self.rollup, id);
                engine.take(id, block, &names, None);
            }
        })
    }

    /// By blocks that know minutes, so many joined to one each.
    fn by_minute(&self, joined: usize, found: &[Incident]) -> Engine {
        let found = found.iter().cloned();
        let found = found.map(|found| (found.id.clone(), Some(found)));
        let ids: Vec<BlockId> = self.rollup.ids().collect();
        let mut begins = self.latest;
        self.read(|engine| {
            engine.found_before(found);
            for ids in ids.chunks(joined) {
                let mut coarse = Coarse::default();
                for id in ids {
                    let (block, names) = as_stored(&self.rollup, *id);
                    coarse.add(block, &names);
                }
                let (block, names) = coarse.finish();
                let read = decode(&encode_by_minute(&block, &names)).expect("as it was written");
                assert!(read.by_minute);
                // Where no line has a time, it was stored soon after the one before it.
                if let Some((first, _)) = engine.sealer().span(ids[0], &read.block) {
                    begins = first;
                }
                engine.take_kept(ids[0], read.block, &read.names, begins, true);
            }
        })
    }
}

/// As they were written down and read back.
fn as_kept(found: &[Incident]) -> Vec<Incident> {
    let read = |found: &Incident| Incident::resume(&found.snapshot()).expect("as it was written");
    found.iter().map(read).collect()
}

fn as_stored(rollup: &Rollup, id: BlockId) -> (Block, Names) {
    let (block, names) = rollup.block(id).expect("a block");
    let read = decode(&encode(block, names)).expect("as it was written");
    (read.block, read.names)
}

fn as_folded(rollup: &Rollup, id: BlockId) -> (Block, Names) {
    let (block, names) = rollup.block(id).expect("a block");
    (block.clone(), names.clone())
}

/// Where two tell something else.
fn different(one: &Told, other: &Told) -> Vec<String> {
    let mut found = differences(&one.document, &other.document);
    for (one, other) in one.ahead.iter().zip(&other.ahead) {
        found.extend(differences(one, other));
    }
    if one != other && found.is_empty() {
        found.push(format!("{one:?} ≠ {other:?}"));
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn blocks_and_engines_go_on(log in any_log(), grid in grid(), cuts in vec(any::<bool>(), 1..7)) {
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let folded = Folded::of(&log.bytes(), log.modified(), || reader.engine());
        let whole = folded.whole();
        prop_assert_eq!(different(&folded.stored(), &whole), [""; 0]);
        let cut = |nth: usize| cuts[nth % cuts.len()];
        prop_assert_eq!(different(&folded.resumed(cut), &whole), [""; 0]);
    }
}

/// Real logs: folders with the log, its configuration and its zone.
fn recordings() -> Vec<(String, Vec<u8>, Config, Zone)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &Path| std::fs::read(path).expect("readable");
    let mut found = Vec::new();
    for folder in std::fs::read_dir(root.join("tests/recordings")).expect("recordings") {
        let folder = folder.expect("a folder").path();
        let packed = File::open(folder.join("haproxy.log.gz")).expect("a log");
        let mut log = Vec::new();
        GzDecoder::new(packed).read_to_end(&mut log).expect("gzip");
        let config = Config::parse("haproxy.cfg", &read(&folder.join("haproxy.cfg")));
        let expected = read(&folder.join("expected.json"));
        let expected: serde_json::Value = serde_json::from_slice(&expected).expect("JSON");
        let zone = Zone::named(expected["timezone"].as_str().expect("a zone"));
        let name = folder.display().to_string();
        found.push((name, log, config.expect("accepted"), zone.expect("a zone")));
    }
    for name in ["backend-down", "flapping", "reload", "slow-server"] {
        let log = read(&root.join(format!("samples/{name}.log")));
        let config = Config::parse("web.cfg", &read(&root.join("samples/web.cfg")));
        let zone = Zone::named("UTC").expect("a zone");
        found.push((name.to_owned(), log, config.expect("accepted"), zone));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// No recorded line is later: 1 January 2027 (s since 1970).
const LATEST: i64 = 1_798_761_600;

#[test]
fn recordings_go_on() {
    let mut wrong = Vec::new();
    for (name, log, config, zone) in recordings() {
        let (reader, _) = line::Reader::from_config(&config);
        // Some blocks of each, however long it is.
        let grid = Grid::of(log.len() as u64 / 6 + 1);
        let fresh = || {
            let engine = Engine::on_grid(zone.clone(), Window::default(), grid);
            engine.with_reader(reader.clone())
        };
        let folded = Folded::of(&log, LATEST, fresh);
        let whole = folded.whole();
        assert!(folded.rollup.ids().count() > 3, "{name}");
        let resumed = different(&folded.resumed(|nth| nth != 2), &whole);
        wrong.extend(resumed.iter().map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn recordings_by_minute_sum_up_to_the_same_and_keep_their_incidents() {
    let mut wrong = Vec::new();
    for (name, log, config, zone) in recordings() {
        let (reader, _) = line::Reader::from_config(&config);
        let grid = Grid::of(log.len() as u64 / 9 + 1);
        let fresh = || {
            let engine = Engine::on_grid(zone.clone(), Window::default(), grid);
            engine.with_reader(reader.clone())
        };
        let folded = Folded::of(&log, LATEST, fresh);
        let whole = folded.by_second();
        let found = whole.incidents();
        for joined in [1, 4] {
            let past = folded.by_minute(joined, &as_kept(&found));
            let sums = sums(&past).into_iter().zip(sums(&whole));
            for (by_minute, by_second) in sums.filter(|(one, other)| one != other) {
                wrong.push(format!("{name} {joined}:\n{by_minute}\n{by_second}"));
            }
            if past.incidents() != found {
                wrong.push(format!("{name} {joined}: other incidents"));
            }
            let warnings = past.document(None).coverage.warnings;
            let says = |warning: &String| warning.contains("requests are known by the minute");
            assert!(warnings.iter().any(says), "{name}: {warnings:?}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn blocks_by_minute_sum_up_to_the_same(log in any_log(), grid in grid(), joined in 1usize..9) {
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let folded = Folded::of(&log.bytes(), log.modified(), || reader.engine());
        let whole = folded.by_second();
        let past = folded.by_minute(joined, &as_kept(&whole.incidents()));
        // A line whose date is years off may count as late in one of them: in the totals, and not by server.
        prop_assert_eq!(&sums(&past)[0], &sums(&whole)[0]);
    }
}

#[test]
fn of_more_incidents_of_the_past_than_anyone_reads_the_worst_are_told_and_the_others_counted() {
    let log = include_bytes!("../../samples/backend-down.log");
    let reader = Reader::new("UTC", 1 << 14, LATEST);
    let folded = Folded::of(log, LATEST, || reader.engine());
    let worst = folded.by_second().incidents();
    let milder = (0..4_200).map(|nth| Incident {
        id: format!("{nth:08x}"),
        severity: Severity::Planned,
        ..worst[0].clone()
    });
    let found: Vec<Incident> = milder.chain(worst.clone()).collect();
    let past = folded.by_minute(1, &found);
    let told = past.incidents();
    assert_eq!(told.len(), 4_096);
    assert!(worst.iter().all(|one| told.contains(one)));
    let omitted = past.document(None).omitted.expect("some are not told");
    assert_eq!(omitted.incidents, (found.len() - told.len()) as u64);
}

/// A block of a sample.
static BLOCK: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let log = include_bytes!("../../samples/slow-server.log");
    let rollup = Reader::new("UTC", 1 << 16, LATEST).fold(0, log);
    let id = rollup.ids().next().expect("a block");
    let (block, names) = rollup.block(id).expect("a block");
    encode(block, names)
});

proptest! {
    #[test]
    fn anything_is_no_block(bytes in vec(any::<u8>(), 0..300), version in any::<bool>()) {
        let head: &[u8] = if version { VERSION } else { &[] };
        prop_assert!(decode(&[head, &bytes].concat()).is_err());
        let engine = Reader::new("UTC", 1 << 16, LATEST).engine();
        prop_assert!(engine.resume(&[head, &bytes].concat()).is_err());
    }

    #[test]
    fn a_damaged_block_is_refused(
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        end in any::<prop::sample::Index>(),
        what in 0u8..3,
    ) {
        let good = BLOCK.clone();
        let mut bad = good.clone();
        match what {
            0 => *at.get_mut(&mut bad) = byte,
            1 => bad.truncate(end.index(good.len())),
            _ => bad.push(byte),
        }
        prop_assert_eq!(decode(&bad).is_ok(), bad == good);
    }

    #[test]
    fn a_block_of_other_numbers_is_refused_or_counted(
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let good = &*BLOCK;
        let mut plain = zstd::decode_all(&good[1..]).expect("zstd");
        for (at, byte) in changes {
            *at.get_mut(&mut plain) = byte;
        }
        let packed = zstd::encode_all(plain.as_slice(), 1).expect("zstd");
        // It is read, or not; in neither case does anything break.
        if let Ok(read) = decode(&[&good[..1], &packed].concat()) {
            encode(&read.block, &read.names);
        }
    }
}

#[test]
fn what_unpacks_to_more_than_there_is_room_for_is_refused() {
    let zeros = vec![0; 70 << 20];
    let packed = zstd::encode_all(zeros.as_slice(), 1).expect("zstd");
    assert!(packed.len() < 100_000);
    let refused = decode(&[VERSION, packed.as_slice()].concat());
    assert!(matches!(refused, Err(Damaged::TooLong(_))), "{refused:?}");
}

#[test]
fn a_snapshot_of_another_version_or_grid_is_refused_and_says_why() {
    let reader = Reader::new("UTC", 1 << 16, LATEST);
    let snapshot = reader.engine().snapshot();
    let mut newer = snapshot.clone();
    newer[0] += 1;
    let refused = reader.engine().resume(&newer).expect_err("newer");
    assert_eq!(
        refused.to_string(),
        "written in another layout than this version of hapline reads"
    );
    let other = Reader::new("UTC", 1 << 17, LATEST);
    let refused = other.engine().resume(&snapshot).expect_err("another grid");
    assert_eq!(
        refused.to_string(),
        "damaged: its blocks are of another size"
    );
}
