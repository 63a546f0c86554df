//! What to change, and why.
//!
//! Enters: timer distributions in two accounts, incidents and, where there is one, the configuration. Leaves: a
//! [`Review`]: every timeout with its verdict, and [`Piece`]s of advice. Must not know: files, zones, faces.
//!
//! A request that a timeout cut is a censored observation. Whether a longer timeout would have helped is read from the
//! waits that ended shortly before it; often the answer is to mend a server, or that the log cannot tell.

mod amount;
mod capacity;
pub mod change;
mod checks;
mod force;
mod frontends;
mod limits;
mod piece;
mod pressure;
mod redispatch;
mod returns;
mod servers;
mod subject;
pub mod survival;
mod timeouts;
mod waits;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

use crate::config::{Config, Proxy};
use crate::incident::Incident;
use crate::incident::accounts::Accounts;

pub use amount::{time, words};
pub use force::{Basis, InForce};
pub use piece::{Direction, Piece, Samples, Scope, Urgency};
pub use timeouts::{Spread, TimerReview, Verdict};

use frontends::Front;
use subject::Subject;
use waits::Group;

/// Everything that is said about timeouts, servers, checks and limits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Review {
    /// Backends and frontends in the order of their names.
    pub backends: Vec<BackendReview>,
    /// What to change, and the timeouts that cut requests and are right; the surest first.
    pub advice: Vec<Piece>,
}

/// A proxy with its timeouts.
#[derive(Debug, Clone, PartialEq)]
pub struct BackendReview {
    /// Its section.
    pub scope: Scope,
    /// Requests that were timed, and those of them that failed; none of a frontend, whose backends have them.
    pub requests: (u64, u64),
    /// Its timeouts that requests met.
    pub timers: Vec<TimerReview>,
}

/// Weighs what was measured. Without a configuration, timeouts in force are inferred where the log shows them.
///
/// Where good requests are not logged (`lacks_good_ones`: in the whole log; else by `option dontlog-normal` of a
/// frontend), nothing rests on shares, rates or distributions.
pub fn weigh(
    accounts: &Accounts,
    incidents: &[Incident],
    config: Option<&Config>,
    lacks_good_ones: bool,
) -> Review {
    let (mut backends, mut own): (Vec<Subject>, Vec<Group>) = (Vec::new(), Vec::new());
    for group in Group::all(accounts) {
        match Subject::new(group.clone(), incidents, config, lacks_good_ones) {
            Some(backend) => backends.push(backend),
            None => own.push(group),
        }
    }
    for group in Group::unasked(accounts, incidents) {
        backends.extend(Subject::new(group, incidents, config, lacks_good_ones));
    }
    let mut review = Review::default();
    review.advice.extend(limits::pieces(incidents, config));
    for backend in &backends {
        review.backend(backend);
    }
    for front in frontends::fronts(&backends, &own, incidents, config) {
        review.front(&front, lacks_good_ones);
    }
    review.finish()
}

impl Review {
    fn backend(&mut self, subject: &Subject) {
        self.proxy(subject.scope()).requests = subject.group.requests();
        for timer in timeouts::of_backend(subject) {
            let timer = timer.where_good_ones(subject.lacks_good_ones);
            let piece = timer.piece();
            self.advice.extend(piece.map(|piece| subject.shown(piece)));
            self.timer(timer);
        }
        if let Some((timer, piece)) = checks::review(subject) {
            self.advice.extend(piece);
            self.timer(timer);
        }
        self.advice.extend(servers::pieces(subject));
        self.advice.extend(checks::pieces(subject));
        self.advice.extend(capacity::pieces(subject));
        self.advice.extend(redispatch::piece(subject));
        self.advice.extend(returns::piece(subject));
    }

    fn front(&mut self, front: &Front, lacks_good_ones: bool) {
        let lacks_good_ones = lacks_good_ones || front.proxy.is_some_and(Proxy::dontlog_normal);
        for timer in timeouts::client::review(front) {
            let timer = timer.where_good_ones(lacks_good_ones);
            self.advice.extend(timer.piece());
            self.timer(timer);
        }
    }

    fn timer(&mut self, timer: TimerReview) {
        self.proxy(timer.scope.clone()).timers.push(timer);
    }

    fn proxy(&mut self, scope: Scope) -> &mut BackendReview {
        let known = self
            .backends
            .iter()
            .position(|backend| backend.scope == scope);
        let place = known.unwrap_or_else(|| {
            self.backends.push(BackendReview {
                scope,
                requests: (0, 0),
                timers: Vec::new(),
            });
            self.backends.len() - 1
        });
        &mut self.backends[place]
    }

    /// One piece for each keyword and scope, the surest; what was seen in an incident before what only numbers say.
    fn finish(mut self) -> Self {
        self.backends.retain(|backend| !backend.timers.is_empty());
        self.backends.sort_by(|a, b| a.scope.cmp(&b.scope));
        let key = |piece: &Piece| (piece.keyword, piece.scope.clone());
        self.advice.sort_by(|a, b| {
            let surest = b.confidence.total_cmp(&a.confidence);
            key(a).cmp(&key(b)).then(surest)
        });
        self.advice.dedup_by(|b, a| key(a) == key(b));
        self.advice.sort_by(|a, b| {
            let surest = b.confidence.total_cmp(&a.confidence);
            a.urgency()
                .cmp(&b.urgency())
                .then(surest)
                .then(key(a).cmp(&key(b)))
        });
        self
    }
}
