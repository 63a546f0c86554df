//! Goes over all that has come, beside the reading, and tells what changed.
//!
//! Enters: all that has come so far, at most once at a time. Leaves: notices for whoever wants them, a [`View`], and what a
//! restart must know of what was told. Must not know: where lines come from, and who is told.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::current::Current;
use crate::engine::{Changes, Engine};
use crate::incident::Incident;
use crate::report::document;
use crate::report::feed::{self, Notice};
use crate::report::telling::Telling;

/// Takes notices.
pub trait Sink: Send {
    /// Takes one, at the time of this machine (ms since 1970 UTC). Must not wait.
    fn notice(&mut self, notice: &Arc<Notice>, now: i64);

    /// These are all incidents there are, by their ids. Asked once, when all that was kept has been read.
    fn settle(&mut self, _known: &[&str], _now: i64) {}

    /// What a restart must know of what it told, by its name.
    fn memory(&self) -> Option<(&'static str, Vec<u8>)> {
        None
    }

    /// Nothing more will come.
    fn finish(&mut self) {}
}

/// What was told before, how it is told, and to whom.
pub struct Telltale {
    /// What was told.
    pub changes: Changes,
    /// The configuration.
    pub config: Current,
    /// What is told beside the log, and what of it is not.
    pub telling: Arc<Mutex<Telling>>,
    /// To whom.
    pub sinks: Vec<Box<dyn Sink>>,
    /// What is done with everything so far, once it was looked at.
    pub show: Box<dyn FnMut(Arc<Engine>) + Send>,
}

impl fmt::Debug for Telltale {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.debug_struct("Telltale").finish_non_exhaustive()
    }
}

/// An incident, as it was told and as it was found.
#[derive(Debug)]
pub struct Found {
    /// As it was told.
    pub told: document::Incident,
    /// All that is known of it.
    pub found: Incident,
}

/// What a restart must know, and history shows.
#[derive(Debug, Default)]
pub struct Memory {
    /// By whom it is remembered.
    pub notes: BTreeMap<&'static str, Vec<u8>>,
    /// Incidents that changed, by their ids.
    pub incidents: BTreeMap<String, Found>,
}

/// See the module.
#[derive(Debug)]
pub struct Looker {
    looks: Option<SyncSender<Look>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    busy: AtomicBool,
    /// How long the last look took; ms.
    took: AtomicU64,
    memory: Mutex<Memory>,
}

/// Something to be looked at.
struct Look {
    everything: Box<dyn FnOnce() -> Engine + Send>,
    /// ms since 1970 UTC.
    now: i64,
}

impl Looker {
    /// Begins.
    ///
    /// # Errors
    /// When there is no thread for it.
    pub fn begin(telltale: Telltale) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        // One is looked at, and none waits: it would be old by then.
        let (looks, given) = sync_channel(1);
        let thread = std::thread::Builder::new().name("look".to_owned());
        let thread = thread.spawn({
            let shared = shared.clone();
            move || telltale.run(&given, &shared)
        })?;
        Ok(Self {
            looks: Some(looks),
            shared,
            thread: Some(thread),
        })
    }

    /// The last look is not over.
    pub fn is_busy(&self) -> bool {
        self.shared.busy.load(Ordering::Acquire)
    }

    /// How long the last look took.
    pub fn took(&self) -> Duration {
        Duration::from_millis(self.shared.took.load(Ordering::Relaxed))
    }

    /// It has gone, before it was told to.
    pub fn has_failed(&self) -> bool {
        self.thread.as_ref().is_some_and(JoinHandle::is_finished)
    }

    /// Everything so far is to be looked at, at this time (ms since 1970 UTC).
    pub fn look(&self, everything: impl FnOnce() -> Engine + Send + 'static, now: i64) {
        if let Some(looks) = &self.looks {
            self.shared.busy.store(true, Ordering::Release);
            let everything = Box::new(everything);
            // The thread has gone only if it failed, and that was said.
            let _ = looks.send(Look { everything, now });
        }
    }

    /// What is to be kept since it was asked last.
    pub fn memory(&self) -> Memory {
        std::mem::take(&mut *self.shared.memory())
    }

    /// Waits for what is looked at, and tells no more.
    pub fn finish(&mut self) {
        self.looks = None;
        if let Some(thread) = self.thread.take() {
            // Had it failed, that was said.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Telltale {
    fn run(mut self, given: &Receiver<Look>, shared: &Shared) {
        let mut is_settled = false;
        for Look { everything, now } in given {
            let began = Instant::now();
            let engine = Arc::new(everything());
            if !std::mem::replace(&mut is_settled, true) {
                self.settle(&engine, now);
            }
            self.tell(&engine, now, shared);
            (self.show)(engine);
            let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            shared.took.store(took, Ordering::Relaxed);
            shared.busy.store(false, Ordering::Release);
        }
        for sink in &mut self.sinks {
            sink.finish();
        }
        self.remember(&mut shared.memory());
    }

    fn settle(&mut self, engine: &Engine, now: i64) {
        let incidents = engine.incidents();
        let known: Vec<&str> = incidents.iter().map(|known| known.id.as_str()).collect();
        for sink in &mut self.sinks {
            sink.settle(&known, now);
        }
    }

    fn tell(&mut self, engine: &Engine, now: i64, shared: &Shared) {
        let incidents = engine.incidents();
        let written = engine.now();
        let mut changed = BTreeMap::new();
        let config = self.config.get();
        for (transition, incident) in self.changes.since_last(&incidents) {
            let told = engine.told(incident, config.as_deref());
            let mut telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
            let at = written.max(incident.start);
            let notice = Arc::new(Notice {
                schema: feed::SCHEMA,
                transition,
                at: engine.lens().zone.rfc3339(at),
                text: None,
                incident: telling.incident(told),
            });
            drop(telling);
            let found = Found {
                told: notice.incident.clone(),
                found: incident.clone(),
            };
            changed.insert(incident.id.clone(), found);
            for sink in &mut self.sinks {
                sink.notice(&notice, now);
            }
        }
        let mut memory = shared.memory();
        memory.incidents.append(&mut changed);
        self.remember(&mut memory);
    }

    fn remember(&self, memory: &mut Memory) {
        memory.notes.insert("changes", self.changes.snapshot());
        let notes = self.sinks.iter().filter_map(|sink| sink.memory());
        memory.notes.extend(notes);
    }
}
