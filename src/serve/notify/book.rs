//! What is remembered of each incident: how it stands, and what each target was told of it.
//!
//! Enters: letters. Leaves: bytes for the store, and the same again after a restart. Must not know: how anybody is told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::case::Told;
use super::format::alertmanager::Sent;
use super::letter::Letter;
use super::outbox::Job;
use super::route::rank;

/// Incidents that are remembered at most.
const MOST: usize = 1000;
/// Bytes of the documents of those that wait to be told, at most.
const MOST_BYTES: usize = 8 << 20;
/// The first byte of the state: another layout gets another one.
const VERSION: u8 = 1;

/// An incident, and what each target was told of it, by the target's name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) letter: Letter,
    pub(super) lines: BTreeMap<String, Line>,
    /// When it changed last, ms since 1970.
    pub(super) touched: i64,
}

/// What one target was told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) told: Told,
    /// As Alertmanager has it.
    pub(super) sent: Option<Sent>,
}

impl Entry {
    /// Somebody was told that it goes on, and of nothing after that.
    pub(super) fn is_open(&self) -> bool {
        let mut lines = self.lines.values();
        lines.any(|line| matches!(line.told, Told::Open(_)))
    }

    /// Somebody may be told of it before its next notice.
    pub(super) fn is_pending(&self) -> bool {
        let letter = &self.letter;
        self.lines.values().any(|line| match &line.told {
            Told::Held { .. } => true,
            Told::Open(told) => {
                rank(letter.severity) > rank(told.severity) || letter.worsened > told.worsened
            }
            Told::Over => false,
        })
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) entries: BTreeMap<String, Entry>,
}

/// The layout of the state.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    entries: Vec<Entry>,
    /// What was not sent yet, by the target's name.
    waiting: BTreeMap<String, Vec<Job>>,
}

impl Book {
    /// Out of stored bytes, with what was not sent then; none of these when they are of another version, or damaged.
    pub(super) fn read(state: &[u8]) -> Option<(Self, BTreeMap<String, Vec<Job>>)> {
        let rest = state.strip_prefix(&[VERSION])?;
        let state: State = postcard::from_bytes(rest).ok()?;
        let entries = state.entries.into_iter();
        let entries = entries
            .map(|entry| (entry.letter.id.clone(), entry))
            .collect();
        Some((Self { entries }, state.waiting))
    }

    /// All of it as bytes, with what was not sent yet.
    pub(super) fn write(&self, waiting: BTreeMap<String, Vec<Job>>) -> Vec<u8> {
        let state = State {
            entries: self.entries.values().cloned().collect(),
            waiting,
        };
        let mut bytes = vec![VERSION];
        // It is made of plain values, which can all be written.
        bytes.extend(postcard::to_stdvec(&state).unwrap_or_default());
        bytes
    }

    /// Remembers an incident. Where many are held, the latest of them keep an outline of their documents.
    pub(super) fn keep(&mut self, mut entry: Entry) {
        let documents = self.entries.values();
        let bytes: usize = documents.map(|entry| entry.letter.bytes()).sum();
        if !entry.is_pending() || bytes + entry.letter.bytes() > MOST_BYTES {
            entry.letter.shrink();
        }
        self.entries.insert(entry.letter.id.clone(), entry);
    }

    /// Forgets what nobody needs: first what is over, the longest untouched first.
    pub(super) fn prune(&mut self) {
        while self.entries.len() > MOST {
            let oldest = self
                .entries
                .values()
                .min_by_key(|entry| (entry.is_open(), entry.touched))
                .map(|entry| entry.letter.id.clone());
            let Some(oldest) = oldest else {
                return;
            };
            self.entries.remove(&oldest);
        }
    }
}
