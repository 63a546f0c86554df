//! What to do about an incident: what it means, what it costs, and steps with its own names in the commands.
//!
//! Enters: an incident, the configuration for addresses, and what is advised. Leaves: a [`Runbook`], in which the most telling step
//! comes first. Must not know: whether anyone runs them, or how they are shown.
//!
//! Each family of causes has a file with what is known of it. Names may come from a forged log: `command` and
//! `endpoint` alone make commands of them.

mod command;
mod endpoint;
mod impact;
mod plan;
mod request;
mod scene;

// What is known of each family of causes.
mod answers;
mod checks;
mod clients;
mod load;
mod operators;
mod process;
mod reach;
mod wire;

use super::document::Runbook;
use super::phrase;
use crate::advice::Review;
use crate::config::Config;
use crate::incident::Incident;
use crate::words::cause::{Cause, Kind};
pub use endpoint::machine;
use plan::Plan;
use scene::Scene;

/// The runbook of an incident.
pub fn of(incident: &Incident, config: Option<&Config>, review: Option<&Review>) -> Runbook {
    let scene = Scene::new(incident, config, review);
    let cause = &incident.cause;
    let mut plan = plan(cause.code, &scene);
    let mut meaning = cause.code.text().to_owned();
    if let Some((other, _)) = cause.runner_up {
        let name = match other {
            Cause::Unknown => "something else".to_owned(),
            other => phrase::words(other),
        };
        meaning.push_str(&format!(" The log alone cannot rule out {name}."));
        plan = plan.told_apart_from(self::plan(other, &scene), &name);
    }
    if incident.kind == Kind::BackendDown {
        plan = last_resort(plan, &scene);
    }
    Runbook {
        meaning,
        impact: impact::of(&scene),
        steps: plan.into_steps(),
    }
}

fn plan(cause: Cause, scene: &Scene) -> Plan {
    match cause {
        Cause::ServiceNotListening => reach::service_not_listening(scene),
        Cause::NetworkUnreachable => reach::network_unreachable(scene),
        Cause::DnsFailure => reach::dns_failure(scene),
        Cause::HealthEndpointWrongStatus => checks::wrong_status(scene),
        Cause::HealthCheckTimeoutTooShort => checks::timeout_too_short(scene),
        Cause::TlsMismatch => wire::tls_mismatch(scene),
        Cause::ProtocolMismatch => wire::protocol_mismatch(scene),
        Cause::ServerOverloaded => load::server_overloaded(scene),
        Cause::SlowServer => load::slow_server(scene),
        Cause::SlowBackend => load::slow_backend(scene),
        Cause::MaxconnTooLow => load::maxconn_too_low(scene),
        Cause::ServerCrashMidResponse => answers::crash(scene),
        Cause::ApplicationErrors => answers::errors(scene),
        Cause::ProxyLimits => process::limits(scene),
        Cause::ProcessLost => process::lost(scene),
        Cause::Reload => process::reload(scene),
        Cause::DeniedByRules => clients::denied(scene),
        Cause::ClientSlow => clients::slow(scene),
        Cause::ClientAbort => clients::abort(scene),
        Cause::UpstreamGone => clients::upstream_gone(scene),
        Cause::AdminAction => operators::action(scene),
        Cause::Unknown => operators::unknown(scene),
        Cause::None => operators::nothing(scene),
    }
}

/// What would have served clients while no server did.
fn last_resort(plan: Plan, scene: &Scene) -> Plan {
    let servers = scene.proxy.map(|proxy| proxy.servers()).unwrap_or_default();
    let backups = servers.iter().filter(|server| server.backup).count();
    let all = scene
        .proxy
        .is_some_and(|proxy| proxy.option("allbackups") == Some(true));
    match backups {
        0 => plan.prevent_second(
            "A `backup` server for when all others are gone, or at least a page of your own: `errorfile 503 FILE`.",
        ),
        1 => plan.prevent_second("The backup server was gone, too: give it a host and a network of its own."),
        _ if all => plan.prevent_second("All backup servers were gone, too: give them a host and a network of their own."),
        _ => plan.prevent_second(
            "Only the first usable backup server gets traffic; `option allbackups` uses them all.",
        ),
    }
}

#[cfg(test)]
mod tests;
