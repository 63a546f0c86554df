//! Whether a change did what it was made for: two reviews beside one another.
//!
//! Enters: the reviews of a log from before and of one from after. Leaves: [`Change`]s with the interval that the difference
//! lies in, and what became of the advice. Must not know: what was changed.
//!
//! Shares are compared by Newcombe's hybrid score interval (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10), which
//! holds for small shares, too. Requests that fail together count as if they did not, so that an interval is a lower bound of
//! what chance does.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Piece, Review, Scope, Spread};

/// The normal quantile of a two-sided interval of 90 %.
const Z: f64 = 1.644_853_626_951_472_2;

/// Requests below which no share is compared.
const ENOUGH: u64 = 100;

/// Two logs beside one another.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What both logs have, in the order of the proxies' names.
    pub changes: Vec<Change>,
    /// Advice on the first log that the second one gives no reason for.
    pub settled: Vec<Piece>,
    /// Advice that both give.
    pub open: Vec<Piece>,
    /// Advice on the second log alone.
    pub new: Vec<Piece>,
}

/// A share before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The proxy.
    pub scope: Scope,
    /// `failed`: failed requests; else the timeout that cut them.
    pub what: &'static str,
    /// Before and after.
    pub sides: [Side; 2],
    /// After less before, 90 % interval, as a share; `None`: too few requests.
    pub difference: Option<(f64, f64)>,
    /// What that means.
    pub verdict: Trend,
}

/// One log's half of a [`Change`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side {
    /// Requests that could have been hit.
    pub requests: u64,
    /// Those that were.
    pub hit: u64,
    /// The timeout in force, in ms, where it is one and is known.
    pub limit: Option<u64>,
    /// The waits that ended by themselves; empty for `failed`.
    pub waits: Spread,
}

/// How a share moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// It is smaller.
    Better,
    /// It is larger.
    Worse,
    /// It may be either.
    Same,
    /// There are too few requests.
    CannotTell,
}

/// Sets two reviews beside one another.
pub fn compare(before: &Review, after: &Review) -> Comparison {
    let (rows, mut others) = (rows(before), rows_by_key(after));
    let both = rows.into_iter().filter_map(|((scope, what), side)| {
        let other = others.remove(&(scope.clone(), what))?;
        Some(Change::new(scope, what, [side, other]))
    });
    let changes = both.collect();
    let is_change = |piece: &&Piece| piece.urgency() <= super::Urgency::Improvable;
    let is_in = |review: &Review, piece: &Piece| {
        let mut advice = review.advice.iter().filter(is_change);
        advice.any(|other| (other.keyword, &other.scope) == (piece.keyword, &piece.scope))
    };
    let advice = |of: &Review, other: &Review, both: bool| {
        let advice = of.advice.iter().filter(is_change);
        let wanted = advice.filter(|piece| is_in(other, piece) == both);
        wanted.cloned().collect::<Vec<_>>()
    };
    Comparison {
        changes,
        settled: advice(before, after, false),
        open: advice(after, before, true),
        new: advice(after, before, false),
    }
}

type Key = (Scope, &'static str);

fn rows(review: &Review) -> Vec<(Key, Side)> {
    let mut rows = Vec::new();
    for backend in &review.backends {
        let (requests, hit) = backend.requests;
        if requests > 0 {
            let side = Side {
                requests,
                hit,
                limit: None,
                waits: Spread::default(),
            };
            rows.push(((backend.scope.clone(), "failed"), side));
        }
        for timer in &backend.timers {
            let side = Side {
                requests: timer.all.n + timer.cut,
                hit: timer.cut,
                limit: timer.force.ms,
                waits: timer.all,
            };
            rows.push(((backend.scope.clone(), timer.timeout.keyword()), side));
        }
    }
    rows
}

fn rows_by_key(review: &Review) -> BTreeMap<Key, Side> {
    rows(review).into_iter().collect()
}

impl Change {
    fn new(scope: Scope, what: &'static str, sides: [Side; 2]) -> Self {
        let is_enough = sides.iter().all(|side| side.requests >= ENOUGH);
        let difference = is_enough.then(|| difference(sides, Z));
        let verdict = match difference {
            None => Trend::CannotTell,
            Some((_, high)) if high < 0.0 => Trend::Better,
            Some((low, _)) if low > 0.0 => Trend::Worse,
            Some(_) => Trend::Same,
        };
        Self {
            scope,
            what,
            sides,
            difference,
            verdict,
        }
    }
}

impl Side {
    /// The share that was hit, 0 to 1.
    pub fn share(&self) -> f64 {
        self.hit as f64 / self.requests.max(1) as f64
    }

    /// Wilson's interval of the share.
    fn wilson(&self, z: f64) -> (f64, f64) {
        let (n, p) = (self.requests.max(1) as f64, self.share());
        let middle = p + z * z / (2.0 * n);
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let whole = 1.0 + z * z / n;
        ((middle - half) / whole, (middle + half) / whole)
    }
}

/// After less before, at the normal quantile `z`.
fn difference([before, after]: [Side; 2], z: f64) -> (f64, f64) {
    let (p, q) = (after.share(), before.share());
    let ((p_low, p_high), (q_low, q_high)) = (after.wilson(z), before.wilson(z));
    let root = |a: f64, b: f64| a.hypot(b);
    (
        p - q - root(p - p_low, q_high - q),
        p - q + root(p_high - p, q - q_low),
    )
}

#[cfg(test)]
mod tests {
    use super::{Side, Spread, Trend, compare, difference};
    use crate::advice::Direction;
    use crate::advice::fixture::{Log, work};

    const CONFIG: &str = "defaults\n mode http\n timeout connect 500ms\n timeout server 1200ms\nbackend b\n server s1 127.0.0.1:80\n";

    fn log(cut: u64) -> Log {
        let (waits, _) = work(500.0, 0.447, 2_500, 1_200);
        let log = Log::of(CONFIG).answers("b", "s1", &waits);
        log.cut("b", "s1", b"sH", 1_201, cut)
    }

    fn trend(before: u64, after: u64) -> Trend {
        let comparison = compare(&log(before).weigh(), &log(after).weigh());
        let mut changes = comparison.changes.iter();
        let change = changes.find(|change| change.what == "timeout server");
        change.expect("both logs have it").verdict
    }

    #[test]
    fn a_share_moves_or_it_does_not() {
        assert_eq!(trend(60, 5), Trend::Better);
        assert_eq!(trend(5, 60), Trend::Worse);
        assert_eq!(trend(20, 24), Trend::Same);
    }

    #[test]
    fn intervals_are_newcombes() {
        // His table II, row (a), which has 95 %.
        let side = |hit, requests| Side {
            requests,
            hit,
            limit: None,
            waits: Spread::default(),
        };
        let (low, high) = difference([side(48, 80), side(56, 70)], 1.959_964);
        assert!(
            (low - 0.052_4).abs() < 1e-4 && (high - 0.333_9).abs() < 1e-4,
            "{low} {high}"
        );
    }

    #[test]
    fn advice_that_is_no_longer_given_is_settled() {
        let comparison = compare(&log(60).weigh(), &log(0).weigh());
        let settled: Vec<_> = comparison
            .settled
            .iter()
            .map(|piece| (piece.direction, piece.keyword))
            .collect();
        assert_eq!(settled, [(Direction::Raise, "timeout server")]);
        assert!(comparison.open.is_empty() && comparison.new.is_empty());
    }
}
