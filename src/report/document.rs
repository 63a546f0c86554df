//! `hapline.report/1`: the one document that every face renders.
//!
//! Times are RFC 3339 with milliseconds and the offset of the log's zone. What is not known is null or
//! empty, never left out. Text that came from a log is raw here (made UTF-8 lossily); faces escape it.

mod chart;
mod figures;
mod live;
mod now;
mod word;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::chart::*;
pub use self::figures::*;
pub use self::live::*;
pub use crate::advice::{Direction, Samples, Urgency};
use crate::words::cause::{Cause, Kind, Severity};
pub use now::{IncidentNow, Now, ProcessNow, ServerNow};
pub use word::Word;

/// The value of [`Document::schema`].
pub const SCHEMA: &str = "hapline.report/1";

/// An instant, RFC 3339.
pub type Time = String;

/// Everything hapline found in its input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// [`SCHEMA`].
    #[serde(deserialize_with = "word::word")]
    pub schema: Word,
    /// The span of log time this document speaks of.
    pub window: Window,
    /// What was read, in order of its own times.
    pub sources: Vec<SourceSummary>,
    /// The expression that decided which lines count; null: all. Every number of requests, and every rate, is of what
    /// it lets through.
    pub filter: Option<String>,
    /// What was understood of it.
    pub coverage: Coverage,
    /// Requests of all backends.
    pub totals: Totals,
    /// Availability, repairs, downtime and ends of requests over the window.
    pub figures: Figures,
    /// All backends over the window; null when no line has a time.
    pub chart: Option<Chart>,
    /// Incidents in order of start.
    pub incidents: Vec<Incident>,
    /// Milder incidents that are not among these (`--top`); null: all are.
    pub omitted: Option<Omitted>,
    /// What the running HAProxy says; null where it was not asked, or gave no answer.
    pub now: Option<Now>,
    /// What to change.
    pub advice: Vec<Advice>,
}

/// The span of log time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// First second of the log; null when no line has a time.
    pub start: Option<Time>,
    /// Last second of the log.
    pub end: Option<Time>,
    /// IANA name or offset of the zone that times without one were read in.
    pub timezone: String,
    /// How it was chosen: `--timezone`, `the machine's`.
    pub timezone_from: String,
    /// How years were chosen: `the lines` where lines say theirs, else `the end of the log`, when it was written last.
    pub years_from: String,
}

/// One input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceSummary {
    /// Path as given, `stdin`, or `udp:ADDR`.
    pub name: String,
    /// Log hosts seen in it, joined by a comma; null when the lines name none.
    pub host: Option<String>,
    /// Lines read.
    pub lines: u64,
    /// First dated line.
    pub first: Option<Time>,
    /// Last dated line.
    pub last: Option<Time>,
}

/// Each line is counted in exactly one of `traffic` to `filtered`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// All that were read.
    pub lines: u64,
    /// Requests, sessions and failed handshakes.
    pub traffic: u64,
    /// Server state changes.
    pub state: u64,
    /// Logged health checks.
    pub health_check: u64,
    /// Proxy and process messages.
    pub process: u64,
    /// Lines of other programs.
    pub other: u64,
    /// Lines that were not understood.
    pub unparsed: u64,
    /// Lines that were cut.
    pub truncated: u64,
    /// Lines that repeat what another line said.
    pub duplicates: u64,
    /// Lines that the filter left out, whatever they were.
    pub filtered: u64,
    /// Lost before they were read.
    pub dropped: u64,
    /// Reading was interrupted: what follows is missing.
    pub interrupted: bool,
    /// What is known to be missing, so that numbers do not mean what they say.
    pub lacks: Vec<Lack>,
    /// What the log cannot show, and what that means for this report.
    pub warnings: Vec<String>,
}

/// What a log is known not to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// Requests that ended well (`option dontlog-normal`): shares, and rates of requests, mean nothing.
    GoodRequests,
    /// Lines that a sampled log leaves out: counts and rates are lower bounds.
    Sampled,
    /// All that was asked for: no line is of the time, or none names one of the backends.
    Asked,
}

/// Requests of all backends.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Requests (in mode tcp: sessions) that were logged.
    pub requests: u64,
    /// Those that failed, by the contract's definition.
    pub failed: u64,
    /// Requests that did not fail by themselves: their clients left in an incident, as answers did not come. They stand among
    /// its failed requests.
    pub given_up: u64,
    /// Share that did not fail, 0 to 1; null without requests, and where good ones are not logged.
    pub availability: Option<f64>,
}

/// Incidents that are counted and not told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Omitted {
    /// How many.
    pub incidents: u64,
    /// The same by severity.
    pub severities: BTreeMap<Severity, u64>,
    /// The same by kind.
    pub kinds: BTreeMap<Kind, u64>,
}

/// One thing that went wrong, or was done on purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Stable: fixed by the first evidence.
    pub id: String,
    /// The first victim entered the phase that failed; without a victim the first failed check or state change.
    pub start: Time,
    /// Service is restored to all; null: still going on.
    pub end: Option<Time>,
    /// `recovered`, `log_ended`, `superseded`, or `until`: the log goes on behind that, and it was not over there.
    #[serde(deserialize_with = "word::maybe")]
    pub end_reason: Option<Word>,
    /// What the running HAProxy says of it; null where that was not asked, or the log has its end.
    pub now: Option<IncidentNow>,
    /// How bad it was.
    pub severity: Severity,
    /// `severity` is `outage`.
    pub is_outage: bool,
    /// What the log shows.
    pub kind: Kind,
    /// The fault behind it.
    pub cause: CauseVerdict,
    /// Frontends whose requests were hit.
    pub frontends: Vec<String>,
    /// Null: the frontend itself, or HAProxy.
    pub backend: Option<String>,
    /// Where the cause was.
    pub servers: Vec<String>,
    /// Servers dragged along.
    pub affected_servers: Vec<String>,
    /// One sentence for people: `app had no server`.
    pub headline: String,
    /// Sentences for people: what it did and to whom; why, and how sure that is; how it ended; what failed with it on the same machines.
    pub story: Vec<String>,
    /// The earliest victim or failed check.
    pub first_symptom: Option<Time>,
    /// The DOWN mark.
    pub detected_at: Option<Time>,
    /// The first success after there was no service.
    pub service_restored: Option<Time>,
    /// The last lost server is back.
    pub all_back: Option<Time>,
    /// Requests of the backend (or frontend) in the span; null where good ones are not logged.
    pub requests: Option<u64>,
    /// Failures in the span that the cause explains.
    pub failed_requests: u64,
    /// Other failures in the span.
    pub background_failures: u64,
    /// Slow requests in the span that did not fail.
    pub degraded_requests: u64,
    /// Requests in the span that were retried.
    pub retried: u64,
    /// Requests in the span that were sent to another server.
    pub redispatched: u64,
    /// Distinct clients that were hit.
    pub clients: Estimate,
    /// Failed requests by termination state.
    pub termination_states: BTreeMap<String, u64>,
    /// Failed requests by HTTP status.
    pub statuses: BTreeMap<String, u64>,
    /// What else it did.
    pub impact: Impact,
    /// Failed requests per second of the span, in at most 120 parts (mean failures a second) that begin with the second of
    /// `start`.
    pub failures_per_second: Vec<f64>,
    /// Whole seconds of each part; the last one may have fewer.
    pub failures_part_s: i64,
    /// Its backend (or frontend) from a little before to a little after it; null in a notice.
    pub chart: Option<Chart>,
    /// When each server was out of rotation.
    pub lanes: Vec<Lane>,
    /// What happened, in order.
    pub timeline: Vec<Moment>,
    /// Ids of incidents that share the cause.
    pub related: Vec<String>,
    /// What to do next.
    pub runbook: Runbook,
}

/// A server's states during an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// Server name.
    pub server: String,
    /// Spans out of rotation: from, to (null: not back yet) and the state (`DOWN`, `MAINT`, `DRAIN`, `NOLB`).
    pub out: Vec<LaneSpan>,
    /// Milliseconds out of rotation within the incident.
    pub out_ms: i64,
    /// When it flapped; null where it did not.
    pub flap: Option<Flap>,
}

/// A span in which a server was out of rotation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LaneSpan {
    /// Left the rotation.
    pub from: Time,
    /// Came back; null: not yet.
    pub to: Option<Time>,
    /// `DOWN`, `MAINT`, `DRAIN` or `NOLB`.
    #[serde(deserialize_with = "word::word")]
    pub state: Word,
}

/// Why, and how sure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CauseVerdict {
    /// The fault.
    pub code: Cause,
    /// 0 to 1.
    pub confidence: f64,
    /// What else it could be, when it is close.
    pub runner_up: Option<RunnerUp>,
    /// The lines that show it.
    pub evidence: Vec<Evidence>,
    /// What was done shortly before (`--events`), the last first. It changes no code and no confidence.
    pub events: Vec<EventBefore>,
}

/// Something that was done shortly before an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventBefore {
    /// When.
    pub time: Time,
    /// Milliseconds from there to the incident's start.
    pub before_ms: i64,
    /// What, as it was noted.
    pub text: String,
    /// The file it is noted in.
    pub source: String,
    /// Line number from 1.
    pub line: u64,
}

/// The second most likely cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunnerUp {
    /// The fault.
    pub code: Cause,
    /// 0 to 1.
    pub confidence: f64,
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The input it stands in.
    pub source: String,
    /// Log host; null when the line names none.
    pub host: Option<String>,
    /// Line number from 1.
    pub line: Option<u64>,
    /// Byte offset of the line.
    pub offset: u64,
    /// When it was written.
    pub time: Option<Time>,
    /// The line as it stands there; what may be shown of it where clients are hidden.
    pub text: String,
}

/// A number with its standard error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate; exact when `error` is 0.
    pub estimate: u64,
    /// Relative standard error, 0 to 1.
    pub error: f64,
}

/// One row of an incident's timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// When.
    pub time: Time,
    /// What: `first_failure`, `server_down`, `no_server`, `backup`, `server_up`, `peak`, `restored`, `event`, ….
    #[serde(deserialize_with = "word::word")]
    pub what: Word,
    /// Where: `backend/server`, a backend, a frontend, or a process.
    pub place: String,
    /// In words.
    pub text: String,
    /// The line that says so.
    pub evidence: Option<Evidence>,
}

/// What to do about an incident.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Runbook {
    /// What the fault is.
    pub meaning: String,
    /// What it does to clients.
    pub impact: String,
    /// First all that look, then all that mend, then all that prevent.
    pub steps: Vec<Step>,
}

impl Runbook {
    /// The steps of a phase, in order.
    pub fn of(&self, phase: Phase) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.phase == phase)
    }
}

/// What a step is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Tells what is wrong now.
    Diagnose,
    /// Brings service back.
    Mitigate,
    /// Keeps it from coming back, or from hurting.
    Prevent,
}

/// One step of a runbook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What it is for.
    pub phase: Phase,
    /// A command to paste, safely quoted, or null when the step is none.
    pub command: Option<String>,
    /// What it answers.
    pub why: String,
    /// It changes the state of a running system.
    pub changes_state: bool,
}

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// How much it matters.
    pub urgency: Urgency,
    /// A configuration keyword; `server` with `fix` means the service behind it.
    pub keyword: String,
    /// `backend NAME`, `frontend NAME`, `listen NAME`, `server BACKEND/SERVER`, `defaults` or `global`.
    pub scope: String,
    /// What to do with it.
    pub direction: Direction,
    /// The value in force.
    pub current: Option<String>,
    /// Where it comes from: `config`, `default`, `inferred`, or `running`, where the running process says otherwise than the
    /// configuration.
    #[serde(deserialize_with = "word::maybe")]
    pub current_from: Option<Word>,
    /// The value to set, with its unit as in haproxy.cfg.
    pub suggested: Option<String>,
    /// What the change is expected to do.
    pub effect: String,
    /// What it rests on.
    pub samples: Samples,
    /// 0 to 1.
    pub confidence: f64,
    /// In one sentence.
    pub why: String,
    /// The lines that show it.
    pub evidence: Vec<Evidence>,
    /// Ids of the incidents that it would have shortened or prevented.
    pub incidents: Vec<String>,
}
