//! `timeout client` within a session or an answer (cut: `cD` and its kin).
//!
//! Enters: a frontend, with the backends behind it. Leaves: a review, where it cut something. Must not know: requests that
//! were late.
//!
//! A pool of clients that keeps connections for longer than the proxy loses every one of them. In TCP mode the timeout
//! runs as well while a client waits for its server: shorter than `timeout server`, it calls a server at work a silent
//! client. In HTTP mode it does not run then.

use super::session::limiting;
use super::{ENOUGH, TimerReview, Verdict};
use crate::advice::amount;
use crate::advice::force::{InForce, pile};
use crate::advice::frontends::Front;
use crate::advice::waits::{Wait, Waits};
use crate::config::Timeout;
use crate::words::numbers::count;

/// Idle connections that must have been cut to speak of a habit.
const HABIT: u64 = 50;

/// The share of sessions that must end so.
const COMMON: f64 = 0.2;

/// The share of requests that a timeout for clients that vanished cuts at most.
const MANY: f64 = 0.02;

/// ms; what a client on a bad link may be silent for: a packet that is lost twice is sent again after one second and two.
const PAUSE: u64 = 4_000;

/// ms; slightly more than a multiple of 3 s, which covers lost packets (HAProxy manual 4.2, `timeout client`).
const MANUAL: u64 = 5_000;

/// A timeout that cuts idle connections is raised to this many times its value.
const LONGER: u64 = 3;

/// The least part of the timeout, above it, that a session must have lasted to be ended by idling after some use.
const USED: f64 = 0.98;

/// Sessions that ended by themselves in the second half of the timeout, to say that its end is within what they take.
const NEAR: u64 = 10;

/// Only where a client timeout cut something: otherwise the log shows nothing of how long clients are silent.
pub fn review(front: &Front) -> Option<TimerReview> {
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
    let verdict = judge(front, &waits, force);
    let review = TimerReview::new(scope, timeout, Wait::Client, &waits, force, verdict);
    Some(review)
}

fn judge(front: &Front, waits: &Waits, force: InForce) -> Verdict {
    let (completed, cut) = (waits.all.completed(), waits.all.cut());
    if !front.is_tcp() {
        return in_http(front, waits, force);
    }
    if front.waits(Wait::Session).all.cut() > 0 || front.had_fault() {
        return Verdict::keep(
            0.7,
            format!(
                "{cut} clients were cut while servers were in trouble: they waited for the servers",
                cut = count(cut)
            ),
        );
    }
    let Some(limit) = force.ms else {
        return Verdict::cannot_tell(format!(
            "{cut} sessions were cut while their client was silent; its value is unknown",
            cut = count(cut)
        ));
    };
    let trap = Trap::of(front, limit);
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
            count(cut + completed),
            cut = count(cut)
        ));
    }
    let was_short = trap.as_ref().is_some_and(|_| reach(waits, limit));
    if is_ambiguous(front, waits, limit) && !was_short {
        return Verdict::cannot_tell(format!(
            "{cut} sessions lasted just {}: whether their clients were idle or waited for a server is not logged{}",
            amount::words(limit),
            trap.map(|trap| trap.told()).unwrap_or_default(),
            cut = count(cut)
        ));
    }
    if !front.is_named() {
        return Verdict::cannot_tell(format!(
            "it cut {idled} of {} sessions while their client was idle; which frontend they came through is not known",
            count(cut + completed),
            idled = count(idled)
        ));
    }
    raise(limit, (idled, cut + completed), trap, was_short)
}

/// Clients that stopped within a request or an answer; under a timeout that a bad link outlasts, they may have gone on. It
/// counts silence alone: an answer may take as long as it likes while its client goes on reading.
fn in_http(front: &Front, waits: &Waits, force: InForce) -> Verdict {
    let (completed, cut) = (waits.all.completed(), waits.all.cut());
    let is_often =
        |cut: u64, completed: u64| cut >= HABIT && cut as f64 >= MANY * (cut + completed) as f64;
    let calm = (waits.calm.cut(), waits.calm.completed());
    // What clients do for some minutes is no habit, and may be an attack.
    let is_common = is_often(cut, completed) && (calm.1 < HABIT || is_often(calm.0, calm.1));
    let Some(limit) = force.ms.filter(|limit| *limit < PAUSE && is_common) else {
        return Verdict::keep(
            0.7,
            format!(
                "{cut} clients stopped reading or sending; it does its work",
                cut = count(cut)
            ),
        );
    };
    Verdict::raise(
        limit,
        MANUAL,
        0.5,
        format!(
            "it cut {} of {} requests whose clients stopped reading or sending for {}{}: whether they would have gone on is on no line, but on a bad link a pause takes as long",
            count(cut),
            count(cut + completed),
            amount::words(limit),
            moved_for(front, limit)
        ),
        "HAProxy's manual asks for slightly more than a multiple of 3 s (4 s or 5 s), to outlast packets that are lost. Only silence counts, not how long a download takes; clients that vanished are held for that much longer."
            .to_owned(),
    )
}

/// For how long bytes had moved until then, as far as the length of the data phase bounds it.
fn moved_for(front: &Front, limit: u64) -> String {
    let rests = front.rests(&|ending| ending.term == *b"cD");
    let moved = rests
        .quantile(0.9)
        .map(|(_, ms)| u64::from(ms).saturating_sub(limit));
    moved.filter(|ms| *ms > 0).map_or(String::new(), |ms| {
        format!(", nine of ten after {} of data at most", amount::words(ms))
    })
}

/// A longer timeout: where servers may be silent for longer, at least as long.
fn raise(limit: u64, (cut, all): (u64, u64), trap: Option<Trap>, was_short: bool) -> Verdict {
    let at_least = trap.as_ref().map_or(0, |trap| trap.server);
    let suggested = match was_short {
        true => at_least,
        false => amount::round_up(limit.saturating_mul(LONGER)).max(at_least),
    };
    let why = match was_short {
        true => {
            format!(
                "it cut {cut} of {all} sessions at once, and others were done shortly before",
                cut = count(cut),
                all = count(all)
            )
        }
        false => format!(
            "it cut {cut} of {all} sessions while their client was idle: clients keep connections for longer than {}",
            amount::words(limit),
            cut = count(cut),
            all = count(all)
        ),
    };
    let told = trap.map(|trap| trap.told()).unwrap_or_default();
    Verdict::raise(
        limit,
        suggested,
        if was_short { 0.55 } else { 0.65 },
        format!("{why}{told}"),
        "Clients find their pooled connections alive, and wait for as long as servers may work; idle ones are held for longer, up to `maxconn`."
            .to_owned(),
    )
}

/// Sessions ended by themselves all the way up to the timeout, and hardly any lasted longer.
fn reach(waits: &Waits, limit: u64) -> bool {
    let above = |ms: u64| {
        let ms = u32::try_from(ms).unwrap_or(u32::MAX);
        waits.all.completed.above(ms).0
    };
    let (near, longer) = (above(limit / 2), above(limit));
    near >= NEAR && longer * 2 <= near
}

/// In TCP mode, `timeout server` is longer than the client's, and no tunnel timeout stands before both.
struct Trap {
    client: u64,
    server: u64,
}

impl Trap {
    /// The one that clients with this `limit` are in.
    fn of(front: &Front, limit: u64) -> Option<Self> {
        let backend = front.only_backend();
        let is_tunnel = limiting(backend, Timeout::Client) == Timeout::Tunnel;
        let cut = front.waits(Wait::Session).all.cut;
        let server = InForce::find(backend, Timeout::Server, Some(&cut)).ms?;
        (server > limit && !is_tunnel).then_some(Self {
            client: limit,
            server,
        })
    }

    fn told(&self) -> String {
        let Self { client, server } = *self;
        format!(
            "; a server may be silent for {}, but in TCP mode its client, who waits for it, for {} only: that is logged as the client's silence",
            amount::time(server),
            amount::time(client)
        )
    }
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
