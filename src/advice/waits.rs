//! What a timeout let through and what it cut.
//!
//! Enters: distributions by server and ending. Leaves: two histograms for each timeout, calm and incident apart.
//! Must not know: the timeout's value.
//!
//! A request that a timeout cut is a censored observation: it says that the wait would have been longer, not how
//! long. The two are never added up.

use super::survival::Survival;
use crate::incident::accounts::Distributions;
use crate::rollup::Merge;
use crate::rollup::histogram::Histogram;
use crate::rollup::timers::{Ending, Timer};

/// A wait that a timeout limits, as the log shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// `Tc`, all attempts together; cut: `sC`.
    Connect,
    /// `Tr`; cut: `sH`.
    Answer,
    /// The body of an answer, whose headers came in time; cut: `sD`, in HTTP mode.
    Body,
    /// A whole TCP session; cut because the server was silent: `sD`.
    Session,
    /// What follows the switch of protocols in HTTP mode; cut because both sides were silent: `sD`, `cD`.
    Tunnel,
    /// `Tw`; cut: `sQ`.
    Queue,
    /// `TR`; cut: `cR`.
    Request,
    /// What follows the completed phases; cut because the client was silent: `c` and any phase but `R`.
    Client,
}

impl Wait {
    /// Its name in a table.
    pub fn timer(self) -> &'static str {
        match self {
            Self::Connect => "Tc",
            Self::Answer => "Tr",
            Self::Body => "body",
            Self::Session => "session",
            Self::Tunnel => "tunnel",
            Self::Queue => "Tw",
            Self::Request => "TR",
            Self::Client => "idle",
        }
    }

    /// The timer that holds it, where requests that ended like this saw its end.
    fn completed(self, ending: Ending) -> Option<Timer> {
        let [first, second] = ending.term;
        let (timer, is_complete) = match self {
            Self::Connect => (Timer::Connect, true),
            Self::Answer => (Timer::Response, !ending.tcp),
            Self::Body => (Timer::Rest, is_answer(ending) && ran_to_its_end(ending)),
            Self::Session => (Timer::Rest, ending.tcp && ran_to_its_end(ending)),
            Self::Tunnel => (Timer::Rest, ending.tunnel && ran_to_its_end(ending)),
            // A tarpit is logged as queue time.
            Self::Queue => (Timer::Queue, !matches!(second, b'Q' | b'T')),
            Self::Request => (
                Timer::Request,
                !ending.tcp && (first, second) != (b'c', b'R'),
            ),
            Self::Client => (Timer::Rest, !ending.tunnel && ran_to_its_end(ending)),
        };
        is_complete.then_some(timer)
    }

    /// The timer that holds it, where it was cut by its timeout.
    fn cut(self, ending: Ending) -> Option<Timer> {
        let [first, second] = ending.term;
        let (timer, is_cut) = match self {
            Self::Connect => (Timer::Rest, ending.term == *b"sC"),
            Self::Answer => (Timer::Rest, ending.term == *b"sH" && !ending.tcp),
            Self::Body => (Timer::Rest, is_answer(ending) && fell_silent(ending)),
            Self::Session => (Timer::Rest, ending.tcp && fell_silent(ending)),
            Self::Tunnel => (
                Timer::Rest,
                ending.tunnel && matches!((first, second), (b's' | b'c', b'D' | b'L')),
            ),
            Self::Queue => (Timer::Queue, ending.term == *b"sQ"),
            Self::Request => (Timer::Rest, ending.term == *b"cR" && !ending.tcp),
            Self::Client => (
                Timer::Rest,
                !ending.tunnel && first == b'c' && second != b'R',
            ),
        };
        is_cut.then_some(timer)
    }

    /// The timer that holds it, where the client left meanwhile.
    pub(super) fn abandoned(self, ending: Ending) -> Option<Timer> {
        let (timer, left) = match self {
            Self::Connect => (Timer::Rest, ending.term == *b"CC"),
            Self::Answer => (Timer::Rest, ending.term == *b"CH" && !ending.tcp),
            Self::Queue => (Timer::Queue, ending.term == *b"CQ"),
            Self::Body | Self::Session | Self::Tunnel | Self::Request | Self::Client => {
                return None;
            }
        };
        left.then_some(timer)
    }

    /// Only a real server makes it wait.
    pub(super) fn needs_server(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::Answer | Self::Body | Self::Session | Self::Tunnel
        )
    }
}

/// It is a body that a server sends, not what two sides tell each other.
fn is_answer(ending: Ending) -> bool {
    !ending.tcp && !ending.tunnel
}

/// The server did, within the data.
fn fell_silent(ending: Ending) -> bool {
    matches!(&ending.term, b"sD" | b"sL")
}

/// Nobody cut it, or in TCP mode and in tunnels, where that is ordinary, the client did.
fn ran_to_its_end(ending: Ending) -> bool {
    let [first, second] = ending.term;
    first == b'-'
        || ((ending.tcp || ending.tunnel) && first == b'C' && matches!(second, b'D' | b'L' | b'-'))
}

/// Waits in ms.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    /// Those that ended by themselves.
    pub completed: Histogram,
    /// Those that a timeout ended, up to that moment.
    pub cut: Histogram,
}

impl Sample {
    /// How many ended by themselves.
    pub fn completed(&self) -> u64 {
        self.completed.count()
    }

    /// How many were cut.
    pub fn cut(&self) -> u64 {
        self.cut.count()
    }

    /// The share that was cut, 0 to 1.
    pub fn share(&self) -> f64 {
        let (completed, cut) = (self.completed() as f64, self.cut() as f64);
        if cut > 0.0 {
            cut / (cut + completed)
        } else {
            0.0
        }
    }

    /// Ready for questions about another timeout than `limit` ms; `dispersion` as of [`Survival::of`].
    pub fn survival(&self, limit: Option<u64>, dispersion: f64) -> Survival<'_> {
        let survival = Survival::of(&self.completed, &self.cut, dispersion);
        match limit.and_then(|limit| u32::try_from(limit).ok()) {
            Some(limit) => survival.under(limit),
            None => survival,
        }
    }

    pub(super) fn add(&mut self, wait: Wait, timers: &Distributions) {
        for ((ending, timer), histogram) in timers {
            if wait.completed(*ending) == Some(*timer) {
                self.completed.merge(histogram.clone());
            }
            if wait.cut(*ending) == Some(*timer) {
                self.cut.merge(histogram.clone());
            }
        }
    }

    fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.completed.merge(other.completed.clone());
        both.cut.merge(other.cut.clone());
        both
    }
}

/// The two accounts of a wait.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Waits {
    /// Minutes without an incident.
    pub calm: Sample,
    /// Minutes with one.
    pub incident: Sample,
    /// Both.
    pub all: Sample,
}

impl Waits {
    pub(super) fn of(calm: Sample, incident: Sample) -> Self {
        let all = calm.and(&incident);
        Self {
            calm,
            incident,
            all,
        }
    }

    /// Several taken together.
    pub fn sum<'a>(all: impl IntoIterator<Item = &'a Waits>) -> Self {
        let (mut calm, mut incident) = (Sample::default(), Sample::default());
        for samples in all {
            calm = calm.and(&samples.calm);
            incident = incident.and(&samples.incident);
        }
        Self::of(calm, incident)
    }

    /// Nothing waited, nothing was cut.
    pub fn is_empty(&self) -> bool {
        self.all.completed() == 0 && self.all.cut() == 0
    }
}
