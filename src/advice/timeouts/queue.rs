//! `timeout queue`: how long a request may wait for a slot (`Tw`, cut: `sQ`).
//!
//! Enters: a backend. Leaves: a review, if requests waited or could have. Must not know: the other timeouts.
//!
//! It is never raised: a longer queue adds no capacity.

use super::{TimerReview, Verdict, untouched};
use crate::advice::amount;
use crate::advice::force::{Basis, InForce};
use crate::advice::subject::Subject;
use crate::advice::waits::{Wait, Waits};
use crate::config::Timeout;

/// The review; `None` also where no request ever waited and no timeout is written for it.
pub fn review(subject: &Subject) -> Option<TimerReview> {
    let waits = subject.group.waits(Wait::Queue);
    let force = InForce::find(subject.proxy, Timeout::Queue, Some(&waits.all.cut));
    let somebody_waited = waits.all.completed.above(1).0 > 0 || waits.all.cut() > 0;
    if waits.is_empty() || !(somebody_waited || force.from == Basis::Config) {
        return None;
    }
    let verdict = judge(&waits, force);
    Some(TimerReview::new(
        subject.scope(),
        Timeout::Queue,
        Wait::Queue,
        &waits,
        force,
        verdict,
    ))
}

fn judge(waits: &Waits, force: InForce) -> Verdict {
    let cut = waits.all.cut();
    if cut == 0 {
        return untouched::judge(&waits.all, force);
    }
    let half = waits
        .all
        .completed
        .quantile(0.5)
        .map_or(0, |(_, high)| high);
    Verdict::keep(
        0.85,
        format!(
            "{cut} requests found no slot in time and the median wait of the {} others was {}: a longer queue adds no capacity, requests would only fail later",
            waits.all.completed(),
            amount::words(u64::from(half))
        ),
    )
}
