//! `[[notify]]` and `[[silence]]`: who is told of incidents, of which, and when nobody is.
//!
//! Enters: TOML. Leaves: targets and silences as they are written. Must not know: how anybody is told. What is secret
//! stands in a file or in the environment, never here.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::units::Span;
use crate::words::cause::Severity;

/// Who is told of which incidents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its own name, which must not change: what was told is remembered by it.
    pub name: String,
    /// How to tell.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Where: the webhook, Alertmanager's own address, or the events API of PagerDuty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A file whose first line is the address, where that is a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_file: Option<PathBuf>,
    /// The same in a variable of the environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_env: Option<String>,
    /// A file whose first line is the bearer token; for PagerDuty the routing key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_file: Option<PathBuf>,
    /// The same in a variable of the environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_env: Option<String>,
    /// The only certificates to trust, PEM; none: those of Mozilla.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// The program and its arguments. No shell reads them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// The least severity that is told.
    #[serde(default = "degraded")]
    pub min_severity: Severity,
    /// Backends that are told of, as globs; `!` before one leaves it out; none given: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backends: Vec<String>,
    /// An incident that is over within this time is not told.
    #[serde(default = "hold_off")]
    pub hold_off: Span,
    /// The most one attempt may take.
    #[serde(default = "time_limit")]
    pub timeout: Span,
    /// What could not be told for so long is given up.
    #[serde(default = "give_up")]
    pub give_up: Span,
    /// How often Alertmanager is told again of what goes on.
    #[serde(default = "repeat")]
    pub repeat: Span,
    /// Who tells, for Alertmanager and PagerDuty; none: the machine's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// How Alertmanager and PagerDuty name a severity, where that is not the usual.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub severities: BTreeMap<Severity, String>,
}

/// How to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The `hapline.notice/1` document by POST.
    Webhook,
    /// An incoming webhook of Slack, or of what understands the same.
    Slack,
    /// Alertmanager's API v2.
    Alertmanager,
    /// Events API v2.
    Pagerduty,
    /// A program that reads the document on standard input.
    Command,
}

/// Nothing of these backends is told until then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Silence {
    /// Its end, RFC 3339: `2026-03-14T18:00:00+01:00`.
    pub until: Until,
    /// As in a target; none given: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backends: Vec<String>,
    /// Names of the targets that are silent; none given: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A moment that is written with its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Until(Timestamp);

impl Until {
    /// Milliseconds since 1970 UTC.
    pub fn millis(self) -> i64 {
        self.0.as_millisecond()
    }
}

impl TryFrom<String> for Until {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let read = text.parse().map(Self);
        read.map_err(|_| {
            let begun: String = text.chars().take(40).collect();
            format!("`{begun}` is no moment; write it like 2026-03-14T18:00:00+01:00")
        })
    }
}

impl From<Until> for String {
    fn from(until: Until) -> Self {
        until.0.to_string()
    }
}

fn degraded() -> Severity {
    Severity::Degraded
}

fn hold_off() -> Span {
    Span::seconds(15)
}

fn time_limit() -> Span {
    Span::seconds(10)
}

fn give_up() -> Span {
    Span::days(1)
}

fn repeat() -> Span {
    Span::seconds(60)
}
