//! Between those who hand flushes in and the thread that writes them.
//!
//! Enters: flushes, never waiting for the disk. Leaves: batches, one at a time. Must not know: SQL.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::batch::{Batch, Lost};
use super::problem::CannotStore;
use super::rows::Flush;
use super::status::Status;

/// See the module.
#[derive(Debug)]
pub struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    most: usize,
}

#[derive(Debug, Default)]
struct State {
    waiting: Batch,
    /// Bytes and blocks that the writer has in hand.
    in_hand: (usize, usize),
    is_stopping: bool,
    damage: Option<CannotStore>,
    limits: Option<Limits>,
    status: Status,
}

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Age after which blocks and ended incidents are dropped, s.
    pub keep_s: u64,
    /// Age after which only minutes are kept, s.
    pub seconds_s: u64,
    /// Size from which the oldest are dropped, bytes.
    pub max_bytes: u64,
}

/// What the writer is to do next.
#[derive(Debug)]
pub struct Next {
    /// Something waits.
    pub is_waiting: bool,
    /// It is to stop.
    pub is_stopping: bool,
    /// A reader found the store damaged.
    pub damage: Option<CannotStore>,
    /// Other limits are in force.
    pub limits: Option<Limits>,
}

impl State {
    fn count(&mut self, lost: Lost) {
        self.status.lost_blocks += lost.blocks;
        self.status.lost_lines += lost.lines;
        self.status.lost_incidents += lost.incidents;
    }
}

impl Shared {
    /// Nothing waits; so many bytes may.
    pub fn new(status: Status, most: u64) -> Self {
        Self {
            state: Mutex::new(State {
                status,
                ..State::default()
            }),
            changed: Condvar::new(),
            most: usize::try_from(most).unwrap_or(usize::MAX),
        }
    }

    /// What a panicking thread left is whole: nothing is changed halfway under the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a flush in.
    pub fn add(&self, flush: Flush) {
        let mut state = self.state();
        state.waiting.add(flush);
        let lost = state.waiting.trim(self.most);
        state.count(lost);
        self.changed.notify_all();
    }

    /// Takes all that waits in hand.
    pub fn take(&self) -> Batch {
        let mut state = self.state();
        let batch = std::mem::take(&mut state.waiting);
        state.in_hand = (batch.bytes(), batch.blocks());
        batch
    }

    /// What was in hand is written.
    pub fn done(&self) {
        self.state().in_hand = (0, 0);
        self.changed.notify_all();
    }

    /// What was in hand waits again, under what came meanwhile.
    pub fn put_back(&self, mut batch: Batch) {
        let mut state = self.state();
        batch.append(std::mem::take(&mut state.waiting));
        let lost = batch.trim(self.most);
        state.waiting = batch;
        state.in_hand = (0, 0);
        state.count(lost);
    }

    /// Waits until there is something to do, or until then.
    pub fn wait(&self, until: Instant) -> Next {
        let mut state = self.state();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let next = Next {
                is_waiting: !state.waiting.is_empty(),
                is_stopping: state.is_stopping,
                damage: state.damage.take(),
                limits: state.limits.take(),
            };
            let is_told = next.damage.is_some() || next.limits.is_some();
            if next.is_waiting || next.is_stopping || is_told || left.is_zero() {
                return next;
            }
            state = self.sleep(state, left);
        }
    }

    /// Waits until then, or until it is to stop; tells whether it is.
    pub fn rest(&self, until: Instant) -> bool {
        let mut state = self.state();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if state.is_stopping || left.is_zero() {
                return state.is_stopping;
            }
            state = self.sleep(state, left);
        }
    }

    /// Waits until all that was handed in is written, but no longer than that; tells whether it is.
    pub fn settle(&self, within: Duration) -> bool {
        let until = Instant::now() + within;
        let mut state = self.state();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let is_settled = state.waiting.is_empty() && state.in_hand == (0, 0);
            if is_settled || left.is_zero() {
                return is_settled;
            }
            state = self.sleep(state, left);
        }
    }

    fn sleep<'a>(&self, state: MutexGuard<'a, State>, most: Duration) -> MutexGuard<'a, State> {
        let (state, _) = self
            .changed
            .wait_timeout(state, most)
            .unwrap_or_else(PoisonError::into_inner);
        state
    }

    /// A reader found it damaged.
    pub fn damaged(&self, damage: CannotStore) {
        self.state().damage = Some(damage);
        self.changed.notify_all();
    }

    /// Other limits are in force from now on.
    pub fn limit(&self, limits: Limits) {
        self.state().limits = Some(limits);
        self.changed.notify_all();
    }

    /// No more comes.
    pub fn stop(&self) {
        self.state().is_stopping = true;
        self.changed.notify_all();
    }

    /// How it is doing.
    pub fn status(&self) -> Status {
        let state = self.state();
        let (bytes, blocks) = state.in_hand;
        Status {
            waiting_bytes: (state.waiting.bytes() + bytes) as u64,
            waiting_blocks: (state.waiting.blocks() + blocks) as u64,
            ..state.status.clone()
        }
    }

    /// Notes how it is doing.
    pub fn note(&self, change: impl FnOnce(&mut Status)) {
        change(&mut self.state().status);
    }
}
