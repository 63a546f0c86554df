//! Servers out of rotation during an incident.
//!
//! Enters: transitions. Leaves: spans by server and HAProxy, and when service was gone and restored.
//! Must not know: requests.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::reason::Reason;
use super::state::Rotation;
use super::{Clue, Lane, Left};
use crate::rollup::Name;
use crate::rollup::seal::{Cell, Origin};
use crate::words::termination::Symptom;

/// Seconds after a server is back in which its first success counts as its return.
const FIRST_SERVICE: i64 = 3;

/// Spans kept per server; a server that flaps more often is told by their number.
const SPANS: usize = 256;

/// Spans kept of all servers; beyond, each server has its first one.
const ALL_SPANS: usize = 8_192;

/// Servers that are kept, as each HAProxy sees them, where nothing but messages tells that they are there; and as many
/// again that answered requests. Names come from the log: a new one in each line would fill any room.
const SERVERS: usize = 2_048;

/// From, to (ms) and the state, as a [`Lane`] has it.
type Out = (i64, Option<i64>, &'static str);

/// One absence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Left the rotation; s since 1970 UTC.
    pub from: i64,
    /// Came back, or was taken into maintenance.
    pub to: Option<i64>,
    /// Into which state.
    pub state: Rotation,
    /// Why, if it was said.
    pub reason: Option<Reason>,
    /// The line that says so.
    pub clue: Clue,
    /// The line that says it is back; a server that a new process takes up again has none.
    pub back: Option<Clue>,
    /// It is not back: an operator took it into maintenance, so that it is no longer missed, or maintenance ended with its loss.
    pub taken: bool,
    /// It had left before the log began: `clue` says that it is back.
    pub unseen: bool,
}

impl Span {
    /// A server leaves the rotation by this line.
    pub fn new(state: Rotation, reason: Option<Reason>, clue: Clue) -> Self {
        Self {
            from: clue.second,
            to: None,
            state,
            reason,
            clue,
            back: None,
            taken: false,
            unseen: false,
        }
    }

    /// A server was DOWN when the log began, as the line tells by which it is back.
    pub fn before_the_log(began: i64, clue: Clue) -> Self {
        Self {
            from: began,
            unseen: true,
            ..Self::new(Rotation::Down, None, clue)
        }
    }
}

/// A time in which a HAProxy had no usable server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nobody {
    /// Which HAProxy.
    pub origin: Origin,
    /// The last one left; s since 1970 UTC.
    pub from: i64,
    /// The first one was back.
    pub to: Option<i64>,
    /// The line that says so first.
    pub clue: Clue,
}

/// All absences of an incident.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Absences {
    // Whoever looks ahead holds the same, until one of them leaves or comes back.
    servers: BTreeMap<(Name, Origin), Arc<Vec<Span>>>,
    /// How many spans there are.
    spans: usize,
    /// Checks of some server got errors.
    by_errors: bool,
    /// Transitions out of rotation, copies of what another HAProxy saw included.
    pub transitions: u64,
    /// When there was no usable server; the last time of each HAProxy may be going on.
    pub nobody: Vec<Nobody>,
    /// The line since which only backup servers were usable, the first one of each HAProxy.
    pub standby: Vec<(Origin, Clue)>,
    /// The first success of a server that came back; ms, by when it came back (s).
    pub served: BTreeMap<i64, i64>,
    /// The fewest usable servers.
    pub left: Option<Left>,
}

impl Absences {
    /// A server left; `serves`: it was seen to answer requests. Whether there is room for it.
    pub fn leave(&mut self, server: &Name, origin: &Origin, span: Span, serves: bool) -> bool {
        self.transitions += 1;
        let is_full = self.servers.len() >= if serves { 2 * SERVERS } else { SERVERS };
        let by_errors = span.reason.as_ref().is_some_and(Reason::is_errors);
        match self.servers.entry((server.clone(), origin.clone())) {
            Entry::Occupied(held) => {
                let spans = held.into_mut();
                if spans.len() < SPANS && self.spans < ALL_SPANS {
                    Arc::make_mut(spans).push(span);
                    self.spans += 1;
                }
            }
            Entry::Vacant(_) if is_full => return false,
            Entry::Vacant(free) => {
                // Most leave once.
                free.insert(Arc::new(vec![span]));
                self.spans += 1;
            }
        }
        self.by_errors |= by_errors;
        true
    }

    /// A server left, or came back, and so many active and backup servers are usable since.
    pub fn count(&mut self, second: i64, usable: (u32, u32), before: (u32, u32)) {
        let now = Left {
            active: usable.0,
            backups: usable.1,
            second,
            of: usable,
        };
        let held = self.left.unwrap_or(now);
        let fewest =
            if (now.active + now.backups, second) < (held.active + held.backups, held.second) {
                now
            } else {
                held
            };
        let most = |of: fn((u32, u32)) -> u32| of(held.of).max(of(usable)).max(of(before));
        self.left = Some(Left {
            of: (most(|of| of.0), most(|of| of.1)),
            ..fewest
        });
    }

    /// A server came back, or (`taken`) its absence went on in another way. Whether it had been out.
    pub fn come_back(
        &mut self,
        server: &Name,
        origin: &Origin,
        second: i64,
        clue: Option<Clue>,
        taken: bool,
    ) -> bool {
        let Some(spans) = self.servers.get_mut(&(server.clone(), origin.clone())) else {
            return false;
        };
        if spans.last().is_none_or(|span| span.to.is_some()) {
            return false;
        }
        let Some(span) = Arc::make_mut(spans).last_mut() else {
            return false;
        };
        (span.to, span.back, span.taken) = (Some(second), clue, taken);
        true
    }

    /// What one saw of a server, another one sees from now on.
    pub fn hand_over(&mut self, from: &Origin, to: &Origin, server: &Name) {
        if let Some(spans) = self.servers.remove(&(server.clone(), from.clone())) {
            let held = self.servers.entry((server.clone(), to.clone()));
            let held = Arc::make_mut(held.or_default());
            held.splice(0..0, spans.iter().cloned());
        }
        let of_it = self.nobody.iter_mut().filter(|it| it.origin == *from);
        of_it.for_each(|nobody| nobody.origin = to.clone());
    }

    /// A server's last absence, as one HAProxy saw it.
    pub fn last_span(&self, server: &Name, origin: &Origin) -> Option<&Span> {
        self.servers
            .get(&(server.clone(), origin.clone()))
            .and_then(|spans| spans.last())
    }

    /// What each HAProxy saw of a server.
    fn of_server(&self, server: &Name) -> impl Iterator<Item = (&Origin, &Vec<Span>)> + Clone {
        // No origin stands before the empty one.
        let from = (server.clone(), Origin::default());
        let here = self.servers.range(from..);
        here.map_while(move |((name, origin), spans)| {
            let is_it = *name == *server;
            is_it.then_some((origin, &**spans))
        })
    }

    /// Another HAProxy misses a server that this one does not.
    pub fn is_missed_elsewhere(&self, server: &Name, origin: &Origin) -> bool {
        let is_out = |spans: &Vec<Span>| spans.last().is_some_and(|span| span.to.is_none());
        let mut of_server = self.of_server(server);
        of_server
            .clone()
            .any(|(of, spans)| of != origin && is_out(spans))
            && !of_server.any(|(of, spans)| of == origin && is_out(spans))
    }

    /// The log hosts that lost a server, each once.
    pub fn lost_by(&self, server: &Name) -> Vec<Name> {
        let of_server = self.of_server(server);
        let hosts: BTreeSet<Name> = of_server.map(|(origin, _)| origin.host.clone()).collect();
        hosts.into_iter().collect()
    }

    /// Checks of some server got errors.
    pub fn is_by_errors(&self) -> bool {
        self.by_errors
    }

    /// Since when a HAProxy has a server DOWN that is not back.
    pub fn down_since(&self, server: &Name, origin: &Origin) -> Option<i64> {
        let span = self.last_span(server, origin)?;
        let down = span.to.is_none() && span.state == Rotation::Down;
        down.then_some(span.from)
    }

    /// Nobody waits any more for servers that are not back: an operator took them.
    pub fn is_superseded(&self) -> bool {
        let last = self.spans().max_by_key(|(_, span)| span.to);
        !self.is_nobody() && last.is_some_and(|(_, span)| span.taken && !span.state.is_planned())
    }

    /// Notes the first success of servers that just came back, and of any where there was none.
    pub fn serve(&mut self, second: i64, cells: &[&Cell]) {
        let just_now = |to: &i64| (0..=FIRST_SERVICE).contains(&(second - to));
        let fine = cells
            .iter()
            .filter(|cell| cell.outcome.symptom == Symptom::Fine);
        for cell in fine {
            let (server, origin) = (&cell.place.server, &cell.place.origin);
            let of_server = self
                .of_server(server)
                .filter_map(|(_, spans)| spans.last()?.to)
                .filter(just_now)
                .max();
            let of_any = self
                .nobody
                .iter()
                .filter(|nobody| nobody.origin == *origin)
                .filter_map(|nobody| nobody.to)
                .filter(just_now);
            let Some(end) = cell.tally.first_end() else {
                continue;
            };
            for back in of_server.into_iter().chain(of_any) {
                let served = self.served.entry(back).or_insert(end);
                *served = (*served).min(end).max(back * 1000);
            }
        }
    }

    /// A HAProxy has no usable server from this line on.
    pub fn nobody_left(&mut self, origin: &Origin, second: i64, clue: &Clue) {
        if self.nobody_for(origin).is_none() && self.nobody.len() < SPANS {
            self.nobody.push(Nobody {
                origin: origin.clone(),
                from: second,
                to: None,
                clue: clue.clone(),
            });
        }
    }

    /// Since when only backup servers were usable; ms.
    pub fn on_backups_since(&self) -> Option<i64> {
        let since = self.standby.iter().map(|(_, clue)| clue.second * 1000);
        since.min()
    }

    /// Only backup servers are usable.
    pub fn backups_took_over(&mut self, origin: &Origin, clue: Clue) {
        let is_known = self.standby.iter().any(|(known, _)| known == origin);
        if !is_known && self.standby.len() < SPANS {
            self.standby.push((origin.clone(), clue));
        }
    }

    /// It has one again.
    pub fn somebody(&mut self, origin: &Origin, second: i64) {
        if let Some(nobody) = self.nobody_for(origin) {
            nobody.to = Some(second);
        }
    }

    fn nobody_for(&mut self, origin: &Origin) -> Option<&mut Nobody> {
        self.nobody
            .iter_mut()
            .find(|nobody| nobody.to.is_none() && nobody.origin == *origin)
    }

    /// Some HAProxy has nobody who serves.
    pub fn is_nobody(&self) -> bool {
        self.nobody.iter().any(|nobody| nobody.to.is_none())
    }

    /// Some server is still out.
    pub fn is_anyone_out(&self) -> bool {
        self.spans().any(|(_, span)| span.to.is_none())
    }

    /// Nothing ever left.
    pub fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// All spans, by server and origin.
    pub fn spans(&self) -> impl Iterator<Item = (&Name, &Span)> {
        self.servers
            .iter()
            .flat_map(|((server, _), spans)| spans.iter().map(move |span| (server, span)))
    }

    /// The HAProxys that saw a server leave.
    pub fn origins(&self) -> impl Iterator<Item = &Origin> {
        self.servers.keys().map(|(_, origin)| origin)
    }

    /// The earliest departure. Of those of one second, the one that was told first: where lines stand tells nothing of when
    /// they were written, as rotations may be joined the wrong way round.
    pub fn first(&self) -> Option<(&Name, &Span)> {
        self.spans()
            .min_by_key(|(_, span)| (span.from, span.clue.second, span.clue.position))
    }

    /// How often the server that left most often did so, as one HAProxy saw it.
    pub fn most_departures(&self) -> usize {
        self.servers
            .values()
            .map(|spans| spans.len())
            .max()
            .unwrap_or(0)
    }

    /// When a server that came back at this second first served, in ms; else the second itself.
    pub fn served_from(&self, second: i64) -> i64 {
        self.served.get(&second).copied().unwrap_or(second * 1000)
    }

    /// Service is restored to all: the first server is back if there was none, the last one if others carried on;
    /// and those that were lost again after that are.
    pub fn restored(&self) -> Option<i64> {
        if self.nobody.is_empty() {
            return self.last_return();
        }
        let mut last = None;
        for nobody in &self.nobody {
            last = last.max(Some(nobody.to?));
        }
        for span in self.lost_again() {
            last = last.max(Some(span.to?));
        }
        last.map(|second| self.served_from(second))
    }

    /// Somebody is missed: all servers, or some that others carry on for.
    pub fn is_service_lacking(&self) -> bool {
        self.is_nobody()
            || (self.nobody.is_empty() && self.is_anyone_out())
            || self.lost_again().any(|span| span.to.is_none())
    }

    /// Absences that began after there had been no server.
    fn lost_again(&self) -> impl Iterator<Item = &Span> {
        let since = self.nobody.iter().filter_map(|nobody| nobody.to).max();
        self.spans()
            .map(|(_, span)| span)
            .filter(move |span| since.is_some_and(|since| span.from > since))
    }

    /// A server came back so recently that its first success may still come.
    pub fn may_yet_serve(&self, second: i64) -> bool {
        let came = self.spans().filter_map(|(_, span)| span.to).max();
        came.is_some_and(|came| second - came <= FIRST_SERVICE)
    }

    /// The last lost server is back; ms. `None`: not yet, or an operator took it.
    pub fn all_back(&self) -> Option<i64> {
        self.last_return()
            .filter(|_| !self.spans().any(|(_, span)| span.taken))
    }

    /// Nobody is missed any more; ms.
    fn last_return(&self) -> Option<i64> {
        let mut last = None;
        for (_, span) in self.spans() {
            last = last.max(Some(span.to?));
        }
        last.map(|second| self.served_from(second))
    }

    /// Spans by server, those that several HAProxys saw joined.
    pub fn lanes(&self) -> Vec<Lane> {
        let mut lanes: BTreeMap<&Name, Vec<Out>> = BTreeMap::new();
        for (server, span) in self.spans() {
            let to = span.to.map(|second| second * 1000);
            lanes
                .entry(server)
                .or_default()
                .push((span.from * 1000, to, span.state.name()));
        }
        lanes
            .into_iter()
            .map(|(server, mut out)| {
                out.sort_by_key(|(from, ..)| *from);
                Lane {
                    server: server.clone(),
                    out: joined(out),
                }
            })
            .collect()
    }
}

fn joined(spans: Vec<Out>) -> Vec<Out> {
    let mut joined: Vec<Out> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if last.2 == span.2 && last.1.is_none_or(|to| span.0 <= to) => {
                last.1 = last.1.and_then(|to| span.1.map(|other| to.max(other)));
            }
            _ => joined.push(span),
        }
    }
    joined
}
