//! Makes a [`View`] of each look, and publishes it.
//!
//! Enters: everything so far, how the store is doing, how far the reading is behind. Leaves: views. Must not know: who looks at
//! them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::arrival::Intake;
use super::asker::Asker;
use super::current::Current;
use super::view::View;
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
    config: Current,
    telling: Arc<Mutex<Telling>>,
    listeners: Vec<(String, Arc<Intake>)>,
    asker: Option<Asker>,
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
        config: Current,
        telling: Arc<Mutex<Telling>>,
        listeners: Vec<(String, Arc<Intake>)>,
        asker: Option<Asker>,
        store: Option<Status>,
    ) -> (Self, watch::Receiver<Arc<View>>) {
        let first = View::new(Arc::new(engine), telling.clone(), now());
        let (views, receiver) = watch::channel(Arc::new(first));
        let noted = Noted { store, lag_ms: 0 };
        let shared = Shared {
            config,
            telling,
            listeners,
            asker,
            noted: Mutex::new(noted),
            views,
        };
        let shared = Arc::new(shared);
        (Self { shared }, receiver)
    }

    /// How the store is doing, where there is one, and for how long (ms) the last line waited.
    pub fn note(&self, store: Option<Status>, lag_ms: u64) {
        let mut noted = self.shared.noted();
        let is_degraded = |noted: &Noted| {
            let store = noted.store.as_ref();
            store.is_some_and(|store| store.degraded.is_some())
        };
        let was_degraded = is_degraded(&noted);
        if store.is_some() {
            noted.store = store;
        }
        noted.lag_ms = lag_ms;
        let has_turned = was_degraded != is_degraded(&noted);
        drop(noted);
        if has_turned {
            // Whoever watches over the daemon must not wait for the next look.
            self.refresh();
        }
    }

    /// Publishes what was looked at last once more, as something around it has changed.
    pub fn refresh(&self) {
        let engine = self.shared.views.borrow().engine.clone();
        self.shared.publish(engine);
    }

    /// Datagrams that the kernel dropped, of all listeners.
    pub fn dropped(&self) -> u64 {
        let listeners = self.shared.listeners.iter();
        listeners.map(|(_, intake)| intake.dropped.get()).sum()
    }

    /// Publishes what each look sees.
    pub fn shows(&self) -> Box<dyn FnMut(Arc<Engine>) + Send> {
        let shared = self.shared.clone();
        Box::new(move |engine| shared.publish(engine))
    }
}

impl Shared {
    fn publish(&self, engine: Arc<Engine>) {
        let Noted { store, lag_ms } = self.noted().clone();
        let mut view = View::new(engine, self.telling.clone(), now());
        view.config = self.config.get();
        view.listeners.clone_from(&self.listeners);
        view.runtime = self.asker.as_ref().and_then(Asker::last);
        (view.store, view.lag_ms) = (store, lag_ms);
        self.views.send_replace(Arc::new(view));
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
