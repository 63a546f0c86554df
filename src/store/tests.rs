//! The store against a model of it that is a few maps.

mod coarsening;
mod faults;
mod kills;
mod opening;
mod reading;
mod retention;
mod versions;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::batch::Batch;
use super::*;

/// All that a store holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Contents {
    blocks: BTreeMap<Key, StoredBlock>,
    sources: BTreeMap<(u64, u32), String>,
    marks: BTreeMap<(Vec<u8>, Vec<u8>), Vec<u8>>,
    incidents: BTreeMap<String, IncidentRow>,
    snapshot: Option<Snapshot>,
    notes: BTreeMap<String, Vec<u8>>,
}

impl Contents {
    /// What a flush is to do.
    fn apply(&mut self, flush: &Flush) {
        for block in &flush.blocks {
            let standing = self
                .blocks
                .entry(block.key)
                .or_insert_with(|| block.clone());
            if block.flush > standing.flush {
                *standing = block.clone();
            }
        }
        for source in &flush.sources {
            self.sources
                .insert((source.run, source.source), source.name.clone());
        }
        for mark in &flush.marks {
            let key = (mark.path.clone(), mark.generation.clone());
            match &mark.value {
                Some(value) => self.marks.insert(key, value.clone()),
                None => self.marks.remove(&key),
            };
        }
        for incident in &flush.incidents {
            self.incidents.insert(incident.id.clone(), incident.clone());
        }
        self.snapshot = flush.snapshot.clone().or(self.snapshot.take());
        self.notes.extend(flush.notes.iter().cloned());
    }

    /// What a reader finds. Keys of notes are not listed by it, so they are given.
    fn read(path: &Path, notes: &[&str]) -> Result<Self, CannotStore> {
        let reader = Reader::open(path)?;
        let everything = Asked {
            limit: u32::MAX,
            ..Asked::default()
        };
        let mut contents = Self::default();
        for block in reader.blocks(i64::MIN, i64::MAX)? {
            let block = block?;
            contents.blocks.insert(block.key, block);
        }
        contents.apply(&Flush {
            sources: reader.sources()?,
            marks: reader.marks()?,
            incidents: reader.incidents(&everything)?.incidents,
            snapshot: reader.snapshot()?,
            ..Flush::default()
        });
        for key in notes {
            if let Some(value) = reader.note(key)? {
                contents.notes.insert((*key).to_owned(), value);
            }
        }
        Ok(contents)
    }
}

fn settings(directory: &Path) -> Settings {
    Settings {
        path: directory.join("store.sqlite"),
        busy_ms: 50,
        // Blocks here are of 1970.
        keep_s: u64::MAX,
        ..Settings::default()
    }
}

/// A block of an hour that begins `number` hours after 1970.
fn block(number: u64, flush: u64, payload: Vec<u8>) -> StoredBlock {
    let first = number as i64 * 3600;
    StoredBlock {
        key: Key {
            run: 1,
            source: 0,
            number,
        },
        flush,
        first,
        last: first + 3599,
        lines: 10,
        payload,
    }
}

fn blocks(blocks: impl IntoIterator<Item = StoredBlock>) -> Flush {
    Flush {
        blocks: blocks.into_iter().collect(),
        ..Flush::default()
    }
}

fn batch(flush: Flush) -> Batch {
    let mut batch = Batch::default();
    batch.add(flush);
    batch
}

fn incident(id: &str, start: i64, end: Option<i64>) -> IncidentRow {
    IncidentRow {
        id: id.to_owned(),
        start,
        end,
        severity: 2,
        backend: Some("be_app".to_owned()),
        json: format!("{{\"id\":\"{id}\"}}"),
        found: Some(id.into()),
    }
}

fn files(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
