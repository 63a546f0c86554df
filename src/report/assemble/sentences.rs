//! An incident in words: a headline, and up to four sentences.
//!
//! Enters: an incident. Leaves: text. Must not know: times of day, or evidence; the timeline has them.

mod cost;
mod headline;
mod reason;

use super::text;
use crate::advice;
use crate::incident::Incident;
use crate::report::clock;
use crate::report::full::Full;
use crate::rollup::Name;
use crate::words::cause::{Cause, Kind};

pub use headline::headline;

/// Names listed before the rest is counted.
const NAMED: usize = 3;

/// What failures are told of.
#[derive(Debug, Clone, Copy)]
pub struct Base {
    /// Requests; `None` where good ones are not logged.
    pub requests: Option<u64>,
    /// There were more than were logged.
    pub is_sampled: bool,
    /// The log begins in it.
    pub is_cut_off: bool,
    /// A filter left lines out.
    pub is_filtered: bool,
    /// The log goes on behind where it was looked at.
    pub goes_on: bool,
    /// Only checks failed, which go elsewhere than requests.
    pub is_of_checks: bool,
}

/// What it did and to whom, why, and how it ended.
pub fn story(
    incident: &Incident,
    base: Base,
    frontends: &[String],
    full: Option<Full>,
) -> Vec<String> {
    let cost = cost::cost(incident, base);
    let did = match cost::hit(incident, frontends) {
        Some(hit) => format!("{hit}: {cost}"),
        None => cost,
    };
    [
        Some(did),
        slowness(incident),
        reason::why(incident, base, full),
        end(incident, base),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How slow answers were, beside calm.
fn slowness(incident: &Incident) -> Option<String> {
    let is_told = incident.kind == Kind::LatencyDegradation;
    let (calm, during) = incident
        .course
        .calm
        .zip(incident.course.during)
        .filter(|_| is_told)?;
    let [half, most, half_before, most_before] =
        [during.0, during.1, calm.0, calm.1].map(advice::words);
    Some(format!(
        "Half of the answers took up to {half} instead of {half_before}, and 99 of 100 up to {most} instead of {most_before}."
    ))
}

/// How long until it was over, and for whom.
fn end(incident: &Incident, base: Base) -> Option<String> {
    let since_start = |at: i64| clock::length(at - incident.start);
    let missed: Vec<String> = incident
        .lanes
        .iter()
        .filter(|lane| lane.out.last().is_some_and(|out| out.1.is_none()))
        .map(|lane| text(&lane.server))
        .collect();
    let are = if missed.len() == 1 { "is" } else { "are" };
    let missed = (!missed.is_empty()).then(|| format!("; {} {are} not back", list(&missed)));
    let missed = missed.unwrap_or_default();
    let Some(end) = incident.end else {
        return Some(match base.goes_on {
            true => format!("It was not over where `--until` ends{missed}."),
            false => {
                let quiet = incident.quiet_since.filter(|_| incident.failed > 0);
                let quiet = quiet.map(|at| format!("; nothing failed after {}", since_start(at)));
                format!("It is still going on{missed}{}.", quiet.unwrap_or_default())
            }
        });
    };
    if incident.kind == Kind::Restart {
        return None;
    }
    let lasted = since_start(end);
    if incident.end_reason == Some("superseded") {
        return Some(format!(
            "It was over after {lasted}, when what was missing went into maintenance."
        ));
    }
    // Servers that flap are all away at moments, if ever.
    let (restoring, last) = match incident.kind {
        _ if incident.carried_by_backups => (
            "Backup servers carried on after",
            "; the last active server was back",
        ),
        Kind::Flapping => ("It went on for", "; the last server was back"),
        _ => ("Service was back after", ", the last server"),
    };
    let told = match (incident.service_restored, incident.all_back) {
        (Some(restored), Some(back)) if back > restored => format!(
            "{restoring} {}{last} {} later",
            since_start(restored),
            clock::length(back - restored)
        ),
        (Some(restored), _) => format!("{restoring} {}{missed}", since_start(restored)),
        (None, Some(back)) if back == end => match incident.servers.as_slice() {
            [server] => format!("{} was back after {lasted}", text(server)),
            _ => format!("All servers were back after {lasted}"),
        },
        (None, _) => format!("It was over after {lasted}{missed}"),
    };
    Some(format!("{told}."))
}

/// Other servers of the backend had requests, too, and bore them.
fn is_of_some(incident: &Incident) -> bool {
    let mut others = incident.load.iter().filter(|(server, ..)| {
        !server.starts_with(b"<")
            && !incident.servers.contains(server)
            && !incident.affected_servers.contains(server)
    });
    !incident.servers.is_empty() && others.next().is_some()
}

/// Servers could not be reached.
fn is_of_connections(incident: &Incident) -> bool {
    let not_of_them = [
        Cause::Unknown,
        Cause::ApplicationErrors,
        Cause::ServerCrashMidResponse,
        Cause::SlowServer,
    ];
    !not_of_them.contains(&incident.cause.code)
}

/// Those of it are no requests.
fn is_of_handshakes(incident: &Incident) -> bool {
    incident.backend.is_none()
        && incident.failed == 0
        && incident.load.iter().any(|(_, n, _)| *n > 0)
}

/// Complete answers that said no, in the place of good ones.
fn is_of_rejections(incident: &Incident) -> bool {
    incident.failed == 0
        && incident
            .statuses
            .keys()
            .any(|status| (400..500).contains(status))
}

/// Clients waited in vain, and left before a timeout ran out.
fn is_given_up(incident: &Incident) -> bool {
    let mut terms = incident.terms.keys();
    incident.kind == Kind::TimeoutBurst
        && !incident.terms.is_empty()
        && terms.all(|term| term.starts_with('C'))
}

/// The last row of a timeline: when the last of what was hit was through.
pub fn last(incident: &Incident) -> &'static str {
    let has_failed = incident.failed > 0;
    match incident.kind {
        Kind::ErrorBurst | Kind::ClientTimeouts if is_of_handshakes(incident) => {
            "last failed handshake"
        }
        Kind::ErrorBurst if is_of_rejections(incident) => "last rejected request",
        Kind::PersistenceLoss => "last client that lost its server",
        Kind::DenialBurst => "last denied request",
        Kind::ClientTimeouts => "last client that was too slow",
        Kind::TimeoutBurst
            if is_given_up(incident) || incident.cause.code == Cause::ClientAbort =>
        {
            "last client that left"
        }
        _ if has_failed => "last failed request",
        Kind::ConnectFailures => "last retry",
        _ if incident.degraded > 0 => "last slow answer",
        _ => "last retry",
    }
}

fn names(names: &[Name]) -> String {
    list(&names.iter().map(text).collect::<Vec<_>>())
}

/// `a`, `a and b`, `a, b and 3 more`.
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => "HAProxy".to_owned(),
        [one] => one.clone(),
        _ if names.len() > NAMED => {
            format!(
                "{} and {} more",
                names[..NAMED - 1].join(", "),
                names.len() - (NAMED - 1)
            )
        }
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Base, story};
    use crate::advice::fixture::incident;
    use crate::words::cause::Cause;

    #[test]
    fn a_server_without_a_name_begins_a_sentence_or_is_small() {
        let base = Base {
            requests: Some(1_000),
            is_sampled: false,
            is_cut_off: false,
            is_filtered: false,
            goes_on: false,
            is_of_checks: false,
        };
        let mut opened = 0;
        for cause in Cause::ALL {
            let mut incident = incident(cause, "app", &[]);
            for is_partly in [false, true] {
                incident.is_partly = is_partly;
                for sentence in story(&incident, base, &[], None) {
                    assert!(!sentence[1..].contains("A server"), "{cause:?}: {sentence}");
                    assert!(!sentence.contains("()"), "{cause:?}: {sentence}");
                    opened += usize::from(sentence.starts_with("A server "));
                }
            }
        }
        assert!(opened > 0);
    }
}
