//! What a restart goes on from: hands it to the store while lines come, and takes it back.
//!
//! Enters: blocks, marks of files, what was told. Leaves: flushes, each whole; and an engine as it was. Must not know: what
//! lines say, and how the store keeps what it is given.
//!
//! A block is handed over at each flush in which it has grown, under the same key with a higher number, and once more when it is
//! complete. The marks in a flush are those of the lines in its blocks: so a line of a file counts once, whenever the
//! process ends.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::generations::{Generation, Generations};
use super::looker::{Found, Memory};
use super::past;
use crate::engine::{Changes, Engine, Folded, Keep, Streams};
use crate::report::escape;
use crate::rollup::stored;
use crate::source::{BlockId, SourceId};
use crate::store::{
    CannotStore, Flush, IncidentRow, Key, Reader, Settings, Snapshot, Status, Store, StoredBlock,
    StoredMark, StoredSource,
};
use crate::words::cause::Severity;

/// Bytes that were held back of each source.
type Held = Vec<(SourceId, Vec<u8>)>;

/// The note of bytes that are in no block yet.
const HELD: &str = "held";

/// The note of what was told.
const CHANGES: &str = "changes";

/// See the module.
#[derive(Debug)]
pub struct Keeper {
    store: Store,
    /// Blocks that are complete and were not handed over.
    complete: Arc<Mutex<Vec<StoredBlock>>>,
    /// How often blocks were handed over.
    flush: Arc<AtomicU64>,
    named: BTreeMap<SourceId, String>,
    held: Held,
    /// The open block of each source as it was handed over last: its number, and how many lines it had.
    open: BTreeMap<SourceId, (u64, u64)>,
    /// How often the store was begun anew.
    begun: u64,
    /// As they were handed over last.
    notes: BTreeMap<&'static str, Vec<u8>>,
    /// A snapshot that is being packed.
    packing: Option<JoinHandle<Snapshot>>,
    /// Bytes of the last one.
    packed: usize,
}

/// Whether the engine's state is carried over; no block may be open then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carry {
    /// Not now.
    Not,
    /// With a later flush: lines do not wait while it is packed.
    Soon,
    /// With this flush.
    Now,
}

/// What was kept.
#[derive(Debug, Default)]
pub struct Kept {
    /// What was told.
    pub changes: Changes,
    /// The files that were followed.
    pub generations: Generations,
    /// Bytes that are in no block.
    pub held: Vec<(SourceId, Vec<u8>)>,
}

impl Keeper {
    /// Opens the store, or makes it.
    ///
    /// # Errors
    /// When it cannot be used as it is.
    pub fn open(settings: &Settings) -> Result<Self, CannotStore> {
        Ok(Self {
            store: Store::joining(settings, past::join())?,
            complete: Arc::default(),
            flush: Arc::default(),
            named: BTreeMap::new(),
            held: Vec::new(),
            open: BTreeMap::new(),
            begun: 0,
            notes: BTreeMap::new(),
            packing: None,
            packed: 0,
        })
    }

    /// How the store is doing.
    pub fn status(&self) -> Status {
        self.store.status()
    }

    /// From now on less, or more, is kept.
    pub fn limit(&self, settings: &Settings) {
        self.store.limit(settings);
    }

    /// The store was damaged, and one was begun that knows nothing of what has been read.
    pub fn has_begun_anew(&mut self) -> bool {
        let begun = self.store.status().begun;
        std::mem::replace(&mut self.begun, begun) != begun
    }

    /// What somebody asked to remember.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note(&self, key: &str) -> Result<Option<Vec<u8>>, CannotStore> {
        Reader::open(self.store.path())?.note(key)
    }

    /// An engine that has read nothing goes on from what was kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn restore(&self, engine: Engine) -> Result<(Engine, Kept), CannotStore> {
        let reader = Reader::open(self.store.path())?;
        let engine = restored(engine, &reader)?;
        let changes = reader.note(CHANGES)?;
        let changes = changes.and_then(|bytes| Changes::resume(&bytes).ok());
        let held = reader.note(HELD)?;
        let held = held.and_then(|bytes| postcard::from_bytes(&bytes).ok());
        let kept = Kept {
            changes: changes.unwrap_or_default(),
            generations: Generations::kept(generations(&reader)?),
            held: held.unwrap_or_default(),
        };
        Ok((engine, kept))
    }

    /// What is to be done with blocks that are complete.
    pub fn keep(&self) -> Keep {
        let (run, complete, flush) = (self.store.run(), self.complete.clone(), self.flush.clone());
        Box::new(move |folded| {
            let flush = flush.fetch_add(1, Ordering::Relaxed);
            let mut complete = complete.lock().unwrap_or_else(PoisonError::into_inner);
            complete.push(stored_block(run, flush, folded));
        })
    }

    /// Hands over all that is new.
    pub fn flush(
        &mut self,
        streams: &Streams,
        generations: &mut Generations,
        memory: Memory,
        carry: Carry,
    ) {
        let snapshot = self.snapshot(streams.engine(), carry);
        let mut complete = self.complete.lock().unwrap_or_else(PoisonError::into_inner);
        let mut blocks = std::mem::take(&mut *complete);
        drop(complete);
        blocks.extend(self.grown(streams));
        let mut notes = self.held_back(streams);
        notes.extend(self.new_notes(memory.notes));
        let flush = Flush {
            blocks,
            marks: marks(generations),
            sources: self.new_sources(streams.engine()),
            incidents: memory.incidents.values().filter_map(row).collect(),
            snapshot,
            notes,
        };
        if flush != Flush::default() {
            self.store.write(flush);
        }
    }

    /// What is carried over with this flush. What was packed meanwhile is as good as on the day it was taken: blocks since
    /// then are those that it does not cover.
    fn snapshot(&mut self, engine: &Engine, carry: Carry) -> Option<Snapshot> {
        let is_packed = self.packing.as_ref().is_some_and(JoinHandle::is_finished);
        if carry == Carry::Now {
            // An older one must not come after it, nor go into another store.
            self.packing = None;
            return Some(snapshot_of(engine, self.store.run(), self.packed));
        }
        let packed = self.packing.take_if(|_| is_packed);
        // Had the thread failed, that was said, and the next one comes in a minute.
        let packed = packed.and_then(|packing| packing.join().ok());
        if carry == Carry::Soon && self.packing.is_none() {
            let (copy, run, like) = (engine.clone(), self.store.run(), self.packed);
            let thread = std::thread::Builder::new().name("pack".to_owned());
            match thread.spawn(move || snapshot_of(&copy, run, like)) {
                Ok(packing) => self.packing = Some(packing),
                // Without a thread, lines wait.
                Err(_) => return Some(snapshot_of(engine, run, like)),
            }
        }
        if let Some(packed) = &packed {
            self.packed = packed.bytes.len();
        }
        packed
    }

    /// Writes what waits, if that is possible at once.
    pub fn finish(self) -> Status {
        self.store.finish()
    }

    /// The open blocks that have more lines than when they were handed over.
    fn grown(&mut self, streams: &Streams) -> Vec<StoredBlock> {
        let before = std::mem::take(&mut self.open);
        let mut grown = Vec::new();
        for folded in streams.unfinished() {
            let source = folded.id.source;
            let now = (folded.id.block, folded.block.lines());
            if before.get(&source) != Some(&now) {
                let flush = self.flush.fetch_add(1, Ordering::Relaxed);
                grown.push(stored_block(self.store.run(), flush, folded));
            }
            self.open.insert(source, now);
        }
        grown
    }

    /// Names that the store was not told.
    fn new_sources(&mut self, engine: &Engine) -> Vec<StoredSource> {
        let mut new = Vec::new();
        for (source, name) in engine.source_names() {
            if self.named.get(source) != Some(name) {
                self.named.insert(*source, name.clone());
                new.push(StoredSource {
                    run: self.store.run(),
                    source: *source,
                    name: name.clone(),
                });
            }
        }
        new
    }

    /// Those that are not as they were.
    fn new_notes(&mut self, notes: BTreeMap<&'static str, Vec<u8>>) -> Vec<(String, Vec<u8>)> {
        let mut new = Vec::new();
        for (key, value) in notes {
            if self.notes.get(key) != Some(&value) {
                new.push((key.to_owned(), value.clone()));
                self.notes.insert(key, value);
            }
        }
        new
    }

    fn held_back(&mut self, streams: &Streams) -> Vec<(String, Vec<u8>)> {
        let held: Held = streams
            .sources()
            .map(|source| (source, streams.held_back(source).to_vec()))
            .filter(|(_, held)| !held.is_empty())
            .collect();
        if held == self.held {
            return Vec::new();
        }
        self.held = held;
        let written = postcard::to_stdvec(&self.held).unwrap_or_default();
        vec![(HELD.to_owned(), written)]
    }
}

/// The snapshot, and the blocks since; without a snapshot that can be read, all blocks there are.
fn restored(engine: Engine, reader: &Reader) -> Result<Engine, CannotStore> {
    let nothing = engine.clone();
    let resumed = match reader.snapshot()? {
        Some(snapshot) => match engine.resume(&snapshot.bytes) {
            Ok(engine) => Some(engine),
            Err(error) => {
                aside!(
                    "hapline: what was carried over is {}; it is made from the stored lines again, which takes a while",
                    escape::terminal(&error.to_string())
                );
                None
            }
        },
        None => Some(engine),
    };
    let (mut engine, blocks) = match resumed {
        Some(engine) => (engine, reader.blocks_since_snapshot()?),
        None => {
            let mut nothing = nothing;
            past::recall(&mut nothing, reader, i64::MIN, i64::MAX)?;
            (nothing, reader.blocks(i64::MIN, i64::MAX)?)
        }
    };
    let now = jiff::Timestamp::now().as_second();
    for source in reader.sources()? {
        if engine.source_named(&source.name) != Some(source.source) {
            engine.source(source.source, &source.name, now);
        }
    }
    for block in blocks {
        let block = block?;
        // Those that begin ahead come last. They say nothing about lines to come, no more than when they came.
        if block.first > now {
            engine.go_live();
        }
        take(&mut engine, &block, block.last.min(now));
    }
    Ok(engine)
}

/// The engine takes a block that was kept, whose lines are not later than `latest` (s since 1970 UTC).
pub fn take(engine: &mut Engine, kept: &StoredBlock, latest: i64) {
    let id = BlockId {
        source: kept.key.source,
        block: kept.key.number,
    };
    match stored::decode(&kept.payload) {
        Ok(read) => {
            engine.latest(id.source, latest);
            engine.take_kept(id, read.block, &read.names, kept.first, read.by_minute);
        }
        Err(error) => aside!(
            "hapline: {} stored lines are left out: {}",
            kept.lines,
            escape::terminal(&error.to_string())
        ),
    }
}

fn generations(reader: &Reader) -> Result<BTreeMap<SourceId, Generation>, CannotStore> {
    let marks = reader.marks()?.into_iter();
    Ok(marks
        .filter_map(|mark| {
            let source = SourceId::from_be_bytes(mark.generation.try_into().ok()?);
            let generation = serde_json::from_slice(&mark.value?).ok()?;
            Some((source, generation))
        })
        .collect())
}

fn marks(generations: &mut Generations) -> Vec<StoredMark> {
    let changed = generations.changed().into_iter();
    changed
        .map(|(source, path, generation)| StoredMark {
            path: path.as_os_str().as_bytes().to_vec(),
            generation: source.to_be_bytes().to_vec(),
            value: generation.and_then(|generation| serde_json::to_vec(&generation).ok()),
        })
        .collect()
}

fn stored_block(run: u64, flush: u64, folded: Folded) -> StoredBlock {
    let now = jiff::Timestamp::now().as_second();
    let (first, last) = folded.span.unwrap_or((now, now));
    StoredBlock {
        key: Key {
            run,
            source: folded.id.source,
            number: folded.id.block,
        },
        flush,
        first,
        last,
        lines: folded.block.lines(),
        payload: stored::encode(folded.block, folded.names),
    }
}

/// `like`: bytes of the last one.
fn snapshot_of(engine: &Engine, run: u64, like: usize) -> Snapshot {
    let covers = engine.source_names().keys().filter_map(|source| {
        let last = engine.last_block(*source)?;
        Some((*source, last + 1))
    });
    Snapshot {
        run,
        covers: covers.collect(),
        bytes: engine.snapshot_like(like),
    }
}

fn row(incident: &Found) -> Option<IncidentRow> {
    let (incident, found) = (&incident.told, &incident.found);
    Some(IncidentRow {
        id: incident.id.clone(),
        start: milliseconds(&incident.start)?,
        end: incident.end.as_deref().and_then(milliseconds),
        severity: rank(incident.severity),
        backend: incident.backend.clone(),
        json: serde_json::to_string(incident).ok()?,
        found: Some(found.snapshot()),
    })
}

/// Higher is worse.
fn rank(severity: Severity) -> u8 {
    match severity {
        Severity::Outage => 5,
        Severity::Degraded => 4,
        Severity::Capacity => 3,
        Severity::Planned => 2,
        Severity::Client => 1,
        Severity::Unknown => 0,
    }
}

/// ms since 1970 UTC of a time as documents tell it.
fn milliseconds(time: &str) -> Option<i64> {
    let at: jiff::Timestamp = time.parse().ok()?;
    Some(at.as_millisecond())
}
