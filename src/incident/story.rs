//! The timeline of an incident: what happened, in order, each row with the line that says so.
//!
//! Enters: a case. Leaves: [`Moment`]s. Must not know: zones, or how they are shown.

use super::absence::Span;
use super::case::Case;
use super::place::Group;
use super::reason::Reason;
use super::state::Rotation;
use super::{Clue, Moment};
use crate::rollup::Name;
use crate::words::termination::Symptom;

/// Rows of transitions that are kept; of longer stories, the first and the last ones.
const ROWS: usize = 40;

/// The rows, in order of time.
pub fn timeline(case: &Case) -> Vec<Moment> {
    let mut rows = transitions(case);
    in_order(&mut rows);
    if rows.len() > ROWS {
        rows.drain(ROWS / 2..rows.len() - ROWS / 2);
    }
    rows.extend(first_victims(case));
    rows.extend(peak(case));
    rows.extend(last_victim(case));
    in_order(&mut rows);
    rows
}

/// Puts rows in order of time.
pub fn in_order(rows: &mut [Moment]) {
    rows.sort_by_key(order);
}

/// By the second; within it in the order of the lines, as state changes are stamped with whole seconds and requests
/// with milliseconds. Rows without a line of their own come last; a loss before what it led to.
fn order(row: &Moment) -> impl Ord + use<> {
    let line = row.clue.as_ref().map(|clue| (clue.second, clue.position));
    (
        row.at.div_euclid(1000),
        line.is_none(),
        line,
        row.what == "no_server",
        row.at,
    )
}

fn site(case: &Case, server: Option<&Name>) -> String {
    let base = String::from_utf8_lossy(case.site.name());
    match server {
        Some(server) => format!("{base}/{}", String::from_utf8_lossy(server)),
        None => base.into_owned(),
    }
}

fn transitions(case: &Case) -> Vec<Moment> {
    let mut rows = Vec::new();
    if let Some((second, clue)) = &case.check {
        let text = "first failed health check".to_owned();
        rows.push(moment(
            case,
            second * 1000,
            "check_failed",
            None,
            text,
            Some(clue),
        ));
    }
    for (server, span) in case.absences.spans() {
        let (what, text) = left(server, span);
        rows.push(moment(
            case,
            span.from * 1000,
            what,
            Some(server),
            text,
            Some(&span.clue),
        ));
        if let Some(to) = span.to.filter(|_| !span.taken) {
            let text = format!("{} back in service", String::from_utf8_lossy(server));
            rows.push(moment(
                case,
                to * 1000,
                "server_up",
                Some(server),
                text,
                span.back.as_ref(),
            ));
        }
    }
    for nobody in &case.absences.nobody {
        let text = "no server left".to_owned();
        rows.push(moment(
            case,
            nobody.from * 1000,
            "no_server",
            None,
            text,
            Some(&nobody.clue),
        ));
    }
    for (_, clue) in &case.absences.standby {
        let text = "running on backup servers".to_owned();
        let at = clue.second * 1000;
        rows.push(moment(case, at, "backup", None, text, Some(clue)));
    }
    for step in &case.processes {
        let host = String::from_utf8_lossy(&case.site.origin.host).into_owned();
        let row = moment(
            case,
            step.second * 1000,
            step.what,
            None,
            step.text.clone(),
            step.clue.as_ref(),
        );
        rows.push(Moment { place: host, ..row });
    }
    rows
}

fn moment(
    case: &Case,
    at: i64,
    what: &'static str,
    server: Option<&Name>,
    text: String,
    clue: Option<&Clue>,
) -> Moment {
    Moment {
        at,
        what,
        place: site(case, server),
        text,
        clue: clue.cloned(),
    }
}

fn left(server: &Name, span: &Span) -> (&'static str, String) {
    let name = String::from_utf8_lossy(server);
    let why = span
        .reason
        .as_ref()
        .map(reason)
        .filter(|why| !why.is_empty());
    let why = why.map_or(String::new(), |why| format!(": {why}"));
    match span.state {
        // The line that says so is the one by which it came back.
        Rotation::Down if span.unseen => {
            ("server_down", format!("{name} was DOWN when the log began"))
        }
        Rotation::Maintenance => ("maintenance", format!("{name} in maintenance{why}")),
        Rotation::Drain => ("drain", format!("{name} drains{why}")),
        Rotation::Stopping => ("stopping", format!("{name} takes no new sessions{why}")),
        Rotation::Down | Rotation::Up => ("server_down", format!("{name} DOWN{why}")),
    }
}

/// A reason in short: the check's code, its status and what it got.
fn reason(reason: &Reason) -> String {
    let code = reason.check.map(|code| code.name().to_owned());
    let status = reason
        .status
        .filter(|status| *status != 0)
        .map(|status| status.to_string());
    let said =
        (!reason.said.is_empty()).then(|| String::from_utf8_lossy(&reason.said).into_owned());
    let duration = reason.duration.map(|ms| format!("after {ms} ms"));
    [code, status, said, duration]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

fn first_victims(case: &Case) -> Vec<Moment> {
    let mut rows = Vec::new();
    for (symptom, (onset, clue)) in &case.harm.witnesses {
        if case.explains(*symptom) {
            rows.push(moment(
                case,
                *onset,
                "first_failure",
                None,
                format!("first {}", words(*symptom)),
                Some(clue),
            ));
        }
    }
    if let Some(onset) = case.harm.slow_onset.filter(|_| case.is_slow()) {
        rows.push(moment(
            case,
            onset,
            "first_slow",
            None,
            "first request that was answered slowly".to_owned(),
            None,
        ));
    }
    rows
}

fn peak(case: &Case) -> Option<Moment> {
    let (second, rate) = case.harm.curve.peak()?;
    let what = match case.group {
        Group::Denials => "denied",
        Group::Clients => "timed out",
        Group::Persistence => "lost their server",
        Group::Rejections => "rejected",
        Group::Leaving => "left",
        _ => "failed",
    };
    let rate = format!("{rate:.1}");
    let text = format!("peak: {} a second {what}", rate.trim_end_matches(".0"));
    Some(moment(case, second * 1000, "peak", None, text, None))
}

fn last_victim(case: &Case) -> Option<Moment> {
    case.ended?;
    let text = match case.group {
        Group::Service | Group::Errors => "last failed request",
        _ => "last one",
    };
    Some(moment(
        case,
        case.last_victim()?,
        "last_failure",
        None,
        text.to_owned(),
        None,
    ))
}

fn words(symptom: Symptom) -> &'static str {
    match symptom {
        Symptom::NoServer => "request that found no server",
        Symptom::ConnectRefused => "refused connection",
        Symptom::ConnectTimeout => "connection that timed out",
        Symptom::ServerTimeout => "request that timed out",
        Symptom::Reset => "broken answer",
        Symptom::Queue => "request that waited in vain for a slot",
        Symptom::ServerError => "error status",
        Symptom::Killed => "killed session",
        Symptom::ProxyResource => "request HAProxy could not handle",
        Symptom::ClientAbort => "client that left",
        Symptom::ClientTimeout => "client that was too slow",
        Symptom::BadRequest => "bad request",
        Symptom::Denied => "denied request",
        Symptom::Handshake => "failed handshake",
        Symptom::Fine => "request",
    }
}
