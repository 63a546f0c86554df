//! What happened to what.
//!
//! Enters: an incident, and the limit at which connections stood. Leaves: one sentence without its stop. Must not know: why it
//! happened, or what it cost.

use super::{
    is_given_up, is_of_connections, is_of_handshakes, is_of_rejections, is_of_some, names, text,
};
use crate::incident::{Cut, Incident};
use crate::report::full::{Full, Limit};
use crate::report::numbers::count;
use crate::rollup::Name;
use crate::words::cause::{Cause, Kind};

/// One sentence without its stop: what happened to what. `full` is the limit at which connections stood.
pub fn headline(incident: &Incident, full: Option<Full>) -> String {
    let backend = incident
        .backend
        .as_ref()
        .map_or_else(|| names(&incident.frontends), text);
    match incident.kind {
        Kind::BackendDown => format!("{backend} had no server"),
        Kind::ServerDown => format!("{backend} lost {}", names(&incident.servers)),
        Kind::Flapping => match incident.servers.as_slice() {
            [_] => format!(
                "{} flapped, {} times DOWN",
                place(&backend, &incident.servers),
                count(incident.downs)
            ),
            _ => format!(
                "servers of {backend} flapped, {} times DOWN",
                count(incident.downs)
            ),
        },
        Kind::LatencyDegradation if incident.is_partly => {
            format!("some answers of {backend} were slow")
        }
        Kind::LatencyDegradation => format!("{backend} was slow"),
        Kind::QueueSaturation if incident.backend.is_none() => match full {
            Some(full) => stood(&backend, full),
            None => format!("{backend} kept clients waiting at a limit"),
        },
        Kind::QueueSaturation if is_of_some(incident) => {
            format!("{} had no free slot", place(&backend, &incident.servers))
        }
        Kind::QueueSaturation => format!("{backend} had no free slot"),
        Kind::ErrorBurst | Kind::ClientTimeouts if is_of_handshakes(incident) => {
            format!("connections to {backend} failed before a request")
        }
        Kind::ErrorBurst if is_of_rejections(incident) => {
            format!("{backend} rejected what it was asked for")
        }
        Kind::ErrorBurst if incident.cause.code == Cause::ApplicationErrors => {
            format!("{backend} answered with errors")
        }
        Kind::ErrorBurst => format!("{backend} broke off its answers"),
        Kind::ConnectFailures if !is_of_connections(incident) => {
            format!("requests to {backend} had to be retried")
        }
        Kind::ConnectFailures => format!(
            "{} could not be reached",
            place(&backend, &incident.servers)
        ),
        Kind::TimeoutBurst | Kind::ClientTimeouts if incident.cause.code == Cause::ClientAbort => {
            format!("clients of {backend} left")
        }
        Kind::TimeoutBurst if is_given_up(incident) => {
            format!("clients of {backend} gave up waiting")
        }
        Kind::TimeoutBurst => match incident.cut {
            Some(Cut::WebSockets) => format!("silent web sockets of {backend} were cut"),
            Some(Cut::Sessions) => format!("silent sessions of {backend} were cut"),
            Some(Cut::UnequalUploads) => format!("uploads to {backend} timed out"),
            Some(Cut::RareUploads) | None => format!("requests to {backend} timed out"),
        },
        Kind::ClientTimeouts => format!("clients of {backend} were too slow"),
        Kind::DenialBurst => format!("{backend} denied requests"),
        Kind::PersistenceLoss => format!("clients of {backend} lost their server"),
        Kind::TrafficSilence => format!("nobody came to {backend}"),
        Kind::Restart => restart(incident),
        Kind::Maintenance => {
            let state = incident
                .lanes
                .first()
                .and_then(|lane| lane.out.first())
                .map_or("MAINT", |out| out.2);
            let doing = if state == "DRAIN" {
                "drained"
            } else {
                "in maintenance"
            };
            let alone = match incident.on_backups_since {
                Some(_) => ", leaving backup servers alone",
                None => "",
            };
            format!("{} {doing}{alone}", place(&backend, &incident.servers))
        }
    }
}

/// How many connections there were, of how many that there may be.
fn stood(frontend: &str, full: Full) -> String {
    let held = count(u64::from(full.held));
    let (whose, keyword, limit) = match full.limit {
        Some(Limit::Frontend(limit)) => (frontend, "maxconn", limit),
        Some(Limit::Process(limit)) => ("HAProxy", "global maxconn", limit),
        None => return format!("{frontend} was full as it seems: {held} connections all the time"),
    };
    let limit = count(u64::from(limit));
    format!("{whose} was full: {held} of {limit} connections ({keyword})")
}

fn restart(incident: &Incident) -> String {
    let told = |word: &str| {
        let rows = incident.timeline.iter();
        rows.filter(|row| row.what == word).count() as u64
    };
    // An old process says once that it stops, its master once that it starts a new one.
    let times = told("stopped").max(told("reloading"));
    match (incident.cause.code, times) {
        (Cause::Reload, 2..) => format!("HAProxy was reloaded {} times", count(times)),
        (Cause::Reload, _) => "HAProxy was reloaded".to_owned(),
        _ => "HAProxy was replaced without a word".to_owned(),
    }
}

fn place(backend: &str, servers: &[Name]) -> String {
    match servers {
        [server] => format!("{backend}/{}", text(server)),
        _ => backend.to_owned(),
    }
}
