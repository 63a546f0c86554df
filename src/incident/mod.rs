//! Finds incidents: one scan over complete minutes, in time order.
//!
//! Enters: [`Minute`](crate::rollup::Minute)s. Leaves: [`Incident`]s, each with its first cause, its extent and
//! the lines that show it. Must not know: files, zones, the configuration, or the current time.
//!
//! The scan carries its state forward and looks back a fixed span. A report, a pipe and a daemon run the same
//! scan in larger or smaller steps.

use serde::{Deserialize, Serialize};

mod absence;
pub mod accounts;
pub mod apart;
mod backend;
mod baseline;
mod case;
mod cases;
mod cause;
mod ceiling;
mod closed;
mod coming;
pub mod cookies;
mod copies;
mod culprit;
mod curve;
mod cut;
mod detector;
pub mod ended;
pub mod exemplars;
mod failing;
mod flow;
mod good;
mod handshake;
mod harm;
mod held;
mod hit;
mod latent;
pub mod ledger;
mod limit;
pub mod load;
mod look_back;
mod mean;
#[cfg(test)]
mod noise;
mod pace;
mod past;
mod peers;
mod place;
mod process;
mod pursuit;
mod reason;
mod recent;
mod register;
mod revival;
mod room;
mod roster;
mod scan;
mod scanned;
mod series;
mod silence;
pub mod spells;
pub mod state;
mod story;
mod sums;
mod totals;
mod traffic;
mod transition;
mod unrest;
pub mod urls;
mod vain;
mod view;
mod waiting;
mod window;
mod witness;
mod word;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::rollup::Name;
use crate::rollup::seal::Origin;
use crate::source::Position;
use crate::words::cause::{Cause, Kind, Severity};

pub use cut::Cut;
pub use hit::Hit;
pub use scan::Scan;
pub use scanned::Scanned;
pub use series::Course;
pub use story::in_order;
pub use totals::Totals;
pub use window::Window;
pub use word::Word;

/// One thing that went wrong, or was done on purpose. Times are ms since 1970 UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Fixed by the first evidence.
    pub id: String,
    /// What the log shows.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// Why.
    pub cause: Verdict,
    /// What a timeout cut, where that leaves open whose silence it was.
    pub cut: Option<Cut>,
    /// Backend; `None`: the frontend itself, or HAProxy.
    pub backend: Option<Name>,
    /// Frontends whose requests were hit.
    pub frontends: Vec<Name>,
    /// Where the cause was.
    pub servers: Vec<Name>,
    /// Servers dragged along.
    pub affected_servers: Vec<Name>,
    /// Who saw it.
    pub origins: Vec<Origin>,
    /// The first victim entered the phase that failed; without one the first failed check or state change.
    pub start: i64,
    /// Service is restored to all.
    pub end: Option<i64>,
    /// `recovered`, `superseded` (its servers went into maintenance) or `log_ended`.
    #[serde(with = "word::some")]
    pub end_reason: Option<Word>,
    /// The earliest victim or failed check.
    pub first_symptom: Option<i64>,
    /// The DOWN mark.
    pub detected_at: Option<i64>,
    /// The first success after there was no service; or backup servers answered everything again.
    pub service_restored: Option<i64>,
    /// It goes on, as servers are missed, and the last one that it made fail was through then.
    pub quiet_since: Option<i64>,
    /// Only backup servers were usable, from then on.
    pub on_backups_since: Option<i64>,
    /// It was backup servers that restored service.
    pub carried_by_backups: bool,
    /// The last lost server is back.
    pub all_back: Option<i64>,
    /// Connections at which a frontend, or the process where there is no frontend, stood as at a limit.
    pub stood_at: Option<u32>,
    /// Requests in the span.
    pub requests: u64,
    /// Failures that the cause explains.
    pub failed: u64,
    /// Other failures.
    pub background: u64,
    /// Requests that were slow, saved by a retry, rejected, or lost their server, and did not fail.
    pub degraded: u64,
    /// Most answers were as fast as ever.
    pub is_partly: bool,
    /// Servers that one HAProxy lost and another one went on using, with the requests that it got answered.
    pub disputed: Vec<Dispute>,
    /// Retried requests.
    pub retried: u64,
    /// Redispatched requests.
    pub redispatched: u64,
    /// Distinct clients hit: estimate and its relative standard error.
    pub clients: (u64, f64),
    /// Failed requests by termination state.
    pub terms: BTreeMap<String, u64>,
    /// Failed requests by status.
    pub statuses: BTreeMap<i16, u64>,
    /// Requests in the span whose end was up to the service, and those of them that did not fail.
    pub eligible: (u64, u64),
    /// What was left of the backend at worst, as far as its messages say.
    pub left: Option<Left>,
    /// Requests in the span by server, and those of them that failed.
    pub load: Vec<(Name, u64, u64)>,
    /// A sample of whom it hit.
    pub hit: Hit,
    /// Victims per second over the span, in parts of [`Incident::curve_part`].
    pub curve: Vec<f64>,
    /// Seconds of a part of the curve; the last one may be shorter.
    pub curve_part: i64,
    /// The most victims a second.
    pub peak: Option<f64>,
    /// Requests of its backend over time, from a little before to a little after it; of what is no backend's, of all that
    /// was asked for.
    pub course: Arc<Course>,
    /// When servers were out of rotation.
    pub lanes: Vec<Lane>,
    /// What happened, in order.
    pub timeline: Vec<Moment>,
    /// Transitions to DOWN.
    pub downs: u64,
}

impl Incident {
    /// How long it lasted, or has gone on so far; ms.
    pub fn lasted(&self) -> i64 {
        let so_far = self.curve_part * 1_000 * self.curve.len() as i64;
        let end = self.end.unwrap_or(self.start + so_far);
        end.saturating_sub(self.start)
    }

    /// Until when its clients had to do without; active servers may have been missed for longer. `None`: it goes on.
    pub fn suffered_until(&self) -> Option<i64> {
        match self.carried_by_backups {
            true => self.service_restored,
            false => self.end,
        }
    }

    /// What the agent of a server said when it took it out (`agent-check`), as HAProxy writes it behind the server's name.
    pub fn agent_said(&self) -> Option<&[u8]> {
        self.agents_said().next().map(|(_, said)| said)
    }

    /// Why, in the words of the agent: `disk full` of `down (disk full)`; not escaped.
    pub fn agents_reason(&self) -> Option<String> {
        let said = self.agent_said()?.split(|byte| *byte == b'"').next()?;
        let from = memchr::memmem::find(said, b" (")? + 2;
        let why = said[from..].strip_suffix(b")").unwrap_or(&said[from..]);
        (!why.is_empty()).then(|| String::from_utf8_lossy(why).into_owned())
    }

    /// The same of this server.
    pub fn agent_said_of(&self, server: &Name) -> Option<&[u8]> {
        let named = [b"/", &server[..], b" is "].concat();
        let mut said = self.agents_said();
        let own = said.find(|(line, _)| memchr::memmem::find(line, &named).is_some());
        own.map(|(_, said)| said)
    }

    /// Lines on servers that agents took out, each with what the agent said.
    fn agents_said(&self) -> impl Iterator<Item = (&Name, &[u8])> {
        const SAYS: &[u8] = b"\"via agent : ";
        let clues = self.cause.evidence.iter();
        clues.filter_map(|clue| {
            let at = memchr::memmem::find(&clue.text, SAYS)?;
            Some((&clue.text, &clue.text[at + SAYS.len()..]))
        })
    }

    /// Its backend had no server, and no line tells when or why the servers went.
    pub fn is_without_departure(&self) -> bool {
        self.kind == Kind::BackendDown
            && self.cause.code == Cause::Unknown
            && self.detected_at.is_none()
    }

    /// An agent took its server out.
    pub fn is_by_agent(&self) -> bool {
        self.agent_said().is_some()
    }

    /// What a timeout cut were uploads: either their clients did not send all of them, or servers were slow.
    pub fn is_of_uploads(&self) -> bool {
        matches!(self.cut, Some(Cut::RareUploads | Cut::UnequalUploads))
    }
}

/// Why, and how sure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The fault.
    pub code: Cause,
    /// 0 to 1.
    pub confidence: f64,
    /// What else it could be, when it is close.
    pub runner_up: Option<(Cause, f64)>,
    /// The lines that show it.
    pub evidence: Vec<Clue>,
}

/// A server that one HAProxy lost while another one used it: the way to it was broken, or the check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Server.
    pub server: Name,
    /// Log hosts that lost it.
    pub lost_by: Vec<Name>,
    /// Log hosts that went on using it.
    pub used_by: Vec<Name>,
    /// Good answers to those.
    pub requests: u64,
}

/// A line that shows something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Clue {
    /// When it was written; s since 1970 UTC.
    pub second: i64,
    /// Where it stands.
    pub position: Position,
    /// Log host.
    pub host: Name,
    /// The line.
    pub text: Name,
}

/// Usable servers of a backend, as HAProxy counts them behind `is DOWN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Left {
    /// Active servers that were left at worst.
    pub active: u32,
    /// Backup servers that were left then.
    pub backups: u32,
    /// When that was said first; s since 1970 UTC.
    pub second: i64,
    /// The most active and backup servers that were usable.
    pub of: (u32, u32),
}

/// A server's absences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Server.
    pub server: Name,
    /// From, to (`None`: not back yet) in ms, and the state as the stats page names it.
    #[serde(with = "word::last")]
    pub out: Vec<(i64, Option<i64>, Word)>,
}

/// A row of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// When; ms.
    pub at: i64,
    /// What, as one word.
    #[serde(with = "word::one")]
    pub what: Word,
    /// Where.
    pub place: String,
    /// In words.
    pub text: String,
    /// The line that says so.
    pub clue: Option<Clue>,
}
