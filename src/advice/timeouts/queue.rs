//! `timeout queue`: how long a request may wait for a slot (`Tw`, cut: `sQ`).
//!
//! Enters: a backend. Leaves: a review, if requests waited or could have. Must not know: the other timeouts.
//!
//! A longer queue adds no capacity. But a request that may wait for less than a few others take gives up before its turn
//! could have come; and where what comes is less than the servers can do but for a burst, the queue would have emptied.

use super::{ENOUGH, TimerReview, Verdict, untouched};
use crate::advice::amount;
use crate::advice::bursts;
use crate::advice::force::{Basis, InForce};
use crate::advice::piece::Direction;
use crate::advice::subject::Subject;
use crate::advice::waits::{Wait, Waits};
use crate::config::Timeout;
use crate::words::numbers::count;

/// A request that waits for fewer answers than these leaves before its turn.
const TURNS: u64 = 3;

/// Answers that a burst may take to be done.
const A_BURST: u64 = 20;

/// ms; people do not wait for longer.
const A_WAIT: u64 = 10_000;

/// Refused requests, and their share, below which there is nothing to change.
const CUTS: u64 = 10;
const RARE: f64 = 0.001;

/// The share of requests that may be cut; where more are, more comes than the servers can do.
const BURSTS: f64 = 0.1;

/// The review; `None` also where no request ever waited and no timeout is written for it.
pub fn review(subject: &Subject) -> Option<TimerReview> {
    let waits = subject.group.waits(Wait::Queue);
    let force = InForce::find(subject.proxy, Timeout::Queue, Some(&waits.all.cut));
    let somebody_waited = waits.all.completed.above(1).0 > 0 || waits.all.cut() > 0;
    if waits.is_empty() || !(somebody_waited || force.from == Basis::Config) {
        return None;
    }
    let verdict = judge(subject, &waits, force);
    Some(TimerReview::new(
        subject.scope(),
        Timeout::Queue,
        Wait::Queue,
        &waits,
        force,
        verdict,
    ))
}

fn judge(subject: &Subject, waits: &Waits, force: InForce) -> Verdict {
    let cut = waits.all.cut();
    if cut == 0 {
        return untouched::judge(&waits.all, force);
    }
    let raised = impatient(subject, waits, force).or_else(|| refused_burst(subject, waits, force));
    if let Some(verdict) = raised {
        return verdict;
    }
    let half = waits
        .all
        .completed
        .quantile(0.5)
        .map_or(0, |(_, high)| high);
    Verdict::keep(
        0.85,
        format!(
            "{cut} requests found no slot in time and the median wait of the {} others was {}: a longer queue adds no capacity, requests would only fail later{}",
            count(waits.all.completed()),
            amount::words(u64::from(half)),
            stands_in(force),
            cut = count(cut)
        ),
    )
}

/// Few were cut, and sooner than their turn could have come.
fn impatient(subject: &Subject, waits: &Waits, force: InForce) -> Option<Verdict> {
    let limit = force.ms?;
    let answers = subject.group.waits(Wait::Answer).all.completed;
    let (_, service) = answers.quantile(0.5)?;
    let service = u64::from(service).max(1);
    let is_short = answers.count() >= ENOUGH && limit < TURNS * service;
    let some = waits.all.cut() >= CUTS && (RARE..BURSTS).contains(&waits.all.share());
    if !is_short || !some || subject.lacks_good_ones {
        return None;
    }
    let verdict = Verdict::raise(
        limit,
        amount::round_up((A_BURST * service).max(2 * limit)),
        0.6,
        format!(
            "{} of {} requests were refused after {} in the queue, while one answer takes {}: they left before their turn{}",
            count(waits.all.cut()),
            count(waits.all.cut() + waits.all.completed()),
            amount::words(limit),
            amount::words(service),
            stands_in(force)
        ),
        "Bursts that the servers can do in a moment wait for that moment.".to_owned(),
    );
    Some(of_its_own(verdict, force))
}

/// But for a burst, less came than the servers can do.
fn refused_burst(subject: &Subject, waits: &Waits, force: InForce) -> Option<Verdict> {
    let limit = force.ms?;
    let longest = bursts::longest_wait(subject)?.max(2 * limit);
    let is_far = longest > A_WAIT;
    if is_far || waits.all.cut() < CUTS {
        return None;
    }
    let verdict = Verdict::raise(
        limit,
        amount::round_up(longest),
        0.6,
        format!(
            "{} of {} requests were refused after {} in the queue. By what came in each second and what the servers' slots can do, the queue would have emptied, and nobody would have waited for more than {}{}",
            count(waits.all.cut()),
            count(waits.all.cut() + waits.all.completed()),
            amount::words(limit),
            amount::words(longest),
            stands_in(force)
        ),
        "Bursts wait until the servers have done them; more slots (`maxconn`) help where the servers have room for more at once."
            .to_owned(),
    );
    Some(of_its_own(verdict, force))
}

/// A value for a timeout that another one stands in for is set.
fn of_its_own(verdict: Verdict, force: InForce) -> Verdict {
    match force.from {
        Basis::Default(_) => Verdict {
            direction: Direction::Set,
            ..verdict
        },
        _ => verdict,
    }
}

/// The timeout that is really meant for something else.
fn stands_in(force: InForce) -> String {
    match force.from {
        Basis::Default(other) => format!("; `{}` stands in for it", other.keyword()),
        _ => String::new(),
    }
}
