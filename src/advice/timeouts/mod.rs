//! Every timeout of a proxy, with what it let through, what it cut, and whether it is right.
//!
//! Enters: a [`Subject`]. Leaves: [`TimerReview`]s. Must not know: other proxies.
//!
//! Wrong advice is worse than none: without enough requests, or without the value in force, the answer is that the log
//! cannot tell.

mod answer;
pub mod connect;
pub mod half_closed;
mod idle;
pub mod keep_alive;
mod longer;
mod queue;
pub mod session;
mod tunnel;
mod untouched;
mod url;

pub mod client;

use super::amount;
use super::force::InForce;
use super::piece::{Direction, Piece, Samples, Scope};
use super::subject::Subject;
use super::waits::{Sample, Wait, Waits};
use crate::config::Timeout;
use crate::rollup::histogram::Histogram;
use crate::words::numbers::count;

/// Completed requests below which nothing is said.
const ENOUGH: u64 = 100;

/// One timeout of one proxy. Times are ms.
#[derive(Debug, Clone, PartialEq)]
pub struct TimerReview {
    /// Where the timeout is set.
    pub scope: Scope,
    /// The timeout.
    pub timeout: Timeout,
    /// The timer it limits: `Tc`, `Tr`, `Tw`, `TR`, `Ti`, `session`, `tunnel`, `idle`, `half closed` or `check`.
    pub timer: &'static str,
    /// Completed waits in minutes without an incident.
    pub calm: Spread,
    /// Completed waits in all minutes.
    pub all: Spread,
    /// The timeout in force.
    pub force: InForce,
    /// Requests it cut.
    pub cut: u64,
    /// What to do with it.
    pub verdict: Verdict,
}

/// A distribution in short: the edges of the buckets that hold its quantiles, inclusive, in ms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spread {
    /// Waits.
    pub n: u64,
    /// Median.
    pub p50: Option<(u32, u32)>,
    /// All but one in a hundred are at most this long.
    pub p99: Option<(u32, u32)>,
    /// All but one in a thousand.
    pub p999: Option<(u32, u32)>,
    /// The longest.
    pub max: Option<(u32, u32)>,
}

/// What to do with a timeout, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What to do.
    pub direction: Direction,
    /// With [`Direction::Fix`]: what to fix instead of the timeout.
    pub culprit: Option<Scope>,
    /// With a change: the value to use, in ms.
    pub suggested: Option<u64>,
    /// What that is expected to do; may be empty.
    pub effect: String,
    /// 0 to 1.
    pub confidence: f64,
    /// One sentence, with its numbers.
    pub why: String,
}

impl Spread {
    /// Of a distribution.
    pub fn of(waits: &Histogram) -> Self {
        Self {
            n: waits.count(),
            p50: waits.quantile(0.5),
            p99: waits.quantile(0.99),
            p999: waits.quantile(0.999),
            max: waits.max(),
        }
    }
}

impl Verdict {
    /// A verdict that changes no value.
    pub(super) fn new(direction: Direction, confidence: f64, why: String) -> Self {
        Self {
            direction,
            culprit: None,
            suggested: None,
            effect: String::new(),
            confidence,
            why: sentence(&why),
        }
    }

    /// The timeout is right.
    pub(super) fn keep(confidence: f64, why: String) -> Self {
        Self::new(Direction::Keep, confidence, why)
    }

    /// The log does not show it.
    pub(super) fn cannot_tell(why: String) -> Self {
        Self::new(Direction::CannotTell, 0.5, why)
    }

    /// The timeout is not what is wrong.
    fn fix(culprit: Scope, confidence: f64, why: String) -> Self {
        Self {
            culprit: Some(culprit),
            ..Self::new(Direction::Fix, confidence, why)
        }
    }

    /// A longer one than `limit`, in ms; HAProxy may take none.
    pub(super) fn raise(
        limit: u64,
        suggested: u64,
        confidence: f64,
        why: String,
        effect: String,
    ) -> Self {
        if suggested <= limit {
            return Self::keep(confidence, format!("{why}; HAProxy takes no longer one"));
        }
        Self::change(Direction::Raise, suggested, confidence, why, effect)
    }

    /// Another value, in ms.
    pub(super) fn change(
        direction: Direction,
        suggested: u64,
        confidence: f64,
        why: String,
        effect: String,
    ) -> Self {
        Self {
            suggested: Some(suggested),
            effect,
            ..Self::new(direction, confidence, why)
        }
    }
}

impl TimerReview {
    fn new(
        scope: Scope,
        timeout: Timeout,
        wait: Wait,
        waits: &Waits,
        force: InForce,
        verdict: Verdict,
    ) -> Self {
        Self {
            scope,
            timeout,
            timer: wait.timer(),
            calm: Spread::of(&waits.calm.completed),
            all: Spread::of(&waits.all.completed),
            force,
            cut: waits.all.cut(),
            verdict,
        }
    }

    /// The same, or where good requests `are_missing` what is left of it: how many were cut.
    pub fn where_good_ones(self, are_missing: bool) -> Self {
        if !are_missing {
            return self;
        }
        let why = "requests that ended well are not among those read, so that how long they take is not known";
        Self {
            calm: Spread::default(),
            all: Spread::default(),
            verdict: Verdict::cannot_tell(why.to_owned()),
            ..self
        }
    }

    /// The verdict as advice; `None` when nobody asked: nothing was cut and nothing is to change.
    pub fn piece(&self) -> Option<Piece> {
        let verdict = &self.verdict;
        let is_change = matches!(
            verdict.direction,
            Direction::Raise | Direction::Lower | Direction::Set | Direction::Fix
        );
        if !is_change && self.cut == 0 {
            return None;
        }
        let timeout = (self.timeout.keyword(), self.scope.clone());
        let (keyword, scope) = match &verdict.culprit {
            Some(culprit) => ("server", culprit.clone()),
            None => timeout,
        };
        let is_timeout = verdict.culprit.is_none();
        Some(Piece {
            current: self.force.ms.filter(|_| is_timeout).map(amount::time),
            current_from: self.force.from.as_str().filter(|_| is_timeout),
            suggested: verdict.suggested.map(amount::time),
            effect: verdict.effect.clone(),
            samples: Samples {
                completed: self.all.n,
                censored: self.cut,
            },
            ..Piece::new(
                keyword,
                scope,
                verdict.direction,
                verdict.confidence,
                verdict.why.clone(),
            )
        })
    }
}

/// The timeouts of a backend that its requests met.
pub fn of_backend(subject: &Subject) -> Vec<TimerReview> {
    let servers_answer = if subject.tcp {
        session::review(subject)
    } else {
        answer::review(subject)
    };
    [
        queue::review(subject),
        connect::review(subject),
        servers_answer,
        tunnel::review(subject),
        half_closed::of_backend(subject),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// With a capital at its beginning and a full stop at its end.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

fn too_few(waits: &Sample) -> Verdict {
    Verdict::cannot_tell(format!(
        "only {} requests ran to their end and {} were cut: too few to tell",
        count(waits.completed()),
        count(waits.cut())
    ))
}
