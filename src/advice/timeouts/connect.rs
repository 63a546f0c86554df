//! `timeout connect`: how long a connection to a server may take (`Tc`, cut: `sC`).
//!
//! Enters: a backend. Leaves: a review, if it connected. Must not know: the other timeouts.
//!
//! It is never raised: refusals are immediate, and a host that does not answer a SYN at once does not answer later.
//! `Tc` holds all attempts, so without the configuration the limit of one of them is unknown. A request that nobody answers
//! waits for each of them.

use super::{ENOUGH, TimerReview, Verdict, too_few, untouched};
use crate::advice::amount;
use crate::advice::force::InForce;
use crate::advice::piece::{Direction, Scope};
use crate::advice::subject::Subject;
use crate::advice::waits::{Wait, Waits};
use crate::config::Timeout;
use crate::words::numbers::count;

/// The share of cut connections that one server must have to be the one to fix.
const NEARLY_ALL: f64 = 0.9;

/// ms that are long enough for a packet that was lost and sent again, as the manual has it.
const PATIENT: u64 = 4_000;

/// Cut connections below which nothing is concluded from them.
const CUTS: u64 = 10;

/// The review.
pub fn review(subject: &Subject) -> Option<TimerReview> {
    let waits = subject.group.waits(Wait::Connect);
    if waits.is_empty() {
        return None;
    }
    let force = InForce::find(subject.proxy, Timeout::Connect, None);
    let verdict = judge(subject, &waits, force);
    Some(TimerReview::new(
        subject.scope(),
        Timeout::Connect,
        Wait::Connect,
        &waits,
        force,
        verdict,
    ))
}

fn judge(subject: &Subject, waits: &Waits, force: InForce) -> Verdict {
    let cut = waits.all.cut();
    if cut == 0 {
        return untouched::lower(&waits.all, force)
            .unwrap_or_else(|| untouched::judge(&waits.all, force));
    }
    if waits.all.completed() < ENOUGH {
        return too_few(&waits.all);
    }
    let longest = waits.all.completed.max().map_or(0, |(_, high)| high);
    let retried = Retried::of(subject, waits, force);
    let why = format!(
        "nothing answered {cut} connections, however long the wait; the {} others took at most {}{}",
        count(waits.all.completed()),
        amount::words(u64::from(longest)),
        retried.as_ref().map_or(String::new(), Retried::told),
        cut = count(cut)
    );
    let servers = subject.group.by_server(Wait::Connect);
    let worst = servers.iter().max_by_key(|(_, waits)| waits.all.cut());
    match worst {
        Some((server, its))
            if servers.len() > 1
                && cut >= CUTS
                && its.all.cut() as f64 >= NEARLY_ALL * cut as f64 =>
        {
            let scope = Scope::Server(subject.group.name.clone(), (*server).clone());
            Verdict::fix(scope, 0.7, why)
        }
        _ => match retried.filter(|retried| retried.is_too_long(longest)) {
            Some(_) => Verdict::change(
                Direction::Lower,
                PATIENT,
                0.5,
                why,
                "Clients have their 503, or another server, before they leave; a packet that is lost is still sent again in time."
                    .to_owned(),
            ),
            None => Verdict::keep(0.7, why),
        },
    }
}

/// What retries make of the timeout.
struct Retried {
    limit: u64,
    retries: u32,
    /// The median of the requests that waited for all of them, in ms.
    waited: u64,
    /// Clients that left after the first attempt.
    left: u64,
}

impl Retried {
    /// `None` where requests did not wait for several attempts.
    fn of(subject: &Subject, waits: &Waits, force: InForce) -> Option<Self> {
        let limit = force.ms?;
        let retries = subject.proxy?.retries();
        let waited = u64::from(waits.all.cut.quantile(0.5)?.0);
        let [_, patience] = subject.group.patience(Wait::Connect);
        let first = u32::try_from(limit).unwrap_or(u32::MAX);
        (retries > 0 && waited >= limit + limit / 2).then(|| Self {
            limit,
            retries,
            waited,
            left: patience.above(first).0,
        })
    }

    fn told(&self) -> String {
        let left = match self.left {
            0 => String::new(),
            n => format!(", and {n} clients left before", n = count(n)),
        };
        format!(
            "; with `retries {}` they waited {} instead of {}{left}",
            self.retries,
            amount::words(self.waited),
            amount::words(self.limit)
        )
    }

    /// Clients do not wait for all attempts, and connections that come come much sooner.
    fn is_too_long(&self, longest: u32) -> bool {
        self.left >= CUTS && self.limit > PATIENT && u64::from(longest) * 2 <= PATIENT
    }
}
