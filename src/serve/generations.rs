//! Followed files, generation by generation: which source each of them is, and how far it was read.
//!
//! Enters: marks, as they come with lines and as they were kept. Leaves: sources, and the marks to keep. Must not know: what
//! the lines say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::arrival::Mark;
use crate::source::SourceId;

/// Generations that ended of which the marks are kept, of each file: by them a restart knows rotated files again.
const ENDED: usize = 64;

/// What is kept of a generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    /// How far it was read.
    pub mark: Mark,
    /// It was read to its end.
    pub ended: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Generations {
    known: BTreeMap<SourceId, Generation>,
    /// The one that is read, of each file.
    current: BTreeMap<PathBuf, SourceId>,
    changed: BTreeSet<SourceId>,
}

impl Generations {
    /// Those that were kept.
    pub fn kept(kept: BTreeMap<SourceId, Generation>) -> Self {
        let open = kept.iter().filter(|(_, generation)| !generation.ended);
        Self {
            current: open
                .map(|(source, generation)| (generation.mark.path.clone(), *source))
                .collect(),
            known: kept,
            changed: BTreeSet::new(),
        }
    }

    /// Their marks.
    pub fn marks(&self) -> Vec<Mark> {
        let marks = self.known.values().map(|generation| &generation.mark);
        marks.cloned().collect()
    }

    /// Those that are read, with their names.
    pub fn current(&self) -> impl Iterator<Item = (SourceId, &Path)> {
        let current = self.current.iter();
        current.map(|(path, source)| (*source, path.as_path()))
    }

    /// The source that is read up to this mark; `None` when it is a generation that was not seen before.
    pub fn source(&self, mark: &Mark) -> Option<SourceId> {
        let source = *self.current.get(&mark.path)?;
        let held = &self.known.get(&source)?.mark;
        let is_same = (held.device, held.inode) == (mark.device, mark.inode);
        (is_same && mark.offset >= held.offset).then_some(source)
    }

    /// A source was read up to this mark.
    pub fn read(&mut self, source: SourceId, mark: Mark) {
        self.put(source, mark, false);
    }

    /// It was read to its end.
    pub fn end(&mut self, source: SourceId, mark: Mark) {
        self.put(source, mark, true);
    }

    /// What changed since it was asked last; `None` for what is to be forgotten.
    pub fn changed(&mut self) -> Vec<(SourceId, PathBuf, Option<Generation>)> {
        let mut changed: Vec<_> = std::mem::take(&mut self.changed)
            .into_iter()
            .filter_map(|source| {
                let generation = self.known.get(&source)?.clone();
                Some((source, generation.mark.path.clone(), Some(generation)))
            })
            .collect();
        for (source, path) in self.outdated() {
            self.known.remove(&source);
            changed.push((source, path, None));
        }
        changed
    }

    fn put(&mut self, source: SourceId, mark: Mark, ended: bool) {
        if ended {
            self.current.remove(&mark.path);
        } else {
            self.current.insert(mark.path.clone(), source);
        }
        self.known.insert(source, Generation { mark, ended });
        self.changed.insert(source);
    }

    /// Of too many generations of a file, the oldest.
    fn outdated(&self) -> Vec<(SourceId, PathBuf)> {
        let mut newer: BTreeMap<&Path, usize> = BTreeMap::new();
        let mut outdated = Vec::new();
        for (source, generation) in self.known.iter().rev().filter(|(_, known)| known.ended) {
            let path = &generation.mark.path;
            let newer = newer.entry(path).or_default();
            *newer += 1;
            if *newer > ENDED {
                outdated.push((*source, path.clone()));
            }
        }
        outdated
    }
}
