//! `timeout connect`: how long a connection to a server may take (`Tc`, cut: `sC`).
//!
//! Enters: a backend. Leaves: a review, if it connected. Must not know: the other timeouts.
//!
//! It is never raised: refusals are immediate, and a host that does not answer a SYN at once does not answer later. What it
//! has to leave room for is a SYN that was lost: it is sent again after a second (RFC 6298, section 2), and all that is longer
//! is waited in vain. `Tc` holds all attempts, so without the configuration the limit of one of them is unknown. A request that
//! nobody answers waits for each of them.

use super::{ENOUGH, TimerReview, Verdict, too_few, untouched};
use crate::advice::amount;
use crate::advice::force::{Basis, InForce};
use crate::advice::piece::{Direction, Piece, Scope};
use crate::advice::subject::Subject;
use crate::advice::waits::{Wait, Waits};
use crate::config::Timeout;
use crate::words::numbers::count;

/// The share of cut connections that one server must have to be the one to fix.
const NEARLY_ALL: f64 = 0.9;

/// ms after which a SYN that was lost is sent again.
const AGAIN: u64 = 1_000;

/// ms that are long enough for that where servers are near.
const PATIENT: u64 = 1_200;

/// The share of the connections that came whose time is the usual one.
const USUAL: f64 = 0.95;

/// Of so many connections that nobody answered, one that came later than a shorter timeout would wait is no reason to wait.
const IN_VAIN: u64 = 4;

/// Cut connections below which nothing is concluded from them.
const CUTS: u64 = 10;

/// The review.
pub fn review(subject: &Subject) -> Option<TimerReview> {
    let connections = Connections::of(subject)?;
    Some(connections.reviewed(connections.verdict()))
}

/// A shorter timeout beside a server that is to be fixed: the next one that goes will cost less.
pub fn beside_the_culprit(subject: &Subject) -> Option<Piece> {
    let connections = Connections::of(subject)?;
    connections.culprit()?;
    let piece = connections.reviewed(connections.shorter()?).piece()?;
    Some(subject.shown(piece, Timeout::Connect))
}

/// Connections to the servers of a backend.
struct Connections<'s, 'a> {
    subject: &'s Subject<'a>,
    waits: Waits,
    force: InForce,
}

impl<'s, 'a> Connections<'s, 'a> {
    /// `None` where there were none.
    fn of(subject: &'s Subject<'a>) -> Option<Self> {
        let waits = subject.group.waits(Wait::Connect);
        (!waits.is_empty()).then(|| Self {
            subject,
            waits,
            force: InForce::find(subject.proxy, Timeout::Connect, None),
        })
    }

    fn reviewed(&self, verdict: Verdict) -> TimerReview {
        TimerReview::new(
            self.subject.scope(),
            Timeout::Connect,
            Wait::Connect,
            &self.waits,
            self.force,
            verdict,
        )
    }

    fn verdict(&self) -> Verdict {
        let all = &self.waits.all;
        if all.cut() == 0 {
            return untouched::lower(all, self.force)
                .unwrap_or_else(|| untouched::judge(all, self.force));
        }
        if all.completed() < ENOUGH {
            return too_few(all);
        }
        match self.culprit() {
            Some(culprit) => Verdict::fix(culprit, 0.7, self.why()),
            None => self
                .shorter()
                .unwrap_or_else(|| Verdict::keep(0.7, self.why())),
        }
    }

    /// The server that nearly all connections were cut at.
    fn culprit(&self) -> Option<Scope> {
        let cut = self.waits.all.cut();
        let group = &self.subject.group;
        let servers = group.by_server(Wait::Connect);
        let (server, its) = servers.iter().max_by_key(|(_, waits)| waits.all.cut())?;
        let is_it = servers.len() > 1
            && cut >= CUTS
            && its.all.cut() as f64 >= NEARLY_ALL * cut as f64
            && self.waits.all.completed() >= ENOUGH;
        is_it.then(|| Scope::Server(group.name.clone(), (*server).clone()))
    }

    fn why(&self) -> String {
        let all = &self.waits.all;
        let longest = all.completed.max().map_or(0, |(_, high)| high);
        let retried = Retried::of(self.subject, &self.waits, self.force);
        format!(
            "nothing answered {cut} connections, however long the wait; the {} others took at most {}{}",
            count(all.completed()),
            amount::words(u64::from(longest)),
            retried.as_ref().map_or(String::new(), Retried::told),
            cut = count(all.cut())
        )
    }

    /// As long as a SYN that was lost once needs, where what is longer was waited in vain.
    fn shorter(&self) -> Option<Verdict> {
        let all = &self.waits.all;
        let limit = self.force.ms.filter(|_| self.force.from == Basis::Config)?;
        let usual = u64::from(all.completed.quantile(USUAL)?.1);
        let suggested = amount::round_up(PATIENT.max(AGAIN + 2 * usual));
        // Who waited for all of it was answered at another attempt.
        let [(_, later), (again, _)] =
            [suggested, limit].map(|ms| all.completed.above(u32::try_from(ms).unwrap_or(u32::MAX)));
        let later = later.saturating_sub(again);
        let is_in_vain = all.cut() >= CUTS
            && all.completed() >= ENOUGH
            && later * IN_VAIN <= all.cut()
            && 2 * suggested <= limit;
        (is_in_vain && !self.limits_the_queue(suggested)).then(|| {
            let effect = format!(
                "A host that is gone costs each attempt {} instead of {}, and a SYN that was lost is still sent again in time (after 1 s). {} of the connections that came took longer.",
                amount::words(suggested),
                amount::words(limit),
                if later == 0 { "None".to_owned() } else { count(later) },
            );
            Verdict::change(Direction::Lower, suggested, 0.5, self.why(), effect)
        })
    }

    /// `timeout queue` is not set, and requests wait for slots nearly as long: this one stands in for it.
    fn limits_the_queue(&self, ms: u64) -> bool {
        let queue = InForce::find(self.subject.proxy, Timeout::Queue, None);
        let waited = self.subject.group.waits(Wait::Queue).all;
        let longest = waited.completed.max().map_or(0, |(_, high)| high);
        queue.from == Basis::Default(Timeout::Connect)
            && (waited.cut() > 0 || u64::from(longest) * 2 > ms)
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
}
