//! The worst incidents of a document: the others are counted.
//!
//! Enters: a document. Leaves: the same with fewer incidents, in the order they had. Must not know: how it will be shown.

use std::cmp::Reverse;

use super::clock;
use super::document::{Document, Incident};
use crate::words::cause::Severity;

/// Keeps the `most` worst incidents: by severity, then failed requests, then duration, then the earliest; 0 keeps all.
pub fn keep_worst(document: &mut Document, most: usize) {
    let incidents = &mut document.incidents;
    if most == 0 || incidents.len() <= most {
        return;
    }
    let log_end = document.window.end.as_deref();
    let mut ranked: Vec<_> = incidents
        .iter()
        .enumerate()
        .map(|(place, incident)| (rank(incident, log_end), place))
        .collect();
    ranked.sort();
    let mut is_kept = vec![false; incidents.len()];
    for (_, place) in ranked.into_iter().take(most) {
        is_kept[place] = true;
    }
    let mut omitted = document.omitted.take().unwrap_or_default();
    let mut kept = is_kept.into_iter();
    incidents.retain(|incident| {
        let is_kept = kept.next().unwrap_or(true);
        if !is_kept {
            omitted.incidents += 1;
            *omitted.severities.entry(incident.severity).or_default() += 1;
            *omitted.kinds.entry(incident.kind).or_default() += 1;
        }
        is_kept
    });
    document.omitted = Some(omitted);
}

/// The worst is the least.
pub(super) fn rank(incident: &Incident, log_end: Option<&str>) -> impl Ord + use<> {
    let severity = match incident.severity {
        Severity::Outage => 0,
        Severity::Degraded => 1,
        Severity::Capacity => 2,
        Severity::Unknown => 3,
        Severity::Client => 4,
        Severity::Planned => 5,
    };
    let end = incident.end.as_deref().or(log_end).and_then(clock::millis);
    let lasted = end
        .zip(clock::millis(&incident.start))
        .map(|(end, start)| end - start);
    (severity, Reverse(incident.failed_requests), Reverse(lasted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn worse_is_more_severe_then_costlier_then_longer() {
        let mut document = fixture::outage();
        let like = document.incidents[0].clone();
        let incident = |id: &str, severity, failed_requests, end: Option<&str>| Incident {
            id: id.to_owned(),
            severity,
            failed_requests,
            end: end.map(str::to_owned),
            ..like.clone()
        };
        let end = like.end.as_deref();
        let short = Some(like.start.as_str());
        document.incidents = vec![
            incident("planned", Severity::Planned, 9_000, end),
            incident("client", Severity::Client, 9_000, end),
            incident("unknown", Severity::Unknown, 0, end),
            incident("capacity", Severity::Capacity, 0, end),
            incident("degraded", Severity::Degraded, 9_000, end),
            incident("short", Severity::Outage, 1, short),
            incident("ended", Severity::Outage, 1, end),
            incident("open", Severity::Outage, 1, None),
            incident("costly", Severity::Outage, 2, short),
        ];
        let worst_first = [
            "costly", "open", "ended", "short", "degraded", "capacity", "unknown", "client",
            "planned",
        ];
        for most in (1..worst_first.len()).rev() {
            keep_worst(&mut document, most);
            let left = |id: &&str| document.incidents.iter().any(|incident| incident.id == *id);
            assert!(worst_first[..most].iter().all(left), "{most}");
            assert_eq!(document.incidents.len(), most);
        }
    }
}
