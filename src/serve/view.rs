//! What the daemon knows at one moment.
//!
//! Enters: the look ahead and the state of listeners and store, once a tick. Leaves: the report of that moment, made when
//! somebody asks for the first time. Must not know: who asks.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::config::Config;
use crate::engine::Engine;
use crate::report::document::Document;
use crate::report::review;
use crate::report::telling::Telling;

/// A number that only grows, or a number of what there is.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// As it is.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// So many more.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }
}

/// What a listener counts, since it was bound.
#[derive(Debug, Default)]
pub struct Intake {
    /// Datagrams or frames.
    pub received: Count,
    /// Bytes in them.
    pub bytes: Count,
    /// Lines handed over.
    pub lines: Count,
    /// Those without text.
    pub empty: Count,
    /// Dropped by the kernel.
    pub dropped: Count,
    /// Cut, because they were too long or their end did not come.
    pub cut: Count,
    /// Not taken, as their sender is not allowed or there are too many.
    pub refused: Count,
    /// Connections that are open now.
    pub open: Count,
    /// Connections in all.
    pub connections: Count,
    /// Connections that did not end well.
    pub failed: Count,
    /// TLS handshakes that failed.
    pub handshakes: Count,
}

/// How the store is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreStatus {
    /// It cannot be written at present; what is new waits in memory.
    pub degraded: Option<Degraded>,
    /// Bytes that wait in memory.
    pub waiting_bytes: u64,
    /// Blocks that wait in memory.
    pub waiting_blocks: u64,
    /// Lines in blocks that were not stored because too much waited.
    pub lost_lines: u64,
    /// Bytes of its files.
    pub size_bytes: u64,
    /// Times it was written since the start.
    pub writes: u64,
    /// Times it could not be written since the start.
    pub failures: u64,
}

/// Why a store cannot be written at present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Degraded {
    /// What is wrong, and where.
    pub reason: String,
    /// What to do.
    pub hint: String,
    /// Since when, ms since 1970 UTC.
    pub since: i64,
}

/// See the module.
#[derive(Debug)]
pub struct View {
    /// Everything so far.
    pub engine: Arc<Engine>,
    /// The configuration, if there is one.
    pub config: Option<Arc<Config>>,
    /// How documents are finished.
    pub telling: Arc<Mutex<Telling>>,
    /// Names of the listeners that are bound, with their counters.
    pub listeners: Vec<(String, Arc<Intake>)>,
    /// Names of the listeners that are to be bound, and are not.
    pub unbound: Vec<String>,
    /// How the store is, where there is one.
    pub store: Option<StoreStatus>,
    /// Time from the arrival of the oldest line that is not taken in yet to `at`; ms.
    pub lag_ms: u64,
    /// When this was so; ms since 1970 UTC.
    pub at: i64,
    document: OnceLock<Document>,
    review: OnceLock<review::Document>,
}

impl View {
    /// Of an engine, without listeners and store.
    pub fn new(engine: Arc<Engine>, telling: Arc<Mutex<Telling>>, at: i64) -> Self {
        Self {
            engine,
            config: None,
            telling,
            listeners: Vec::new(),
            unbound: Vec::new(),
            store: None,
            lag_ms: 0,
            at,
            document: OnceLock::new(),
            review: OnceLock::new(),
        }
    }

    /// The report on everything so far.
    pub fn document(&self) -> &Document {
        self.document.get_or_init(|| {
            let mut document = self.engine.document(self.config.as_deref());
            document.coverage.dropped = self.dropped();
            // It holds pseudonyms; where a thread failed with it, those it has are still good.
            let mut telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
            telling.document(document)
        })
    }

    /// What `hapline advise` says of everything so far.
    pub fn review(&self) -> &review::Document {
        let review = || self.engine.review(self.config.as_deref());
        self.review.get_or_init(review)
    }

    /// Datagrams that the kernel dropped, of all listeners.
    fn dropped(&self) -> u64 {
        let intakes = self.listeners.iter().map(|(_, intake)| intake);
        intakes.map(|intake| intake.dropped.get()).sum()
    }
}
