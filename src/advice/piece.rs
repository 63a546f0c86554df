//! What advice is made of.
//!
//! Enters: a judgement. Leaves: a [`Piece`], plain data. Must not know: files, zones, how it is shown.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::subject::evidence;
use crate::incident::{Clue, Incident};
use crate::rollup::Name;

/// One piece of advice.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// A configuration keyword; `server` with [`Direction::Fix`] means the service behind it.
    pub keyword: &'static str,
    /// Where it is set.
    pub scope: Scope,
    /// What to do with it.
    pub direction: Direction,
    /// The value in force, as in haproxy.cfg.
    pub current: Option<String>,
    /// `config`, `default`, `inferred`, or `running`: the running process says so.
    pub current_from: Option<&'static str>,
    /// The value to set, with its unit as in haproxy.cfg.
    pub suggested: Option<String>,
    /// What the change is expected to do; may be empty.
    pub effect: String,
    /// What it rests on.
    pub samples: Samples,
    /// 0 to 1.
    pub confidence: f64,
    /// In one sentence.
    pub why: String,
    /// The lines that show it.
    pub evidence: Vec<Clue>,
    /// Ids of the incidents that it would have shortened or prevented.
    pub incidents: Vec<String>,
}

/// How much a piece matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Something is broken that no setting mends.
    Broken,
    /// A setting hurt requests or servers.
    Harmful,
    /// A setting hurt nobody and could be better.
    Improvable,
    /// What was looked at is right.
    Right,
    /// The log does not show it.
    Unknown,
}

impl Piece {
    /// A piece without values, samples or evidence.
    pub(super) fn new(
        keyword: &'static str,
        scope: Scope,
        direction: Direction,
        confidence: f64,
        why: String,
    ) -> Self {
        Self {
            keyword,
            scope,
            direction,
            current: None,
            current_from: None,
            suggested: None,
            effect: String::new(),
            samples: Samples::default(),
            confidence,
            why,
            evidence: Vec::new(),
            incidents: Vec::new(),
        }
    }

    /// The same, seen in an incident: with the lines that show its cause.
    pub(super) fn seen_in(self, incident: &Incident) -> Self {
        Self {
            evidence: evidence(incident),
            incidents: vec![incident.id.clone()],
            ..self
        }
    }

    /// How much it matters.
    pub fn urgency(&self) -> Urgency {
        let hurt = self.samples.censored > 0 || !self.incidents.is_empty();
        match self.direction {
            Direction::Fix => Urgency::Broken,
            Direction::Keep => Urgency::Right,
            Direction::CannotTell => Urgency::Unknown,
            Direction::Raise | Direction::Lower | Direction::Set if hurt => Urgency::Harmful,
            Direction::Raise | Direction::Lower | Direction::Set => Urgency::Improvable,
        }
    }
}

/// A section of haproxy.cfg, or a server in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// `global`
    Global,
    /// `backend NAME`
    Backend(Name),
    /// `frontend NAME`
    Frontend(Name),
    /// `listen NAME`
    Listen(Name),
    /// `server BACKEND/SERVER`
    Server(Name, Name),
}

impl fmt::Display for Scope {
    /// As the report names it; names are made UTF-8 lossily and not escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy;
        match self {
            Self::Global => write!(f, "global"),
            Self::Backend(name) => write!(f, "backend {}", text(name)),
            Self::Frontend(name) => write!(f, "frontend {}", text(name)),
            Self::Listen(name) => write!(f, "listen {}", text(name)),
            Self::Server(backend, server) => write!(f, "server {}/{}", text(backend), text(server)),
        }
    }
}

/// What to do with a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// A larger value.
    Raise,
    /// A smaller value.
    Lower,
    /// It is right.
    Keep,
    /// It is missing.
    Set,
    /// What it stands for is broken.
    Fix,
    /// The log does not show it.
    CannotTell,
}

/// Observations behind a piece of advice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Samples {
    /// Requests that ran to their end.
    pub completed: u64,
    /// Requests that the timeout cut.
    pub censored: u64,
}
