//! How many connections there may be, and for how long they may be silent.
//!
//! Enters: settings, also while connections are open. Leaves: the limits for the next connection. Must not know: sockets.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::settings::Settings;

/// See the module.
#[derive(Debug)]
pub struct Limits {
    most: AtomicU64,
    /// s; 0 for never.
    idle: AtomicU64,
}

impl Limits {
    /// As they are set.
    pub fn new(settings: &Settings) -> Self {
        Self {
            most: u64::from(settings.connections).into(),
            idle: settings.idle.into(),
        }
    }

    /// They are set to something else. Connections that are open stay so, and keep the silence they were told.
    pub fn set(&self, settings: &Settings) {
        self.most
            .store(settings.connections.into(), Ordering::Relaxed);
        self.idle.store(settings.idle, Ordering::Relaxed);
    }

    /// How many connections there may be at an address.
    pub fn most(&self) -> u64 {
        self.most.load(Ordering::Relaxed)
    }

    /// A silence after which a connection is closed; `None` for never.
    pub fn idle(&self) -> Option<Duration> {
        let idle = self.idle.load(Ordering::Relaxed);
        (idle > 0).then(|| Duration::from_secs(idle))
    }
}
