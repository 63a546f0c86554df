//! Figures and impact in words that text and Markdown share.
//!
//! Enters: figures of the document. Leaves: short English, and the cells of tables. Must not know: where it is shown.

use crate::report::clock::length;
use crate::report::document::{
    AbsenceFigures, BackendFigures, Document, Impact, Lack, OwnerFigures, ServerFigures, Share,
};
use crate::report::numbers::{count, counted, portion};

/// What stands in a cell where nothing is known.
const NOTHING: &str = "-";

/// Heads of the table of backends.
pub(in crate::report) const BACKENDS: [&str; 8] = [
    "backend",
    "eligible",
    "failed",
    "available",
    "by time",
    "incidents",
    "MTTR",
    "MTBF",
];

/// Heads of the table of servers.
pub(in crate::report) const SERVERS: [&str; 5] = [
    "out of rotation",
    "times",
    "in all",
    "longest",
    "at the end",
];

/// Heads of the table of owners.
pub(in crate::report) const OWNERS: [&str; 3] = ["owner", "requests", "termination states"];

/// What the columns mean.
pub(in crate::report) const MEANING: &str = "Eligible: neither denied nor ended by the client. By time: without an outage. \
     Incidents, MTTR, MTBF: of outages and degraded service that ended.";

/// `99.98 % of 3,147 eligible requests were successful`, of a sampled log `… logged requests …`; without a share where that
/// means nothing.
pub(in crate::report) fn availability(doc: &Document) -> Option<String> {
    let overall = &doc.figures.overall;
    let share = overall.availability?;
    let logged = match doc.coverage.lacks.contains(&Lack::Sampled) {
        true => "logged ",
        false => "",
    };
    let (eligible, share) = (count(overall.eligible), portion(share));
    Some(match overall.eligible {
        1 => format!("{share} of 1 eligible {logged}request was successful"),
        _ => format!("{share} of {eligible} eligible {logged}requests were successful"),
    })
}

/// The cells of a backend.
pub(in crate::report) fn backend(of: &BackendFigures) -> [String; 8] {
    let share = |share: Option<f64>| share.map_or(NOTHING.to_owned(), portion);
    let mean = |ms: Option<i64>| ms.map_or(NOTHING.to_owned(), length);
    [
        of.backend.clone(),
        count(of.requests.eligible),
        count(of.requests.failed),
        share(of.requests.availability),
        share(of.time_availability),
        count(of.ended_incidents),
        mean(of.mttr_ms),
        mean(of.mtbf_ms),
    ]
}

/// The cells of a server: a row for DOWN, and one for what was planned.
pub(in crate::report) fn server(of: &ServerFigures) -> Vec<[String; 5]> {
    let row = |absence: &AbsenceFigures, state: &str| {
        let still = match of.still {
            Some(still) if still == state => "still out",
            _ => "back",
        };
        [
            format!("{}/{} {state}", of.backend, of.server),
            count(absence.times),
            length(absence.total_ms),
            length(absence.longest_ms),
            still.to_owned(),
        ]
    };
    [(&of.down, "DOWN"), (&of.planned, "MAINT/DRAIN")]
        .iter()
        .filter(|(absence, _)| absence.times > 0)
        .map(|(absence, state)| row(absence, state))
        .collect()
}

/// The cells of an owner, with at most `limit` states; none for what went as intended.
pub(in crate::report) fn owner(of: &OwnerFigures, limit: usize) -> Option<[String; 3]> {
    if of.owner == "nobody" {
        return None;
    }
    let states: Vec<String> = of
        .states
        .iter()
        .take(limit)
        .map(|of| format!("{} ×{}", of.state, count(of.requests)))
        .collect();
    let more = if of.states.len() > limit { ", …" } else { "" };
    let owner = of.owner.to_owned();
    Some([owner, count(of.requests), states.join(", ") + more])
}

/// `availability 9.65 %`, of the requests of an incident.
pub(in crate::report) fn available(impact: &Impact) -> Option<String> {
    Some(format!("availability {}", portion(impact.availability?)))
}

/// `noticed after 1.2 s`; marks are stamped in whole seconds.
pub(in crate::report) fn lag(impact: &Impact) -> Option<String> {
    Some(match impact.detection_lag_ms? {
        ..1000 => "noticed within about a second".to_owned(),
        lag => format!("noticed after {}", length(lag)),
    })
}

/// `at worst 1 of 2 active servers was up`, `at worst no active server was up, and 2 of 2 backups were`.
pub(in crate::report) fn capacity(impact: &Impact) -> Option<String> {
    let left = impact.capacity.as_ref()?;
    // All of them are backups.
    if left.of_active == 0 {
        let of = counted(left.of_backups.into(), "backup server", "backup servers");
        let are = if left.backups == 1 { "was" } else { "were" };
        return Some(format!("at worst {} of {of} {are} up", left.backups));
    }
    let of = counted(left.of_active.into(), "active server", "active servers");
    let active = match left.active {
        0 => "no active server was".to_owned(),
        1 => format!("1 of {of} was"),
        some => format!("{some} of {of} were"),
    };
    let backups = match (left.backups, left.of_backups) {
        (_, 0) => String::new(),
        (0, 1) => ", nor the backup".to_owned(),
        (0, of) => format!(", nor any of {of} backups"),
        (1, 1) => ", and the backup was".to_owned(),
        (1, of) => format!(", and 1 of {of} backups was"),
        (some, of) => format!(", and {some} of {of} backups were"),
    };
    Some(format!("at worst {active} up{backups}"))
}

/// `app2 410`, `app1 400 (12 failed)`, `2 more`, the busiest first.
pub(in crate::report) fn load(impact: &Impact, limit: usize) -> Vec<String> {
    let load = &impact.load;
    let mut told: Vec<String> = load
        .iter()
        .take(limit)
        .map(|of| {
            let failed = match of.failed {
                0 => String::new(),
                all if all == of.requests => " (all failed)".to_owned(),
                failed => format!(" ({} failed)", count(failed)),
            };
            format!("{} {}{failed}", of.server, count(of.requests))
        })
        .collect();
    let more = load.len().saturating_sub(limit);
    told.extend((more > 0).then(|| format!("{more} more")));
    told
}

/// `/cart 56 %, / 31 %`, the largest first; without numbers where good requests are not logged, as a share of failures is
/// easily taken for one of requests there.
pub(in crate::report) fn shares(impact: &Impact, shares: &[Share], limit: usize) -> Option<String> {
    let told: Vec<String> = shares
        .iter()
        .take(limit)
        .map(|of| match impact.eligible {
            Some(_) => format!("{} {:.0} %", of.name, of.share * 100.0),
            None => of.name.clone(),
        })
        .collect();
    (!told.is_empty()).then(|| told.join(", "))
}

/// `by a sample of 16`; `of all 5` where the sample holds all.
pub(in crate::report) fn sample(impact: &Impact) -> String {
    match (impact.hit.sampled, impact.hit.of) {
        (sampled, of) if sampled < of => format!("by a sample of {}", count(sampled)),
        (1, _) => "of the only one".to_owned(),
        (sampled, _) => format!("of all {}", count(sampled)),
    }
}

#[cfg(test)]
mod tests {
    use super::capacity;
    use crate::report::document::{Capacity, Impact};

    #[test]
    fn what_was_left_at_worst() {
        for (active, of_active, backups, of_backups, told) in [
            (0, 2, 0, 0, "at worst no active server was up"),
            (1, 3, 0, 0, "at worst 1 of 3 active servers was up"),
            (2, 3, 0, 0, "at worst 2 of 3 active servers were up"),
            (0, 0, 1, 2, "at worst 1 of 2 backup servers was up"),
            (0, 0, 0, 3, "at worst 0 of 3 backup servers were up"),
            (
                0,
                2,
                2,
                2,
                "at worst no active server was up, and 2 of 2 backups were",
            ),
            (
                0,
                2,
                1,
                1,
                "at worst no active server was up, and the backup was",
            ),
            (
                0,
                2,
                0,
                1,
                "at worst no active server was up, nor the backup",
            ),
        ] {
            let impact = Impact {
                capacity: Some(Capacity {
                    active,
                    backups,
                    of_active,
                    of_backups,
                    time: String::new(),
                }),
                ..Impact::default()
            };
            assert_eq!(capacity(&impact).as_deref(), Some(told));
        }
    }
}
