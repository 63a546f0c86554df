//! The configuration of HAProxy that is in force.
//!
//! Enters: one that was read. Leaves: the one that was read last, to all who have a clone. Must not know: what it says.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::config::Config;

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Current(Arc<Mutex<Option<Arc<Config>>>>);

impl Current {
    /// This one, for now.
    pub fn new(config: Option<Arc<Config>>) -> Self {
        Self(Arc::new(Mutex::new(config)))
    }

    /// The one that is in force; `None`: there is none.
    pub fn get(&self) -> Option<Arc<Config>> {
        self.held().clone()
    }

    /// Another one is.
    pub fn set(&self, config: Option<Arc<Config>>) {
        *self.held() = config;
    }

    fn held(&self) -> MutexGuard<'_, Option<Arc<Config>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
