//! What HAProxy's own messages do to incidents.
//!
//! Enters: one event, re-read from its line. Leaves: cases opened, fed and ended.
//! Must not know: traffic.

use super::absence::Span;
use super::backend::Watch;
use super::case::Case;
use super::ledger::Standing;
use super::place::{Group, Site};
use super::reason::Reason;
use super::scan::Scan;
use super::state::{Effect, Rotation};
use super::{Clue, culprit, look_back};
use crate::line::event::CheckEvent;
use crate::line::{self, Event, ProxyEvent, Reading, ServerChange, ServerEvent, Why};
use crate::rollup::Name;
use crate::rollup::seal::{Origin, SealedEvent};
use crate::words::termination::Symptom;

impl Scan {
    /// Takes an event in.
    pub(super) fn event(&mut self, event: &SealedEvent) {
        let Reading::Event(read) = line::read(event.message(), true) else {
            return;
        };
        if !self.roster.admits(&event.origin, &read, event.second) {
            return;
        }
        if may_be_a_copy(&read) && self.copies.is_copy(event) {
            self.duplicates.count(event.class);
            return;
        }
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
        let (backend, server): (Name, Name) = (change.backend.into(), change.server.into());
        if !self.is_for_the_log(event, &backend, &server) {
            self.duplicates.count(event.class);
            return;
        }
        let (before, after) = match self.states.apply(&event.origin, change) {
            Effect::Changed(before, after) => (before, after),
            Effect::Repeated => {
                self.duplicates.count(event.class);
                self.revivals.refute(&event.origin, &backend, &server);
                return;
            }
            Effect::Nothing => return,
        };
        let reason = Reason::of(&change.why);
        let by_dns = reason.as_ref().is_some_and(Reason::is_dns);
        if before.is_none() && change.change == ServerChange::Up {
            self.was_down(event, &backend, &server, change);
        }
        let standing = match after {
            Rotation::Up => Standing::InRotation,
            planned if planned.is_planned() && !by_dns => Standing::Planned,
            _ => Standing::Down,
        };
        let place = (&backend, &server);
        self.ledger
            .turn(&event.origin, place, event.second, standing);
        if before.is_some_and(|before| before != Rotation::Up) || after == Rotation::Up {
            let taken = after.is_planned() && !by_dns;
            self.back(event, &backend, &server, change, taken);
        }
        if before.is_some_and(Rotation::is_planned) {
            let is_lost = after == Rotation::Down;
            self.end_maintenance(event, &backend, &server, is_lost);
        }
        match after {
            Rotation::Up => {}
            Rotation::Down => self.down(event, backend, server, change, reason),
            _ if by_dns => self.down(event, backend, server, change, reason),
            state => self.maintenance(event, backend, server, change, state, reason),
        }
    }

    /// What the running HAProxy was asked counts as long as the log says nothing of the server; from then on the log does.
    fn is_for_the_log(&mut self, event: &SealedEvent, backend: &Name, server: &Name) -> bool {
        let asked = Origin::stats_socket();
        if event.origin == asked {
            return !self.states.is_told_beside(&asked, backend, server);
        }
        let origin = &event.origin;
        if self.states.hand_over(&asked, origin, backend, server) {
            self.ledger.hand_over(&asked, origin, (backend, server));
            let of_backend = Site::of_backend(backend.clone());
            let of_server = Site {
                server: server.clone(),
                ..of_backend.clone()
            };
            for key in [
                (Group::Service, of_backend),
                (Group::Maintenance, of_server),
            ] {
                if let Some(case) = self.cases.get_mut(&key) {
                    case.absences.hand_over(&asked, origin, server);
                }
            }
        }
        true
    }

    fn down(
        &mut self,
        event: &SealedEvent,
        backend: Name,
        server: Name,
        change: &ServerEvent,
        reason: Option<Reason>,
    ) {
        let failing = self.checks.of(&event.origin, &backend, &server).cloned();
        let reason = reason
            .or_else(|| failing.as_ref().and_then(|failing| failing.reason.clone()))
            .or_else(|| self.reason_of_tracked(event, change));
        let site = Site::of_backend(backend);
        let serves = self.serves(&site, &server);
        if !self.has_room(Group::Service, &site, serves) {
            return;
        }
        let since = failing
            .as_ref()
            .map_or(event.second, |failing| failing.since.min(event.second));
        let case = self.open(Group::Service, &site, since);
        if let Some(failing) = failing {
            let told = (failing.since, failing.first);
            let held = case.check.take();
            case.check = Some(held.map_or(told.clone(), |held| held.min(told)));
            case.show(failing.last);
        }
        let clue = clue(event);
        let span = Span::new(Rotation::Down, reason, clue.clone());
        let is_kept = case.absences.leave(&server, &event.origin, span, serves);
        count_usable(case, event, change);
        if is_the_last(change) {
            case.absences
                .nobody_left(&event.origin, event.second, &clue);
        }
        self.roster.unheard += u64::from(!is_kept);
        self.take_over_errors(&site, &server);
    }

    /// The first word of a server is that it is UP: it was DOWN when the log began.
    fn was_down(
        &mut self,
        event: &SealedEvent,
        backend: &Name,
        server: &Name,
        change: &ServerEvent,
    ) {
        let Some(began) = self.began.filter(|began| *began < event.second) else {
            return;
        };
        let site = Site::of_backend(backend.clone());
        let serves = self.serves(&site, server);
        if !self.has_room(Group::Service, &site, serves) {
            return;
        }
        let served = self.watches.get(&site).is_some_and(Watch::has_served);
        let clue = clue(event);
        let case = self.open(Group::Service, &site, began);
        case.begins_before = true;
        let span = Span::before_the_log(began, clue.clone());
        let is_kept = case.absences.leave(server, &event.origin, span, serves);
        if let (Some(active), backups) = (change.active, change.backups.unwrap_or(0)) {
            let now = (active.saturating_sub(1), backups);
            case.absences.count(began, now, (active, backups));
        }
        if change.active == Some(1) && change.backups.unwrap_or(0) == 0 && !served {
            case.absences.nobody_left(&event.origin, began, &clue);
        }
        self.roster.unheard += u64::from(!is_kept);
    }

    /// A server that tracks another one leaves with it, for its reason.
    fn reason_of_tracked(&self, event: &SealedEvent, change: &ServerEvent) -> Option<Reason> {
        let (backend, server) = change.via?;
        let site = Site::of_backend(backend.into());
        let case = self.cases.get(&(Group::Service, site))?;
        let span = case.absences.last_span(&server.into(), &event.origin)?;
        span.reason.clone().filter(|_| span.to.is_none())
    }

    /// Error statuses of a server whose check got them, too, were the first sign of its loss.
    fn take_over_errors(&mut self, site: &Site, server: &Name) {
        let now = self.now;
        let (service, errors) = (
            (Group::Service, site.clone()),
            (Group::Errors, site.clone()),
        );
        let explains = |case: &Case| case.explains(Symptom::ServerError);
        let from_it =
            |case: &Case| case.may_go_on(now) && culprit::servers(case).culprits.contains(server);
        if !self.cases.get(&service).is_some_and(explains)
            || !self.cases.get(&errors).is_some_and(from_it)
        {
            return;
        }
        let Some(before) = self.cases.remove(&errors) else {
            return;
        };
        if let Some(case) = self.cases.get_mut(&service) {
            case.continue_from(before);
            look_back::catch_up(case, &self.minutes, now);
        }
    }

    /// A server left the state it was in.
    fn back(
        &mut self,
        event: &SealedEvent,
        backend: &Name,
        server: &Name,
        change: &ServerEvent,
        taken: bool,
    ) {
        self.checks.forget(&event.origin, backend, server);
        self.revivals.refute(&event.origin, backend, server);
        let site = Site::of_backend(backend.clone());
        let Some(case) = self.cases.get_mut(&(Group::Service, site)) else {
            return;
        };
        case.absences.come_back(
            server,
            &event.origin,
            event.second,
            Some(clue(event)),
            taken,
        );
        count_usable(case, event, change);
        let usable = change.active.unwrap_or(1) + change.backups.unwrap_or(0) > 0;
        let is_back = matches!(change.change, ServerChange::Up | ServerChange::ReadyUp);
        if is_back && usable {
            case.absences.somebody(&event.origin, event.second);
        }
    }

    fn check(&mut self, event: &SealedEvent, check: &CheckEvent) {
        let (backend, server): (Name, Name) = (check.backend.into(), check.server.into());
        let full = check.status.is_some_and(|(at, of, up)| up && at >= of);
        match check.passed {
            true if full => self.checks.forget(&event.origin, &backend, &server),
            true => {}
            false => {
                let reason = Reason::of(&Why::Check(check.result));
                self.checks
                    .fail((event.origin.clone(), backend, server), clue(event), reason);
            }
        }
    }

    /// `backend … has no server available!`
    fn nobody(&mut self, event: &SealedEvent, backend: Name) {
        let site = Site::of_backend(backend);
        let serves = self.watches.get(&site).is_some_and(Watch::has_served);
        if !self.has_room(Group::Service, &site, serves) {
            return;
        }
        let case = self.open(Group::Service, &site, event.second);
        case.absences
            .nobody_left(&event.origin, event.second, &clue(event));
    }

    fn maintenance(
        &mut self,
        event: &SealedEvent,
        backend: Name,
        server: Name,
        change: &ServerEvent,
        state: Rotation,
        reason: Option<Reason>,
    ) {
        let of_backend = Site::of_backend(backend);
        let serves = self.serves(&of_backend, &server);
        let site = Site {
            server: server.clone(),
            ..of_backend.clone()
        };
        if !self.has_room(Group::Maintenance, &site, serves) {
            return;
        }
        let clue = clue(event);
        let span = Span::new(state, reason, clue.clone());
        let case = self.open(Group::Maintenance, &site, event.second);
        case.absences
            .leave(&server, &event.origin, span.clone(), serves);
        count_backups(case, event, change);
        if is_the_last(change) && self.has_room(Group::Service, &of_backend, serves) {
            // It was on purpose, but the backend's clients have no server.
            let case = self.open(Group::Service, &of_backend, event.second);
            case.absences.leave(&server, &event.origin, span, serves);
            count_usable(case, event, change);
            case.absences
                .nobody_left(&event.origin, event.second, &clue);
        }
    }

    /// What was planned is over: the server is back, or lost to something else.
    fn end_maintenance(
        &mut self,
        event: &SealedEvent,
        backend: &Name,
        server: &Name,
        is_lost: bool,
    ) {
        let site = Site {
            backend: backend.clone(),
            server: server.clone(),
            ..Site::default()
        };
        if let Some(case) = self.cases.get_mut(&(Group::Maintenance, site)) {
            case.absences.come_back(
                server,
                &event.origin,
                event.second,
                Some(clue(event)),
                is_lost,
            );
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
                self.limit(event, proxy, what);
            }
            ProxyEvent::Started | ProxyEvent::Paused | ProxyEvent::Resumed | ProxyEvent::Other => {}
        }
    }
}

/// Whether a copy of the message is one. Transitions are told from their copies by the state they repeat.
fn may_be_a_copy(read: &Event) -> bool {
    match read {
        Event::Server(change) => change.change == ServerChange::Unchanged,
        Event::Check(_) | Event::NoServer { .. } => true,
        _ => false,
    }
}

/// No server of its backend is usable after a change.
fn is_the_last(change: &ServerEvent) -> bool {
    change.active == Some(0) && change.backups.unwrap_or(0) == 0
}

/// Notes that a change leaves backup servers alone.
fn count_backups(case: &mut Case, event: &SealedEvent, change: &ServerEvent) {
    if change.active == Some(0) && change.backups.unwrap_or(0) > 0 {
        case.absences.backups_took_over(&event.origin, clue(event));
    }
}

/// Notes how many servers are usable after a change, and were before one that took a server.
fn count_usable(case: &mut Case, event: &SealedEvent, change: &ServerEvent) {
    let (Some(active), backups) = (change.active, change.backups.unwrap_or(0)) else {
        return;
    };
    count_backups(case, event, change);
    let left = matches!(
        change.change,
        ServerChange::Down
            | ServerChange::Maintenance
            | ServerChange::Drain
            | ServerChange::Stopping
    );
    let before = match (left, change.backup) {
        (false, _) => (active, backups),
        (true, false) => (active.saturating_add(1), backups),
        (true, true) => (active, backups.saturating_add(1)),
    };
    case.absences.count(event.second, (active, backups), before);
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
