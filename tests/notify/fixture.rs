//! Notices of an incident, and notifiers with one target.

use std::collections::BTreeMap;

use hapline::report::document::{
    CauseVerdict, Estimate, Impact, Incident, Phase, Runbook, Step, Time,
};
use hapline::report::feed::{self, Notice, Transition};
use hapline::serve::notify::Notifier;
use hapline::serve::settings::{self, Sources, Text};
use hapline::words::cause::{Cause, Kind, Severity};

/// The moment of the first notice: 14 March 2026, 09:12:06 in Paris, in ms since 1970.
pub const NOW: i64 = 1_773_475_926_000;

/// A time on that day.
pub fn at(time: &str) -> Time {
    format!("2026-03-14T{time}.000+01:00")
}

/// A notice of an outage that goes on.
pub fn notice(id: &str, transition: Transition) -> Notice {
    Notice {
        schema: feed::SCHEMA,
        transition,
        at: at("09:12:06"),
        text: None,
        incident: Incident {
            id: id.into(),
            start: at("09:12:01"),
            end: None,
            end_reason: None,
            now: None,
            severity: Severity::Outage,
            is_outage: true,
            kind: Kind::BackendDown,
            cause: CauseVerdict {
                code: Cause::ServiceNotListening,
                confidence: 0.97,
                runner_up: None,
                evidence: Vec::new(),
                events: Vec::new(),
            },
            frontends: vec!["fe_www".into()],
            backend: Some("be_app".into()),
            servers: vec!["app1".into(), "<!channel>".into()],
            affected_servers: Vec::new(),
            headline: "be_app had no server".into(),
            story: Vec::new(),
            first_symptom: None,
            detected_at: None,
            service_restored: None,
            all_back: None,
            requests: Some(9_304),
            failed_requests: 412,
            background_failures: 0,
            degraded_requests: 0,
            retried: 0,
            redispatched: 0,
            clients: Estimate::default(),
            termination_states: BTreeMap::new(),
            statuses: BTreeMap::new(),
            impact: Impact::default(),
            failures_per_second: Vec::new(),
            failures_part_s: 1,
            chart: None,
            lanes: Vec::new(),
            timeline: Vec::new(),
            related: Vec::new(),
            runbook: Runbook {
                meaning: String::new(),
                impact: String::new(),
                steps: vec![Step {
                    phase: Phase::Diagnose,
                    command: Some("curl -v http://10.0.0.11:8080/healthz".into()),
                    why: "is it listening now?".into(),
                    changes_state: false,
                }],
            },
        },
    }
}

/// The same incident, worse.
pub fn worse(id: &str) -> Notice {
    let mut notice = notice(id, Transition::Worsened);
    notice.at = at("09:13:00");
    notice.text = Some("ten times as many failed".into());
    notice.incident.failed_requests = 4_120;
    notice
}

/// The same incident, over.
pub fn over(id: &str) -> Notice {
    let mut notice = notice(id, Transition::Closed);
    notice.at = at("09:18:17");
    notice.incident.end = Some(at("09:18:17"));
    notice.incident.failed_requests = 9_120;
    notice
}

/// A notifier by the text of its settings.
pub fn notifier(text: &str, state: Option<&[u8]>) -> Notifier {
    let file = Text {
        name: "hapline.toml".into(),
        text: text.into(),
    };
    let sources = Sources {
        file: Some(file),
        ..Sources::default()
    };
    let settings = settings::load(&sources).unwrap().settings;
    let url = Some("https://hapline.example.net/");
    Notifier::new(&settings.notify, &settings.silence, url, state).unwrap()
}

/// A target without a time to wait.
pub fn target(kind: &str, rest: &str) -> String {
    format!(
        "[[notify]]\nname = \"one\"\ntype = \"{kind}\"\ninstance = \"lb1\"\nhold_off = \"0\"\n{rest}\n"
    )
}
