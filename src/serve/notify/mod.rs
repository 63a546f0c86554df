//! Tells people and their systems of incidents: webhooks, Slack, Alertmanager, PagerDuty, a command.
//!
//! Enters: notices, and the time. Leaves: requests, each on the thread of its target; bytes that remember what was told.
//! Must not know: how incidents are found, or where the bytes are kept.
//!
//! Nothing here waits for a target. What is told is told at least once: what was not sent before a stop is sent after it,
//! and the id of the incident lets a target know it again.

mod book;
mod case;
mod command;
mod format;
mod letter;
mod outbox;
mod post;
mod route;
mod secret;
mod target;
mod worker;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

pub use outbox::Counts;
pub use secret::Secret;
pub use target::CannotNotify;

use crate::report::feed::Notice;
use crate::serve::settings::{Kind, Silence, Target};
use book::{Book, Entry, Line};
use case::{Now, Told};
use format::alertmanager;
use letter::Letter;
use outbox::Job;
use target::Party;

/// See the module.
#[derive(Debug)]
pub struct Notifier {
    parties: Vec<Party>,
    book: Book,
}

/// How one target is doing, for metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its name in the settings.
    pub name: String,
    /// What was sent and what was not, since the start.
    pub counts: Counts,
    /// What waits to be sent.
    pub waiting: usize,
}

impl Notifier {
    /// Reads the secrets of the targets and starts a thread for each. `state` is what [`Self::state`] gave before; where it
    /// is damaged or of another version it is as if nothing had been told.
    ///
    /// # Errors
    /// When a secret or a certificate cannot be read.
    pub fn new(
        targets: &[Target],
        silences: &[Silence],
        external_url: Option<&str>,
        state: Option<&[u8]>,
    ) -> Result<Self, CannotNotify> {
        let read = state.map(Book::read);
        if matches!(read, Some(None)) {
            aside!(
                "hapline: what was told of incidents before is not known any more, and may be told again"
            );
        }
        let (book, mut waiting) = read.flatten().unwrap_or_default();
        let party = |target: &Target| {
            let jobs = waiting.remove(&target.name).unwrap_or_default();
            Party::new(target, silences, external_url, jobs)
        };
        let parties = targets.iter().map(party).collect::<Result<_, _>>()?;
        Ok(Self { parties, book })
    }

    /// Takes in what changed. `now` is in ms since 1970, as everywhere here.
    pub fn notice(&mut self, notice: &Notice, now: i64) {
        if self.parties.is_empty() {
            return;
        }
        let id = &notice.incident.id;
        let known = self.book.entries.remove(id);
        let (worsened, lines) = known.map_or((0, BTreeMap::new()), |entry| {
            (entry.letter.worsened, entry.lines)
        });
        let entry = Entry {
            letter: Letter::new(notice, worsened),
            lines,
            touched: now,
        };
        self.look(entry, now);
        self.book.prune();
    }

    /// Tells what had to wait, and repeats what has to be repeated. To be called each second.
    pub fn tick(&mut self, now: i64) {
        let pending = |entry: &&Entry| entry.is_pending();
        let pending: Vec<_> = self
            .book
            .entries
            .values()
            .filter(pending)
            .cloned()
            .collect();
        for entry in pending {
            self.look(entry, now);
        }
        for party in &self.parties {
            repeat(party, &mut self.book, now);
        }
    }

    /// Tells that what was open before a restart is over, where nothing knows of it any more: `known` are the ids of all
    /// incidents there are. To be called once, when everything stored has been read.
    pub fn settle(&mut self, known: &[&str], now: i64) {
        let lost = |entry: &&Entry| !known.contains(&entry.letter.id.as_str()) && entry.is_open();
        let lost: Vec<_> = self.book.entries.values().filter(lost).cloned().collect();
        for mut entry in lost {
            entry.letter.forgotten();
            self.look(entry, now);
        }
    }

    /// Everything that has to outlive a restart. At most some MB; some KB when all is well.
    pub fn state(&self) -> Vec<u8> {
        let waiting = self.parties.iter();
        let waiting = waiting.map(|party| (party.name.clone(), party.worker.waiting()));
        self.book.write(waiting.collect())
    }

    /// How the targets are doing.
    pub fn standings(&self) -> Vec<Standing> {
        let standing = |party: &Party| {
            let (counts, waiting) = party.worker.counts();
            Standing {
                name: party.name.clone(),
                counts,
                waiting,
            }
        };
        self.parties.iter().map(standing).collect()
    }

    /// Sends what can be sent within `limit`; what is left is in [`Self::state`]. Nothing is sent after this, but what was
    /// begun.
    pub fn stop(&self, limit: Duration) {
        let deadline = Instant::now() + limit;
        self.parties.iter().for_each(|party| party.worker.stop());
        for party in &self.parties {
            party.worker.stopped_by(deadline);
        }
    }

    /// Looks what every target is to be told of an incident, and remembers it.
    fn look(&mut self, mut entry: Entry, now: i64) {
        for party in &self.parties {
            let line = entry.lines.remove(&party.name);
            if let Some(line) = hear(party, &entry.letter, line, now) {
                entry.lines.insert(party.name.clone(), line);
            }
        }
        let is_known = |name: &String| self.parties.iter().any(|party| party.name == *name);
        entry.lines.retain(|name, _| is_known(name));
        self.book.entries.remove(&entry.letter.id);
        if !entry.lines.is_empty() {
            self.book.keep(entry);
        }
    }
}

/// What one target has been told of an incident after this.
fn hear(party: &Party, letter: &Letter, line: Option<Line>, now: i64) -> Option<Line> {
    let (told, say) = case::next(Now {
        severity: letter.severity,
        is_over: letter.is_over,
        worsened: letter.worsened,
        is_meant: party.route.takes(letter.severity, &letter.names),
        is_silenced: party.silences.cover(&letter.names, now),
        hold_off: party.hold_off,
        at: now,
        told: line.as_ref().map(|line| &line.told),
    });
    let mut sent = line.and_then(|line| line.sent);
    if let Some(say) = say {
        let body = match party.voice.kind {
            Kind::Alertmanager => {
                let (alerts, as_sent) =
                    alertmanager::alerts(&party.voice, letter, sent.as_ref(), now, party.repeat);
                sent = Some(as_sent);
                alertmanager::body(alerts)
            }
            _ => party.voice.body(letter, say),
        };
        let variables = match party.voice.kind {
            Kind::Command => party.voice.variables(letter, say),
            _ => Vec::new(),
        };
        party.worker.push(Job {
            incident: Some((letter.id.clone(), say)),
            since: now,
            body,
            variables,
        });
    }
    told.map(|told| Line { told, sent })
}

/// Tells an Alertmanager of what goes on, before that ends by itself.
fn repeat(party: &Party, book: &mut Book, now: i64) {
    if party.voice.kind != Kind::Alertmanager {
        return;
    }
    let mut alerts = Vec::new();
    for entry in book.entries.values_mut() {
        let Some(line) = entry.lines.get_mut(&party.name) else {
            continue;
        };
        let is_open = matches!(line.told, Told::Open(_));
        let last = line.sent.as_ref().map_or(i64::MIN, |sent| sent.at);
        let is_due = now.saturating_sub(last) >= party.repeat || last > now;
        if is_open && is_due {
            let letter = &entry.letter;
            let (more, sent) =
                alertmanager::alerts(&party.voice, letter, line.sent.as_ref(), now, party.repeat);
            line.sent = Some(sent);
            alerts.extend(more);
        }
    }
    if !alerts.is_empty() {
        party.worker.push(Job {
            incident: None,
            since: now,
            body: alertmanager::body(alerts),
            variables: Vec::new(),
        });
    }
}
