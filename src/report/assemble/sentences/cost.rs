//! Who was hit, and how hard.
//!
//! Enters: an incident, and of what its failures are told. Leaves: a sentence, and how it begins. Must not know: why it
//! happened.

use super::{Base, is_given_up, is_of_handshakes, is_of_rejections, list};
use crate::incident::Incident;
use crate::report::document::Estimate;
use crate::report::numbers::{count, counted, estimate, percent};
use crate::words::cause::Kind;

/// How many of how many failed, or were worse off otherwise.
pub fn cost(incident: &Incident, base: Base) -> String {
    let (failed, slow) = (incident.failed, incident.degraded);
    match incident.kind {
        Kind::TrafficSilence => return "No request came that stands in the log.".to_owned(),
        Kind::QueueSaturation if incident.backend.is_none() => {
            return "Clients that waited there stand in no log.".to_owned();
        }
        Kind::ClientTimeouts if incident.failed > 0 && !is_of_handshakes(incident) => {
            let cut = counted(incident.failed, "request was", "requests were");
            return format!("{cut} cut while HAProxy waited for the client.");
        }
        Kind::DenialBurst => {
            let denied = counted(failed, "request was", "requests were");
            return format!("{denied} denied.");
        }
        Kind::ErrorBurst | Kind::ClientTimeouts if is_of_handshakes(incident) => {
            let n = incident.requests;
            return format!("{} failed.", counted(n, "connection", "connections"));
        }
        _ => {}
    }
    let suffered = match incident.kind {
        Kind::ConnectFailures => "were saved by a retry",
        Kind::PersistenceLoss => "lost their server",
        Kind::ErrorBurst if is_of_rejections(incident) => "were rejected",
        _ => "were slow",
    };
    let of = match base.requests {
        None | Some(0) if base.is_filtered && (failed, slow) == (0, 0) => {
            return "No request that the filter lets through was seen to fail.".to_owned();
        }
        None | Some(0) => return cost_alone(failed, slow, suffered),
        Some(requests) if base.is_sampled => counted(requests, "logged request", "logged requests"),
        Some(requests) => counted(requests, "request", "requests"),
    };
    match (failed, slow) {
        (0, 0) => format!("None of {of} failed."),
        (0, slow) => format!("{} of {of} {suffered}, none failed.", count(slow)),
        (failed, _) => {
            let share = percent(failed, base.requests.unwrap_or(failed));
            let ended = match is_given_up(incident) {
                true => "were given up",
                false => "failed",
            };
            format!("{} of {of} {ended} ({share}).", count(failed))
        }
    }
}

/// Where it is not known of how many.
fn cost_alone(failed: u64, slow: u64, suffered: &str) -> String {
    match (failed, slow) {
        (0, 0) => "No request was seen to fail.".to_owned(),
        (0, slow) => format!(
            "{} {suffered}, none failed.",
            counted(slow, "request", "requests")
        ),
        (failed, _) => format!("{} failed.", counted(failed, "request", "requests")),
    }
}

/// How many clients were hit, and through which of the `frontends`; none where nobody was.
pub fn hit(incident: &Incident, frontends: &[String]) -> Option<String> {
    let clients = Estimate {
        estimate: incident.clients.0,
        error: incident.clients.1,
    };
    if clients.estimate == 0 || incident.failed == 0 {
        return None;
    }
    let who = estimate(clients, "client", "clients");
    let mut letters = who.chars();
    let who: String = letters
        .next()
        .map(|first| first.to_uppercase().to_string())
        .unwrap_or_default()
        + letters.as_str();
    let verb = if clients.estimate == 1 { "was" } else { "were" };
    let through = if frontends.is_empty() {
        String::new()
    } else {
        format!(" through {}", list(frontends))
    };
    Some(format!("{who} {verb} hit{through}"))
}
