//! `timeout client-fin` and `timeout server-fin`: how long a side may be silent once one direction is closed (cut: `cD`, `cL`;
//! `sD`, `sL`).
//!
//! Enters: a frontend or a backend. Leaves: a review, where there is something to limit. Must not know: the other timeouts'
//! verdicts.
//!
//! No line says when a direction was closed. But the silence lies within the data, so that what lasted less was not cut by it;
//! and who was cut sooner than the timeout that runs otherwise was cut by this one.

use super::session::limiting;
use super::{ENOUGH, TimerReview, Verdict};
use crate::advice::amount;
use crate::advice::force::{Basis, InForce, pile};
use crate::advice::frontends::Front;
use crate::advice::piece::Scope;
use crate::advice::subject::Subject;
use crate::advice::timeouts::Spread;
use crate::config::{Proxy, Timeout};
use crate::rollup::histogram::Histogram;
use crate::rollup::timers::Ending;
use crate::words::numbers::count;

/// Cut sessions below which nothing is concluded from them.
const CUTS: u64 = 10;

/// Timers fire late: what is shorter than this part of a timeout was not cut by it.
const SOONER: f64 = 0.95;

/// How far above its timeout a pile of cut sessions lies at most.
const CLOSE: u64 = 20;

/// One side of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// `timeout client-fin`
    Client,
    /// `timeout server-fin`
    Server,
}

/// What the lines have: how long the data phase took, in ms.
pub struct Seen {
    side: Side,
    /// Of those that ended by themselves.
    ended: Histogram,
    /// Of those that ended in the silence of this side.
    silent: Histogram,
    /// Sessions and tunnels, which are what is half closed for long, are among them.
    has_sessions: bool,
}

impl Side {
    fn timeout(self) -> Timeout {
        match self {
            Self::Client => Timeout::ClientFin,
            Self::Server => Timeout::ServerFin,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }

    fn fell_silent(self, ending: Ending) -> bool {
        let first = match self {
            Self::Client => b'c',
            Self::Server => b's',
        };
        ending.term[0] == first && matches!(ending.term[1], b'D' | b'L')
    }
}

impl Seen {
    /// Of what `rests` has: the data phases of requests that ended so.
    fn of(side: Side, rests: impl Fn(&dyn Fn(Ending) -> bool) -> Histogram) -> Self {
        let is_session = |ending: Ending| ending.tcp || ending.tunnel;
        let ended = |ending: Ending| match ending.term {
            [b'-', _] => true,
            [b'C', b'D' | b'L' | b'-'] => is_session(ending),
            _ => false,
        };
        Self {
            side,
            ended: rests(&ended),
            silent: rests(&|ending| side.fell_silent(ending)),
            has_sessions: rests(&is_session).count() > 0,
        }
    }

    /// What came through a frontend.
    pub fn of_front(front: &Front) -> Self {
        Self::of(Side::Client, |is_wanted| front.rests(is_wanted))
    }

    /// What a backend had.
    pub fn of_backend(subject: &Subject) -> Self {
        Self::of(Side::Server, |is_wanted| subject.group.rests(is_wanted))
    }

    /// What another value could have done, as far as the lines bound it.
    pub fn bound(&self, ms: u32) -> String {
        let (_, most) = self.ended.above(ms);
        let silent = match self.silent.count() {
            0 => String::new(),
            n => format!(
                " {} ended in the silence of the {}: which of them were half closed is on no line.",
                count(n),
                self.side.name()
            ),
        };
        format!(
            "Of {} sessions that ended by themselves {} lasted longer than that: no more of them could have been cut.{silent}",
            count(self.ended.count()),
            count(most)
        )
    }
}

/// The review of a frontend's.
pub fn of_front(front: &Front) -> Option<TimerReview> {
    review(
        &Seen::of_front(front),
        front.scope(),
        front.proxy?,
        front.only_backend(),
    )
}

/// The review of a backend's.
pub fn of_backend(subject: &Subject) -> Option<TimerReview> {
    let proxy = subject.proxy?;
    review(
        &Seen::of_backend(subject),
        subject.scope(),
        proxy,
        Some(proxy),
    )
}

fn review(
    seen: &Seen,
    scope: Scope,
    proxy: &Proxy,
    backend: Option<&Proxy>,
) -> Option<TimerReview> {
    let timeout = seen.side.timeout();
    let force = InForce::find(Some(proxy), timeout, None);
    let is_set = force.from == Basis::Config;
    if seen.ended.count() + seen.silent.count() == 0 || !(is_set || seen.has_sessions) {
        return None;
    }
    let otherwise = Otherwise::of(seen, proxy, backend);
    let sure = force.ms.map_or(0, |limit| otherwise.sooner(seen, limit));
    Some(TimerReview {
        scope,
        timeout,
        timer: "half closed",
        calm: Spread::default(),
        all: Spread::default(),
        force,
        cut: sure,
        verdict: match force.ms {
            Some(limit) => judge(seen, limit, &otherwise, sure),
            None => unset(seen, &otherwise),
        },
    })
}

/// The timeout that runs while both directions are open.
struct Otherwise {
    timeout: Timeout,
    /// In ms; `None`: unknown, or none.
    ms: Option<u64>,
}

impl Otherwise {
    fn of(seen: &Seen, proxy: &Proxy, backend: Option<&Proxy>) -> Self {
        let own = match seen.side {
            Side::Client => Timeout::Client,
            Side::Server => Timeout::Server,
        };
        let timeout = if seen.has_sessions {
            limiting(backend, own)
        } else {
            own
        };
        let holder = if timeout == Timeout::Tunnel {
            backend
        } else {
            Some(proxy)
        };
        Self {
            timeout,
            ms: InForce::find(holder, timeout, None).ms,
        }
    }

    /// Sessions that ended in silence, after `limit` ms at least, and too soon for this timeout.
    fn sooner(&self, seen: &Seen, limit: u64) -> u64 {
        let Some(ms) = self.ms.filter(|ms| *ms > limit) else {
            return 0;
        };
        let long_enough = possible(seen, limit);
        let too_soon = (SOONER * ms as f64) as u64;
        long_enough.saturating_sub(possible(seen, too_soon))
    }

    fn words(&self) -> String {
        let ms = self.ms.map(|ms| format!(" ({})", amount::time(ms)));
        format!("`{}`{}", self.timeout.keyword(), ms.unwrap_or_default())
    }
}

/// Sessions that ended in silence and lasted for so long, at most.
fn possible(seen: &Seen, ms: u64) -> u64 {
    let before = u32::try_from(ms.saturating_sub(1)).unwrap_or(u32::MAX);
    seen.silent.above(before).1
}

fn judge(seen: &Seen, limit: u64, otherwise: &Otherwise, sure: u64) -> Verdict {
    let (side, possible) = (seen.side.name(), possible(seen, limit));
    let all = seen.ended.count() + seen.silent.count();
    if possible == 0 && all < ENOUGH {
        return Verdict::cannot_tell(format!("only {all} sessions: too few to tell"));
    }
    if possible == 0 {
        return Verdict::keep(
            0.7,
            format!(
                "of {} sessions none ended in the silence of its {side} after as long: it cut none",
                count(all)
            ),
        );
    }
    if sure == 0 {
        return Verdict::cannot_tell(format!(
            "{} of {} sessions ended in the silence of their {side}; whether one direction was closed then, and it was not {} that cut them, is on no line",
            count(possible),
            count(all),
            otherwise.words()
        ));
    }
    let at_once = pile(&seen.silent).is_some_and(|at| at <= limit + limit / CLOSE);
    match otherwise.ms.filter(|_| at_once && sure >= CUTS) {
        Some(longer) if seen.side == Side::Server => Verdict::raise(
            limit,
            longer,
            0.5,
            format!(
                "{} of {} sessions ended {} after they began, while a server may be silent for {}: their clients had sent all they had and closed their direction, and the servers were at work",
                count(sure),
                count(all),
                amount::words(limit),
                otherwise.words()
            ),
            "Servers have as long for a client that has closed its direction as for any other; connections that nobody ends are held for longer."
                .to_owned(),
        ),
        _ => Verdict::keep(
            0.6,
            format!(
                "it ended {} of {} sessions with one direction closed, sooner than {} would have: it does its work",
                count(sure),
                count(all),
                otherwise.words()
            ),
        ),
    }
}

/// Half-closed connections are in the kernel's tables, not in the log.
fn unset(seen: &Seen, otherwise: &Otherwise) -> Verdict {
    let silent = match seen.silent.count() {
        0 => String::new(),
        n => format!(
            "; {} of {} sessions ended in the silence of their {}",
            count(n),
            count(n + seen.ended.count()),
            seen.side.name()
        ),
    };
    Verdict::cannot_tell(format!(
        "it is not set, so that {} also ends what one side has closed{silent}. No line says when a direction was closed: many sockets in FIN-WAIT-2 or CLOSE-WAIT (`ss -t state fin-wait-2`) would ask for it",
        otherwise.words()
    ))
}
