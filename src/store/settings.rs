//! How a store is kept.
//!
//! Enters: what an operator wrote. Leaves: limits, with their units. Must not know: who keeps them.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Bytes below which a store has no room for what it needs beside its blocks.
pub const SMALLEST: u64 = 16 << 20;

/// How a store is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Its file. Files with `-wal`, `-shm` and `.lock` behind that name stand beside it.
    pub path: PathBuf,
    /// Age after which blocks and ended incidents are dropped, s.
    pub keep_s: u64,
    /// Age after which only the minutes of requests are kept, s; seconds around incidents stay. At least an hour.
    pub seconds_s: u64,
    /// Size from which the oldest are dropped, bytes; at least 16 MiB.
    pub max_bytes: u64,
    /// How long another program's lock on the file is waited for, ms.
    pub busy_ms: u64,
    /// What may wait in memory while the store cannot be written, bytes; as much again while it is being written.
    pub waiting_bytes: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            path: "/var/lib/hapline/store.sqlite".into(),
            keep_s: 90 * 24 * 60 * 60,
            seconds_s: 2 * 24 * 60 * 60,
            max_bytes: 8 << 30,
            busy_ms: 5_000,
            waiting_bytes: 64 << 20,
        }
    }
}

impl Settings {
    pub(super) fn busy(&self) -> Duration {
        Duration::from_millis(self.busy_ms)
    }

    /// Time before which blocks are dropped, s since 1970.
    pub(super) fn cutoff(&self, now_ms: i64) -> i64 {
        let keep = i64::try_from(self.keep_s).unwrap_or(i64::MAX);
        (now_ms / 1000).saturating_sub(keep)
    }
}
