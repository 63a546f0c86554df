//! What an incident cost, and whom, as names and values.
//!
//! Enters: an incident. Leaves: rows, only of what is known. Must not know: why it happened.

use super::stamp::Stamp;
use crate::report::clock::{self, Clock};
use crate::report::document::{Document, Incident, Lack};
use crate::report::phrase::figures as words;
use crate::report::{numbers, phrase};

/// The row of requests that failed.
const FAILED: &str = "Failed";

/// Codes shown of one sort, most frequent first.
const CODES: usize = 8;
/// Frontends, methods and paths shown of one sort.
const SHARES: usize = 5;
/// Servers whose load is shown.
const LOAD: usize = 12;

/// Those that stand beside the verdict: how long, how many, whom, why.
pub(super) fn in_short(incident: &Incident, doc: &Document) -> Vec<(&'static str, String)> {
    let end = incident.end.as_deref().or(doc.window.end.as_deref());
    let lasted = end.and_then(|end| clock::between(&incident.start, end));
    let lasted = lasted.map(|lasted| match incident.end {
        Some(_) => lasted,
        None => format!("{lasted} so far"),
    });
    let rows = [
        ("Duration", lasted.unwrap_or_default()),
        (what_is_counted(incident), failed(incident)),
        ("Also", phrase::beside(incident).join(", ")),
        ("Clients", clients(incident)),
        ("Cause", phrase::cause(&incident.cause).unwrap_or_default()),
    ];
    known(rows)
}

/// Those of them that stand behind a headline.
pub(super) fn in_brief(incident: &Incident, doc: &Document) -> Vec<(&'static str, String)> {
    let mut rows = in_short(incident, doc);
    let has_failed = incident.failed_requests > 0;
    rows.retain(|(name, _)| *name != "Duration" && (*name != FAILED || has_failed));
    rows
}

fn what_is_counted(incident: &Incident) -> &'static str {
    match phrase::by_clients(incident) {
        Some(_) => "Requests",
        None => FAILED,
    }
}

/// `815 of 902 requests (90.35 %)`; `101 cut` of what did not fail.
fn failed(incident: &Incident) -> String {
    if let Some(ended) = phrase::by_clients(incident) {
        return format!("{} {ended}", numbers::count(incident.failed_requests));
    }
    match incident.requests {
        Some(all) if all > 0 && incident.failed_requests == 0 => {
            format!("none of {}", numbers::counted(all, "request", "requests"))
        }
        Some(all) if all > 0 => format!(
            "{} of {} ({})",
            numbers::count(incident.failed_requests),
            numbers::counted(all, "request", "requests"),
            numbers::percent(incident.failed_requests, all)
        ),
        _ if incident.failed_requests > 0 => {
            numbers::counted(incident.failed_requests, "request", "requests")
        }
        _ => "no request".to_owned(),
    }
}

fn clients(incident: &Incident) -> String {
    match incident.clients.estimate {
        0 => String::new(),
        _ => numbers::estimate(incident.clients, "", "")
            .trim_end()
            .to_owned(),
    }
}

/// What it cost, and whom.
pub(super) fn rows(incident: &Incident, doc: &Document) -> Vec<(&'static str, String)> {
    let impact = &incident.impact;
    let codes = |codes| phrase::codes(codes, CODES).unwrap_or_default();
    let shares = |of| {
        let shares = words::shares(impact, of, SHARES);
        let with_sample = shares.map(|shares| format!("{shares} ({})", words::sample(impact)));
        with_sample.unwrap_or_default()
    };
    let peak = impact.peak_per_second.map(|rate| {
        let is_sampled = doc.coverage.lacks.contains(&Lack::Sampled);
        let at_least = if is_sampled { "at least " } else { "" };
        let what = phrase::by_clients(incident).unwrap_or("failed");
        format!("{at_least}{} {what}", numbers::rate(rate))
    });
    known([
        ("Requests", phrase::cost(incident).join(", ")),
        ("Availability", availability(incident)),
        ("Peak", peak.unwrap_or_default()),
        ("Statuses", codes(&incident.statuses)),
        ("Termination states", codes(&incident.termination_states)),
        ("Frontends hit", shares(&impact.hit.frontends)),
        ("Methods hit", shares(&impact.hit.methods)),
        ("URLs hit", shares(&impact.hit.urls)),
        ("Clients hit", shares(&impact.hit.clients)),
        ("Capacity", words::capacity(impact).unwrap_or_default()),
        ("By server", words::load(impact, LOAD).join(", ")),
    ])
}

/// Where it was.
pub(super) fn places(incident: &Incident) -> Vec<(&'static str, String)> {
    known([
        ("Kind", phrase::words(incident.kind)),
        ("Frontends", frontends(incident)),
        ("Backend", incident.backend.clone().unwrap_or_default()),
        ("Servers at fault", incident.servers.join(", ")),
        ("Servers affected", incident.affected_servers.join(", ")),
        ("Id", incident.id.clone()),
    ])
}

/// Those that were hit are told with their shares.
fn frontends(incident: &Incident) -> String {
    match incident.impact.hit.frontends.is_empty() {
        true => incident.frontends.join(", "),
        false => String::new(),
    }
}

/// Its turning points, each with what is said beside it.
pub(super) fn times(incident: &Incident, clock: &Clock) -> Vec<(&'static str, Stamp, String)> {
    let lag = words::lag(&incident.impact).unwrap_or_default();
    // Often service and servers are back at once.
    let all_back = match incident.all_back == incident.service_restored {
        true => &None,
        false => &incident.all_back,
    };
    let rows = [
        ("First symptom", &incident.first_symptom, String::new()),
        ("Detected", &incident.detected_at, lag),
        (
            "Service restored",
            &incident.service_restored,
            String::new(),
        ),
        ("All back", all_back, String::new()),
    ];
    let rows = rows.into_iter();
    rows.filter_map(|(name, time, note)| {
        let time = time.as_deref()?;
        Some((name, Stamp::new(time, clock), note))
    })
    .collect()
}

/// Of the requests in the span.
fn availability(incident: &Incident) -> String {
    let impact = &incident.impact;
    let numbers = impact.successful.zip(impact.eligible);
    let (Some(share), Some((successful, eligible))) = (impact.availability, numbers) else {
        return String::new();
    };
    let [successful, eligible] = [successful, eligible].map(numbers::count);
    let share = numbers::portion(share);
    format!("{share} ({successful} of {eligible} eligible)")
}

/// Rows that say something.
fn known<const N: usize>(rows: [(&'static str, String); N]) -> Vec<(&'static str, String)> {
    let rows = rows.into_iter();
    rows.filter(|(_, text)| !text.is_empty()).collect()
}
