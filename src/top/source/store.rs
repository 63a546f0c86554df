//! A store, read again and again.
//!
//! Enters: how to read it. Leaves: a look. Must not know: who writes it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::{Seen, Update};
use crate::config::Config;
use crate::engine::Engine;
use crate::report::telling::Telling;

/// All of its span is read each time. So many times as long as that took it rests, so that a great store takes no more than
/// a fifth of a processor.
const REST: u32 = 4;

/// Reads it once: an engine, or what is wrong and what to do.
pub type Read = Box<dyn FnMut() -> Result<Engine, (String, String)> + Send>;

/// See the module.
pub struct Store {
    /// Where it is.
    pub path: PathBuf,
    /// How it is read.
    pub read: Read,
    /// The configuration.
    pub config: Option<Config>,
    /// What is told beside the log, and what of it is not.
    pub telling: Telling,
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let mut store = formatter.debug_struct("Store");
        store.field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store {
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Gives a picture each time it is asked; one that was never had, or cannot be had now, says why.
    pub(super) fn look(mut self) -> impl FnMut() -> Update {
        let mut last: Option<(State, Seen)> = None;
        let mut rests_until = Instant::now();
        move || {
            let state = state(&self.path);
            if let Some((of, seen)) = &last
                && (*of == state || Instant::now() < rests_until)
            {
                return Update::Seen(seen.clone());
            }
            let began = Instant::now();
            let read = (self.read)();
            rests_until = Instant::now() + began.elapsed() * REST;
            match read {
                Ok(engine) => {
                    let document = engine.document(self.config.as_ref());
                    let seen = Seen {
                        document: Arc::new(self.telling.document(document)),
                        grid: Arc::new(engine.grid()),
                    };
                    last = Some((state, seen.clone()));
                    Update::Seen(seen)
                }
                Err((said, _)) if last.is_some() => Update::Trouble(said),
                Err((said, hint)) => Update::Failed(said, hint),
            }
        }
    }
}

/// When a store and its log were written, and how long they are.
type State = [Option<(SystemTime, u64)>; 2];

fn state(path: &Path) -> State {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    [path, Path::new(&log)].map(|file| {
        let metadata = std::fs::metadata(file).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    })
}
