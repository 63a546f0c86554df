//! The first cause of an incident, from what it did.
//!
//! Enters: a case. Leaves: a cause with a confidence, and what else it could be.
//! Must not know: other incidents, or names.
//!
//! A check that failed says more than requests that did; requests say what the check could not see.

use std::collections::BTreeSet;

use super::case::Case;
use super::culprit;
use super::cut::{self, Cut};
use super::handshake;
use super::place::Group;
use super::reason::Reason;
use crate::rollup::Name;
use crate::words::cause::Cause;
use crate::words::checks::CheckCode;
use crate::words::termination::Symptom;

/// A cause with its confidence, and the runner-up with its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Opinion {
    /// The fault.
    pub code: Cause,
    /// 0 to 1.
    pub confidence: f64,
    /// What else it could be.
    pub runner_up: Option<(Cause, f64)>,
    /// What is behind it where a timeout cut requests, and whose silence that was is open.
    pub cut: Option<Cut>,
}

/// Requests a second, against those before, that count as a surge.
const SURGE: f64 = 1.5;

/// Requests a second of a server, against its own before, that are more; it is a surge of its own if it is one beside what
/// its neighbours have against theirs.
const MORE: f64 = 1.2;

impl Opinion {
    /// One without a rival.
    pub const fn new(code: Cause, confidence: f64) -> Self {
        Self {
            code,
            confidence,
            runner_up: None,
            cut: None,
        }
    }

    /// The same with a rival.
    pub const fn or(self, code: Cause, confidence: f64) -> Self {
        Self {
            runner_up: Some((code, confidence)),
            ..self
        }
    }
}

/// The opinion on a case.
pub fn of(case: &Case) -> Opinion {
    match case.group {
        Group::Errors => Opinion::new(Cause::ApplicationErrors, 0.9),
        Group::Clients => Opinion::new(Cause::ClientSlow, 0.85),
        Group::Denials => Opinion::new(Cause::DeniedByRules, 0.95),
        Group::Persistence => match case.after {
            Some(done) => Opinion::new(done, 0.7).or(Cause::Unknown, 0.2),
            // All servers stayed: what the cookies are made of was changed.
            None => Opinion::new(Cause::AdminAction, 0.5).or(Cause::Unknown, 0.4),
        },
        Group::Rejections => Opinion::new(Cause::ApplicationErrors, 0.8),
        Group::Leaving => Opinion::new(Cause::ClientAbort, 0.8),
        Group::Handshakes => handshake::opinion(case),
        // A logger on the way that dropped lines looks the same.
        Group::Silence => Opinion::new(Cause::UpstreamGone, 0.7).or(Cause::Unknown, 0.3),
        Group::Maintenance => Opinion::new(Cause::AdminAction, 0.95),
        Group::Restart => of_restart(case),
        Group::Limits if case.processes.iter().any(|step| step.clue.is_some()) => {
            Opinion::new(Cause::ProxyLimits, 0.9)
        }
        Group::Limits => Opinion::new(Cause::ProxyLimits, 0.6),
        Group::Service if case.limits.is_some() => Opinion::new(Cause::ProxyLimits, 0.8),
        Group::Service => of_service(case),
    }
}

fn of_restart(case: &Case) -> Opinion {
    let said = |what: &str| case.processes.iter().any(|step| step.what == what);
    if said("worker_died") {
        Opinion::new(Cause::ProcessLost, 0.95)
    } else if case.processes.iter().any(|step| step.clue.is_some()) {
        Opinion::new(Cause::Reload, 0.9)
    } else {
        // A hard stop and a crash look alike: nothing is written.
        Opinion::new(Cause::ProcessLost, 0.5).or(Cause::Reload, 0.4)
    }
}

fn of_service(case: &Case) -> Opinion {
    let first = case.absences.first().map(|(_, span)| span);
    if first.is_some_and(|span| span.state.is_planned()) {
        return Opinion::new(Cause::AdminAction, 0.9);
    }
    match first.and_then(|span| span.reason.as_ref()) {
        Some(reason) if reason.is_dns() => Opinion::new(Cause::DnsFailure, 0.95),
        Some(reason) if reason.commanded => Opinion::new(Cause::AdminAction, 0.9),
        Some(reason) => of_check(reason, case),
        None => of_symptoms(case),
    }
}

fn of_check(reason: &Reason, case: &Case) -> Opinion {
    let says = |text: &str| memchr::memmem::find(&reason.said, text.as_bytes()).is_some();
    match reason.check {
        Some(CheckCode::L4Connection | CheckCode::SocketError) => {
            if says("efused") || says("ECONNREFUSED") {
                Opinion::new(Cause::ServiceNotListening, 0.95)
            } else if says("No route") || says("nreachable") || says("UNREACH") {
                Opinion::new(Cause::NetworkUnreachable, 0.9)
            } else if says("assign requested") || says("source port") || says("Can't bind") {
                Opinion::new(Cause::ProxyLimits, 0.8)
            } else {
                Opinion::new(Cause::ServiceNotListening, 0.6).or(Cause::NetworkUnreachable, 0.3)
            }
        }
        Some(CheckCode::L4Timeout) => {
            Opinion::new(Cause::NetworkUnreachable, 0.75).or(Cause::ServerOverloaded, 0.2)
        }
        Some(CheckCode::L6Response) => Opinion::new(Cause::TlsMismatch, 0.9),
        Some(CheckCode::L6Timeout) => {
            Opinion::new(Cause::TlsMismatch, 0.5).or(Cause::ServerOverloaded, 0.3)
        }
        Some(CheckCode::L7Response) => {
            Opinion::new(Cause::ProtocolMismatch, 0.55).or(Cause::TlsMismatch, 0.4)
        }
        Some(CheckCode::L7Timeout | CheckCode::ProcTimeout) => of_check_timeout(case),
        Some(CheckCode::L7Status) => of_check_status(reason, case),
        _ => of_symptoms(case),
    }
}

/// A check that was cut: the server is slow for everyone, or only for the check.
fn of_check_timeout(case: &Case) -> Opinion {
    let timed_out = case.harm.count(|symptom| symptom == Symptom::ServerTimeout);
    if timed_out > 0 || case.is_slow() || case.aborts.is_some() {
        return of_slowness(case);
    }
    let served = case.harm.all() > 0;
    Opinion::new(
        Cause::HealthCheckTimeoutTooShort,
        if served { 0.8 } else { 0.5 },
    )
    .or(Cause::SlowServer, 0.15)
}

/// A check that got another status: the application is broken, or only its health page.
fn of_check_status(reason: &Reason, case: &Case) -> Opinion {
    if let Some(said) = reason.said.strip_prefix(b"via agent : ") {
        return of_agent(said);
    }
    let errors = case.harm.count(|symptom| symptom == Symptom::ServerError);
    let server_side = reason.status.is_some_and(|status| status >= 500);
    if server_side && errors * 20 >= case.harm.all().max(1) {
        return Opinion::new(Cause::ApplicationErrors, 0.85)
            .or(Cause::HealthEndpointWrongStatus, 0.1);
    }
    let sure = if server_side { 0.65 } else { 0.9 };
    let opinion = Opinion::new(Cause::HealthEndpointWrongStatus, sure);
    if server_side {
        opinion.or(Cause::ApplicationErrors, 0.3)
    } else {
        opinion
    }
}

/// An agent tells a server that was stopped (`down`, `stopped`) from one that fails (HAProxy manual, `agent-check`).
fn of_agent(said: &[u8]) -> Opinion {
    if said.starts_with(b"fail") {
        return Opinion::new(Cause::Unknown, 0.5);
    }
    Opinion::new(Cause::AdminAction, 0.5).or(Cause::Unknown, 0.4)
}

/// No check said anything: what most victims suffered.
fn of_symptoms(case: &Case) -> Opinion {
    match main_symptom(case) {
        Some(Symptom::ConnectRefused) => {
            Opinion::new(Cause::ServiceNotListening, 0.7).or(Cause::NetworkUnreachable, 0.2)
        }
        Some(Symptom::ConnectTimeout) => {
            Opinion::new(Cause::NetworkUnreachable, 0.75).or(Cause::ServerOverloaded, 0.2)
        }
        Some(Symptom::Queue) => of_queue(case),
        Some(Symptom::Reset) => {
            Opinion::new(Cause::ServerCrashMidResponse, 0.75).or(Cause::ProtocolMismatch, 0.15)
        }
        Some(Symptom::ProxyResource) => of_proxy(case),
        Some(Symptom::ServerTimeout | Symptom::ClientAbort) => of_slowness(case),
        Some(Symptom::ServerError) => Opinion::new(Cause::ApplicationErrors, 0.85),
        Some(Symptom::Killed) => Opinion::new(Cause::AdminAction, 0.6),
        _ if case.is_slow() => of_slowness(case),
        _ if case.is_held() && case.harm.held.0 >= case.harm.held.1 => of_queue(case),
        // A lost SYN is sent again after a second, and after three.
        _ if case.is_held() => {
            Opinion::new(Cause::NetworkUnreachable, 0.5).or(Cause::ServerOverloaded, 0.4)
        }
        // A refused connection and one without an answer cost a retry the same second.
        _ if case.is_retried() => {
            Opinion::new(Cause::ServiceNotListening, 0.5).or(Cause::NetworkUnreachable, 0.4)
        }
        _ => Opinion::new(Cause::Unknown, 0.5),
    }
}

/// HAProxy could not use an answer (`PH`), or lacked what it needs to connect.
fn of_proxy(case: &Case) -> Opinion {
    let of = |answered: bool| -> u64 {
        let victims = case.victims();
        victims
            .filter(|(outcome, _)| outcome.symptom == Symptom::ProxyResource)
            .filter(|(outcome, _)| matches!(outcome.term[..2], [b'P', b'H' | b'D']) == answered)
            .map(|(_, tally)| tally.n)
            .sum()
    };
    if of(true) > of(false) {
        Opinion::new(Cause::ProtocolMismatch, 0.75).or(Cause::ServerCrashMidResponse, 0.15)
    } else {
        Opinion::new(Cause::ProxyLimits, 0.6).or(Cause::Unknown, 0.3)
    }
}

/// What most victims suffered; that no server was left is a consequence, unless it is all there is.
pub fn main_symptom(case: &Case) -> Option<Symptom> {
    let mut counts = std::collections::BTreeMap::new();
    for (outcome, tally) in case.victims() {
        // Who leaves the queue suffers from the queue.
        let symptom = match outcome.symptom {
            Symptom::ClientAbort if outcome.term[1] == b'Q' => Symptom::Queue,
            symptom => symptom,
        };
        *counts.entry(symptom).or_insert(0) += tally.n;
    }
    let most = |counts: &std::collections::BTreeMap<Symptom, u64>| {
        counts
            .iter()
            .max_by_key(|(_, n)| **n)
            .map(|(symptom, _)| *symptom)
    };
    let all = most(&counts);
    counts.remove(&Symptom::NoServer);
    most(&counts).or(all)
}

fn of_slowness(case: &Case) -> Opinion {
    let culprits = culprit::servers(case).culprits;
    let mut healthy = case
        .harm
        .requests
        .keys()
        .filter(|server| !server.starts_with(b"<") && !culprits.contains(*server));
    if healthy.next().is_some() {
        return if had_a_surge(case, &culprits) {
            Opinion::new(Cause::ServerOverloaded, 0.5).or(Cause::SlowServer, 0.4)
        } else {
            Opinion::new(Cause::SlowServer, 0.8).or(Cause::ServerOverloaded, 0.1)
        };
    }
    // Too much work makes all answers slow; where only some are, it is what these ask for.
    if surge(case) && !is_partly(case) {
        return Opinion::new(Cause::ServerOverloaded, 0.65).or(Cause::SlowBackend, 0.3);
    }
    if let Some(cut) = cut::kind(case, is_partly(case)) {
        return of_cut(cut);
    }
    // More of what takes its time, or servers that have too much to do now and then: which, the times do not tell.
    if surge(case) {
        return Opinion::new(Cause::SlowBackend, 0.45).or(Cause::ServerOverloaded, 0.4);
    }
    Opinion::new(Cause::SlowBackend, 0.8).or(Cause::ServerOverloaded, 0.15)
}

/// Whose silence it was is not on their lines.
fn of_cut(cut: Cut) -> Opinion {
    let opinion = match cut {
        Cut::WebSockets | Cut::Sessions => {
            Opinion::new(Cause::ClientSlow, 0.45).or(Cause::SlowBackend, 0.4)
        }
        Cut::UnequalUploads => Opinion::new(Cause::SlowBackend, 0.45).or(Cause::ClientSlow, 0.4),
        Cut::RareUploads => Opinion::new(Cause::SlowBackend, 0.5).or(Cause::ClientSlow, 0.4),
    };
    Opinion {
        cut: Some(cut),
        ..opinion
    }
}

/// Requests waited for a slot: because servers are slow, because there are too many, or because `maxconn` keeps
/// them from servers that answer as fast as ever.
fn of_queue(case: &Case) -> Opinion {
    if case.is_slow() {
        let opinion = of_slowness(case);
        return Opinion {
            confidence: opinion.confidence.min(0.7),
            ..opinion
        };
    }
    // Slots that are all taken keep answers from becoming as slow as they would be: already half as slow again
    // says that more slots would bring no more answers.
    match slower(case) {
        Some(times) if times >= 1.5 => {
            let opinion = of_slowness(case);
            Opinion {
                confidence: opinion.confidence.min(0.65),
                ..opinion
            }
        }
        Some(times) if times >= 1.2 => {
            Opinion::new(Cause::MaxconnTooLow, 0.5).or(Cause::ServerOverloaded, 0.45)
        }
        _ => Opinion::new(Cause::MaxconnTooLow, 0.75).or(Cause::ServerOverloaded, 0.2),
    }
}

/// How many times as long as before the median answer took. `None`: it is not known.
pub fn slower(case: &Case) -> Option<f64> {
    let before = case.before.median? as f64;
    let now = case.harm.pace.median()? as f64;
    Some(now.max(1.0) / before.max(1.0))
}

/// Part of the answers was slow, and the others were as fast as before: the fastest quarter of those tells, and their half.
pub fn is_partly(case: &Case) -> bool {
    let slow_from = case.slow_from.unwrap_or(u8::MAX);
    let is_as_fast = |quarters: u64, before: Option<i64>| {
        let now = case.harm.pace.quarters_below(quarters, slow_from);
        let both = before.zip(now);
        both.is_some_and(|(before, now)| now.max(1) * 5 < before.max(1) * 6)
    };
    let as_fast = is_as_fast(1, case.before.quartile) && is_as_fast(2, case.before.median);
    let (answered, _) = case.harm.pace.from(0);
    // Who left without an answer waited for a slow one.
    let unanswered = case.harm.all().saturating_sub(answered);
    as_fast && (unanswered + case.harm.all_slow()) * 2 < case.harm.all()
}

fn surge(case: &Case) -> bool {
    growth(case) > SURGE
}

/// Requests a second, against those before; 0 where they are not known.
fn growth(case: &Case) -> f64 {
    if case.before.is_rate_known && case.before.rate > 0.0 {
        case.harm.all() as f64 / seconds(case) / case.before.rate
    } else {
        0.0
    }
}

/// Seconds that it has lasted.
fn seconds(case: &Case) -> f64 {
    let until = case.ended.map_or(case.until, |end| end.div_euclid(1000));
    (until - case.begin + 1).max(1) as f64
}

/// These servers were given far more than before, and their neighbours were not: how those do says nothing then of how these
/// should.
fn had_a_surge(case: &Case, culprits: &BTreeSet<Name>) -> bool {
    let growth = |is_of: &dyn Fn(&Name) -> bool| {
        let now = case
            .harm
            .requests
            .iter()
            .filter(|(server, _)| is_of(server));
        let now = now.map(|(_, requests)| *requests as f64).sum::<f64>() / seconds(case);
        let before = case.before.by_server.iter();
        let before = before.filter(|(server, _)| is_of(server));
        let before: f64 = before.map(|(_, rate)| rate).sum();
        (before > 0.0).then_some(now / before)
    };
    let theirs = growth(&|server| culprits.contains(server));
    let others = growth(&|server| !server.starts_with(b"<") && !culprits.contains(server));
    theirs
        .zip(others)
        .is_some_and(|(theirs, others)| theirs > MORE && theirs > SURGE * others)
}
