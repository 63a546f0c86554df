//! One backend with all that is known of it.
//!
//! Enters: its distributions, the incidents, the configuration. Leaves: what judgements ask for again and again.
//! Must not know: any timeout.

use super::group::Group;
use super::piece::{Direction, Piece, Scope};
use super::waits::Wait;
use crate::config::{Config, Proxy, ProxyKind, Server, Timeout};
use crate::incident::load::Busy;
use crate::incident::{Clue, Incident};
use crate::rollup::Name;
use crate::words::cause::{Cause, Severity};

/// Lines shown with a piece of advice.
pub const EVIDENCE: usize = 3;

/// See the module.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// Its distributions.
    pub group: Group<'a>,
    /// Its incidents that were neither planned nor the clients' own doing.
    pub incidents: Vec<&'a Incident>,
    /// Its section of the configuration.
    pub proxy: Option<&'a Proxy>,
    /// The shortest `timeout client` of the frontends that lead to it, in ms, where the configuration has one.
    pub client: Option<u64>,
    /// Its busiest calm minute.
    pub busy: Option<Busy>,
    /// Its sessions are in TCP mode.
    pub tcp: bool,
    /// Requests of it that ended well are not in the log.
    pub lacks_good_ones: bool,
}

impl<'a> Subject<'a> {
    /// A group as a backend; `None` when it is a frontend whose requests reached none.
    pub fn new(
        group: Group<'a>,
        incidents: &'a [Incident],
        config: Option<&'a Config>,
        lacks_good_ones: bool,
    ) -> Option<Self> {
        let name = std::str::from_utf8(group.name).ok();
        let proxy = config.and_then(|config| config.backend(name?));
        let mut proxies = config.into_iter().flat_map(Config::proxies);
        let is_quiet = |proxy: &Proxy| {
            proxy.dontlog_normal() && name.is_some_and(|name| proxy.may_lead_to(name))
        };
        let queues = !group.waits(Wait::Queue).is_empty();
        let lost_servers = incidents.iter().any(|incident| {
            incident.backend.as_ref() == Some(group.name) && !incident.servers.is_empty()
        });
        let has_servers = lost_servers || group.server_names().next().is_some();
        if proxy.is_none() && !queues && !has_servers {
            return None;
        }
        Some(Self {
            incidents: incidents
                .iter()
                .filter(|incident| {
                    is_fault(incident) && incident.backend.as_ref() == Some(group.name)
                })
                .collect(),
            lacks_good_ones: lacks_good_ones || proxies.any(is_quiet),
            client: config.zip(name).and_then(|(config, name)| {
                let fronts = config.frontends_of(name);
                let limits = fronts.filter_map(|front| front.effective_timeout(Timeout::Client));
                limits.map(|limit| limit.value).min()
            }),
            busy: group.busy,
            tcp: group.is_tcp(),
            proxy,
            group,
        })
    }

    /// Its section.
    pub fn scope(&self) -> Scope {
        scope_of(self.proxy, self.group.name)
    }

    /// An incident that was something else than slow answers: what its requests suffered follows from that.
    pub fn other_fault(&self) -> Option<&'a Incident> {
        let slow = [
            Cause::SlowServer,
            Cause::SlowBackend,
            Cause::ServerOverloaded,
            Cause::ClientSlow,
            Cause::Unknown,
        ];
        let mut incidents = self.incidents.iter();
        incidents
            .find(|incident| !slow.contains(&incident.cause.code))
            .copied()
    }

    /// More work came than its servers can do.
    pub fn is_overloaded(&self) -> bool {
        self.incidents
            .iter()
            .any(|incident| incident.cause.code == Cause::ServerOverloaded)
    }

    /// More work came than these servers can do, and never were they slow for another reason.
    pub fn are_overloaded(&self, servers: &[&Name]) -> bool {
        let found = |cause: Cause| {
            let mut incidents = self.incidents.iter();
            incidents.any(|incident| {
                let names = |server: &&Name| incident.servers.contains(*server);
                incident.cause.code == cause && servers.iter().any(names)
            })
        };
        found(Cause::ServerOverloaded) && !found(Cause::SlowServer)
    }

    /// A piece on one of its timeouts, with lines of requests that met it.
    pub fn shown(&self, piece: Piece, timeout: Timeout) -> Piece {
        let is_change = !matches!(piece.direction, Direction::Keep | Direction::CannotTell);
        let incidents = self.incidents.iter().filter(|_| is_change);
        Piece {
            evidence: self.lines(|term| is_met(timeout, term)),
            incidents: incidents.map(|incident| incident.id.clone()).collect(),
            ..piece
        }
    }

    /// Some lines of requests that ended so: first those within incidents, then any others. What else shows incidents comes
    /// last: it says nothing of them.
    pub fn lines(&self, ended_so: impl Fn([u8; 2]) -> bool) -> Vec<Clue> {
        let lines = self.group.lines(|_: &Name, term| ended_so(term));
        let (within, others): (Vec<&Clue>, Vec<&Clue>) =
            lines.partition(|clue| self.is_within(clue));
        let of_incidents = self
            .incidents
            .iter()
            .flat_map(|incident| incident.cause.evidence.iter());
        let mut evidence: Vec<Clue> = Vec::new();
        for clue in within.into_iter().chain(others).chain(of_incidents) {
            if evidence.len() < EVIDENCE && !evidence.contains(clue) {
                evidence.push(clue.clone());
            }
        }
        evidence
    }

    /// The line was written while an incident went on.
    fn is_within(&self, clue: &Clue) -> bool {
        let at = clue.second * 1_000;
        self.incidents.iter().any(|incident| {
            let end = incident.end.unwrap_or(i64::MAX);
            (incident.start.div_euclid(1_000) * 1_000..=end).contains(&at)
        })
    }
}

/// A request that ended so met this timeout of its server, or left nobody else to blame.
fn is_met(timeout: Timeout, term: [u8; 2]) -> bool {
    match timeout {
        Timeout::Connect => term == *b"sC",
        Timeout::Server => matches!(&term, b"sH" | b"sD"),
        Timeout::Queue => term == *b"sQ",
        Timeout::Tunnel => matches!(&term, b"sD" | b"cD"),
        Timeout::ServerFin => matches!(&term, b"sD" | b"sL"),
        _ => false,
    }
}

/// The cause of an incident lies with this server.
pub fn is_at(incident: &Incident, server: &Server) -> bool {
    let mut names = incident.servers.iter();
    names.any(|name| name[..] == *server.name.as_bytes())
}

/// Lines that show the cause of an incident, the first ones.
pub fn evidence(incident: &Incident) -> Vec<Clue> {
    let clues = incident.cause.evidence.iter();
    clues.take(EVIDENCE).cloned().collect()
}

/// An incident that something broke in, and that nobody meant.
pub fn is_fault(incident: &Incident) -> bool {
    !matches!(incident.severity, Severity::Planned | Severity::Client)
}

/// A backend's section as the configuration has it, else as a backend.
pub fn scope_of(proxy: Option<&Proxy>, name: &Name) -> Scope {
    match proxy.map(|proxy| proxy.kind) {
        Some(ProxyKind::Listen) => Scope::Listen(name.clone()),
        _ => Scope::Backend(name.clone()),
    }
}
