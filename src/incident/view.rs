//! What is told of a case.
//!
//! Enters: a case, open or over. Leaves: an [`Incident`] with its kind, severity and extent.
//! Must not know: other cases.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::case::Case;
use super::cause::{self, Opinion};
use super::place::Group;
use super::{Clue, Dispute, Incident, Verdict, culprit, hit, ledger, story, vain};
use crate::rollup::Name;
use crate::words::cause::{Cause, Kind, Severity};
use crate::words::termination::{NOT_LOGGED, Symptom};

/// The share of requests over the span from which on a backend that failed them is called out. Below, most
/// clients are served and a retry helps; a quarter of failures is noticed by every user of a page with a few
/// requests.
const OUTAGE_SHARE: f64 = 0.25;

/// Parts of a curve.
const CURVE: i64 = 120;

/// Lines shown for a cause.
pub(super) const EVIDENCE: usize = 6;

/// Whether there is something to tell: a backend that lost nobody and hurt nobody is not an incident.
pub fn is_worth_telling(case: &Case) -> bool {
    !case.absences.is_empty()
        || !case.absences.nobody.is_empty()
        || !case.processes.is_empty()
        || case.first_victim().is_some()
}

/// The incident.
pub fn incident(case: &Case) -> Incident {
    let servers = culprit::servers(case);
    let opinion = cause::of(case);
    let (kind, failed) = (kind(case), failed(case));
    let check = case.check.as_ref().map(|(at, _)| at * 1000);
    let first_symptom = earlier(case.first_victim(), check);
    let detected_at = case.absences.first().map(|(_, span)| span.from * 1000);
    let opened = case.begin.max(detected_at.map_or(i64::MIN, |at| at / 1000)) * 1000;
    let told = case.processes.iter().map(|step| step.second * 1000).min();
    let stamped = told.into_iter().chain(detected_at).min();
    let start = earlier(first_symptom, stamped).unwrap_or(opened);
    let (terms, statuses) = outcomes(case);
    let until = case.ended.unwrap_or(case.until * 1000).div_euclid(1000);
    let clients = case
        .harm
        .clients(|symptom| case.explains(symptom) || case.group.is_sampled_by(symptom));
    let span = (start.div_euclid(1000), until);
    let (curve_part, curve) = case.harm.curve.resample(span.0, span.1, CURVE);
    Incident {
        id: case.id.clone(),
        kind,
        severity: severity(case, &opinion, failed),
        cut: opinion.cut.filter(|_| kind == Kind::TimeoutBurst),
        cause: verdict(case, opinion),
        backend: (!case.site.is_before_backends()).then(|| case.site.backend.clone()),
        frontends: frontends(case),
        servers: servers.culprits.into_iter().collect(),
        affected_servers: servers.affected.into_iter().collect(),
        origins: case
            .absences
            .origins()
            .cloned()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect(),
        start,
        end: case.ended.map(|end| end.max(start)),
        end_reason: case.end_reason,
        first_symptom,
        detected_at: detected_at.filter(|_| case.group == Group::Service && !case.begins_before),
        service_restored: case
            .absences
            .restored()
            .filter(|_| !case.absences.nobody.is_empty())
            .or(case.carried_by_backups()),
        quiet_since: case.last_victim().filter(|_| case.has_calmed()),
        on_backups_since: case.absences.on_backups_since(),
        carried_by_backups: case.carried_by_backups().is_some(),
        all_back: case.absences.all_back(),
        stood_at: case.stood_at,
        requests: case.harm.all(),
        failed,
        background: case
            .harm
            .count(|symptom| symptom.is_failure() && !case.explains(symptom)),
        degraded: degraded(case, failed),
        is_partly: cause::is_partly(case),
        disputed: disputes(case),
        retried: case.harm.retried,
        redispatched: case.harm.redispatched,
        clients: clients.estimate(),
        terms,
        statuses,
        eligible: eligible(case),
        left: case.absences.left,
        load: load(case),
        hit: hit::of(&case.harm, |symptom| {
            case.explains(symptom) || case.group.is_sampled_by(symptom)
        }),
        curve,
        course: Arc::new(case.series.course(span.0, span.1)),
        curve_part,
        peak: case.harm.curve.peak().map(|(_, rate)| rate),
        lanes: case.absences.lanes(),
        timeline: story::timeline(case),
        downs: case.absences.transitions,
    }
}

/// The earlier of a victim's time and a line's, in ms. A line's stamp is a whole second: within it, the victim's time
/// is the better one.
fn earlier(victim: Option<i64>, line: Option<i64>) -> Option<i64> {
    match (victim, line) {
        (Some(victim), Some(line)) if line.div_euclid(1000) < victim.div_euclid(1000) => Some(line),
        (victim, line) => victim.or(line),
    }
}

/// Failures that the cause explains; of clients that left, those beyond the ordinary.
fn failed(case: &Case) -> u64 {
    if matches!(
        case.group,
        Group::Persistence | Group::Rejections | Group::Handshakes
    ) {
        return failed_among_victims(case);
    }
    let victims: u64 = case.victims().map(|(_, tally)| tally.n).sum();
    let left = case.harm.count(|symptom| symptom == Symptom::ClientAbort);
    // The ordinary share is one of requests as they are in calm, without those that left for the reason at hand.
    let ordinary = case.aborts.map_or(0, |share| {
        let stayed = (case.harm.all() - left) as f64;
        (share / (1.0 - share.min(0.9)) * stayed).round() as u64
    });
    victims - ordinary.min(left)
}

/// Requests that did not fail, but were slow or lost their server.
fn degraded(case: &Case, failed: u64) -> u64 {
    match case.group {
        Group::Persistence | Group::Rejections => {
            case.victims().map(|(_, tally)| tally.n).sum::<u64>() - failed
        }
        _ if case.is_slow() => case.harm.all_slow(),
        _ if case.is_held() => case.harm.held.0 + case.harm.held.1,
        _ if case.absences.is_empty() && case.is_retried() => case.harm.retried,
        _ => 0,
    }
}

/// Who lost their server was served by another one, unless that failed.
fn failed_among_victims(case: &Case) -> u64 {
    case.victims()
        .filter(|(outcome, _)| outcome.symptom.is_failure())
        .map(|(_, tally)| tally.n)
        .sum()
}

/// More good answers than these come by chance while one HAProxy notices before another.
const IN_USE: u64 = 10;

fn disputes(case: &Case) -> Vec<Dispute> {
    let mut disputes: BTreeMap<&Name, (BTreeSet<Name>, u64)> = BTreeMap::new();
    for ((server, origin), n) in &case.used {
        let (used_by, requests) = disputes.entry(server).or_default();
        used_by.insert(origin.host.clone());
        *requests += n;
    }
    let told = disputes
        .into_iter()
        .filter(|(_, (_, requests))| *requests >= IN_USE);
    told.map(|(server, (used_by, requests))| Dispute {
        server: server.clone(),
        lost_by: case.absences.lost_by(server),
        used_by: used_by.into_iter().collect(),
        requests,
    })
    .filter(|dispute| {
        dispute
            .used_by
            .iter()
            .all(|host| !dispute.lost_by.contains(host))
    })
    .collect()
}

/// Servers went and came several times. A blip before the servers were lost for good is none of it.
fn is_flapping(case: &Case) -> bool {
    let most = case.absences.most_departures();
    let served = case.absences.nobody.is_empty();
    most >= 3 || (served && most >= 2 && case.absences.transitions >= 3)
}

fn kind(case: &Case) -> Kind {
    match case.group {
        Group::Errors => Kind::ErrorBurst,
        Group::Clients => Kind::ClientTimeouts,
        Group::Denials => Kind::DenialBurst,
        Group::Persistence => Kind::PersistenceLoss,
        Group::Maintenance => Kind::Maintenance,
        Group::Restart => Kind::Restart,
        Group::Rejections => Kind::ErrorBurst,
        Group::Silence => Kind::TrafficSilence,
        Group::Limits => Kind::QueueSaturation,
        Group::Leaving if left_waiting(case) => Kind::TimeoutBurst,
        Group::Leaving => Kind::ClientTimeouts,
        Group::Handshakes if cause::of(case).code == Cause::ClientSlow => Kind::ClientTimeouts,
        Group::Handshakes => Kind::ErrorBurst,
        Group::Service if is_flapping(case) => Kind::Flapping,
        Group::Service if !case.absences.nobody.is_empty() => Kind::BackendDown,
        Group::Service if !case.absences.is_empty() => Kind::ServerDown,
        Group::Service => match cause::main_symptom(case) {
            Some(Symptom::NoServer) => Kind::BackendDown,
            Some(Symptom::ConnectRefused | Symptom::ConnectTimeout) => Kind::ConnectFailures,
            Some(Symptom::Queue) => Kind::QueueSaturation,
            Some(Symptom::ServerTimeout | Symptom::ClientAbort) => Kind::TimeoutBurst,
            Some(_) => Kind::ErrorBurst,
            None if case.is_held() && !case.is_slow() && case.harm.held.0 >= case.harm.held.1 => {
                Kind::QueueSaturation
            }
            None if case.is_retried() && !case.is_slow() => Kind::ConnectFailures,
            None => Kind::LatencyDegradation,
        },
    }
}

/// Most of them had not got the beginning of an answer.
fn left_waiting(case: &Case) -> bool {
    let victims = |waiting: bool| -> u64 {
        let of = case.victims();
        of.filter(|(outcome, _)| vain::is_waiting(outcome) == waiting)
            .map(|(_, tally)| tally.n)
            .sum()
    };
    victims(true) > victims(false)
}

fn severity(case: &Case, opinion: &Opinion, failed: u64) -> Severity {
    match case.group {
        Group::Maintenance => return Severity::Planned,
        Group::Restart if opinion.code == Cause::Reload => return Severity::Planned,
        Group::Restart => return Severity::Unknown,
        // Those who would have come as far as a request did not.
        Group::Handshakes if case.left.is_some_and(|left| left < OUTAGE_SHARE) => {
            return Severity::Outage;
        }
        Group::Handshakes if case.left.is_some_and(|left| left < 0.5) => {
            return Severity::Degraded;
        }
        Group::Clients | Group::Denials | Group::Leaving | Group::Handshakes => {
            return Severity::Client;
        }
        Group::Persistence | Group::Rejections => return Severity::Degraded,
        // Whether those who did not come wanted to, no log tells.
        Group::Silence => return Severity::Unknown,
        // They wait in the kernel, where no log counts them.
        Group::Limits => return Severity::Unknown,
        Group::Service | Group::Errors => {}
    }
    let first = case.absences.first();
    if failed == 0 && first.is_some_and(|(_, span)| span.state.is_planned()) {
        return Severity::Planned;
    }
    let share = match case.before.failures_only {
        true => 0.0,
        false => failed as f64 / case.harm.all().max(1) as f64,
    };
    let no_server =
        !case.absences.nobody.is_empty() || cause::main_symptom(case) == Some(Symptom::NoServer);
    if no_server || share >= OUTAGE_SHARE {
        Severity::Outage
    } else if failed > 0
        || case.is_slow()
        || case.is_held()
        || (case.absences.is_empty() && case.is_retried())
    {
        Severity::Degraded
    } else {
        Severity::Capacity
    }
}

fn verdict(case: &Case, opinion: Opinion) -> Verdict {
    let mut evidence: Vec<Clue> = case.evidence.iter().cloned().collect();
    evidence.extend(
        case.check
            .iter()
            .chain(&case.limits)
            .map(|(_, clue)| clue.clone()),
    );
    evidence.extend(first_departures(case));
    evidence.extend(
        case.absences
            .nobody
            .first()
            .map(|nobody| nobody.clue.clone()),
    );
    evidence.extend(case.processes.iter().filter_map(|step| step.clue.clone()));
    let own = |symptom: Symptom| case.explains(symptom) || case.group.is_sampled_by(symptom);
    let mut first: Vec<&(i64, Clue)> = case
        .harm
        .witnesses
        .iter()
        .filter(|(symptom, _)| own(**symptom))
        .map(|(_, witness)| witness)
        .collect();
    first.sort();
    evidence.extend(first.into_iter().take(2).map(|(_, clue)| clue.clone()));
    evidence.sort();
    evidence.dedup();
    evidence.truncate(EVIDENCE);
    Verdict {
        code: opinion.code,
        confidence: opinion.confidence,
        runner_up: opinion.runner_up,
        evidence,
    }
}

/// The line of each lost server's first departure.
fn first_departures(case: &Case) -> Vec<Clue> {
    let mut first: BTreeMap<&Name, &Clue> = BTreeMap::new();
    for (server, span) in case.absences.spans() {
        let held = first.entry(server).or_insert(&span.clue);
        *held = (*held).min(&span.clue);
    }
    first.into_values().cloned().collect()
}

fn outcomes(case: &Case) -> (BTreeMap<String, u64>, BTreeMap<i16, u64>) {
    let (mut terms, mut statuses) = (BTreeMap::new(), BTreeMap::new());
    for (outcome, tally) in case.victims() {
        if outcome.term != NOT_LOGGED {
            *terms
                .entry(String::from_utf8_lossy(&outcome.term).into_owned())
                .or_insert(0) += tally.n;
        }
        if outcome.status != 0 {
            *statuses.entry(outcome.status).or_insert(0) += tally.n;
        }
    }
    (terms, statuses)
}

/// Requests whose end was up to the service, and those that it served.
fn eligible(case: &Case) -> (u64, u64) {
    let harm = &case.harm;
    let of = |wanted: fn(&crate::rollup::cell::Outcome) -> bool| -> u64 {
        let bad = harm.bad.iter().filter(|((_, outcome), _)| wanted(outcome));
        bad.map(|(_, tally)| tally.n).sum()
    };
    let eligible = harm.all() - of(|outcome| !ledger::is_eligible(outcome));
    let successful = eligible - of(|outcome| outcome.symptom.is_failure());
    // Clients that left because they waited in vain were not served either.
    let left = if case.group == Group::Service && case.aborts.is_some() {
        of(|outcome| outcome.symptom == Symptom::ClientAbort)
    } else {
        0
    };
    (eligible + left, successful)
}

/// Requests by server, the busiest first.
fn load(case: &Case) -> Vec<(Name, u64, u64)> {
    let failed = |server| {
        case.harm
            .count_at(server, |outcome| outcome.symptom.is_failure())
    };
    let requests = case.harm.requests.iter();
    let mut load: Vec<(Name, u64, u64)> = requests
        .map(|(server, n)| (server.clone(), *n, failed(server)))
        .collect();
    load.sort_by_key(|(_, requests, _)| std::cmp::Reverse(*requests));
    load
}

/// The frontends of the sampled victims.
fn frontends(case: &Case) -> Vec<Name> {
    let mut names: std::collections::BTreeSet<Name> = std::collections::BTreeSet::new();
    if !case.site.frontend.is_empty() {
        names.insert(case.site.frontend.clone());
    }
    names.extend(case.silent.iter().cloned());
    for (_, victims) in case
        .harm
        .victims
        .iter()
        .filter(|(symptom, _)| case.explains(**symptom) || case.group.is_sampled_by(**symptom))
    {
        names.extend(
            victims
                .sample
                .iter()
                .map(|victim| Name::from(victim.frontend())),
        );
    }
    names.into_iter().collect()
}
