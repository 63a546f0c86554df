//! The client's side: `timeout http-request` (`TR`, cut: `cR`) and `timeout client` (cut: `cD` and its kin).
//!
//! Enters: a frontend, with the backends behind it. Leaves: reviews. Must not know: how frontends are found.
//!
//! A request that is late is its client's doing, and the timeout is there to end it. An idle connection that is cut
//! is different: a pool of clients which keeps connections for longer than the proxy loses every one of them.

use super::session::limiting;
use super::{ENOUGH, TimerReview, Verdict, too_few, untouched};
use crate::advice::amount;
use crate::advice::force::{InForce, pile};
use crate::advice::frontends::Front;
use crate::advice::waits::{Wait, Waits};
use crate::config::Timeout;

/// Idle connections that must have been cut to speak of a habit.
const HABIT: u64 = 50;

/// The share of sessions that must end so.
const COMMON: f64 = 0.2;

/// A timeout that cuts idle connections is raised to this many times its value.
const LONGER: u64 = 3;

/// The least part of the timeout, above it, that a session must have lasted to be ended by idling after some use.
const USED: f64 = 0.98;

/// The reviews of a frontend.
pub fn review(front: &Front) -> Vec<TimerReview> {
    [of_requests(front), of_idling(front)]
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
    let why = format!(
        "{cut} clients sent no complete request in time; of {completed} that did, 99 % took at most {}",
        amount::words(u64::from(p99))
    );
    match force.ms {
        Some(limit) if u64::from(p99) * 2 > limit => Verdict::cannot_tell(format!(
            "{why}: some clients are slow, and a longer wait helps those that attack as well"
        )),
        _ => Verdict::keep(
            0.85,
            format!("{why}: it does its work, and raising it would keep stalled connections"),
        ),
    }
}

/// Only where a client timeout cut something: otherwise the log shows nothing of how long clients are silent.
fn of_idling(front: &Front) -> Option<TimerReview> {
    let waits = front.waits(Wait::Client);
    if waits.all.cut() == 0 {
        return None;
    }
    let timeout = if front.is_tcp() {
        limiting(front.only_backend(), Timeout::Client)
    } else {
        Timeout::Client
    };
    let (scope, proxy) = match timeout {
        Timeout::Tunnel => (front.backend_scope()?, front.only_backend()),
        _ => (front.scope(), front.proxy),
    };
    let force = InForce::find(proxy, timeout, Some(&waits.all.cut));
    let verdict = judge_idling(front, &waits, force);
    let review = TimerReview::new(scope, timeout, Wait::Client, &waits, force, verdict);
    Some(review)
}

fn judge_idling(front: &Front, waits: &Waits, force: InForce) -> Verdict {
    let (completed, cut) = (waits.all.completed(), waits.all.cut());
    if !front.is_tcp() {
        return Verdict::keep(
            0.7,
            format!("{cut} clients stopped reading or sending; it does its work"),
        );
    }
    if front.waits(Wait::Session).all.cut() > 0 || front.had_fault() {
        return Verdict::keep(
            0.7,
            format!(
                "{cut} clients were cut while servers were in trouble: they waited for the servers"
            ),
        );
    }
    let Some(limit) = force.ms else {
        return Verdict::cannot_tell(format!(
            "{cut} sessions were cut while their client was silent; its value is unknown"
        ));
    };
    let too_early = USED * limit as f64;
    let idled = waits
        .all
        .cut
        .iter()
        .filter(|(bucket, _)| f64::from(bucket.high()) >= too_early);
    let idled: u64 = idled.map(|(_, n)| n).sum();
    if idled < HABIT || (idled as f64) < COMMON * (cut + completed) as f64 {
        return Verdict::cannot_tell(format!(
            "it cut {cut} of {} sessions while their client was silent: too few to call it the clients' habit",
            cut + completed
        ));
    }
    if is_ambiguous(front, waits, limit) {
        return Verdict::cannot_tell(format!(
            "{cut} sessions lasted just {}: whether their clients were idle or waited for a server is not logged",
            amount::words(limit)
        ));
    }
    if !front.is_named() {
        return Verdict::cannot_tell(format!(
            "it cut {idled} of {} sessions while their client was idle; which frontend they came through is not known",
            cut + completed
        ));
    }
    let suggested = amount::round_up(limit.saturating_mul(LONGER));
    Verdict::raise(
        limit,
        suggested,
        0.65,
        format!(
            "it cut {idled} of {} sessions while their client was idle: clients keep connections for longer than {}",
            cut + completed,
            amount::words(limit)
        ),
        "Clients find their pooled connections alive; idle ones are held for longer, up to `maxconn`."
            .to_owned(),
    )
}

/// Whether the cut sessions may have waited for servers. A session that was used before it idled lasts longer than the
/// timeout by as much as it was used; one that was cut at the timeout itself never got anywhere, and that its client
/// was the one who was silent is sure only where `timeout server` would have come first.
fn is_ambiguous(front: &Front, waits: &Waits, limit: u64) -> bool {
    let was_never_used = pile(&waits.all.cut).is_some_and(|at| at <= limit + limit / 20);
    let server = front
        .only_backend()
        .and_then(|proxy| proxy.effective_timeout(Timeout::Server));
    let servers_come_first = server.is_some_and(|server| server.value <= limit);
    was_never_used && !(servers_come_first && waits.all.completed() >= ENOUGH)
}
