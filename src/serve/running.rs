//! A daemon that runs: takes in what comes, looks, keeps, and heeds signals.
//!
//! Enters: what listeners and followed files hand over. Leaves: all that was read, at the end. Must not know: what lines say, or
//! how its parts were made.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::Receiver;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::arrival::Arrival;
use super::current::Current;
use super::daemon::Daemon;
use super::keeper::Keeper;
use super::lag::Lag;
use super::publisher::Publisher;
use super::reload::{self, Listening, Reload};
use super::sinks::Alerts;
use super::start::CannotRun;
use super::systemd::Systemd;
use crate::engine::Engine;

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(250);

/// Time between two flushes.
const KEEP: Duration = Duration::from_secs(1);

/// Time in which what has come is still taken in, once the daemon is told to stop.
const PATIENCE: Duration = Duration::from_secs(5);

/// See the module.
pub struct Running {
    /// What everything comes to.
    pub daemon: Daemon,
    /// What comes.
    pub arrivals: Receiver<Arrival>,
    /// Shows what is known.
    pub publisher: Publisher,
    /// Tells who is to be told.
    pub alerts: Alerts,
    /// What it is told by the system.
    pub signals: Signals,
    /// Tells all that reads to stop.
    pub stop: CancellationToken,
    /// Reads the settings again.
    pub reload: Reload,
    /// What is listened on.
    pub listening: Listening,
    /// The configuration of HAProxy in force.
    pub current: Current,
    /// Who is told how it goes.
    pub systemd: Systemd,
    /// For how long what comes waits.
    pub lag: Lag,
}

/// Signals that are heeded.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    /// Begins to heed them.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }
}

impl Running {
    /// Runs until it is told to stop, or nothing can come any more. Gives all that was read, and how many datagrams the kernel
    /// dropped.
    ///
    /// # Errors
    /// When output cannot be written.
    pub async fn run(mut self) -> Result<(Engine, u64), CannotRun> {
        let (mut look, mut keep) = (every(LOOK), every(KEEP));
        let mut patience = std::pin::pin!(tokio::time::sleep(Duration::MAX));
        loop {
            tokio::select! {
                arrival = self.arrivals.recv() => match arrival {
                    Some(arrival) => {
                        self.daemon.take(arrival);
                        self.lag.take();
                    }
                    None => break,
                },
                _ = look.tick() => self.daemon.look()?,
                _ = keep.tick() => self.keep(),
                _ = self.signals.hangup.recv() => self.reload(),
                _ = self.signals.interrupt.recv() => self.ends(patience.as_mut()),
                _ = self.signals.terminate.recv() => self.ends(patience.as_mut()),
                () = &mut patience => break,
            }
        }
        self.stop.cancel();
        let dropped = self.publisher.dropped();
        Ok((self.daemon.finish(), dropped))
    }

    fn keep(&mut self) {
        self.alerts.tick(jiff::Timestamp::now().as_millisecond());
        self.daemon.keep(&self.alerts);
        let store = self.daemon.keeper().map(Keeper::status);
        self.publisher
            .note(store, self.lag.look(self.arrivals.len()));
        self.systemd.alive();
    }

    /// Listeners are closed, and what has come is still taken in.
    fn ends(&mut self, patience: Pin<&mut tokio::time::Sleep>) {
        self.systemd.stopping();
        self.stop.cancel();
        patience.reset(tokio::time::Instant::now() + PATIENCE);
    }

    fn reload(&mut self) {
        self.systemd.reloading();
        if let Some(fresh) = (self.reload)() {
            let parts = (&self.alerts, &self.listening, &self.current);
            reload::apply(fresh, parts, &self.publisher, &mut self.daemon);
        }
        self.systemd.reloaded();
    }
}

fn every(span: Duration) -> Interval {
    let mut every = interval(span);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    every
}
