//! Tells systemd how it goes, where it has started the daemon (sd_notify(3)).
//!
//! Enters: that the daemon is ready, lives, reloads, stops. Leaves: messages to systemd. Must not know: why.

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
        tell(&[NotifyState::Ready]);
        Self {
            watchdog: sd_notify::watchdog_enabled(),
            told: Instant::now(),
        }
    }

    /// The daemon lives; told twice as often as is asked for (sd_watchdog_enabled(3)).
    pub fn alive(&mut self) {
        let is_time = |watchdog| self.told.elapsed() >= watchdog / 2;
        if self.watchdog.is_some_and(is_time) {
            tell(&[NotifyState::Watchdog]);
            self.told = Instant::now();
        }
    }

    /// The daemon reads its settings again, and is [ready](Self::reloaded) with them afterwards. `Type=notify-reload` asks since
    /// when it does.
    pub fn reloading(&self) {
        let since = NotifyState::monotonic_usec_now();
        let states = [NotifyState::Reloading].into_iter().chain(since.ok());
        tell(&states.collect::<Vec<_>>());
    }

    /// What was read is in force.
    pub fn reloaded(&self) {
        tell(&[NotifyState::Ready]);
    }

    /// The daemon ends.
    pub fn stopping(&self) {
        tell(&[NotifyState::Stopping]);
    }
}

fn tell(states: &[NotifyState]) {
    // Without systemd nobody is told.
    let _ = sd_notify::notify(states);
}
