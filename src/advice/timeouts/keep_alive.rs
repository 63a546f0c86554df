//! `timeout http-keep-alive`: how long a client may idle until its next request begins; an expiry is silent.
//!
//! Enters: a frontend. Leaves: a review, where it serves HTTP. Must not know: how frontends are found.
//!
//! What the log has are its connections, and by Little's law how many of them were at work: the others idled. That tells
//! something only where the frontend has no connection left.

use super::{TimerReview, Verdict};
use crate::advice::amount;
use crate::advice::force::{Basis, InForce};
use crate::advice::frontends::Front;
use crate::advice::piece::Direction;
use crate::advice::timeouts::Spread;
use crate::advice::waits::Wait;
use crate::config::Timeout;
use crate::words::numbers::count;

/// Connections for each request at work, from which on nearly all of them idle.
const MOSTLY_IDLE: f64 = 4.0;

/// Seconds on end in which it must have been full: in a shorter rush more may be at work than in the mean of its minute.
const LASTING: u64 = 30;

/// The part of the frontend's connections that a shorter timeout should leave in use.
const HALF: f64 = 0.5;

/// ms in which a page is loaded and what belongs to it is asked for: no shorter value is proposed.
const A_PAGE: u64 = 1_000;

/// Requests that never became complete, from which on they may be what holds the connections.
const STALLED: u64 = 10;

/// Nobody shortens a timeout by less.
const WORTH: u64 = 2;

/// The review.
pub fn review(front: &Front) -> Option<TimerReview> {
    let proxy = front.proxy.filter(|_| !front.is_tcp())?;
    let force = InForce::find(Some(proxy), Timeout::HttpKeepAlive, None);
    Some(TimerReview {
        scope: front.scope(),
        timeout: Timeout::HttpKeepAlive,
        timer: "Ti",
        calm: Spread::default(),
        all: Spread::default(),
        force,
        cut: 0,
        verdict: Idle::of(front)
            .and_then(|idle| idle.fewer(front, force))
            .unwrap_or_else(|| unseen(front, force)),
    })
}

/// How many connections idled, as far as the lines bound it.
pub fn bound(front: &Front) -> Option<String> {
    Some(match Idle::of(front) {
        Some(idle) => format!(
            "It held up to {} connections at once, and in its busiest calm minute {:.1} requests were at work in the mean: how many of the others idled is on no line.",
            count(idle.most),
            idle.at_work
        ),
        None => format!(
            "It held up to {} connections at once: no more could idle.",
            count(u64::from(front.connections?.most))
        ),
    })
}

/// Connections of a frontend, and those that had something to do.
struct Idle {
    most: u64,
    /// Seconds on end in which it was as many, at the longest.
    seconds: u64,
    at_work: f64,
}

impl Idle {
    fn of(front: &Front) -> Option<Self> {
        let held = front.connections?;
        Some(Self {
            most: u64::from(held.most),
            seconds: held.longest,
            at_work: front.at_work()?,
        })
    }

    /// A shorter timeout, where idle connections are all that fills the frontend.
    fn fewer(&self, front: &Front, force: InForce) -> Option<Verdict> {
        let limit = u64::from(front.proxy?.maxconn()?.value);
        let now = force.ms?;
        let idle = self.most as f64 - self.at_work;
        let is_full =
            limit > 0 && self.most >= limit && self.seconds >= LASTING && !front.had_fault();
        // Who sends a request slowly, or never, holds a connection as well.
        let is_full = is_full && front.waits(Wait::Request).all.cut() < STALLED;
        if !is_full || (self.most as f64) < MOSTLY_IDLE * self.at_work.max(1.0) {
            return None;
        }
        let part = (HALF * limit as f64 - self.at_work) / idle;
        let suggested = amount::round_up(((now as f64 * part) as u64).max(A_PAGE));
        let (direction, stands_in) = match force.from {
            Basis::Default(other) => (
                Direction::Set,
                format!("; `{}` stands in for it", other.keyword()),
            ),
            _ => (Direction::Lower, String::new()),
        };
        (suggested * WORTH <= now).then(|| {
            Verdict::change(
                direction,
                suggested,
                0.4,
                format!(
                    "all {} connections of the frontend were in use while about {:.0} requests were at work: the others idled, for up to {}{stands_in}",
                    count(limit),
                    self.at_work.ceil(),
                    amount::words(now)
                ),
                "Idle connections make room sooner, and clients that come back later connect again; how many would is on no line without `%Ti`. Connections that never sent a request are for `timeout http-request` to end."
                    .to_owned(),
            )
        })
    }
}

fn unseen(front: &Front, force: InForce) -> Verdict {
    let stands_in = match force.from {
        Basis::Default(other) => format!("; `{}` stands in for it", other.keyword()),
        _ => String::new(),
    };
    let bound = bound(front).map_or(String::new(), |bound| {
        format!(". {}", bound.trim_end_matches('.'))
    });
    Verdict::cannot_tell(format!(
        "an expiry writes no line, and how long clients idled before the requests that came is on the lines only with `%Ti`{stands_in}{bound}"
    ))
}
