//! How the cut requests would have gone on.
//!
//! Enters: those at risk, the tail, and a limit. Leaves: the share that completes and the time it takes. Must not
//! know: whether that is worth saying.
//!
//! Clients that leave are a competing risk: what they would have been answered later is not saved.

use libm::{exp, expm1, log};

use super::risk::{Limit, Risk};
use super::tail::{Bounds, Tail};
use super::{Interval, Z};

/// Steps in which the time beyond the end is summed.
const POINTS: usize = 24;

/// Stretches of time between limits that are unsure on their own, at most.
const STRETCHES: usize = 8;

/// The largest rate of events that were not seen, at 95 %: the rule of three.
const UNSEEN: f64 = 3.0;

/// A stretch of time with the rates of completion and leaving, cumulated over it.
struct Piece {
    /// In ms.
    from: f64,
    /// In ms.
    to: f64,
    completes: f64,
    leaves: f64,
    /// Requests that waited at its beginning.
    risk: f64,
}

/// What an answer is unsure of.
#[derive(Clone, Copy, PartialEq)]
enum Source {
    /// The rate observed in one of the stretches between limits.
    Observed(usize),
    /// The rate beyond the end.
    Tail,
    /// How clients leave beyond the end.
    Leaving,
}

/// Squares of errors by source.
#[derive(Clone, Copy, Default)]
struct Errors {
    observed: f64,
    tail: f64,
    leaving: f64,
}

impl Errors {
    fn add(&mut self, source: Source, error: f64) {
        let sum = match source {
            Source::Observed(_) => &mut self.observed,
            Source::Tail => &mut self.tail,
            Source::Leaving => &mut self.leaving,
        };
        *sum += error * error;
    }

    /// The tail rests on some of the waits that were observed between limits: the two are taken as correlated by half.
    fn sum(&self) -> f64 {
        let shared = (self.observed * self.tail).sqrt();
        (self.observed + self.tail + shared + self.leaving).sqrt()
    }
}

/// What becomes of requests cut before a limit.
#[derive(Debug, Clone, Copy)]
struct Course {
    /// Share that does not complete.
    unsaved: f64,
    /// Slot-seconds.
    held_s: f64,
}

/// The question of one limit.
pub struct Curve<'a> {
    risk: &'a Risk,
    tail: Option<&'a Tail>,
    limit: f64,
    dispersion: f64,
    /// The cumulated rates of completion and of leaving beyond the end.
    ahead: Vec<(Bounds, Bounds)>,
}

impl<'a> Curve<'a> {
    /// A limit in ms; beyond the end it needs a tail.
    pub fn new(risk: &'a Risk, tail: Option<&'a Tail>, limit: f64, dispersion: f64) -> Self {
        let ahead = tail
            .filter(|_| limit > risk.end)
            .map(|tail| tail.cumulated(log(limit / risk.end), POINTS));
        Self {
            risk,
            tail,
            limit,
            dispersion,
            ahead: ahead.unwrap_or_default(),
        }
    }

    /// The share of the requests cut before the limit that would have completed by it, and the slot-seconds they
    /// would have held.
    pub fn answer(&self) -> (Interval, Interval) {
        let middle = self.course(None);
        let (mut share, mut held) = ([Errors::default(); 2], [Errors::default(); 2]);
        for source in self.sources() {
            for (side, sign) in [-1.0, 1.0].into_iter().enumerate() {
                // Clients that leave earlier are fewer to be saved.
                let sign = if source == Source::Leaving {
                    -sign
                } else {
                    sign
                };
                let moved = self.course(Some((source, sign * Z)));
                share[side].add(source, scale(moved.unsaved) - scale(middle.unsaved));
                let longer = moved.held_s - middle.held_s;
                held[usize::from(longer > 0.0)].add(source, longer);
            }
        }
        let at = |by: f64| 1.0 - exp(-exp(scale(middle.unsaved) + by));
        let most: f64 = (self.cut())
            .map(|cut| (self.limit - cut.at) / 1e3 * cut.cut as f64)
            .sum();
        (
            Interval {
                low: at(-share[0].sum()),
                middle: 1.0 - middle.unsaved,
                high: at(share[1].sum()),
            },
            Interval {
                low: (middle.held_s - held[0].sum()).max(0.0),
                middle: middle.held_s,
                high: (middle.held_s + held[1].sum()).min(most),
            },
        )
    }

    fn sources(&self) -> Vec<Source> {
        let mut sources = Vec::new();
        if self.first() < self.risk.end {
            sources.extend((0..self.stretches().len()).map(Source::Observed));
        }
        if self.limit > self.risk.end {
            sources.push(Source::Tail);
            if self.tail.is_some_and(Tail::has_leavers) {
                sources.push(Source::Leaving);
            }
        }
        sources
    }

    /// Where stretches begin whose rates are observed apart: at limits, but at no more than a few.
    fn stretches(&self) -> Vec<f64> {
        let each = self.cut().count().div_ceil(STRETCHES).max(1);
        self.cut().map(|cut| cut.at).step_by(each).collect()
    }

    fn cut(&self) -> impl Iterator<Item = &Limit> {
        (self.risk.limits.iter()).filter(|cut| cut.at < self.limit)
    }

    fn first(&self) -> f64 {
        self.cut().next().map_or(self.limit, |cut| cut.at)
    }

    fn course(&self, moved: Option<(Source, f64)>) -> Course {
        let mut pieces = self.observed();
        let by = |source| {
            moved
                .filter(|moved| moved.0 == source)
                .map_or(0.0, |moved| moved.1)
        };
        if let Some((Source::Observed(stretch), z)) = moved {
            self.shift(&mut pieces, stretch, z);
        }
        pieces.extend(self.extrapolated((by(Source::Tail), by(Source::Leaving))));
        let all: f64 = self.cut().map(|cut| cut.cut as f64).sum();
        let mut course = Course {
            unsaved: 0.0,
            held_s: 0.0,
        };
        let onward = onward(&pieces);
        for cut in self.cut() {
            let n = cut.cut as f64;
            let from = pieces.partition_point(|piece| is_before(piece.from, cut.at));
            let (unsaved, held_ms) = onward[from];
            course.unsaved += unsaved * n / all;
            course.held_s += held_ms / 1e3 * n;
        }
        course
    }

    /// From the first limit to the end (Nelson 1972, Aalen 1978).
    fn observed(&self) -> Vec<Piece> {
        let (first, end) = (self.first(), self.risk.end);
        let mut pieces = Vec::new();
        for step in &self.risk.steps {
            let (from, to) = (end * exp(step.from), end * exp(step.to));
            if is_before(from, first) || from >= self.limit {
                continue;
            }
            let part = ((self.limit - from) / (to - from)).min(1.0);
            let risk = step.risk.max(1.0);
            pieces.push(Piece {
                from,
                to: to.min(self.limit),
                completes: step.ended * part / risk,
                leaves: step.left * part / risk,
                risk,
            });
        }
        pieces
    }

    /// Moves the rate of a stretch by `z` standard errors of its sum. Between limits nothing is fitted, of which slow minutes
    /// could move the level only: requests count for less.
    fn shift(&self, pieces: &mut [Piece], stretch: usize, z: f64) {
        let starts = self.stretches();
        let from = starts.get(stretch).copied().unwrap_or(self.limit);
        let to = starts.get(stretch + 1).copied().unwrap_or(self.limit);
        let is_within =
            |piece: &&mut Piece| !is_before(piece.from, from) && is_before(piece.from, to);
        let (mut sum, mut variance, mut length, mut risk) = (0.0, 0.0, 0.0, 1.0);
        for piece in pieces.iter_mut().filter(is_within) {
            sum += piece.completes;
            variance += piece.completes / piece.risk * self.dispersion;
            length += piece.to - piece.from;
            risk = piece.risk;
        }
        let events = if variance > 0.0 {
            sum * sum / variance
        } else {
            0.0
        };
        for piece in pieces.iter_mut().filter(is_within) {
            if events > 0.0 {
                piece.completes *= factor(events, z);
            } else if z > 0.0 {
                piece.completes =
                    UNSEEN * self.dispersion / risk * (piece.to - piece.from) / length;
            }
        }
    }

    fn extrapolated(&self, moves: (f64, f64)) -> Vec<Piece> {
        let end = self.risk.end;
        let to = log(self.limit / end);
        let (mut before, mut from) = ((0.0, 0.0), end);
        let pieces = self.ahead.iter().enumerate().map(|(point, rates)| {
            let (completes, leaves) = (side(rates.0, moves.0), side(rates.1, moves.1));
            let until = end * exp(to * (point + 1) as f64 / POINTS as f64);
            let piece = Piece {
                from,
                to: until,
                completes: completes - before.0,
                leaves: leaves - before.1,
                risk: self.risk.survivors,
            };
            (before, from) = ((completes, leaves), until);
            piece
        });
        pieces.collect()
    }
}

/// The bound on the side of a move.
fn side(bounds: Bounds, moved: f64) -> f64 {
    if moved < 0.0 {
        bounds.low
    } else if moved > 0.0 {
        bounds.high
    } else {
        bounds.middle
    }
}

/// Of requests that wait at the beginning of each piece and at the end of all: the share that does not complete, and the
/// mean time in ms that they go on waiting.
fn onward(pieces: &[Piece]) -> Vec<(f64, f64)> {
    let mut onward = vec![(1.0, 0.0); pieces.len() + 1];
    for (at, piece) in pieces.iter().enumerate().rev() {
        let rate = piece.completes + piece.leaves;
        let time = piece.to - piece.from;
        let (ends, waits) = (-expm1(-rate), exp(-rate));
        let (leaves, held_ms) = if rate > 0.0 {
            (ends * piece.leaves / rate, time * ends / rate)
        } else {
            (0.0, time)
        };
        let (unsaved, later_ms) = onward[at + 1];
        onward[at] = (leaves + waits * unsaved, held_ms + waits * later_ms);
    }
    onward
}

/// By how much a rate of so many events may differ, at `z` standard errors (Wilson and Hilferty 1931). Upwards, as if
/// one more had been seen.
pub fn factor(events: f64, z: f64) -> f64 {
    let seen = if z > 0.0 { events + 1.0 } else { events };
    let root = 1.0 - 1.0 / (9.0 * seen) + z / (3.0 * seen.sqrt());
    let root = root.max(0.0);
    root * root * root * seen / events
}

/// ln(-ln(share)), on which errors are even.
fn scale(unsaved: f64) -> f64 {
    log((-log(unsaved.max(1e-300))).max(1e-300))
}

/// Edges that went through a logarithm and back are not quite the same.
fn is_before(a: f64, b: f64) -> bool {
    a < b * (1.0 - 1e-9)
}
