//! The words of a message in the format of each kind of target.
//!
//! Enters: a letter, and what is to be said. Leaves: the body of a request. Must not know: where it goes; no secret is
//! in it, so that it may be stored.

pub(super) mod alertmanager;
pub(super) mod pagerduty;
mod slack;

use std::collections::BTreeMap;

use super::case::Say;
use super::letter::Letter;
use crate::report::escape;
use crate::serve::settings::{Kind, Target};
use crate::words::cause::Severity;

/// How one target is spoken to.
#[derive(Debug, Clone)]
pub(super) struct Voice {
    pub(super) kind: Kind,
    /// Who speaks.
    instance: String,
    /// Where incidents can be read about, without a slash at its end.
    external_url: Option<String>,
    severities: BTreeMap<Severity, String>,
}

impl Voice {
    pub(super) fn new(target: &Target, external_url: Option<&str>, machine: &str) -> Self {
        let instance = target.instance.as_deref().unwrap_or(machine);
        Self {
            kind: target.kind,
            instance: instance.to_owned(),
            external_url: external_url.map(|url| url.trim_end_matches('/').to_owned()),
            severities: target.severities.clone(),
        }
    }

    /// What a target of this kind is sent. Alertmanager speaks otherwise.
    pub(super) fn body(&self, letter: &Letter, say: Say) -> String {
        match self.kind {
            Kind::Slack => slack::body(self, letter, say),
            Kind::Pagerduty => pagerduty::body(self, letter, say),
            Kind::Webhook | Kind::Command | Kind::Alertmanager => letter.document(say),
        }
    }

    /// Where the incident can be read about.
    fn link(&self, letter: &Letter) -> Option<String> {
        let url = self.external_url.as_ref()?;
        let mut link = format!("{url}/incidents/");
        for byte in letter.id.bytes() {
            match byte {
                b'-' | b'_' | b'.' => link.push(char::from(byte)),
                _ if byte.is_ascii_alphanumeric() => link.push(char::from(byte)),
                _ => link.push_str(&format!("%{byte:02X}")),
            }
        }
        Some(link)
    }

    /// A severity in the words of the target.
    fn severity(&self, severity: Severity) -> &str {
        let own = self.severities.get(&severity);
        own.map_or_else(|| usual(self.kind, severity), String::as_str)
    }

    /// What a command finds in its environment.
    pub(super) fn variables(&self, letter: &Letter, say: Say) -> Vec<(String, String)> {
        let severity = serde_json::to_value(letter.severity).unwrap_or_default();
        let pairs = [
            ("SAYS", Some(word(say, letter))),
            ("INCIDENT", Some(letter.id.clone())),
            ("HEADLINE", Some(letter.message.headline.clone())),
            ("SEVERITY", severity.as_str().map(str::to_owned)),
            ("KIND", Some(letter.kind.clone())),
            ("CAUSE", Some(letter.cause.clone())),
            ("BACKEND", letter.backend.clone()),
            ("START", Some(letter.start.clone())),
            ("END", letter.end.clone()),
            ("URL", self.link(letter)),
        ];
        pairs
            .into_iter()
            .filter_map(|(name, value)| {
                let value = escape::terminal(&value?).into_owned();
                Some((format!("HAPLINE_ALERT_{name}"), value))
            })
            .collect()
    }
}

/// PagerDuty's four, of which `critical` and `warning` are Prometheus's habit.
fn usual(kind: Kind, severity: Severity) -> &'static str {
    match severity {
        Severity::Outage => "critical",
        Severity::Degraded if kind == Kind::Pagerduty => "error",
        Severity::Degraded | Severity::Capacity | Severity::Unknown => "warning",
        Severity::Planned | Severity::Client => "info",
    }
}

/// `OUTAGE`, `WORSE`, `AGAIN` or `RESOLVED`.
fn word(say: Say, letter: &Letter) -> String {
    match say {
        Say::Opened => letter.severity_word(),
        Say::Worsened => "WORSE".to_owned(),
        Say::Reopened => "AGAIN".to_owned(),
        Say::Resolved => "RESOLVED".to_owned(),
    }
}

impl Letter {
    fn severity_word(&self) -> String {
        let name = serde_json::to_value(self.severity).unwrap_or_default();
        name.as_str().unwrap_or_default().to_uppercase()
    }
}

/// Milliseconds since 1970 as RFC 3339.
fn moment(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |at| at.to_string())
}

/// The moment of a letter, no later than `now`: the log's clock may be another.
fn no_later(time: Option<&str>, now: i64) -> i64 {
    let said = time.and_then(|time| time.parse::<jiff::Timestamp>().ok());
    said.map_or(now, |at| at.as_millisecond().min(now))
}

/// `text` with no more than so many bytes.
fn within(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
