//! Followed files.
//!
//! Enters: names and patterns, and [marks](Mark) of what was read before. Leaves: whole lines as they are written, each piece
//! with the mark after it, as [`Arrival`]s. Must not know: what a line says but for when it was written, where marks are kept.
//!
//! Files are looked at again and again, as that works on every file system, and nothing is missed: a log that is renamed
//! (logrotate), emptied in place (`copytruncate`), compressed, or made later. Whoever keeps a mark together with what its
//! lines came to has each line exactly once, over any number of restarts; older generations are read first. What is written
//! between the copying and the emptying of `copytruncate` is lost, as it is to everybody.
//!
//! What several files held before they were looked at comes in the order of its time, piece by piece, as if one program had
//! written all of it.

mod generation;
mod log;
mod pattern;
mod progress;
mod reader;
mod rotation;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use self::log::Log;
use self::progress::Progress;
use super::arrival::{Arrival, Lack, Mark};
use crate::rollup::Lens;

/// Time between two looks at a file that does not grow.
const LOOK: Duration = Duration::from_millis(250);

/// Time between two looks for files that are new.
const SEARCH: Duration = Duration::from_secs(1);

/// A file that a pattern has not found for so long is closed. Until then it may still be written to, by its old name.
const GONE: Duration = Duration::from_secs(600);

/// Time between two complaints about one file.
const COMPLAINTS: Duration = Duration::from_secs(60);

/// Where to begin with a file that is there at the start and was never read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum From {
    /// With its first line.
    #[default]
    Beginning,
    /// With the next line that is written.
    End,
}

/// What to follow.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Files, or patterns of them (`/var/log/haproxy*.log`). Their rotated generations need not be named.
    pub paths: Vec<PathBuf>,
    /// Where to begin with what was never read before.
    pub from: From,
}

/// Files that are to be followed.
#[derive(Debug)]
pub struct Follow {
    settings: Settings,
    marks: Vec<Mark>,
    lens: Arc<Lens>,
}

/// Files that are followed.
struct Files {
    settings: Settings,
    /// Marks of files that were not found yet, or are gone.
    marks: HashMap<PathBuf, Vec<Mark>>,
    logs: Vec<Followed>,
    is_begun: bool,
    lens: Arc<Lens>,
}

struct Followed {
    log: Log,
    progress: Progress,
    /// What was written before it was first looked at has been read.
    caught_up: bool,
    /// When it was found last.
    found: Instant,
    complained: Option<Instant>,
}

impl Follow {
    /// What is to go on at these marks; `lens` dates the lines.
    pub fn new(settings: Settings, marks: Vec<Mark>, lens: Arc<Lens>) -> Self {
        Self {
            settings,
            marks,
            lens,
        }
    }

    /// Follows on a thread of its own until `stop`.
    ///
    /// # Errors
    /// When there can be no thread.
    pub fn begin(self, sender: Sender<Arrival>, stop: CancellationToken) -> io::Result<()> {
        let thread = thread::Builder::new().name("follow".to_owned());
        thread.spawn(move || Files::new(self).run(&sender, &stop))?;
        Ok(())
    }
}

impl Files {
    fn new(follow: Follow) -> Self {
        let mut marks: HashMap<PathBuf, Vec<Mark>> = HashMap::new();
        for mark in follow.marks {
            marks.entry(mark.path.clone()).or_default().push(mark);
        }
        Self {
            settings: follow.settings,
            marks,
            logs: Vec::new(),
            is_begun: false,
            lens: follow.lens,
        }
    }

    fn run(mut self, sender: &Sender<Arrival>, stop: &CancellationToken) {
        let mut searched: Option<Instant> = None;
        let (mut arrivals, mut caught_up) = (Vec::new(), false);
        while !stop.is_cancelled() {
            if searched.is_none_or(|last| last.elapsed() >= SEARCH) {
                self.search();
                searched = Some(Instant::now());
            }
            let is_more = match caught_up {
                true => self.look(&mut arrivals),
                false => self.catch_up(&mut arrivals),
            };
            for arrival in arrivals.drain(..) {
                if sender.blocking_send(arrival).is_err() {
                    return;
                }
            }
            if !is_more {
                if !caught_up && sender.blocking_send(Arrival::CaughtUp).is_err() {
                    return;
                }
                caught_up = true;
                thread::sleep(LOOK);
            }
        }
    }

    /// Finds files that are new, and lets go of those that a pattern does not find any more.
    fn search(&mut self) {
        // What is made later is read from its beginning.
        let from = match self.is_begun {
            false => self.settings.from,
            true => From::Beginning,
        };
        self.is_begun = true;
        let named = self.settings.paths.iter();
        let found: Vec<PathBuf> = named.flat_map(|pattern| self.found(pattern)).collect();
        let now = Instant::now();
        for followed in &mut self.logs {
            if found.iter().any(|path| path == followed.log.path()) {
                followed.found = now;
            }
        }
        let is_gone = |followed: &mut Followed| now - followed.found >= GONE;
        for gone in self.logs.extract_if(.., is_gone) {
            let path = gone.log.path().to_owned();
            self.marks.insert(path, gone.log.into_marks());
        }
        for path in found {
            if self.logs.iter().all(|followed| followed.log.path() != path) {
                let marks = self.marks.remove(&path).unwrap_or_default();
                self.logs.push(Followed {
                    log: Log::new(path, marks, from),
                    progress: Progress::new(self.lens.clone()),
                    caught_up: false,
                    found: now,
                    complained: None,
                });
            }
        }
    }

    /// The files of a pattern that are not older generations of another one.
    fn found(&self, pattern: &Path) -> Vec<PathBuf> {
        let mut found = pattern::expand(pattern);
        let is_older = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let younger = rotation::younger(&name).into_iter();
            younger
                .map(|name| path.with_file_name(name))
                .any(|younger| pattern::names(pattern, &younger))
        };
        if found.as_slice() != [pattern] {
            found.retain(|path| !is_older(path));
        }
        found
    }

    /// Looks once at the file that is furthest behind, of those that may have more. Whether there is one.
    fn catch_up(&mut self, arrivals: &mut Vec<Arrival>) -> bool {
        let behind = self.logs.iter_mut().filter(|followed| !followed.caught_up);
        let Some(last) = behind.min_by_key(|followed| followed.progress.at()) else {
            return false;
        };
        let latest = jiff::Timestamp::now().as_second();
        match last.log.look(arrivals) {
            Ok(more) => last.caught_up = !more,
            Err(error) => {
                last.caught_up = true;
                arrivals.extend(last.complaint(&error));
            }
        }
        for arrival in arrivals {
            if let Arrival::Followed { bytes, .. } = arrival {
                last.progress.read(bytes, latest);
            }
        }
        true
    }

    /// Looks once at each file. Whether one of them may have more at once.
    fn look(&mut self, arrivals: &mut Vec<Arrival>) -> bool {
        let mut is_more = false;
        for followed in &mut self.logs {
            match followed.log.look(arrivals) {
                Ok(more) => {
                    is_more |= more;
                }
                Err(error) => arrivals.extend(followed.complaint(&error)),
            }
        }
        is_more
    }
}

impl Followed {
    /// That it cannot be read, unless that was said a moment ago.
    fn complaint(&mut self, error: &io::Error) -> Option<Arrival> {
        let is_soon = |last: Instant| last.elapsed() < COMPLAINTS;
        if self.complained.is_some_and(is_soon) {
            return None;
        }
        self.complained = Some(Instant::now());
        let path = self.log.path().display();
        let lack = Lack::Text(format!("{path} cannot be read: {error}"));
        Some(Arrival::Missing(lack))
    }
}
