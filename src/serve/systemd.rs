//! Tells systemd how it goes, where it has started the daemon (sd_notify(3)).
//!
//! Enters: that the daemon is ready, lives, stops. Leaves: messages to systemd. Must not know: why.

use std::time::{Duration, Instant};

use sd_notify::NotifyState;

/// See the module.
#[derive(Debug)]
pub struct Systemd {
    /// Time in which it is to be told that the daemon lives, if it asks.
    watchdog: Option<Duration>,
    told: Instant,
}

impl Systemd {
    /// The daemon is ready.
    pub fn ready() -> Self {
        tell(NotifyState::Ready);
        Self {
            watchdog: sd_notify::watchdog_enabled(),
            told: Instant::now(),
        }
    }

    /// The daemon lives; told twice as often as is asked for (sd_watchdog_enabled(3)).
    pub fn alive(&mut self) {
        let is_time = |watchdog| self.told.elapsed() >= watchdog / 2;
        if self.watchdog.is_some_and(is_time) {
            tell(NotifyState::Watchdog);
            self.told = Instant::now();
        }
    }

    /// The daemon ends.
    pub fn stopping(&self) {
        tell(NotifyState::Stopping);
    }
}

fn tell(state: NotifyState) {
    // Without systemd nobody is told.
    let _ = sd_notify::notify(&[state]);
}
