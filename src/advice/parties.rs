//! All backends and frontends of a log.
//!
//! Enters: timer distributions, incidents, the configuration. Leaves: [`Parties`], which judgements are about. Must not
//! know: timeouts.

use super::frontends::{self, Front};
use super::group::Group;
use super::subject::Subject;
use crate::config::Config;
use crate::incident::Incident;
use crate::incident::accounts::Accounts;
use crate::incident::load::Loads;

/// See the module.
#[derive(Debug)]
pub struct Parties<'a> {
    /// Backends, in the order of their names; behind them those that broke and that nobody asked.
    pub backends: Vec<Subject<'a>>,
    /// Groups that are no backends: requests of a frontend that reached none.
    own: Vec<Group<'a>>,
    /// How much was at work at once.
    pub loads: &'a Loads,
    /// What happened.
    pub incidents: &'a [Incident],
    /// What is written.
    pub config: Option<&'a Config>,
    /// Good requests are not in the log.
    pub lacks_good_ones: bool,
    running: Option<Running>,
}

/// Connections of a process that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// Open now (`CurrConns` of `show info`).
    pub held: u32,
    /// The most that there may be (`Maxconn`), whether it is written or follows from the limit of file descriptors.
    pub limit: u32,
}

/// Connections that a process may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessLimit {
    /// As many.
    pub value: u32,
    /// `config`, or `running` where that says otherwise.
    pub from: &'static str,
    /// A larger number that is written and not in force.
    pub waiting: Option<u32>,
}

impl<'a> Parties<'a> {
    /// Finds them. Without a configuration, timeouts in force are inferred where the log shows them.
    ///
    /// Where good requests are not logged (`lacks_good_ones`: in the whole log; else by `option dontlog-normal` of a
    /// frontend), nothing rests on shares, rates or distributions.
    pub fn new(
        accounts: &'a Accounts,
        incidents: &'a [Incident],
        config: Option<&'a Config>,
        lacks_good_ones: bool,
    ) -> Self {
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
        Self {
            backends,
            own,
            loads: &accounts.loads,
            incidents,
            config,
            lacks_good_ones,
            running: None,
        }
    }

    /// Beside what the running process says.
    pub fn beside(self, running: Option<Running>) -> Self {
        Self { running, ..self }
    }

    /// What the running process says; `None` also where frontends in the log held more than it may hold: they were of
    /// another one, or of another time.
    pub fn running(&self) -> Option<Running> {
        let most = self.loads.most_of_a_process().unwrap_or(0);
        self.running.filter(|running| most <= running.limit)
    }

    /// The connections that the process may hold.
    pub fn process_limit(&self) -> Option<ProcessLimit> {
        let written = self.config.and_then(|config| config.global().maxconn());
        let running = self.running().map(|running| running.limit);
        Some(ProcessLimit {
            value: running.or(written)?,
            from: match running.is_some() && running != written {
                true => "running",
                false => "config",
            },
            waiting: written.filter(|written| running.is_some_and(|limit| *written > limit)),
        })
    }

    /// Frontends, with the backends behind them.
    pub fn fronts(&self) -> Vec<Front<'_>> {
        frontends::fronts(
            &self.backends,
            &self.own,
            self.incidents,
            self.config,
            self.loads,
        )
    }
}
