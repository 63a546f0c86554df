//! A log that is written to: a file that is followed, or a pipe.
//!
//! Enters: what to read, and an engine that has read nothing. Leaves: a picture each second. Must not know: what lines say.
//!
//! It is the daemon's machine without listeners and store.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{PACE, Seen, Update};
use crate::config::Config;
use crate::engine::{Changes, Engine};
use crate::report::telling::Telling;
use crate::serve::Current;
use crate::serve::arrival::Arrival;
use crate::serve::daemon::{Begin, Daemon};
use crate::serve::follow::{self, Follow};
use crate::serve::generations::Generations;
use crate::serve::listen;
use crate::serve::looker::{Looker, Telltale};
use crate::serve::publisher::Publisher;
use crate::serve::view::View;

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(250);

/// Pieces of input that wait to be taken in.
const WAITING: usize = 256;

/// See the module.
#[derive(Debug)]
pub struct Log {
    /// The file; none: standard input.
    pub file: Option<PathBuf>,
    /// One that has read nothing and whose blocks are cut freely.
    pub engine: Engine,
    /// The configuration of HAProxy.
    pub config: Option<Config>,
    /// What is told beside the log, and what of it is not.
    pub telling: Telling,
}

impl Log {
    pub(super) fn name(&self) -> String {
        let file = self.file.as_ref();
        file.map_or_else(|| "stdin".to_owned(), |file| file.display().to_string())
    }

    /// Brings pictures until nobody takes them, or `stop`.
    pub(super) fn run(self, updates: &Sender<Update>, stop: &AtomicBool) {
        let read = || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()?;
            let done = runtime.block_on(self.read(updates, stop));
            // A thread that waits for standard input must not keep it.
            runtime.shutdown_background();
            done
        };
        if let Err(error) = read() {
            let hint = "name a log file, or pipe one in".to_owned();
            // Nobody may look any more.
            let _ = updates.send(Update::Failed(error.to_string(), hint));
        }
    }

    async fn read(self, updates: &Sender<Update>, stop: &AtomicBool) -> io::Result<()> {
        let config = Current::new(self.config.map(Arc::new));
        let telling = Arc::new(Mutex::new(self.telling));
        let (publisher, views) = Publisher::new(
            self.engine.clone(),
            config.clone(),
            telling.clone(),
            Vec::new(),
            None,
            None,
        );
        let looker = Looker::begin(Telltale {
            changes: Changes::default(),
            config,
            telling,
            sinks: Vec::new(),
            show: publisher.shows(),
        })?;
        let (sender, arrivals) = mpsc::channel(WAITING);
        let token = CancellationToken::new();
        let follows = self.file.is_some();
        let listeners = match self.file {
            Some(file) => {
                let settings = follow::Settings {
                    paths: vec![file],
                    ..follow::Settings::default()
                };
                let lens = self.engine.lens().clone();
                Follow::new(settings, Vec::new(), lens).begin(sender, token.clone())?;
                Vec::new()
            }
            None => piped(sender, &token)?,
        };
        let daemon = Daemon::new(Begin {
            engine: self.engine,
            listeners,
            generations: Generations::default(),
            held: Vec::new(),
            follows,
            keeper: None,
            looker,
            asker: None,
        });
        let running = Running {
            daemon,
            arrivals,
            views,
            updates,
            has_told: false,
        };
        let done = running.run(stop).await;
        token.cancel();
        done
    }
}

/// Standard input, as a listener; its name. Nobody else holds the sender: when the input ends, so do arrivals.
fn piped(sender: mpsc::Sender<Arrival>, token: &CancellationToken) -> io::Result<Vec<String>> {
    let settings = listen::Settings {
        stdin: true,
        ..listen::Settings::default()
    };
    let bound = listen::bind(&settings).map_err(io::Error::other)?;
    let mut names = Vec::new();
    for (number, bound) in bound.into_iter().enumerate() {
        names.push(bound.name().to_owned());
        bound.begin(number, sender.clone(), token.clone())?;
    }
    Ok(names)
}

/// A log that is read.
struct Running<'a> {
    daemon: Daemon,
    arrivals: mpsc::Receiver<Arrival>,
    views: watch::Receiver<Arc<View>>,
    updates: &'a Sender<Update>,
    has_told: bool,
}

impl Running<'_> {
    async fn run(mut self, stop: &AtomicBool) -> io::Result<()> {
        let (mut look, mut keep, mut show) = (
            interval(LOOK),
            interval(Duration::from_secs(30)),
            interval(PACE),
        );
        for ticks in [&mut look, &mut keep, &mut show] {
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        }
        let mut last = None;
        while !stop.load(Ordering::Acquire) {
            tokio::select! {
                arrival = self.arrivals.recv() => match arrival {
                    Some(arrival) => self.daemon.take(arrival),
                    None => break,
                },
                _ = look.tick() => self.daemon.look()?,
                _ = keep.tick() => self.daemon.cut(),
                _ = show.tick() => if !self.show(&mut last) { return Ok(()) },
                changed = self.views.changed(), if !self.has_told => {
                    // The first picture is shown as soon as there is one.
                    if changed.is_ok() && !self.show(&mut last) { return Ok(()) }
                }
            }
        }
        // All that was read is looked at once more, and shown while somebody looks.
        self.daemon.finish();
        let view = self.views.borrow().clone();
        // Nobody may look any more.
        let _ = self.updates.send(Update::Seen(seen(&view)));
        let _ = self.updates.send(Update::Ended);
        Ok(())
    }

    /// Brings what is known. Whether somebody takes it.
    fn show(&mut self, last: &mut Option<(Arc<View>, Seen)>) -> bool {
        let view = self.views.borrow_and_update().clone();
        let seen = match last {
            Some((of, seen)) if Arc::ptr_eq(of, &view) => seen.clone(),
            _ => seen(&view),
        };
        if seen.document.coverage.lines == 0 {
            return true;
        }
        self.has_told = true;
        *last = Some((view, seen.clone()));
        self.updates.send(Update::Seen(seen)).is_ok()
    }
}

fn seen(view: &View) -> Seen {
    Seen {
        document: Arc::new(view.document().clone()),
        grid: Arc::new(view.engine.grid()),
    }
}
