//! Makes a [`View`] of each look, and publishes it.
//!
//! Enters: everything so far, how the store is doing, how far the reading is behind. Leaves: views. Must not know: who looks at
//! them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::arrival::Intake;
use super::view::View;
use crate::config::Config;
use crate::engine::Engine;
use crate::report::telling::Telling;
use crate::store::Status;

/// See the module.
#[derive(Debug)]
pub struct Publisher {
    shared: Arc<Shared>,
}

/// What all views have in common.
#[derive(Debug)]
struct Shared {
    config: Option<Arc<Config>>,
    telling: Arc<Mutex<Telling>>,
    listeners: Vec<(String, Arc<Intake>)>,
    noted: Mutex<Noted>,
    views: watch::Sender<Arc<View>>,
}

/// What changes from second to second.
#[derive(Debug, Clone, Default)]
struct Noted {
    store: Option<Status>,
    lag_ms: u64,
}

impl Publisher {
    /// Publishes what has been read before.
    pub fn new(
        engine: Engine,
        config: Option<Arc<Config>>,
        telling: Arc<Mutex<Telling>>,
        listeners: Vec<(String, Arc<Intake>)>,
        store: Option<Status>,
    ) -> (Self, watch::Receiver<Arc<View>>) {
        let first = View::new(Arc::new(engine), telling.clone(), now());
        let (views, receiver) = watch::channel(Arc::new(first));
        let noted = Noted { store, lag_ms: 0 };
        let shared = Shared {
            config,
            telling,
            listeners,
            noted: Mutex::new(noted),
            views,
        };
        let shared = Arc::new(shared);
        (Self { shared }, receiver)
    }

    /// How the store is doing, where there is one, and for how long (ms) the last line waited.
    pub fn note(&self, store: Option<Status>, lag_ms: u64) {
        let mut noted = self.shared.noted();
        if store.is_some() {
            noted.store = store;
        }
        noted.lag_ms = lag_ms;
    }

    /// Datagrams that the kernel dropped, of all listeners.
    pub fn dropped(&self) -> u64 {
        let listeners = self.shared.listeners.iter();
        listeners.map(|(_, intake)| intake.dropped.get()).sum()
    }

    /// Publishes what each look sees.
    pub fn shows(&self) -> Box<dyn FnMut(Arc<Engine>) + Send> {
        let shared = self.shared.clone();
        Box::new(move |engine| {
            let Noted { store, lag_ms } = shared.noted().clone();
            let mut view = View::new(engine, shared.telling.clone(), now());
            view.config.clone_from(&shared.config);
            view.listeners.clone_from(&shared.listeners);
            (view.store, view.lag_ms) = (store, lag_ms);
            shared.views.send_replace(Arc::new(view));
        })
    }
}

impl Shared {
    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
