//! What is kept of an incident, so that it can be told later, and after a restart.
//!
//! Enters: a notice. Leaves: its words, and the document it was. Must not know: who is told.

use serde::{Deserialize, Serialize};

use super::case::Say;
use crate::report::document::Incident;
use crate::report::escape;
use crate::report::feed::{self, Notice, Transition};
use crate::report::message::Message;
use crate::words::cause::Severity;

/// Bytes of a name.
const NAME: usize = 256;
/// Names that an incident goes by.
const NAMES: usize = 16;

/// See the module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Letter {
    pub(super) id: String,
    pub(super) severity: Severity,
    pub(super) is_over: bool,
    /// How often it got worse.
    pub(super) worsened: u32,
    /// The backend, else the frontends, as the log has them.
    pub(super) names: Vec<String>,
    /// The backend, harmless.
    pub(super) backend: Option<String>,
    pub(super) kind: String,
    pub(super) cause: String,
    /// RFC 3339, of the log.
    pub(super) start: String,
    pub(super) end: Option<String>,
    pub(super) message: Message,
    /// RFC 3339, of the notice.
    at: String,
    /// What the notice said beside it.
    text: Option<String>,
    /// The incident as JSON; empty where nobody will need it.
    incident: String,
}

impl Letter {
    /// Of a notice; it had got worse so often before.
    pub(super) fn new(notice: &Notice, worsened: u32) -> Self {
        let incident = &notice.incident;
        let is_worse = notice.transition == Transition::Worsened;
        Self {
            id: cut(&incident.id),
            severity: incident.severity,
            is_over: incident.end.is_some() || notice.transition == Transition::Merged,
            worsened: worsened.saturating_add(u32::from(is_worse)),
            names: names(incident),
            backend: incident.backend.as_deref().map(harmless),
            kind: incident.kind.as_str().to_owned(),
            cause: incident.cause.code.as_str().to_owned(),
            start: incident.start.clone(),
            end: incident.end.clone(),
            message: Message::of(notice),
            at: notice.at.clone(),
            text: notice.text.clone(),
            // It is made of what can be written as JSON.
            incident: serde_json::to_string(incident).unwrap_or_default(),
        }
    }

    /// The `hapline.notice/1` document that says so.
    pub(super) fn document(&self, say: Say) -> String {
        let transition = match say {
            Say::Opened => Transition::Opened,
            Say::Worsened => Transition::Worsened,
            Say::Reopened => Transition::Reopened,
            Say::Resolved => Transition::Closed,
        };
        let head = Head {
            schema: feed::SCHEMA,
            transition,
            at: &self.at,
            text: self.text.as_deref(),
        };
        // It is made of what can be written as JSON.
        let head = serde_json::to_string(&head).unwrap_or_default();
        let head = head.strip_suffix('}').unwrap_or(&head);
        let incident = match self.incident.as_str() {
            "" => self.outline(),
            whole => whole.to_owned(),
        };
        let document = format!("{head},\"incident\":{incident}}}");
        escape::json(&document).into_owned()
    }

    /// What stands for a document that is not kept.
    fn outline(&self) -> String {
        serde_json::json!({
            "id": self.id,
            "start": self.start,
            "end": self.end,
            "severity": self.severity,
            "kind": self.kind,
            "backend": self.backend,
            "headline": self.message.headline,
        })
        .to_string()
    }

    /// Bytes of its document.
    pub(super) fn bytes(&self) -> usize {
        self.incident.len()
    }

    /// Leaves what is needed to tell that it is over.
    pub(super) fn shrink(&mut self) {
        self.incident = String::new();
        if self.is_over {
            self.message.facts.clear();
            self.message.command = None;
        }
    }

    /// Nothing tells of it any more, though it was never told to be over.
    pub(super) fn forgotten(&mut self) {
        self.is_over = true;
        self.text = Some("nothing in the log tells of it any more".to_owned());
    }
}

/// A notice without its incident, in the order of [`Notice`].
#[derive(Serialize)]
struct Head<'a> {
    schema: &'static str,
    transition: Transition,
    at: &'a str,
    text: Option<&'a str>,
}

fn names(incident: &Incident) -> Vec<String> {
    let names = match &incident.backend {
        Some(backend) => std::slice::from_ref(backend),
        None => incident.frontends.as_slice(),
    };
    names.iter().take(NAMES).map(|name| cut(name)).collect()
}

fn cut(name: &str) -> String {
    name[..name.floor_char_boundary(NAME)].to_owned()
}

fn harmless(name: &str) -> String {
    escape::terminal(&cut(name)).into_owned()
}
