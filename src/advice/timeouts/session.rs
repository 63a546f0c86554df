//! `timeout server` and `timeout tunnel` in TCP mode: how long a server may be silent within a session (cut: `sD`).
//!
//! Enters: a backend. Leaves: a review, if it had sessions. Must not know: the other timeouts.
//!
//! The log has the length of sessions, not the silences within them: nothing bounds what a longer timeout would do. It is
//! raised only where most sessions, each after some use of its own, end in silence all the time: as those of a pool do.

use super::{ENOUGH, TimerReview, Verdict, too_few};
use crate::advice::amount;
use crate::advice::force::{InForce, pile};
use crate::advice::subject::Subject;
use crate::advice::waits::{Wait, Waits};
use crate::config::{Proxy, Timeout};
use crate::incident::Incident;
use crate::words::cause::Cause;
use crate::words::numbers::count;

/// Cut sessions below which nothing is concluded from them.
const CUTS: u64 = 10;

/// Cut sessions, and their share, from which on they are a habit.
const HABIT: u64 = 50;
const COMMON: f64 = 0.2;

/// A timeout that cuts idle sessions is raised to this many times its value.
const LONGER: u64 = 3;

/// The review.
pub fn review(subject: &Subject) -> Option<TimerReview> {
    let waits = subject.group.waits(Wait::Session);
    if waits.is_empty() {
        return None;
    }
    let timeout = limiting(subject.proxy, Timeout::Server);
    let force = InForce::find(subject.proxy, timeout, Some(&waits.all.cut));
    let verdict = idle(subject, &waits, force.ms).unwrap_or_else(|| judge(subject, &waits));
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

/// Sessions idle for longer than that by habit: the verdict.
fn idle(subject: &Subject, waits: &Waits, limit: Option<u64>) -> Option<Verdict> {
    let (limit, cut) = (limit?, waits.all.cut());
    let all = cut + waits.all.completed();
    let is_habit = cut >= HABIT && cut as f64 >= COMMON * all as f64;
    // One that was cut at the timeout itself had asked for something, or was never used.
    let was_used = pile(&waits.all.cut).is_none_or(|at| at > limit + limit / 20);
    let mut incidents = subject.incidents.iter();
    let is_idle = |incident: &Incident| {
        incident.is_of_idle_sessions() && incident.cause.code == Cause::ClientSlow
    };
    let is_fault = !incidents.all(|incident| is_idle(incident));
    let is_chronic = waits.calm.cut() >= CUTS || !subject.incidents.is_empty();
    (is_habit && was_used && is_chronic && !is_fault).then(|| {
        Verdict::raise(
            limit,
            amount::round_up(limit.saturating_mul(LONGER)),
            0.5,
            format!(
                "it cut {} of {} sessions in silence, after each had been used for a while: pools keep connections for longer than {}",
                count(cut),
                count(all),
                amount::words(limit)
            ),
            "Pooled connections are alive when they are needed again, where `timeout client` is as long; a server that hangs is noticed later, and idle connections are held for longer."
                .to_owned(),
        )
    })
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
    let stood_still = subject
        .incidents
        .iter()
        .any(|incident| incident.cause.code == Cause::SlowBackend);
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
