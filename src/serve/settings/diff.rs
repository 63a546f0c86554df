//! What changed between two settings, and whether the daemon can change it while it runs.
//!
//! Enters: the settings in force, and new ones. Leaves: their differences. Must not know: how anything is changed.

use toml::{Table, Value};

use super::Settings;
use super::keys::{KEYS, TABLES};

/// A setting that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `listen.udp`, `store.keep`, `notify` or `silence`.
    pub key: &'static str,
    /// It has no effect until the next start.
    pub needs_restart: bool,
}

/// Settings of sections that can be changed while the daemon runs; so can targets and silences.
const LIVE: &[&str] = &[
    "listen.max_connections",
    "listen.idle",
    "store.keep",
    "store.keep_seconds",
    "store.max_size",
    "haproxy.config",
    "haproxy.log_formats",
];

/// The differences, in the order in which settings are shown. What a file or a variable holds that a setting names is not
/// compared, so those are best read again each time.
pub fn diff(old: &Settings, new: &Settings) -> Vec<Change> {
    // Both came from TOML, so they can be written as it.
    let table = |settings| Table::try_from(settings).unwrap_or_default();
    let (old, new) = (table(old), table(new));
    let of = |table: &Table, name: &str| {
        let mut parts = name.split('.');
        let first = parts.next().and_then(|part| table.get(part)).cloned();
        parts.fold(first, |value: Option<Value>, part| {
            value.and_then(|value| value.get(part).cloned())
        })
    };
    let rows = KEYS.iter().map(|key| (key.name, !LIVE.contains(&key.name)));
    let rows = rows.chain(TABLES.iter().map(|(name, _)| (*name, false)));
    rows.filter(|(name, _)| of(&old, name) != of(&new, name))
        .map(|(key, needs_restart)| Change { key, needs_restart })
        .collect()
}
