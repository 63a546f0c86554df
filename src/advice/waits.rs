//! What a timeout let through and what it cut.
//!
//! Enters: distributions by server and ending. Leaves: two histograms for each timeout, calm and incident apart.
//! Must not know: the timeout's value.
//!
//! A request that a timeout cut is a censored observation: it says that the wait would have been longer, not how
//! long. The two are never added up.

use std::collections::{BTreeMap, BTreeSet};

use super::survival::{Survival, dispersion};

use crate::incident::Incident;
use crate::incident::accounts::{Accounts, Distributions};
use crate::incident::load::Busy;
use crate::incident::spells::Spells;
use crate::rollup::histogram::Histogram;
use crate::rollup::timers::{Ending, Timer};
use crate::rollup::{Merge, Name};

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
    fn abandoned(self, ending: Ending) -> Option<Timer> {
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
    fn needs_server(self) -> bool {
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

    fn add(&mut self, wait: Wait, timers: &Distributions) {
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
    fn of(calm: Sample, incident: Sample) -> Self {
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

/// The distributions of one backend, or of a frontend where no backend was chosen.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// Its name.
    pub name: &'a Name,
    /// Its busiest calm minute.
    pub busy: Option<Busy>,
    servers: BTreeMap<&'a Name, [Option<&'a Distributions>; 2]>,
    spells: [Option<&'a Spells>; 2],
}

impl<'a> Group<'a> {
    /// All of them, in the order of their names.
    pub fn all(accounts: &'a Accounts) -> Vec<Self> {
        let mut groups: BTreeMap<&Name, Self> = BTreeMap::new();
        for (at, account) in [&accounts.calm, &accounts.incident].into_iter().enumerate() {
            for (backend, server, timers) in account.servers() {
                let group = groups.entry(backend).or_insert_with(|| Self {
                    name: backend,
                    busy: accounts.loads.busiest(backend),
                    servers: BTreeMap::new(),
                    spells: [&accounts.calm, &accounts.incident]
                        .map(|account| account.spells(backend)),
                });
                group.servers.entry(server).or_default()[at] = Some(timers);
            }
        }
        groups.into_values().collect()
    }

    /// Backends that broke and that nobody asked, in the order of their names.
    pub fn unasked(accounts: &Accounts, incidents: &'a [Incident]) -> Vec<Self> {
        let asked = |name: &Name| {
            let both = [&accounts.calm, &accounts.incident].into_iter();
            both.flat_map(|account| account.servers())
                .any(|(backend, ..)| backend == name)
        };
        let names: BTreeSet<&Name> = incidents
            .iter()
            .filter(|incident| !incident.servers.is_empty())
            .filter_map(|incident| incident.backend.as_ref())
            .filter(|name| !asked(name))
            .collect();
        let unasked = |name| Self {
            name,
            busy: None,
            servers: BTreeMap::new(),
            spells: [None; 2],
        };
        names.into_iter().map(unasked).collect()
    }

    /// The samples of a wait.
    pub fn waits(&self, wait: Wait) -> Waits {
        let each: Vec<Waits> = self
            .servers(wait)
            .map(|(_, [calm, incident])| Self::of(wait, *calm, *incident))
            .collect();
        Waits::sum(&each)
    }

    /// How many times fewer independent requests would tell as much of waits under a timeout of `limit` ms, in calm and in
    /// all minutes; 1 but for answers.
    pub fn dispersion(&self, wait: Wait, limit: Option<u64>) -> [f64; 2] {
        let Some(limit) = limit.filter(|_| wait == Wait::Answer) else {
            return [1.0; 2];
        };
        let under = |spells: Option<&Spells>| spells.map(|spells| spells.under(limit));
        let [calm, incident] = self.spells.map(|spells| under(spells).unwrap_or_default());
        let all = [calm[0].and(incident[0]), calm[1].and(incident[1])];
        [calm, all].map(|[cut, late]| dispersion(&cut, &late))
    }

    /// When clients left that waited for this, in calm and in all minutes.
    pub fn patience(&self, wait: Wait) -> [Histogram; 2] {
        let mut both: [Histogram; 2] = Default::default();
        for (_, accounts) in self.servers(wait) {
            for (at, timers) in accounts.iter().enumerate() {
                for ((ending, timer), left) in timers.iter().flat_map(|timers| timers.iter()) {
                    if wait.abandoned(*ending) != Some(*timer) {
                        continue;
                    }
                    both[1].merge(left.clone());
                    if at == 0 {
                        both[0].merge(left.clone());
                    }
                }
            }
        }
        both
    }

    /// The same by server.
    pub fn by_server(&self, wait: Wait) -> Vec<(&'a Name, Waits)> {
        self.servers(wait)
            .filter(|(server, _)| !server.starts_with(b"<"))
            .map(|(server, [calm, incident])| (*server, Self::of(wait, *calm, *incident)))
            .collect()
    }

    /// How many servers it is known to have.
    pub fn server_names(&self) -> impl Iterator<Item = &'a Name> + '_ {
        self.servers
            .keys()
            .copied()
            .filter(|server| !server.starts_with(b"<"))
    }

    /// Requests that each of its servers had in calm minutes.
    pub fn calm_requests(&self) -> Vec<(&'a Name, u64)> {
        let at_servers = self.servers(Wait::Answer);
        let of_calm = at_servers.filter_map(|(server, [calm, _])| Some((*server, (*calm)?)));
        of_calm
            .map(|(server, timers)| {
                let totals = timers
                    .iter()
                    .filter(|((_, timer), _)| *timer == Timer::Total);
                (server, totals.map(|(_, histogram)| histogram.count()).sum())
            })
            .collect()
    }

    /// Requests that ended like this on servers.
    pub fn ended(&self, is_wanted: impl Fn(Ending) -> bool) -> u64 {
        self.servers
            .iter()
            .filter(|(server, _)| !server.starts_with(b"<"))
            .flat_map(|(_, accounts)| accounts.iter().flatten())
            .flat_map(|timers| timers.iter())
            .filter(|((ending, timer), _)| *timer == Timer::Total && is_wanted(*ending))
            .map(|(_, histogram)| histogram.count())
            .sum()
    }

    /// All requests that were timed, and those of them that failed.
    pub fn requests(&self) -> (u64, u64) {
        let timers = self.servers.values().flatten().flatten();
        let totals = timers
            .flat_map(|timers| timers.iter())
            .filter(|((_, timer), _)| *timer == Timer::Total);
        totals.fold((0, 0), |(all, failed), ((ending, _), histogram)| {
            let n = histogram.count();
            (all + n, failed + if ending.failed { n } else { 0 })
        })
    }

    /// Most of it is in TCP mode.
    pub fn is_tcp(&self) -> bool {
        let count = |tcp| {
            let timers = self.servers.values().flatten().flatten();
            let of_mode = timers
                .flat_map(|timers| timers.iter())
                .filter(|((ending, timer), _)| *timer == Timer::Total && ending.tcp == tcp);
            of_mode.map(|(_, histogram)| histogram.count()).sum::<u64>()
        };
        count(true) > count(false)
    }

    fn servers(
        &self,
        wait: Wait,
    ) -> impl Iterator<Item = (&&'a Name, &[Option<&'a Distributions>; 2])> {
        self.servers
            .iter()
            .filter(move |(server, _)| !wait.needs_server() || !server.starts_with(b"<"))
    }

    fn of(wait: Wait, calm: Option<&Distributions>, incident: Option<&Distributions>) -> Waits {
        let sample = |timers: Option<&Distributions>| {
            let mut sample = Sample::default();
            if let Some(timers) = timers {
                sample.add(wait, timers);
            }
            sample
        };
        Waits::of(sample(calm), sample(incident))
    }
}
