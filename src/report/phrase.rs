//! Parts of the document in words that all faces use.
//!
//! Enters: values of the document. Leaves: short English. Must not know: where it is shown.

mod advice;
mod beside;
pub(super) mod figures;
mod sources;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::clock::{self, Clock};
use super::document::{
    Advice, CauseVerdict, Coverage, Direction, Document, Evidence, Incident, Lack, Step,
};
use super::numbers::{count, counted, estimate, percent};
use crate::words::cause::{Cause, Kind, Severity};

pub(super) use advice::{
    NOTHING_TO_WEIGH, basis, change, in_brief, in_force, settings, subject, urgency, verdict,
};
pub(super) use beside::{downs, event, incident_now, now, omitted, process};
pub(super) use sources::Sources;

/// The contract's name of a kind, cause, severity or direction, as words: `service not listening`.
pub(super) fn words(name: impl Serialize) -> String {
    let name = serde_json::to_value(name).ok();
    let name = name
        .as_ref()
        .and_then(|name| name.as_str())
        .unwrap_or_default();
    let words = name.split('_').map(|word| match word {
        "tls" => "TLS",
        "dns" => "DNS",
        other => other,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// `OUTAGE`.
pub(super) fn severity(severity: Severity) -> String {
    words(severity).to_uppercase()
}

/// `sure`, `likely` or `possibly`.
pub(super) fn sureness(confidence: f64) -> &'static str {
    match confidence {
        c if c >= 0.85 => "sure",
        c if c >= 0.6 => "likely",
        _ => "possibly",
    }
}

/// `service not listening (likely; else network unreachable)`; nothing when there is no cause to name.
pub(super) fn cause(verdict: &CauseVerdict) -> Option<String> {
    match verdict.code {
        Cause::None => return None,
        Cause::Unknown if verdict.runner_up.is_none() => return Some(words(Cause::Unknown)),
        _ => {}
    }
    let sureness = sureness(verdict.confidence);
    // That it may be something else is what the sureness says.
    let other = verdict
        .runner_up
        .as_ref()
        .filter(|other| other.code != Cause::Unknown)
        .map(|other| format!("; else {}", words(other.code)));
    Some(format!(
        "{} ({sureness}{})",
        words(verdict.code),
        other.unwrap_or_default()
    ))
}

/// `09:12:01.6 to 09:18:17 (6 m 15 s)`; how long an incident that goes on has lasted, up to `log_end`.
pub(super) fn span(incident: &Incident, log_end: Option<&str>, clock: &Clock) -> String {
    let mut clock = clock.clone();
    let start = clock.show_next(&incident.start);
    let Some(end) = &incident.end else {
        let lasted = log_end.and_then(|end| clock::between(&incident.start, end));
        let lasted = lasted
            .map(|lasted| format!(" ({lasted} so far)"))
            .unwrap_or_default();
        let is_over = incident.now.as_ref().and_then(|now| now.over) == Some(true);
        let open = match incident.end_reason {
            _ if is_over => "no end in the log",
            Some("until") => "not over where `--until` ends",
            _ => "still going on",
        };
        return format!("since {start}, {open}{lasted}");
    };
    if end == &incident.start {
        return start;
    }
    let lasted = clock::between(&incident.start, end);
    let lasted = lasted
        .map(|lasted| format!(" ({lasted})"))
        .unwrap_or_default();
    let reason = match incident.end_reason {
        Some("log_ended") => ", where the log ends",
        Some("superseded") => ", then part of another incident",
        _ => "",
    };
    format!("{start} to {}{lasted}{reason}", clock.show(end))
}

/// `9,120 of 1,203,800 requests failed (0.76 %)`; of a log that lacks some, `… logged requests …`, and without a share
/// where that means nothing.
pub(super) fn failed(doc: &Document) -> String {
    let totals = &doc.totals;
    if totals.requests == 0 {
        let none = match doc.filter {
            Some(_) => "no request that the filter lets through",
            None => "no request in the log",
        };
        return none.to_owned();
    }
    let is_of_all = doc.coverage.lacks.is_empty() || doc.filter.is_some();
    let requests = match is_of_all {
        true => counted(totals.requests, "request", "requests"),
        false => counted(totals.requests, "logged request", "logged requests"),
    };
    let percent = match totals.failed {
        failed if failed > 0 && totals.availability.is_some() => {
            format!(" ({})", percent(failed, totals.requests))
        }
        _ => String::new(),
    };
    let given_up = match totals.given_up {
        0 => String::new(),
        1 => ", 1 more was given up by its client".to_owned(),
        many => format!(", {} more were given up by their clients", count(many)),
    };
    format!(
        "{} of {requests} failed{percent}{given_up}",
        count(totals.failed)
    )
}

/// `1 outage, 2 other incidents, 1 planned`.
pub(super) fn incidents(doc: &Document) -> String {
    let omitted = doc.omitted.as_ref();
    let of = |wanted: Severity| {
        let told = doc.incidents.iter().filter(|i| i.severity == wanted);
        let omitted = omitted.and_then(|omitted| omitted.severities.get(&wanted));
        told.count() as u64 + omitted.copied().unwrap_or(0)
    };
    let (outages, planned) = (of(Severity::Outage), of(Severity::Planned));
    let all = doc.incidents.len() as u64 + omitted.map_or(0, |omitted| omitted.incidents);
    let others = all - outages - planned;
    let mut parts = vec![match outages {
        0 => "no outage".to_owned(),
        some => counted(some, "outage", "outages"),
    }];
    if others > 0 {
        parts.push(counted(others, "other incident", "other incidents"));
    }
    if planned > 0 {
        parts.push(format!("{} planned", count(planned)));
    }
    parts.join(", ")
}

/// `other` is named by `incident` as having the same cause.
pub(super) fn is_related(incident: &Incident, other: &Incident) -> bool {
    other.id != incident.id && incident.related.contains(&other.id)
}

/// What an incident cost, each part with its number; nothing when it cost nothing.
pub(super) fn cost(incident: &Incident) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(ended) = by_clients(incident) {
        parts.push(format!("{} {ended}", count(incident.failed_requests)));
    } else if incident.failed_requests > 0 {
        let of = match incident.requests {
            None | Some(0) => String::new(),
            Some(all) => format!(" of {}", count(all)),
        };
        parts.push(format!("{}{of} failed", count(incident.failed_requests)));
    }
    parts.extend(beside(incident));
    if incident.clients.estimate > 0 {
        parts.push(estimate(incident.clients, "client", "clients"));
    }
    parts
}

/// How requests ended that did not fail, as their clients had it so; `None` of those that failed, and of none.
pub(super) fn by_clients(incident: &Incident) -> Option<&'static str> {
    match incident.kind {
        Kind::DenialBurst => Some("denied"),
        _ if incident.severity != Severity::Client || incident.failed_requests == 0 => None,
        Kind::ClientTimeouts if incident.cause.code != Cause::ClientAbort => Some("cut"),
        _ => Some("given up"),
    }
}

/// What an incident cost beside its failed requests and their clients; no number twice.
pub(super) fn beside(incident: &Incident) -> Vec<String> {
    let suffered = match incident.kind {
        Kind::ErrorBurst if incident.failed_requests == 0 => "rejected",
        Kind::PersistenceLoss => "without their server",
        Kind::ConnectFailures => match incident.degraded_requests == incident.redispatched {
            true => "saved by a retry on another server",
            false => "saved by a retry",
        },
        _ => "slow",
    };
    let (retried, sent) = (incident.retried, incident.redispatched);
    let is_told = incident.kind == Kind::ConnectFailures && incident.degraded_requests == retried;
    let retried = match is_told {
        true => (0, ""),
        false if retried == sent => (retried, "retried on another server"),
        false => (retried, "retried"),
    };
    let sent = match sent == incident.retried {
        true => (0, ""),
        false => (sent, "sent to another server"),
    };
    [
        (incident.degraded_requests, suffered),
        retried,
        sent,
        (incident.background_failures, "failed for other reasons"),
    ]
    .iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, what)| format!("{} {what}", count(*n)))
    .collect()
}

/// Who is to be looked at for failures. For complete answers that say they failed, the document knows nobody.
pub(super) fn blamed(owner: &str) -> &str {
    match owner {
        "nobody" => "application",
        other => other,
    }
}

/// `503 ×8,998, 502 ×122`, the most frequent first and at most `limit`; nothing when there is none.
pub(super) fn codes(codes: &BTreeMap<String, u64>, limit: usize) -> Option<String> {
    let mut sorted: Vec<(&String, u64)> = codes.iter().map(|(code, &n)| (code, n)).collect();
    sorted.sort_by_key(|&(_, n)| Reverse(n));
    let more = if sorted.len() > limit { ", …" } else { "" };
    let shown: Vec<_> = sorted
        .iter()
        .take(limit)
        .map(|(code, n)| format!("{code} ×{}", count(*n)))
        .collect();
    (!shown.is_empty()).then(|| format!("{}{more}", shown.join(", ")))
}

/// `99.98 % understood`.
pub(super) fn understood(coverage: &Coverage) -> String {
    let understood = coverage.lines.saturating_sub(coverage.unparsed);
    format!("{} understood", percent(understood, coverage.lines))
}

/// Which lines count, and that everything else is about them.
pub(super) fn filtered(filter: &str, lines: u64) -> String {
    let left_out = counted(lines, "line left out", "lines left out");
    format!("only where {filter} · {left_out}; shares, rates and causes are of the rest")
}

/// What was read and is not part of the story, one sentence each.
pub(super) fn left_out(coverage: &Coverage) -> Vec<String> {
    let say = |number: u64, one: &str, many: &str| (number > 0).then(|| counted(number, one, many));
    [
        say(
            coverage.unparsed,
            "line was not understood",
            "lines were not understood",
        ),
        say(
            coverage.truncated,
            "line was cut before its end",
            "lines were cut before their end",
        ),
        say(
            coverage.dropped,
            "line was lost before it was read",
            "lines were lost before they were read",
        ),
        say(
            coverage.duplicates,
            "line repeats another and counts once",
            "lines repeat others and count once",
        ),
        say(
            coverage.other,
            "line is of another program",
            "lines are of other programs",
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Some line came from HAProxy, as far as can be told.
pub(super) fn is_haproxy(coverage: &Coverage) -> bool {
    [
        coverage.traffic,
        coverage.state,
        coverage.health_check,
        coverage.process,
        coverage.truncated,
        coverage.filtered,
    ]
    .iter()
    .any(|&lines| lines > 0)
}

/// No line is of the time, or names one of the backends, that was asked for.
pub(super) fn is_beside(coverage: &Coverage) -> bool {
    coverage.lacks.contains(&Lack::Asked)
}

/// What was looked at to find no incident.
pub(super) fn no_incident(doc: &Document) -> String {
    let coverage = &doc.coverage;
    if is_beside(coverage) {
        let lines = counted(coverage.lines, "line", "lines");
        return format!("None of {lines} is of what was asked for.");
    }
    let mut looked_at = vec![failed(doc)];
    let others = [
        (
            coverage.state,
            "server state change",
            "server state changes",
        ),
        (coverage.health_check, "health check", "health checks"),
        (coverage.process, "process message", "process messages"),
    ];
    looked_at.extend(
        others
            .iter()
            .filter(|(n, ..)| *n > 0)
            .map(|(n, one, many)| counted(*n, one, many)),
    );
    let lines = counted(coverage.lines, "line", "lines");
    let cut = doc
        .advice
        .iter()
        .filter_map(cut)
        .map(|cut| format!(" {cut}."));
    let cut: String = cut.collect();
    format!("No incident in {lines}: {}.{cut}", looked_at.join(", "))
}

/// `211 of 475 sessions were cut by timeout tunnel (see Advice)`: where a timeout cut many, and nobody can say that it was
/// right to.
fn cut(advice: &Advice) -> Option<String> {
    let (cut, all) = (
        advice.samples.censored,
        advice.samples.censored + advice.samples.completed,
    );
    let is_many = cut > 0 && cut * MANY >= all && advice.direction != Direction::Keep;
    let is_timeout = advice.keyword.starts_with("timeout ");
    (is_many && is_timeout).then(|| {
        let what = match advice.keyword.as_str() {
            "timeout tunnel" => counted(all, "session was", "sessions were"),
            _ => counted(all, "request was", "requests were"),
        };
        let by = match advice.current_from {
            Some("default") => "what stands in for ",
            _ => "",
        };
        format!(
            "{} of {what} cut by {by}{} (see Advice)",
            count(cut),
            advice.keyword
        )
    })
}

/// One in so many that a timeout cut is many.
const MANY: u64 = 20;

/// How a report says that the log goes on; how much was read stands among the warnings.
pub(super) const INTERRUPTED: &str =
    "partial: reading was interrupted, and the log goes on after this";

/// What to try when no line came from HAProxy.
pub(super) fn no_haproxy(coverage: &Coverage) -> Vec<String> {
    if coverage.lines == 0 {
        return vec!["The input is empty: there is no line in it.".to_owned()];
    }
    let lines = counted(coverage.lines, "line", "lines");
    vec![
        format!("No HAProxy line in {lines}, so nothing can be said about incidents."),
        "Is this HAProxy's log? It goes where the `log` lines of haproxy.cfg send it, often to \
         /var/log/haproxy.log or the journal of its unit."
            .to_owned(),
        "If it has a log-format of its own, name its configuration with --config FILE.".to_owned(),
        "If it is compressed, and not by gzip, zstd, xz or bzip2, unpack it first.".to_owned(),
    ]
}

/// Where a line stands: `haproxy.log:40211`, `stdin@812` (a byte offset) when lines have no number.
pub(super) fn place(evidence: &Evidence) -> String {
    format!("{}{}", evidence.source, place_in_source(evidence))
}

/// The same within a source that was just named: `:40215`.
pub(super) fn place_in_source(evidence: &Evidence) -> String {
    match evidence.line {
        Some(line) => format!(":{line}"),
        None => format!("@{}", evidence.offset),
    }
}

/// What mends it is for the next time: it is over, and was not planned.
pub(super) fn is_for_next_time(incident: &Incident) -> bool {
    let is_over = match (&incident.end, incident.end_reason) {
        (Some(_), reason) => reason != Some("log_ended"),
        (None, _) => incident.now.as_ref().and_then(|now| now.over) == Some(true),
    };
    is_over && incident.severity != Severity::Planned
}

/// How steps that mend are headed where nothing is left to mend.
pub(super) const NEXT_TIME: &str = "If it comes back";

/// What a step answers, with a warning when it changes a running system.
pub(super) fn why(step: &Step) -> String {
    let warning = if step.changes_state {
        "changes a running system: "
    } else {
        ""
    };
    format!("{warning}{}", step.why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::RunnerUp;

    #[test]
    fn names_of_the_contract_are_words() {
        assert_eq!(words(Cause::TlsMismatch), "TLS mismatch");
        assert_eq!(words(Cause::ServiceNotListening), "service not listening");
        assert_eq!(severity(Severity::Outage), "OUTAGE");
    }

    #[test]
    fn a_cause_is_as_sure_as_it_is() {
        let verdict = |code, confidence, other: Option<Cause>| CauseVerdict {
            code,
            confidence,
            runner_up: other.map(|code| RunnerUp {
                code,
                confidence: 0.1,
            }),
            evidence: Vec::new(),
            events: Vec::new(),
        };
        for (verdict, words) in [
            (
                verdict(Cause::SlowServer, 0.85, None),
                Some("slow server (sure)"),
            ),
            (
                verdict(Cause::SlowServer, 0.84, None),
                Some("slow server (likely)"),
            ),
            (
                verdict(Cause::SlowServer, 0.59, Some(Cause::DnsFailure)),
                Some("slow server (possibly; else DNS failure)"),
            ),
            (verdict(Cause::Unknown, 0.0, None), Some("unknown")),
            (verdict(Cause::None, 1.0, None), None),
        ] {
            assert_eq!(cause(&verdict).as_deref(), words);
        }
    }

    #[test]
    fn what_timeouts_cut_stands_beside_what_did_not_fail() {
        let mut doc = crate::report::fixture::outage();
        doc.incidents.clear();
        doc.advice.truncate(1);
        let mut said = |keyword: &str, from, direction, completed, censored| {
            let advice = &mut doc.advice[0];
            advice.keyword = keyword.to_owned();
            (advice.current_from, advice.direction) = (from, direction);
            (advice.samples.completed, advice.samples.censored) = (completed, censored);
            let said = no_incident(&doc);
            said.split_once(". ").map(|(_, cut)| cut.to_owned())
        };
        assert_eq!(
            said("timeout tunnel", Some("config"), Direction::Raise, 264, 211).as_deref(),
            Some("211 of 475 sessions were cut by timeout tunnel (see Advice).")
        );
        assert_eq!(
            said("timeout client", None, Direction::CannotTell, 1_714, 155).as_deref(),
            Some("155 of 1,869 requests were cut by timeout client (see Advice).")
        );
        assert_eq!(
            said("timeout tunnel", Some("default"), Direction::Set, 9, 200).as_deref(),
            Some("200 of 209 sessions were cut by what stands in for timeout tunnel (see Advice).")
        );
        for (keyword, direction, completed, censored) in [
            ("timeout client", Direction::Keep, 1_714, 155),
            ("timeout client", Direction::Raise, 1_714, 15),
            ("timeout client", Direction::Raise, 0, 0),
            ("maxconn", Direction::Raise, 264, 211),
        ] {
            assert_eq!(said(keyword, None, direction, completed, censored), None);
        }
    }

    #[test]
    fn what_clients_did_is_no_failure() {
        let mut incident = crate::report::fixture::outage().incidents.swap_remove(0);
        incident.failed_requests = 101;
        let mut said = |kind, severity, cause| {
            (incident.kind, incident.severity) = (kind, severity);
            incident.cause.code = cause;
            cost(&incident)[0].clone()
        };
        let slow = Cause::ClientSlow;
        assert_eq!(
            said(Kind::ClientTimeouts, Severity::Client, slow),
            "101 cut"
        );
        let left = Cause::ClientAbort;
        assert_eq!(
            said(Kind::ClientTimeouts, Severity::Client, left),
            "101 given up"
        );
        let denied = Cause::DeniedByRules;
        assert_eq!(
            said(Kind::DenialBurst, Severity::Client, denied),
            "101 denied"
        );
        let of = said(Kind::TimeoutBurst, Severity::Degraded, slow);
        assert!(of.ends_with(" failed"), "{of}");
    }

    #[test]
    fn retries_are_told_once() {
        let mut incident = crate::report::fixture::outage().incidents.swap_remove(0);
        let mut told = |kind, degraded, retried, sent| {
            incident.kind = kind;
            (incident.degraded_requests, incident.background_failures) = (degraded, 0);
            (incident.retried, incident.redispatched) = (retried, sent);
            beside(&incident).join(", ")
        };
        for (kind, numbers, text) in [
            (
                Kind::BackendDown,
                (0, 68, 68),
                "68 retried on another server",
            ),
            (
                Kind::BackendDown,
                (0, 68, 60),
                "68 retried, 60 sent to another server",
            ),
            (
                Kind::ConnectFailures,
                (387, 387, 387),
                "387 saved by a retry on another server",
            ),
            (Kind::ConnectFailures, (116, 0, 0), "116 saved by a retry"),
        ] {
            let (degraded, retried, sent) = numbers;
            assert_eq!(told(kind, degraded, retried, sent), text);
        }
    }

    #[test]
    fn the_most_frequent_codes_come_first() {
        let seen = BTreeMap::from([("500".into(), 1), ("502".into(), 9), ("503".into(), 1_200)]);
        assert_eq!(codes(&seen, 2).as_deref(), Some("503 ×1,200, 502 ×9, …"));
        assert_eq!(
            codes(&seen, 3).as_deref(),
            Some("503 ×1,200, 502 ×9, 500 ×1")
        );
        assert_eq!(codes(&BTreeMap::new(), 3), None);
    }
}
