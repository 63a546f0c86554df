//! `hapline.change/1`: what changed between two logs.
//!
//! Enters: a [`Comparison`] and the windows of both logs. Leaves: a document for JSON, the terminal and Markdown. Must not
//! know: how intervals are found. Text that came from a log is raw here.

use serde::Serialize;

use super::document::{Direction, Window};
use crate::advice::change::{Change, Comparison, Side, Trend};
use crate::advice::{self, Piece};

/// The value of [`Document::schema`].
pub const SCHEMA: &str = "hapline.change/1";

/// What `hapline advise --before` says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The span of the log from before.
    pub before: Window,
    /// The span of the log from after.
    pub after: Window,
    /// Shares that both logs have.
    pub changes: Vec<Row>,
    /// Advice on the log from before that the other gives no reason for.
    pub settled: Vec<Brief>,
    /// Advice that both give.
    pub open: Vec<Brief>,
    /// Advice on the log from after alone.
    pub new: Vec<Brief>,
}

/// A share before and after.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// `backend NAME`, `frontend NAME` or `listen NAME`.
    pub scope: String,
    /// `failed`, or the timeout that cut requests.
    pub what: &'static str,
    /// The log from before.
    pub before: Half,
    /// The log from after.
    pub after: Half,
    /// After less before, as shares: the edges of the 90 % interval; null: too few requests.
    pub difference: Option<(f64, f64)>,
    /// What that means.
    pub verdict: Trend,
}

/// One log's half of a row. Times are ms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Half {
    /// Requests that could have been hit.
    pub requests: u64,
    /// Those that were.
    pub hit: u64,
    /// The timeout in force; null: none, or unknown.
    pub limit_ms: Option<u64>,
    /// The edges of the bucket that holds the 99th percentile of the waits that ended by themselves.
    pub p99: Option<(u32, u32)>,
}

/// A piece of advice in brief.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Brief {
    /// What to do.
    pub direction: Direction,
    /// The keyword.
    pub keyword: &'static str,
    /// Its section or server.
    pub scope: String,
    /// The value that was suggested.
    pub suggested: Option<String>,
    /// Why.
    pub why: String,
}

impl Document {
    /// Of a comparison; the windows are those of before and after.
    pub fn new(compared: &Comparison, [before, after]: [Window; 2]) -> Self {
        let brief = |pieces: &[Piece]| pieces.iter().map(Brief::of).collect();
        Self {
            schema: SCHEMA,
            before,
            after,
            changes: compared.changes.iter().map(Row::of).collect(),
            settled: brief(&compared.settled),
            open: brief(&compared.open),
            new: brief(&compared.new),
        }
    }
}

impl Row {
    fn of(change: &Change) -> Self {
        let [before, after] = change.sides.map(Half::of);
        Self {
            scope: change.scope.to_string(),
            what: change.what,
            before,
            after,
            difference: change.difference,
            verdict: change.verdict,
        }
    }
}

impl Half {
    fn of(side: Side) -> Self {
        Self {
            requests: side.requests,
            hit: side.hit,
            limit_ms: side.limit,
            p99: side.waits.p99,
        }
    }

    /// `0.31 % of 12,345 at 10s`.
    pub(super) fn words(&self) -> String {
        let limit = self
            .limit_ms
            .map(|ms| format!(" at {}", advice::time(ms)))
            .unwrap_or_default();
        let share = super::numbers::percent(self.hit, self.requests);
        format!("{share} of {}{limit}", super::numbers::count(self.requests))
    }
}

impl Row {
    /// `-1.2 to -0.4`: percentage points.
    pub(super) fn points(&self) -> String {
        self.difference.map_or_else(
            || "too few".to_owned(),
            |(low, high)| format!("{:+.2} to {:+.2}", low * 100.0, high * 100.0),
        )
    }
}

impl Brief {
    fn of(piece: &Piece) -> Self {
        Self::because(piece, &piece.why)
    }

    /// With another reason than its own.
    pub(super) fn because(piece: &Piece, why: &str) -> Self {
        Self {
            direction: piece.direction,
            keyword: piece.keyword,
            scope: piece.scope.to_string(),
            suggested: piece.suggested.clone(),
            why: why.to_owned(),
        }
    }

    /// `raise timeout server in backend b to 2s: why.`
    pub(super) fn words(&self) -> String {
        let to = self
            .suggested
            .as_ref()
            .map(|value| format!(" to {value}"))
            .unwrap_or_default();
        let direction = super::phrase::words(self.direction);
        format!(
            "{direction} {} in {}{to}: {}",
            self.keyword, self.scope, self.why
        )
    }
}

/// The lists of a document with their headings; empty ones are left out.
pub(super) fn lists(doc: &Document) -> impl Iterator<Item = (&'static str, &[Brief])> {
    [
        ("Settled: no longer advised", &doc.settled[..]),
        ("Still advised", &doc.open),
        ("New", &doc.new),
    ]
    .into_iter()
    .filter(|(_, list)| !list.is_empty())
}

/// Where the logs have nothing in common.
pub(super) const NOTHING: &str = "The two logs have no backend in common whose requests were timed: there is nothing to compare.";
