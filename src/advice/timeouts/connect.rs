//! `timeout connect`: how long a connection to a server may take (`Tc`, cut: `sC`).
//!
//! Enters: a backend. Leaves: a review, if it connected. Must not know: the other timeouts.
//!
//! It is never raised: refusals are immediate, and a host that does not answer a SYN at once does not answer later.
//! `Tc` holds all attempts, so without the configuration the limit of one of them is unknown.

use super::{ENOUGH, TimerReview, Verdict, too_few, untouched};
use crate::advice::amount;
use crate::advice::force::InForce;
use crate::advice::piece::Scope;
use crate::advice::subject::Subject;
use crate::advice::waits::{Wait, Waits};
use crate::config::Timeout;

/// The share of cut connections that one server must have to be the one to fix.
const NEARLY_ALL: f64 = 0.9;

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
    let why = format!(
        "nothing answered {cut} connections, however long the wait; the {} others took at most {}",
        waits.all.completed(),
        amount::words(u64::from(longest))
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
        _ => Verdict::keep(0.7, why),
    }
}
