//! Alertmanager's API v2.
//!
//! Enters: letters. Leaves: alerts. Must not know: the address.
//!
//! An alert is the same as another when all its labels are: what changes a label ends one alert and begins another. It
//! ends by itself when nobody repeats it, so it is given an end a few repetitions ahead.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::letter::Letter;
use super::{Voice, moment, no_later};
use crate::report::escape;

/// Repetitions that may be lost before an alert ends by itself.
const MISSED: i64 = 4;

/// What changes of an alert's labels, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::serve::notify) struct Sent {
    kind: String,
    severity: String,
    /// Milliseconds since 1970.
    pub(in crate::serve::notify) at: i64,
}

/// The alerts that say how a letter stands, and what was sent then. With the labels of before, those end.
pub(in crate::serve::notify) fn alerts(
    voice: &Voice,
    letter: &Letter,
    before: Option<&Sent>,
    now: i64,
    repeat: i64,
) -> (Vec<Value>, Sent) {
    let sent = Sent {
        kind: letter.kind.clone(),
        severity: voice.severity(letter.severity).to_owned(),
        at: now,
    };
    let same = |old: &&Sent| (&old.kind, &old.severity) == (&sent.kind, &sent.severity);
    let changed = before.filter(|old| !same(old));
    let mut alerts: Vec<Value> = changed
        .map(|old| alert(voice, letter, old, now, now))
        .into_iter()
        .collect();
    if !letter.is_over {
        let end = now.saturating_add(repeat.saturating_mul(MISSED));
        alerts.push(alert(voice, letter, &sent, end, now));
    } else if changed.is_none() {
        let end = no_later(letter.end.as_deref(), now);
        alerts.push(alert(voice, letter, &sent, end, now));
    }
    (alerts, sent)
}

/// The body of a request.
pub(in crate::serve::notify) fn body(alerts: Vec<Value>) -> String {
    escape::json(&Value::Array(alerts).to_string()).into_owned()
}

fn alert(voice: &Voice, letter: &Letter, sent: &Sent, end: i64, now: i64) -> Value {
    let message = &letter.message;
    let facts = message.facts.iter();
    let facts = facts.map(|fact| format!("{}: {}", fact.name, fact.value));
    let mut labels = json!({
        "alertname": "HAProxyIncident",
        "incident": letter.id,
        "instance": voice.instance,
        "kind": sent.kind,
        "severity": sent.severity,
    });
    if let Some(backend) = &letter.backend {
        labels["backend"] = json!(backend);
    }
    let mut annotations = json!({
        "summary": message.headline,
        "description": facts.collect::<Vec<_>>().join("\n"),
    });
    if let Some(command) = &message.command {
        annotations["command"] = json!(command);
    }
    let start = no_later(Some(&letter.start), end.min(now));
    let mut alert = json!({
        "labels": labels,
        "annotations": annotations,
        "startsAt": moment(start),
        "endsAt": moment(end.max(start)),
    });
    if let Some(link) = voice.link(letter) {
        alert["generatorURL"] = json!(link);
    }
    alert
}
