//! What the daemon knows at one moment.
//!
//! Enters: the look ahead, the state of listeners and store, and what the running HAProxy says, once a tick. Leaves: the report of that moment, made when
//! somebody asks for the first time. Must not know: who asks.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::arrival::Intake;
use crate::advice::Running;
use crate::config::Config;
use crate::engine::Engine;
use crate::report::document::{Document, Live};
use crate::report::grid::Grid;
use crate::report::telling::Telling;
use crate::report::{now, review};
use crate::runtime::Answer;
use crate::store::Status;

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
    pub store: Option<Status>,
    /// What the running HAProxy says, where it is asked and answers.
    pub runtime: Option<Arc<Answer>>,
    /// Time from the arrival of the oldest line that is not taken in yet to `at`; ms.
    pub lag_ms: u64,
    /// When this was so; ms since 1970 UTC.
    pub at: i64,
    document: OnceLock<Document>,
    review: OnceLock<review::Document>,
    live: OnceLock<Live>,
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
            runtime: None,
            lag_ms: 0,
            at,
            document: OnceLock::new(),
            review: OnceLock::new(),
            live: OnceLock::new(),
        }
    }

    /// The report on everything so far.
    pub fn document(&self) -> &Document {
        self.document.get_or_init(|| {
            let config = self.config.as_deref();
            let mut document = self.engine.document_beside(config, self.running());
            document.coverage.dropped = self.dropped();
            if let Some(answer) = &self.runtime {
                now::tell(answer, &mut document, &self.engine.lens().zone);
            }
            // It holds pseudonyms; where a thread failed with it, those it has are still good.
            let mut telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
            telling.document(document)
        })
    }

    /// What goes on right now.
    pub fn live(&self) -> &Live {
        self.live.get_or_init(|| {
            let mut live = self.engine.live(self.config.as_deref());
            if let Some(answer) = &self.runtime {
                now::tell_live(answer, &mut live);
            }
            let mut telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
            telling.live(live)
        })
    }

    /// Backends and servers as they stand.
    pub fn grid(&self) -> Grid {
        let mut grid = self.engine.grid();
        if let Some(answer) = &self.runtime {
            now::tell_grid(answer, &mut grid);
        }
        grid
    }

    /// What `hapline advise` says of everything so far.
    pub fn review(&self) -> &review::Document {
        let config = self.config.as_deref();
        let review = || self.engine.review_beside(config, self.running());
        self.review.get_or_init(review)
    }

    fn running(&self) -> Option<Running> {
        self.runtime.as_deref().and_then(now::running)
    }

    /// Datagrams that the kernel dropped, of all listeners.
    fn dropped(&self) -> u64 {
        let intakes = self.listeners.iter().map(|(_, intake)| intake);
        intakes.map(|intake| intake.dropped.get()).sum()
    }
}
