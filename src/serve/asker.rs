//! What the running HAProxy says of its servers, asked again and again.
//!
//! Enters: where its `stats socket` is. Leaves: its last answer, as long as it gives one. Must not know: logs, or who looks at
//! the answer.
//!
//! A daemon that begins to listen in the middle of an outage has no line that tells of it; HAProxy knows.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{io, thread};

use super::said::Said;
use crate::runtime::{self, Address, Answer};

/// Time between two questions. HAProxy answers for hundreds of servers in some milliseconds.
const AGAIN: Duration = Duration::from_secs(10);

/// See the module. Whoever has a clone sees the same answer.
#[derive(Debug, Clone, Default)]
pub struct Asker {
    last: Arc<Mutex<Option<Arc<Answer>>>>,
}

impl Asker {
    /// Asks now, and then on a thread of its own for as long as the process lives. That there is no answer is said.
    ///
    /// # Errors
    /// When there can be no thread.
    pub fn begin(address: Address) -> io::Result<Self> {
        let asker = Self::default();
        let (asking, mut said) = (asker.clone(), Said::default());
        asking.ask(&address, &mut said);
        let thread = thread::Builder::new().name("ask".to_owned());
        thread.spawn(move || {
            loop {
                thread::sleep(AGAIN);
                asking.ask(&address, &mut said);
            }
        })?;
        Ok(asker)
    }

    /// The last answer; `None` when the last question had none.
    pub fn last(&self) -> Option<Arc<Answer>> {
        self.held().clone()
    }

    fn ask(&self, address: &Address, said: &mut Said) {
        let answer = runtime::ask(address);
        if let Err(error) = &answer {
            said.say(&format!("{error}; {}", error.hint()));
        }
        *self.held() = answer.ok().map(Arc::new);
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Arc<Answer>>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
