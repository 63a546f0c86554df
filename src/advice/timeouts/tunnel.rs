//! `timeout tunnel` in HTTP mode: how long both sides of a web socket, or of what CONNECT asked for, may be silent (cut:
//! `sD`, `cD`).
//!
//! Enters: a backend. Leaves: a review, if it had tunnels. Must not know: the other timeouts.
//!
//! Without it `timeout client` and `timeout server` end a tunnel that idles, and those are meant for answers. The log has
//! the length of tunnels, not the silences within them: how long the timeout should be, only those know who use them.

use super::{ENOUGH, TimerReview, Verdict, too_few};
use crate::advice::amount;
use crate::advice::force::{Basis, InForce, pile};
use crate::advice::piece::Direction;
use crate::advice::subject::Subject;
use crate::advice::waits::{Sample, Wait, Waits};
use crate::config::Timeout;
use crate::words::numbers::count;

/// Cut tunnels, and their share, below which they may be clients that vanished.
const CUTS: u64 = 10;
const COMMON: f64 = 0.1;

/// What is customary, in ms, as in the example of the manual.
const CUSTOMARY: u64 = 3_600_000;

/// How close together two timeouts are one, as a part of them.
const CLOSE: u64 = 20;

/// The review.
pub fn review(subject: &Subject) -> Option<TimerReview> {
    let waits = subject.group.waits(Wait::Tunnel);
    if waits.is_empty() {
        return None;
    }
    let force = force(subject, &waits);
    let verdict = judge(subject, &waits, force);
    Some(TimerReview::new(
        subject.scope(),
        Timeout::Tunnel,
        Wait::Tunnel,
        &waits,
        force,
        verdict,
    ))
}

/// What ends an idle tunnel: where it is not set, whichever of the timeouts of both sides is shorter.
fn force(subject: &Subject, waits: &Waits) -> InForce {
    let cut = &waits.all.cut;
    let written = InForce::find(subject.proxy, Timeout::Tunnel, Some(cut));
    let server = subject
        .proxy
        .and_then(|proxy| proxy.effective_timeout(Timeout::Server));
    let sides = [
        (subject.client, Timeout::Client),
        (server.map(|server| server.value), Timeout::Server),
    ];
    let shorter = sides.into_iter().filter_map(|(ms, of)| Some((ms?, of)));
    match shorter.min_by_key(|(ms, _)| *ms) {
        Some((ms, of)) if written.from == Basis::Unlimited => InForce {
            ms: Some(ms),
            from: Basis::Default(of),
        },
        _ if written.from == Basis::Inferred && is_of_answers(subject, written.ms) => InForce {
            from: Basis::Default(Timeout::Server),
            ..written
        },
        _ => written,
    }
}

/// Answers are cut at the same value, so that it is no timeout of tunnels.
fn is_of_answers(subject: &Subject, ms: Option<u64>) -> bool {
    let answers = pile(&subject.group.waits(Wait::Answer).all.cut);
    ms.zip(answers)
        .is_some_and(|(ms, answers)| ms.abs_diff(answers) <= ms / CLOSE)
}

fn judge(subject: &Subject, waits: &Waits, force: InForce) -> Verdict {
    let (completed, cut) = (waits.all.completed(), waits.all.cut());
    if cut == 0 && completed < ENOUGH {
        return too_few(&waits.all);
    }
    if cut == 0 {
        return Verdict::keep(
            0.7,
            format!(
                "none of {completed} tunnels was cut",
                completed = count(completed)
            ),
        );
    }
    let is_chronic = waits.calm.cut() >= CUTS;
    if let Some(incident) = subject.other_fault().filter(|_| !is_chronic) {
        return Verdict::keep(
            0.7,
            format!(
                "{cut} tunnels were cut during another fault ({})",
                incident.cause.code.as_str().replace('_', " "),
                cut = count(cut)
            ),
        );
    }
    match (force.from, force.ms) {
        (Basis::Default(stand_in), Some(ms)) if is_habit(waits) => set(&waits.all, stand_in, ms),
        _ => Verdict::cannot_tell(format!(
            "{cut} of {} tunnels were cut while they were silent; how long those that are in use are silent is not logged",
            count(cut + completed),
            cut = count(cut)
        )),
    }
}

/// Too many were cut to be clients that vanished.
fn is_habit(waits: &Waits) -> bool {
    waits.all.cut() >= CUTS && waits.all.share() >= COMMON
}

fn set(sample: &Sample, stand_in: Timeout, ms: u64) -> Verdict {
    Verdict::change(
        Direction::Set,
        CUSTOMARY.max(amount::round_up(2 * ms)),
        0.7,
        format!(
            "{} of {} tunnels (web sockets, CONNECT) were cut after {} of silence by `{}`, which stands in for it",
            count(sample.cut()),
            count(sample.cut() + sample.completed()),
            amount::words(ms),
            stand_in.keyword()
        ),
        "Tunnels may idle for as long as their use asks for, which the log does not show; clients that vanish are held as long, unless `timeout client-fin` or `option clitcpka` finds them."
            .to_owned(),
    )
}
