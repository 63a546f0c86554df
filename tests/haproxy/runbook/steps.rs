//! The steps that runbooks have, whatever the cause.

use std::collections::BTreeMap;

use hapline::config::{Config, Proxy};
use hapline::incident::{Hit, Incident, Verdict};
use hapline::report::document::Step;
use hapline::report::runbook;
use hapline::rollup::names::Name;
use hapline::words::cause::{Cause, Kind, Severity};

fn incident(
    cause: Cause,
    other: Option<Cause>,
    kind: Kind,
    backend: &str,
    servers: &[&str],
    load: Vec<(Name, u64, u64)>,
) -> Incident {
    let name = |text: &str| text.as_bytes().into();
    Incident {
        id: "1".into(),
        kind,
        severity: Severity::Degraded,
        cause: Verdict {
            code: cause,
            confidence: 0.5,
            runner_up: other.map(|other| (other, 0.4)),
            evidence: Vec::new(),
        },
        cut: None,
        backend: (!backend.is_empty()).then(|| name(backend)),
        frontends: vec![name("fe_www")],
        servers: servers.iter().map(|server| name(server)).collect(),
        affected_servers: Vec::new(),
        origins: Vec::new(),
        start: 0,
        end: None,
        end_reason: None,
        first_symptom: None,
        detected_at: None,
        service_restored: None,
        quiet_since: None,
        on_backups_since: None,
        carried_by_backups: false,
        all_back: None,
        stood_at: None,
        requests: 0,
        failed: 0,
        background: 0,
        degraded: 0,
        is_partly: false,
        disputed: Vec::new(),
        retried: 0,
        redispatched: 0,
        clients: (0, 0.0),
        terms: BTreeMap::new(),
        statuses: BTreeMap::new(),
        eligible: (0, 0),
        left: None,
        load,
        hit: Hit::default(),
        curve: Vec::new(),
        course: Default::default(),
        curve_part: 1,
        peak: None,
        lanes: Vec::new(),
        timeline: Vec::new(),
        downs: 0,
    }
}

/// Each server of the backend that is not one of `servers` answered everything it was asked.
fn others_answered(config: &Config, backend: &str, servers: &[&str]) -> Vec<(Name, u64, u64)> {
    let all = config.backend(backend).map(Proxy::servers);
    let others = all.unwrap_or_default().iter().map(|server| &server.name);
    others
        .filter(|name| !servers.contains(&name.as_str()))
        .map(|name| (name.as_bytes().into(), 100, 0))
        .collect()
}

/// Every step with a command, once, of all runbooks that the servers of the bench can have.
pub fn steps(config: &Config) -> Vec<Step> {
    let mut steps: BTreeMap<String, Step> = BTreeMap::new();
    for (backend, servers) in [
        ("be_app", &["app1"][..]),
        ("be_app", &["app1", "app2"]),
        ("be_app", &[]),
        ("be_name", &["name1"]),
        ("be_tls", &["tls1"]),
        ("be_dead", &["dead1"]),
        ("", &[]),
    ] {
        let load = others_answered(config, backend, servers);
        let others = Cause::ALL.map(Some);
        for (cause, other) in Cause::ALL.iter().flat_map(|cause| {
            others
                .iter()
                .chain([&None])
                .map(move |other| (*cause, *other))
        }) {
            for kind in [Kind::ServerDown, Kind::BackendDown] {
                let incident = incident(cause, other, kind, backend, servers, load.clone());
                for step in runbook::of(&incident, Some(config), None).steps {
                    if let Some(command) = &step.command {
                        steps.insert(command.clone(), step);
                    }
                }
            }
        }
    }
    steps.into_values().collect()
}
