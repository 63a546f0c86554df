//! The distributions of one backend.
//!
//! Enters: the accounts. Leaves: [`Group`]s, which answer what waits there were, by whatever is asked. Must not know:
//! timeouts' values.

use std::collections::{BTreeMap, BTreeSet};

use super::survival::dispersion;
use super::waits::{Sample, Wait, Waits};
use crate::incident::accounts::{Accounts, Distributions};
use crate::incident::cookies::Brought;
use crate::incident::exemplars::Exemplars;
use crate::incident::load::Busy;
use crate::incident::spells::Spells;
use crate::incident::urls::Drawn;
use crate::incident::{Clue, Incident};
use crate::rollup::histogram::Histogram;
use crate::rollup::timers::{Ending, Timer};
use crate::rollup::{Merge, Name};

/// The part of the cut requests that may have been cut earlier than by what counts as the shortest limit: single ones have
/// one of their own.
const SHORTEST: f64 = 0.05;

/// The distributions of one backend, or of a frontend where no backend was chosen.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// Its name.
    pub name: &'a Name,
    /// Its busiest calm minute.
    pub busy: Option<Busy>,
    /// What was asked of it: by requests that were well, and by those that a timeout cut.
    pub urls: Option<&'a [Drawn; 2]>,
    /// Requests that brought a cookie, and that were given one.
    pub cookies: Brought,
    exemplars: &'a Exemplars,
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
                    urls: accounts.urls.of(backend),
                    cookies: accounts.cookies.of(backend),
                    exemplars: &accounts.exemplars,
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
    pub fn unasked(accounts: &'a Accounts, incidents: &'a [Incident]) -> Vec<Self> {
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
            urls: None,
            cookies: Brought::default(),
            exemplars: &accounts.exemplars,
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

    /// How many times fewer independent requests would tell as much of waits, in calm and in all minutes; 1 but for answers.
    ///
    /// Where limits differ, late is what is late for the shortest of them: all that are cut are among the late ones.
    pub fn dispersion(&self, wait: Wait) -> [f64; 2] {
        let shortest = (wait == Wait::Answer)
            .then(|| self.waits(wait).all.cut.quantile(SHORTEST))
            .flatten();
        let Some((limit, _)) = shortest else {
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

    /// What was left of the total of requests that ended like this on servers, in all minutes.
    pub fn rests(&self, is_wanted: &dyn Fn(Ending) -> bool) -> Histogram {
        let mut sum = Histogram::default();
        for (_, [_, all]) in self.of_those(Timer::Rest, is_wanted) {
            sum.merge(all);
        }
        sum
    }

    /// The first lines of requests that ended so, on the servers that are wanted.
    pub fn lines(
        &self,
        is_wanted: impl Fn(&Name, [u8; 2]) -> bool,
    ) -> impl Iterator<Item = &'a Clue> {
        let all = self.exemplars.of(self.name);
        all.filter(move |(server, term, _)| is_wanted(server, *term))
            .flat_map(|(_, _, lines)| lines)
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

    /// A timer of requests that ended like this, by server, in calm and in all minutes.
    pub fn of_those(
        &self,
        timer: Timer,
        is_wanted: impl Fn(Ending) -> bool,
    ) -> Vec<(&'a Name, [Histogram; 2])> {
        let at_servers = self.servers.iter();
        let at_servers = at_servers.filter(|(server, _)| !server.starts_with(b"<"));
        at_servers
            .map(|(server, accounts)| {
                let of_account = |account: Option<&Distributions>| {
                    let mut sum = Histogram::default();
                    for ((ending, its), histogram) in account.into_iter().flatten() {
                        if *its == timer && is_wanted(*ending) {
                            sum.merge(histogram.clone());
                        }
                    }
                    sum
                };
                let calm = of_account(accounts[0]);
                let mut all = of_account(accounts[1]);
                all.merge(calm.clone());
                (*server, [calm, all])
            })
            .collect()
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
