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

/// Counters of a listener, since it was bound.
#[derive(Debug, Default)]
pub struct Intake {
    /// Datagrams, or frames of a stream.
    pub received: AtomicU64,
    /// Bytes of them.
    pub bytes: AtomicU64,
    /// Lines of them.
    pub lines: AtomicU64,
    /// Datagrams that the kernel dropped.
    pub dropped: AtomicU64,
    /// Lines that were cut because they were too long.
    pub cut: AtomicU64,
    /// Datagrams and connections that were refused.
    pub refused: AtomicU64,
    /// Connections that are open.
    pub connections_open: AtomicU64,
    /// Connections in all.
    pub connections: AtomicU64,
    /// TLS handshakes that failed.
    pub tls_failures: AtomicU64,
}

/// How the store is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreStatus {
    /// It cannot be written: what is known stays in memory.
    pub degraded: bool,
    /// Flushes that wait to be written.
    pub queued: u64,
    /// Size of its files; bytes.
    pub size: u64,
    /// Flushes that were written.
    pub written: u64,
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
        intakes
            .map(|intake| intake.dropped.load(Ordering::Relaxed))
            .sum()
    }
}
