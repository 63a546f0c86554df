//! What HAProxy's own messages do to incidents.
//!
//! Enters: one event, re-read from its line. Leaves: cases opened, fed and ended.
//! Must not know: traffic.

use std::collections::BTreeMap;

use super::Clue;
use super::absence::{Reason, Span};
use super::case::{Group, Site};
use super::scan::Scan;
use super::state::{Effect, Rotation};
use crate::line::event::CheckEvent;
use crate::line::{self, Event, ProxyEvent, Reading, ServerEvent, Why};
use crate::rollup::Name;
use crate::rollup::seal::{Origin, SealedEvent};

/// Servers whose failing checks are remembered; more are forged.
const FAILING: usize = 4_096;

/// The run of failed checks a server is in.
#[derive(Debug, Clone)]
struct Failing {
    since: i64,
    first: Clue,
    reason: Option<Reason>,
    last: Clue,
}

/// Failing checks, by who saw them and server (`option log-health-checks`).
#[derive(Debug, Clone, Default)]
pub struct Checks(BTreeMap<(Origin, Name, Name), Failing>);

impl Scan {
    /// Takes an event in.
    pub(super) fn event(&mut self, event: &SealedEvent) {
        let Reading::Event(read) = line::read(event.message(), true) else {
            return;
        };
        match read {
            Event::Server(change) => self.server(event, &change),
            Event::Check(check) => self.check(event, &check),
            Event::NoServer { backend } => self.nobody(event, backend.into()),
            Event::Proxy { proxy, what } => self.proxy(event, proxy.into(), what),
            Event::Process(what) => self.process_event(event, what),
            Event::ServerFull { .. } | Event::Address { .. } => {}
        }
    }

    fn server(&mut self, event: &SealedEvent, change: &ServerEvent) {
        let (before, after) = match self.states.apply(&event.origin, change) {
            Effect::Changed(before, after) => (before, after),
            Effect::Repeated => {
                self.duplicates += 1;
                return;
            }
        };
        let (backend, server): (Name, Name) = (change.backend.into(), change.server.into());
        let reason = Reason::of(&change.why);
        if before == Some(Rotation::Down) || after == Rotation::Up {
            self.back(event, &backend, &server, change);
        }
        if before.is_some_and(Rotation::is_planned) {
            self.end_maintenance(event, &backend, &server);
        }
        let by_dns = reason.as_ref().is_some_and(Reason::is_dns);
        match after {
            Rotation::Up => {}
            Rotation::Down => self.down(event, backend, server, change, reason),
            _ if by_dns => self.down(event, backend, server, change, reason),
            state => self.maintenance(event, backend, server, state, reason),
        }
    }

    fn down(
        &mut self,
        event: &SealedEvent,
        backend: Name,
        server: Name,
        change: &ServerEvent,
        reason: Option<Reason>,
    ) {
        let failing = self
            .checks
            .0
            .get(&(event.origin.clone(), backend.clone(), server.clone()))
            .cloned();
        let site = Site {
            backend,
            ..Site::default()
        };
        let since = failing
            .as_ref()
            .map_or(event.second, |failing| failing.since.min(event.second));
        let case = self.open(Group::Service, &site, since);
        if let Some(failing) = &failing {
            let told = (failing.since, failing.first.clone());
            case.check = Some(
                case.check
                    .take()
                    .map_or(told.clone(), |held| held.min(told)),
            );
        }
        let reason = reason.or_else(|| failing.as_ref().and_then(|failing| failing.reason.clone()));
        let state = Rotation::Down;
        let clue = clue(event);
        let span = Span {
            from: event.second,
            to: None,
            state,
            reason,
            clue: clue.clone(),
            back: None,
        };
        case.absences.leave(&server, &event.origin, span);
        if let Some(failing) = failing {
            case.evidence.insert(failing.last);
        }
        if change.active == Some(0) && change.backups.unwrap_or(0) == 0 {
            case.absences.nobody_left(event.second, &clue);
        }
    }

    fn back(&mut self, event: &SealedEvent, backend: &Name, server: &Name, change: &ServerEvent) {
        self.checks
            .0
            .remove(&(event.origin.clone(), backend.clone(), server.clone()));
        let site = Site {
            backend: backend.clone(),
            ..Site::default()
        };
        let Some(case) = self.cases.get_mut(&(Group::Service, site)) else {
            return;
        };
        let came = case
            .absences
            .come_back(server, &event.origin, event.second, &clue(event));
        let usable = change.active.unwrap_or(1) + change.backups.unwrap_or(0) > 0;
        let is_back = matches!(
            change.change,
            line::ServerChange::Up | line::ServerChange::ReadyUp
        );
        if is_back && usable && (came || case.absences.is_nobody()) {
            case.absences.somebody(event.second);
        }
    }

    fn check(&mut self, event: &SealedEvent, check: &CheckEvent) {
        let key: (Origin, Name, Name) = (
            event.origin.clone(),
            check.backend.into(),
            check.server.into(),
        );
        let full = check.status.is_some_and(|(at, of, up)| up && at >= of);
        if check.passed {
            if full {
                self.checks.0.remove(&key);
            }
            return;
        }
        let told = clue(event);
        let reason = Reason::of(&Why::Check(check.result));
        if self.checks.0.len() >= FAILING && !self.checks.0.contains_key(&key) {
            return;
        }
        let failing = self.checks.0.entry(key).or_insert_with(|| Failing {
            since: event.second,
            first: told.clone(),
            reason: None,
            last: told.clone(),
        });
        failing.reason = reason;
        failing.last = told;
    }

    /// `backend … has no server available!`
    fn nobody(&mut self, event: &SealedEvent, backend: Name) {
        let site = Site {
            backend,
            ..Site::default()
        };
        let case = self.open(Group::Service, &site, event.second);
        case.absences.nobody_left(event.second, &clue(event));
    }

    fn maintenance(
        &mut self,
        event: &SealedEvent,
        backend: Name,
        server: Name,
        state: Rotation,
        reason: Option<Reason>,
    ) {
        let site = Site {
            backend,
            server: server.clone(),
            ..Site::default()
        };
        let case = self.open(Group::Maintenance, &site, event.second);
        let span = Span {
            from: event.second,
            to: None,
            state,
            reason,
            clue: clue(event),
            back: None,
        };
        case.absences.leave(&server, &event.origin, span);
    }

    fn end_maintenance(&mut self, event: &SealedEvent, backend: &Name, server: &Name) {
        let site = Site {
            backend: backend.clone(),
            server: server.clone(),
            ..Site::default()
        };
        if let Some(case) = self.cases.get_mut(&(Group::Maintenance, site)) {
            case.absences
                .come_back(server, &event.origin, event.second, &clue(event));
        }
    }

    fn proxy(&mut self, event: &SealedEvent, proxy: Name, what: ProxyEvent) {
        match what {
            ProxyEvent::Stopped | ProxyEvent::HardStopped | ProxyEvent::Stopping => {
                self.old_process_stops(event);
            }
            ProxyEvent::FileDescriptors
            | ProxyEvent::Memory
            | ProxyEvent::Maxconn
            | ProxyEvent::SourcePorts => {
                self.limit(event, proxy);
            }
            ProxyEvent::Started | ProxyEvent::Paused | ProxyEvent::Resumed | ProxyEvent::Other => {}
        }
    }

    /// A limit explains the trouble a backend is in; by itself it hurts nobody yet.
    fn limit(&mut self, event: &SealedEvent, proxy: Name) {
        let told = (event.second, clue(event));
        let site = Site {
            backend: proxy,
            ..Site::default()
        };
        if let Some(case) = self.cases.get_mut(&(Group::Service, site)) {
            case.limits = case.limits.take().or(Some(told));
        }
    }
}

/// The line of an event, as evidence.
pub(super) fn clue(event: &SealedEvent) -> Clue {
    Clue {
        second: event.second,
        position: event.position,
        host: event.origin.host.clone(),
        text: event.text.clone(),
    }
}
