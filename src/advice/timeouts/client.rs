//! The client's side: `timeout http-request` (`TR`, cut: `cR`), and beside it the ones of clients that [idle](super::idle).
//!
//! Enters: a frontend, with the backends behind it. Leaves: reviews. Must not know: how frontends are found.
//!
//! A request that is late is its client's doing, and the timeout is there to end it.

use super::{ENOUGH, TimerReview, Verdict, half_closed, idle, keep_alive, too_few, untouched};
use crate::advice::amount;
use crate::advice::force::{Basis, InForce};
use crate::advice::frontends::Front;
use crate::advice::piece::Direction;
use crate::advice::waits::{Wait, Waits};
use crate::config::Timeout;
use crate::words::numbers::count;

/// ms in which a client that means it has sent its headers, a packet that was lost once or twice included: TCP sends it again
/// after 1 s and 3 s (RFC 6298).
const SOON: u64 = 5_000;

/// Late requests below which there is nothing to change.
const CUTS: u64 = 10;

/// The reviews of a frontend.
pub fn review(front: &Front) -> Vec<TimerReview> {
    [
        of_requests(front),
        keep_alive::review(front),
        idle::review(front),
        half_closed::of_front(front),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The wait that a timeout of clients limits; `None` where no line has it.
pub fn wait(timeout: Timeout) -> Option<Wait> {
    match timeout {
        Timeout::HttpRequest => Some(Wait::Request),
        Timeout::Client => Some(Wait::Client),
        _ => None,
    }
}

fn of_requests(front: &Front) -> Option<TimerReview> {
    let waits = front.waits(Wait::Request);
    if waits.is_empty() {
        return None;
    }
    let force = InForce::find(front.proxy, Timeout::HttpRequest, Some(&waits.all.cut));
    let verdict = judge_requests(&waits, force);
    let timeout = Timeout::HttpRequest;
    let review = TimerReview::new(
        front.scope(),
        timeout,
        Wait::Request,
        &waits,
        force,
        verdict,
    );
    Some(review)
}

fn judge_requests(waits: &Waits, force: InForce) -> Verdict {
    let (completed, cut) = (waits.all.completed(), waits.all.cut());
    if cut == 0 {
        return untouched::judge(&waits.all, force);
    }
    if completed < ENOUGH {
        return too_few(&waits.all);
    }
    let p99 = waits
        .all
        .completed
        .quantile(0.99)
        .map_or(0, |(_, high)| high);
    let quick = match p99 {
        0 => "less than 1 ms".to_owned(),
        ms => format!("at most {}", amount::words(u64::from(ms))),
    };
    let why = format!(
        "{} {} sent no complete request in time; of {} that did, 99 % took {quick}",
        count(cut),
        if cut == 1 { "client" } else { "clients" },
        count(completed)
    );
    let enough = amount::round_up(SOON.max(3 * u64::from(p99)));
    if let (Basis::Default(stand_in), Some(limit)) = (force.from, force.ms)
        && cut >= CUTS
        && enough < limit
    {
        return Verdict::change(
            Direction::Set,
            enough,
            0.6,
            format!(
                "{why}: `{}` stands in for it, and each of them held its connection for {}",
                stand_in.keyword(),
                amount::words(limit)
            ),
            "Clients that stall, or attack with slow headers, are let go sooner; the body and the answer are not limited by it."
                .to_owned(),
        );
    }
    match force.ms {
        Some(limit) if u64::from(p99) * 2 > limit => Verdict::cannot_tell(format!(
            "{why}: some clients are slow, and a longer wait helps those that attack as well"
        )),
        _ => Verdict::keep(
            if cut < CUTS { 0.5 } else { 0.85 },
            format!(
                "{why}: it does its work, and raising it would keep stalled connections{}",
                match force.from {
                    Basis::Default(other) => format!("; `{}` stands in for it", other.keyword()),
                    _ => String::new(),
                }
            ),
        ),
    }
}
