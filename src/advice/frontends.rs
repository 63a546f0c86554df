//! Frontends, with the backends that their requests went to.
//!
//! Enters: backends, what reached none, the configuration, the incidents. Leaves: [`Front`]s. Must not know: timeouts.
//!
//! Distributions are kept by backend, so which frontend a request came through is known from the configuration, or
//! where there is none from the samples of an incident.

use std::collections::BTreeSet;

use super::group::Group;
use super::piece::Scope;
use super::subject::{Subject, is_fault};
use super::waits::{Wait, Waits};
use crate::config::{Config, Proxy, ProxyKind};
use crate::incident::Incident;
use crate::incident::load::{Held, Loads};
use crate::rollup::histogram::Histogram;
use crate::rollup::timers::Ending;
use crate::rollup::{Merge, Name};
use crate::words::cause::Kind;

/// A frontend.
#[derive(Debug, Clone)]
pub struct Front<'a> {
    /// `None`: that of a backend whose frontend is not known.
    name: Option<Name>,
    /// Its section of the configuration.
    pub proxy: Option<&'a Proxy>,
    /// The most connections that it held at once.
    pub connections: Option<Held>,
    /// What reached no backend.
    own: Option<&'a Group<'a>>,
    backends: Vec<&'a Subject<'a>>,
    /// Another frontend leads to one of its backends, too.
    is_shared: bool,
}

/// Finds them. `own` are the groups that are no backends.
pub fn fronts<'a>(
    backends: &'a [Subject<'a>],
    own: &'a [Group<'a>],
    incidents: &[Incident],
    config: Option<&'a Config>,
    loads: &Loads,
) -> Vec<Front<'a>> {
    let mut fronts: Vec<Front> = config
        .into_iter()
        .flat_map(|config| configured(config, backends, own))
        .collect();
    let claimed = |front: &[Front], name: &Name| {
        front.iter().any(|front| {
            let own = front.own.iter().map(|own| own.name);
            let mut names = own.chain(front.backends.iter().map(|backend| backend.group.name));
            names.any(|known| known == name)
        })
    };
    let lost: Vec<&Subject> = backends
        .iter()
        .filter(|backend| !claimed(&fronts, backend.group.name))
        .collect();
    let alone: Vec<&Group> = own
        .iter()
        .filter(|own| !claimed(&fronts, own.name))
        .collect();
    if let [own] = alone[..] {
        fronts.push(Front {
            name: Some(own.name.clone()),
            proxy: None,
            connections: None,
            own: Some(own),
            backends: lost
                .iter()
                .filter(|backend| !backend.tcp)
                .copied()
                .collect(),
            is_shared: false,
        });
    }
    for backend in lost.into_iter().filter(|backend| backend.tcp) {
        fronts.push(of_sessions(backend, incidents, config));
    }
    for front in &mut fronts {
        front.connections = front.name.as_ref().and_then(|name| loads.most(name));
    }
    fronts
}

fn configured<'a>(
    config: &'a Config,
    backends: &'a [Subject<'a>],
    own: &'a [Group<'a>],
) -> Vec<Front<'a>> {
    let text = |name: &'a Name| std::str::from_utf8(name).unwrap_or_default();
    let leads_to = |proxy: &Proxy, backend: &Subject<'a>| {
        let mut all = config.frontends_of(text(backend.group.name));
        all.any(|other| other.name == proxy.name)
    };
    let fronts = config.proxies().filter(|proxy| proxy.is_frontend());
    let mut seen = BTreeSet::new();
    fronts
        .filter(|proxy| seen.insert(&proxy.name))
        .map(|proxy| {
            let behind: Vec<&Subject> = backends
                .iter()
                .filter(|backend| leads_to(proxy, backend))
                .collect();
            let is_shared = behind
                .iter()
                .any(|backend| config.frontends_of(text(backend.group.name)).count() > 1);
            Front {
                name: Some(proxy.name.as_bytes().into()),
                proxy: Some(proxy),
                connections: None,
                own: own
                    .iter()
                    .find(|own| own.name[..] == *proxy.name.as_bytes()),
                backends: behind,
                is_shared,
            }
        })
        .filter(|front| front.own.is_some() || !front.backends.is_empty())
        .collect()
}

/// The frontend of a TCP backend, as an incident with its clients names it.
fn of_sessions<'a>(
    backend: &'a Subject<'a>,
    incidents: &[Incident],
    config: Option<&'a Config>,
) -> Front<'a> {
    let names: BTreeSet<&Name> = incidents
        .iter()
        .filter(|incident| {
            incident.kind == Kind::ClientTimeouts
                && incident.backend.as_ref() == Some(backend.group.name)
        })
        .flat_map(|incident| &incident.frontends)
        .collect();
    let name = match names.into_iter().collect::<Vec<_>>()[..] {
        [name] => Some(name.clone()),
        _ => None,
    };
    let proxy = config
        .zip(name.as_ref())
        .and_then(|(config, name)| config.frontend(std::str::from_utf8(name).ok()?));
    Front {
        name,
        proxy,
        connections: None,
        own: None,
        backends: vec![backend],
        is_shared: false,
    }
}

impl<'a> Front<'a> {
    /// Its section; that of the backend where it is not known.
    pub fn scope(&self) -> Scope {
        match (&self.name, &self.proxy, &self.backends[..]) {
            (Some(name), Some(proxy), _) if proxy.kind == ProxyKind::Listen => {
                Scope::Listen(name.clone())
            }
            (None, _, [backend, ..]) => backend.scope(),
            (name, ..) => Scope::Frontend(name.clone().unwrap_or_default()),
        }
    }

    /// This is its name.
    pub fn is_called(&self, name: &[u8]) -> bool {
        self.name.as_ref().is_some_and(|own| own[..] == *name)
    }

    /// The backend's section, when it leads to one alone.
    pub fn only_backend(&self) -> Option<&'a Proxy> {
        match self.backends[..] {
            [backend] => backend.proxy,
            _ => None,
        }
    }

    /// The same as a scope.
    pub fn backend_scope(&self) -> Option<Scope> {
        match self.backends[..] {
            [backend] => Some(backend.scope()),
            _ => None,
        }
    }

    /// The waits of what came through it.
    pub fn waits(&self, wait: Wait) -> Waits {
        let groups = self
            .own
            .into_iter()
            .chain(self.backends.iter().map(|backend| &backend.group));
        let each: Vec<Waits> = groups.map(|group| group.waits(wait)).collect();
        Waits::sum(&each)
    }

    /// The data phases of what came through it and ended like this.
    pub fn rests(&self, is_wanted: &dyn Fn(Ending) -> bool) -> Histogram {
        let mut sum = Histogram::default();
        for backend in &self.backends {
            sum.merge(backend.group.rests(is_wanted));
        }
        sum
    }

    /// Requests that were at work at once in the busiest calm minute of each of its backends; `None` where it is not known,
    /// or where others lead there, too.
    pub fn at_work(&self) -> Option<f64> {
        let each = self.backends.iter().map(|backend| backend.busy);
        let thousandths: Option<u64> = each.map(|busy| Some(busy?.at_work)).sum();
        let is_alone = !self.is_shared && !self.backends.is_empty();
        thousandths.filter(|_| is_alone).map(|n| n as f64 / 1e3)
    }

    /// Its sessions are in TCP mode.
    pub fn is_tcp(&self) -> bool {
        self.backends.iter().any(|backend| backend.tcp)
    }

    /// Requests that were cut are known to have come through it.
    pub fn is_named(&self) -> bool {
        self.name.is_some() && !self.is_shared
    }

    /// Something broke behind it.
    pub fn had_fault(&self) -> bool {
        self.backends
            .iter()
            .flat_map(|backend| &backend.incidents)
            .any(|incident| is_fault(incident))
    }
}
