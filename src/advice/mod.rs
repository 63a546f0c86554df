//! What to change, and why.
//!
//! Enters: timer distributions in two accounts, incidents and, where there is one, the configuration. Leaves: a
//! [`Review`]: every timeout with its verdict, and [`Piece`]s of advice. Must not know: files, zones, faces.
//!
//! A request that a timeout cut is a censored observation. Whether a longer timeout would have helped is told by how the
//! other waits end ([`survival`]); often the answer is to mend a server, or that the log cannot tell.

mod agents;
mod allbackups;
mod amount;
mod balance;
mod bursts;
mod capacity;
pub mod change;
mod checks;
mod cookies;
mod force;
mod frontends;
mod group;
mod hashed;
mod headroom;
mod limits;
mod narrow;
mod parties;
mod piece;
mod pools;
pub mod redispatch;
mod resent;
mod returns;
mod reuse;
mod second;
mod servers;
pub mod settings;
mod subject;
pub mod survival;
mod timeouts;
mod uploads;
mod waits;
pub mod what_if;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

use crate::config::Proxy;

pub use amount::{raised, time, words};
pub use checks::elsewhere;
pub use force::{Basis, InForce};
pub use piece::{Direction, Piece, Samples, Scope, Urgency};
pub use survival::{Doubt, Interval, Outcome as Saving};
pub use timeouts::{Spread, TimerReview, Verdict};

use frontends::Front;
pub use parties::{Parties, Running};
use subject::Subject;

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
    /// Its capacity, how its load was shared, and its connections, a sentence each, where they are known.
    pub notes: Vec<String>,
}

/// Weighs what was measured.
pub fn weigh(parties: &Parties) -> Review {
    let mut review = Review::default();
    review.advice.extend(limits::pieces(parties));
    for backend in &parties.backends {
        review.backend(backend);
    }
    for front in parties.fronts() {
        review.front(&front, parties.lacks_good_ones);
    }
    if let Some((note, piece)) = limits::of_process(parties) {
        review.proxy(Scope::Global).notes.push(note);
        review.advice.extend(piece);
    }
    review.finish()
}

impl Review {
    fn backend(&mut self, subject: &Subject) {
        self.proxy(subject.scope()).requests = subject.group.requests();
        for timer in timeouts::of_backend(subject) {
            let timer = timer.where_good_ones(subject.lacks_good_ones);
            let piece = timer.piece();
            self.advice
                .extend(piece.map(|piece| subject.shown(piece, timer.timeout)));
            self.timer(timer);
        }
        self.advice
            .extend(timeouts::connect::beside_the_culprit(subject));
        if let Some((timer, piece)) = checks::review(subject) {
            self.advice.extend(piece);
            self.timer(timer);
        }
        self.advice.extend(servers::pieces(subject));
        self.advice.extend(second::pieces(subject));
        self.advice.extend(cookies::piece(subject));
        self.advice.extend(checks::pieces(subject));
        self.advice.extend(capacity::pieces(subject));
        self.advice.extend(hashed::piece(subject));
        self.advice.extend(allbackups::piece(subject));
        self.advice.extend(redispatch::piece(subject));
        self.advice.extend(resent::piece(subject));
        self.advice.extend(returns::piece(subject));
        self.advice.extend(reuse::piece(subject));
        if !subject.lacks_good_ones {
            let notes = [headroom::note(subject), balance::note(subject)];
            let proxy = self.proxy(subject.scope());
            proxy.notes.extend(notes.into_iter().flatten());
        }
    }

    fn front(&mut self, front: &Front, lacks_good_ones: bool) {
        if let Some((note, piece)) = limits::review(front) {
            self.proxy(front.scope()).notes.push(note);
            self.advice.extend(piece);
        }
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
                notes: Vec::new(),
            });
            self.backends.len() - 1
        });
        &mut self.backends[place]
    }

    /// One piece for each keyword and scope, the surest; what was seen in an incident before what only numbers say.
    fn finish(mut self) -> Self {
        self.backends
            .retain(|backend| !backend.timers.is_empty() || !backend.notes.is_empty());
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
