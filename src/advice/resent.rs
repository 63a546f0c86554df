//! `retry-on` with answers that time out: whether sending slow requests again saved any.
//!
//! Enters: a backend with its section. Leaves: at most one piece. Must not know: what made its servers slow.
//!
//! A request that is tried again after `timeout server` goes to servers that are slow already, which may work on the first
//! copy still; its client waits for one timeout after the other. A line has the last attempt in its last phase, and all before
//! it in `Tc` or, where it went to another server, in `Tw` (`backend.c`, `t_queue`): what is left of the total when the other
//! phases are taken off is the time of attempts in vain.

use super::amount;
use super::piece::{Direction, Piece, Samples};
use super::subject::Subject;
use crate::config::{Proxy, Timeout};
use crate::rollup::Merge;
use crate::rollup::histogram::Histogram;
use crate::rollup::timers::{Ending, Timer};
use crate::words::numbers::count;

const CONFIDENCE: f64 = 0.75;

/// Requests without an answer below which nothing is concluded from them.
const ENOUGH: u64 = 20;

/// Requests without an answer for each that retries may have saved; below, they are worth their price.
const IN_VAIN: u64 = 10;

/// Requests that failed to connect, against those without an answer, beyond which attempts in vain may have been theirs.
const CONNECT_FAILURES: u64 = 10;

/// What `all-retryable-errors` stands for besides `response-timeout` (HAProxy manual 4.2, `retry-on`).
const OTHER_ERRORS: &str =
    "conn-failure empty-response junk-response 0rtt-rejected 500 502 503 504";

/// Requests that no server answered, whatever the number of attempts.
struct Unanswered {
    requests: u64,
    /// Attempts after the first ones.
    resent: u64,
    /// The time of one attempt, and until their clients were told; medians in ms.
    attempt: u64,
    waited: u64,
}

/// The piece; `None` where none is sent again, or some were saved by it.
pub fn piece(subject: &Subject) -> Option<Piece> {
    let proxy = subject.proxy.filter(|proxy| proxy.retries() > 0)?;
    let without = without_timeouts(proxy.retry_on())?;
    let lost = Unanswered::of(subject, proxy)?;
    let saved = saved(subject, lost.attempt);
    let connect_failures = subject
        .group
        .ended(|ending| matches!(&ending.term, b"SC" | b"sC"));
    let is_of_answers = connect_failures * CONNECT_FAILURES <= lost.requests;
    let is_in_vain = saved * IN_VAIN <= lost.requests && lost.resent * 2 >= lost.requests;
    if lost.requests < ENOUGH || !is_of_answers || !is_in_vain || subject.lacks_good_ones {
        return None;
    }
    let piece = Piece {
        current: Some(proxy.retry_on().to_owned()),
        current_from: Some("config"),
        effect: format!(
            "With `retry-on {without}`, slow servers get such a request once, and its client is told after {} instead of {}; what a server may be working on is not sent again, `POST` included. Where one server of several hangs now and then, `response-timeout` with `retries 1` and `option redispatch` tries one other server instead.",
            amount::words(lost.attempt),
            amount::words(lost.waited)
        ),
        suggested: Some(without),
        samples: Samples {
            completed: saved,
            censored: lost.requests,
        },
        ..Piece::new(
            "retry-on",
            subject.scope(),
            Direction::Set,
            CONFIDENCE,
            lost.told(proxy, saved),
        )
    };
    Some(subject.shown(piece, Timeout::Server))
}

/// The same conditions without timeouts; `None` where those are not among them.
fn without_timeouts(conditions: &str) -> Option<String> {
    let all: Vec<&str> = conditions.split_whitespace().collect();
    if all.contains(&"all-retryable-errors") {
        return Some(OTHER_ERRORS.to_owned());
    }
    let others: Vec<&str> = (all.iter().copied())
        .filter(|condition| *condition != "response-timeout")
        .collect();
    match others.len() {
        n if n == all.len() => None,
        0 => Some("conn-failure".to_owned()),
        _ => Some(others.join(" ")),
    }
}

impl Unanswered {
    fn of(subject: &Subject, proxy: &Proxy) -> Option<Self> {
        let timed_out = |ending: Ending| ending.term == *b"sH" && !ending.tcp;
        let [total, last, request, queue] =
            [Timer::Total, Timer::Rest, Timer::Request, Timer::Queue]
                .map(|timer| waits(subject, timer, timed_out));
        let attempt = u64::from(last.quantile(0.5)?.0).max(1);
        let others = [&last, &request, &queue].into_iter().map(sum).sum();
        let in_vain = sum(&total).saturating_sub(others);
        let most = total.count() * u64::from(proxy.retries());
        Some(Self {
            requests: total.count(),
            resent: (in_vain / attempt).min(most),
            attempt,
            waited: u64::from(total.quantile(0.5)?.0),
        })
    }

    fn told(&self, proxy: &Proxy, saved: u64) -> String {
        let saved = match saved {
            0 => "no other was answered thanks to it".to_owned(),
            n => format!("at most {} others were answered thanks to it", count(n)),
        };
        format!(
            "{} requests that had no answer within {} were sent about {} times in all (`retries {}`), and {saved}: more work for servers that were slow already.",
            count(self.requests),
            amount::words(self.attempt),
            count(self.requests + self.resent),
            proxy.retries()
        )
    }
}

/// Requests that were answered and may have been tried again, at most: their connection or their slot took as long as an
/// attempt, or their wait for a slot is not known, as it is of those that went to another server.
fn saved(subject: &Subject, attempt: u64) -> u64 {
    let answered = |ending: Ending| ending.term[0] == b'-' && !ending.tcp;
    let [total, queue, connect] =
        [Timer::Total, Timer::Queue, Timer::Connect].map(|timer| waits(subject, timer, answered));
    let nearly = u32::try_from(attempt - attempt / 10).unwrap_or(u32::MAX);
    let moved = total.count().saturating_sub(queue.count());
    moved + queue.above(nearly).1 + connect.above(nearly).1
}

/// A timer of requests that ended like this, on all servers.
fn waits(subject: &Subject, timer: Timer, is_wanted: impl Fn(Ending) -> bool) -> Histogram {
    let mut sum = Histogram::default();
    for (_, [_, all]) in subject.group.of_those(timer, is_wanted) {
        sum.merge(all);
    }
    sum
}

/// All of them together, in ms.
fn sum(waits: &Histogram) -> u64 {
    let each = waits.iter().map(|(bucket, n)| u64::from(bucket.low()) * n);
    each.sum()
}
