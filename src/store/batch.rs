//! Flushes that wait together.
//!
//! Enters: flushes, in order. Leaves: one batch that has the same effect, within a bound, and what fell out of it.
//! Must not know: when it is written.

use std::collections::BTreeMap;

use super::change::Change;
use super::rows::{Flush, IncidentRow, Key, Snapshot, StoredBlock, StoredMark, StoredSource};

/// Bytes a row takes in memory beside its content, about.
const ROW: usize = 160;

/// What fell out of a batch because it would have become too large.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lost {
    /// Blocks.
    pub blocks: u64,
    /// Lines in them.
    pub lines: u64,
    /// Incidents.
    pub incidents: u64,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    blocks: BTreeMap<Key, StoredBlock>,
    sources: BTreeMap<(u64, u32), StoredSource>,
    marks: BTreeMap<(Vec<u8>, Vec<u8>), StoredMark>,
    incidents: BTreeMap<String, IncidentRow>,
    snapshot: Option<Snapshot>,
    notes: BTreeMap<String, Vec<u8>>,
}

impl Batch {
    /// Adds a flush that is newer than all in it.
    pub fn add(&mut self, flush: Flush) {
        for block in flush.blocks {
            let is_old = self
                .blocks
                .get(&block.key)
                .is_some_and(|standing| standing.flush >= block.flush);
            if !is_old {
                self.blocks.insert(block.key, block);
            }
        }
        for source in flush.sources {
            self.sources.insert((source.run, source.source), source);
        }
        for mark in flush.marks {
            self.marks
                .insert((mark.path.clone(), mark.generation.clone()), mark);
        }
        for incident in flush.incidents {
            self.incidents.insert(incident.id.clone(), incident);
        }
        self.snapshot = flush.snapshot.or(self.snapshot.take());
        self.notes.extend(flush.notes);
    }

    /// Adds all of a batch that is newer.
    pub fn append(&mut self, newer: Self) {
        self.add(Flush {
            blocks: newer.blocks.into_values().collect(),
            marks: newer.marks.into_values().collect(),
            sources: newer.sources.into_values().collect(),
            incidents: newer.incidents.into_values().collect(),
            snapshot: newer.snapshot,
            notes: newer.notes.into_iter().collect(),
        });
    }

    /// Drops the oldest blocks until it is clearly below so many bytes, then the incidents that began first; the
    /// rest is small.
    pub fn trim(&mut self, bytes: usize) -> Lost {
        let mut lost = Lost::default();
        let mut held = self.bytes();
        if held <= bytes {
            return lost;
        }
        // An eighth at once, so that this is not done again for the next one.
        let goal = bytes - bytes / 8;
        let mut oldest: Vec<(i64, Key)> = self
            .blocks
            .values()
            .map(|block| (block.last, block.key))
            .collect();
        oldest.sort_unstable();
        for (_, key) in oldest {
            if held <= goal {
                return lost;
            }
            if let Some(block) = self.blocks.remove(&key) {
                held = held.saturating_sub(block.payload.len() + ROW);
                lost.blocks += 1;
                lost.lines += block.lines;
            }
        }
        let mut first: Vec<(i64, String)> = self
            .incidents
            .values()
            .map(|incident| (incident.start, incident.id.clone()))
            .collect();
        first.sort_unstable();
        for (_, id) in first {
            if held <= goal {
                return lost;
            }
            if let Some(incident) = self.incidents.remove(&id) {
                held = held.saturating_sub(incident.bytes() + ROW);
                lost.incidents += 1;
            }
        }
        lost
    }

    /// Bytes it takes in memory, about.
    pub fn bytes(&self) -> usize {
        let blocks = self.blocks.values().map(|block| block.payload.len());
        let sources = self.sources.values().map(|source| source.name.len());
        let marks = self.marks.values().map(|mark| {
            2 * (mark.path.len() + mark.generation.len()) + mark.value.as_ref().map_or(0, Vec::len)
        });
        let incidents = self.incidents.values().map(IncidentRow::bytes);
        let notes = self.notes.values().map(Vec::len);
        let snapshot = self.snapshot.iter().map(|snapshot| snapshot.bytes.len());
        let rows = blocks
            .chain(sources)
            .chain(marks)
            .chain(incidents)
            .chain(notes)
            .chain(snapshot);
        rows.map(|bytes| bytes + ROW).sum()
    }

    /// Blocks in it.
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.changes().next().is_none()
    }

    /// What it changes, row by row.
    pub fn changes(&self) -> impl Iterator<Item = Change<'_>> {
        let blocks = self.blocks.values().map(Change::Block);
        let sources = self.sources.values().map(Change::Source);
        let marks = self.marks.values().map(Change::Mark);
        let incidents = self.incidents.values().map(Change::Incident);
        let snapshot = self.snapshot.iter().map(Change::Snapshot);
        let notes = self
            .notes
            .iter()
            .map(|(key, value)| Change::Note(key, value));
        blocks
            .chain(sources)
            .chain(marks)
            .chain(incidents)
            .chain(snapshot)
            .chain(notes)
    }

    /// Takes over what a new store would need of it if the present one were lost: how far files were read, and
    /// what else is only said when it changes.
    pub fn remember(&mut self, written: &Self) {
        for (key, mark) in &written.marks {
            match mark.value {
                Some(_) => self.marks.insert(key.clone(), mark.clone()),
                None => self.marks.remove(key),
            };
        }
        for (id, incident) in &written.incidents {
            match incident.end {
                None => self.incidents.insert(id.clone(), incident.clone()),
                Some(_) => self.incidents.remove(id),
            };
        }
        self.sources.extend(written.sources.clone());
        self.notes.extend(written.notes.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(number: u64, flush: u64, bytes: usize) -> StoredBlock {
        StoredBlock {
            key: Key {
                run: 1,
                source: 0,
                number,
            },
            flush,
            first: number as i64,
            last: number as i64 + 60,
            lines: 10,
            payload: vec![0; bytes],
        }
    }

    #[test]
    fn the_oldest_blocks_fall_out_and_are_counted() {
        let mut batch = Batch::default();
        batch.add(Flush {
            blocks: (0..100).map(|number| block(number, 1, 1000)).collect(),
            notes: vec![("state".to_owned(), vec![1])],
            ..Flush::default()
        });
        let lost = batch.trim(50 * 1160);
        assert_eq!((lost.blocks, lost.lines, lost.incidents), (57, 570, 0));
        assert_eq!(batch.blocks.keys().next().unwrap().number, 57);
        assert!(batch.bytes() <= 50 * 1160 && batch.notes.contains_key("state"));
        assert_eq!(batch.trim(50 * 1160), Lost::default());
    }

    #[test]
    fn incidents_fall_out_when_there_are_no_blocks_left() {
        let mut batch = Batch::default();
        let incidents = (0..10).map(|nth| IncidentRow {
            id: format!("i{}", 9 - nth),
            start: nth,
            end: None,
            severity: 1,
            backend: None,
            json: "x".repeat(1000),
            found: None,
        });
        batch.add(Flush {
            blocks: vec![block(1, 1, 10)],
            incidents: incidents.collect(),
            ..Flush::default()
        });
        let lost = batch.trim(5 * 1160);
        assert_eq!((lost.blocks, lost.incidents), (1, 6));
        assert_eq!(
            batch.incidents.keys().collect::<Vec<_>>(),
            ["i0", "i1", "i2", "i3"]
        );
    }

    #[test]
    fn of_a_block_the_newest_flush_waits_whichever_came_last() {
        let mut batch = Batch::default();
        for (flush, bytes) in [(2, 20), (3, 30), (1, 10), (3, 99)] {
            batch.add(Flush {
                blocks: vec![block(7, flush, bytes)],
                ..Flush::default()
            });
        }
        assert_eq!(batch.blocks(), 1);
        assert_eq!(batch.blocks.values().next().unwrap().payload.len(), 30);
    }
}
