//! What an incident does to clients, in one sentence.
//!
//! Enters: a scene. Leaves: text. Must not know: figures; the incident's own story has them.

use super::scene::Scene;
use crate::words::cause::{Cause, Kind};

/// The sentence for the incident's kind.
pub fn of(scene: &Scene) -> String {
    let place = scene.place();
    let culprits = scene.culprits();
    match scene.incident.kind {
        Kind::BackendDown => format!(
            "Requests to {place} find no usable server and fail at once (SC; 503 in mode http), unless a backup server takes them."
        ),
        Kind::ServerDown => format!(
            "{place} runs on without {culprits}; only requests that met the fault before the DOWN mark failed or were \
             retried, and the other servers carry the load."
        ),
        Kind::Flapping => format!(
            "Each time a server of {place} goes, requests on it fail or move, and the others get its load."
        ),
        Kind::TimeoutBurst => format!(
            "Clients of {place} wait a whole timeout and then get an error, and hold a connection and a slot meanwhile."
        ),
        Kind::LatencyDegradation => format!(
            "Clients of {place} wait much longer than usual; if it grows, slots run out and timeouts follow."
        ),
        Kind::QueueSaturation => format!(
            "Requests to {place} wait for a slot; those that wait longer than `timeout queue` get 503 (sQ)."
        ),
        Kind::ErrorBurst => format!(
            "Clients of {place} get errors or broken answers, for as long as the checks of the server pass."
        ),
        Kind::ConnectFailures => format!(
            "Requests to {place} lose time in retries, and those whose retries are spent get 503 (SC, sC)."
        ),
        Kind::ClientTimeouts => {
            "The slow clients are cut (408, or a closed connection); others are not hurt.".to_owned()
        }
        Kind::DenialBurst => {
            "The denied clients get what the rule says; nobody else is hurt, if the rule meets the right ones.".to_owned()
        }
        Kind::PersistenceLoss => format!(
            "Clients of {place} land on another server, and lose what their session kept on the old one."
        ),
        Kind::TrafficSilence => "Nobody is served, as far as the log shows.".to_owned(),
        Kind::Restart if scene.incident.cause.code == Cause::ProcessLost => {
            "Open connections were lost, and clients refused until a process listened again.".to_owned()
        }
        Kind::Restart => {
            "None is meant: the old process ends its connections while the new one takes the next.".to_owned()
        }
        Kind::Maintenance => format!(
            "None is meant: no new requests go to {culprits} (in drain: only those that cookies bring), and the others carry the load."
        ),
    }
}
