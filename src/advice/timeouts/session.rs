//! `timeout server` and `timeout tunnel` in TCP mode: how long a server may be silent within a session (cut: `sD`).
//!
//! Enters: a backend. Leaves: a review, if it had sessions. Must not know: the other timeouts.
//!
//! The log has the length of sessions, not the silences within them: nothing bounds what a longer timeout would do, so
//! it is neither raised nor lowered here.

use super::{ENOUGH, TimerReview, Verdict, too_few};
use crate::advice::amount;
use crate::advice::force::InForce;
use crate::advice::pools;
use crate::advice::subject::Subject;
use crate::advice::waits::{Wait, Waits};
use crate::config::{Proxy, Timeout};
use crate::words::cause::Cause;
use crate::words::numbers::count;

/// Cut sessions below which nothing is concluded from them.
const CUTS: u64 = 10;

/// The review.
pub fn review(subject: &Subject) -> Option<TimerReview> {
    let waits = subject.group.waits(Wait::Session);
    if waits.is_empty() {
        return None;
    }
    let timeout = limiting(subject.proxy, Timeout::Server);
    let force = InForce::find(subject.proxy, timeout, Some(&waits.all.cut));
    let verdict = judge(subject, &waits);
    Some(TimerReview::new(
        subject.scope(),
        timeout,
        Wait::Session,
        &waits,
        force,
        verdict,
    ))
}

/// The timeout that limits an established session: `timeout tunnel` stands before the others.
pub fn limiting(backend: Option<&Proxy>, otherwise: Timeout) -> Timeout {
    let tunnel = backend.and_then(|proxy| proxy.timeout(Timeout::Tunnel));
    match tunnel {
        Some(tunnel) if tunnel.value > 0 => Timeout::Tunnel,
        _ => otherwise,
    }
}

fn judge(subject: &Subject, waits: &Waits) -> Verdict {
    let (completed, cut) = (waits.all.completed(), waits.all.cut());
    if completed < ENOUGH {
        return too_few(&waits.all);
    }
    if cut == 0 {
        return Verdict::keep(
            0.7,
            format!(
                "it cut none of {completed} sessions",
                completed = count(completed)
            ),
        );
    }
    let stood_still = subject.incidents.iter().any(|incident| {
        incident.cause.code == Cause::SlowBackend && !pools::is_open(subject, incident)
    });
    if stood_still && cut >= CUTS && waits.calm.cut() < CUTS {
        let longest = waits
            .all
            .completed
            .quantile(0.99)
            .map_or(0, |(_, high)| high);
        return Verdict::fix(
            subject.scope(),
            0.75,
            format!(
                "servers fell silent in {cut} sessions during incidents; of the {completed} others 99 % lasted at most {}",
                amount::words(u64::from(longest)),
                cut = count(cut),
                completed = count(completed)
            ),
        );
    }
    Verdict::cannot_tell(format!(
        "it cut {cut} of {} sessions, and the log does not show how long servers are silent within one",
        count(completed + cut),
        cut = count(cut)
    ))
}
