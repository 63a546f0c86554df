//! `hapline.advice/1`: every timeout with its verdict, and the advice.
//!
//! Enters: a [`Review`], the window it speaks of, and its advice with evidence that has times. Leaves: a document for
//! JSON and for the terminal. Must not know: how a verdict was found. Text that came from a log is raw here.

use serde::Serialize;

use super::document::{Advice, Direction, Evidence, Window};
use crate::advice::{
    self, BackendReview, Basis, InForce, Piece, Review, Spread, TimerReview, Verdict,
};

/// The value of [`Document::schema`].
pub const SCHEMA: &str = "hapline.advice/1";

/// What `hapline advise` says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The span of log time this document speaks of.
    pub window: Window,
    /// Which lines count; null: all.
    pub filtered: Option<Filtered>,
    /// How much was read, where reading was interrupted; null: all.
    pub interrupted: Option<String>,
    /// Backends and frontends in the order of their names.
    pub backends: Vec<Backend>,
    /// What to change.
    pub advice: Vec<Advice>,
}

/// What was left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Filtered {
    /// The expression that decided which lines count.
    pub filter: String,
    /// Lines it left out.
    pub lines: u64,
}

/// A proxy with its timeouts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Backend {
    /// `backend NAME`, `frontend NAME`, `listen NAME` or `global`.
    pub scope: String,
    /// Its timeouts that requests met.
    pub timers: Vec<Timer>,
    /// Its capacity, how its load was shared, and its connections, a sentence each, where they are known.
    pub notes: Vec<String>,
}

/// A timeout. Times are ms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timer {
    /// `timeout server`.
    pub timeout: &'static str,
    /// The timer it limits: `Tc`, `Tr`, `Tw`, `TR`, `Ti`, `session`, `tunnel`, `idle`, `half closed` or `check`.
    pub timer: &'static str,
    /// Completed waits in minutes without an incident.
    pub calm: Quantiles,
    /// Completed waits in all minutes.
    pub all: Quantiles,
    /// Its value with its unit as in haproxy.cfg; null: no limit, or unknown.
    pub current: Option<String>,
    /// `config`, `default` (another timeout stands in for it), `inferred`, or `not set`: there is no limit.
    pub current_from: Option<&'static str>,
    /// The same value in ms.
    pub current_ms: Option<u64>,
    /// Requests it cut.
    pub cut: u64,
    /// What to do with it.
    pub verdict: Direction,
    /// With `fix`: what to fix instead.
    pub fix: Option<String>,
    /// The value to set, with its unit as in haproxy.cfg.
    pub suggested: Option<String>,
    /// 0 to 1.
    pub confidence: f64,
    /// In one sentence.
    pub why: String,
}

/// A distribution in short: each quantile as the edges in ms, inclusive, of the bucket that holds it; null without
/// waits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quantiles {
    /// Waits.
    pub n: u64,
    /// Median.
    pub p50: Option<(u32, u32)>,
    /// 99 %.
    pub p99: Option<(u32, u32)>,
    /// 99.9 %.
    #[serde(rename = "p99.9")]
    pub p999: Option<(u32, u32)>,
    /// The longest.
    pub max: Option<(u32, u32)>,
}

impl Document {
    /// Of a review; `advice` is its advice, each piece by [`advice_of`].
    pub fn new(
        review: &Review,
        window: Window,
        filtered: Option<Filtered>,
        advice: Vec<Advice>,
    ) -> Self {
        Self {
            schema: SCHEMA,
            window,
            filtered,
            interrupted: None,
            backends: review.backends.iter().map(Backend::of).collect(),
            advice,
        }
    }
}

/// A piece of advice as reports write it; `evidence` is the piece's own, with sources and times.
pub fn advice_of(piece: &Piece, evidence: Vec<Evidence>) -> Advice {
    Advice {
        urgency: piece.urgency(),
        keyword: piece.keyword.to_owned(),
        scope: piece.scope.to_string(),
        direction: piece.direction,
        current: piece.current.clone(),
        current_from: piece.current_from,
        suggested: piece.suggested.clone(),
        effect: piece.effect.clone(),
        samples: piece.samples,
        confidence: piece.confidence,
        why: piece.why.clone(),
        evidence,
        incidents: piece.incidents.clone(),
    }
}

impl Backend {
    fn of(review: &BackendReview) -> Self {
        Self {
            scope: review.scope.to_string(),
            timers: review.timers.iter().map(Timer::of).collect(),
            notes: review.notes.clone(),
        }
    }
}

impl Timer {
    fn of(review: &TimerReview) -> Self {
        let InForce { ms, from } = review.force;
        let Verdict {
            direction,
            culprit,
            suggested,
            confidence,
            why,
            effect: _,
        } = &review.verdict;
        Self {
            timeout: review.timeout.keyword(),
            timer: review.timer,
            calm: Quantiles::of(review.calm),
            all: Quantiles::of(review.all),
            current: ms.map(advice::time),
            current_from: match from {
                Basis::Unlimited => Some("not set"),
                from => from.as_str(),
            },
            current_ms: ms,
            cut: review.cut,
            verdict: *direction,
            fix: culprit.as_ref().map(ToString::to_string),
            suggested: suggested.map(advice::time),
            confidence: *confidence,
            why: why.clone(),
        }
    }
}

impl Quantiles {
    fn of(spread: Spread) -> Self {
        Self {
            n: spread.n,
            p50: spread.p50,
            p99: spread.p99,
            p999: spread.p999,
            max: spread.max,
        }
    }
}

#[cfg(test)]
mod tests;
