//! What the running HAProxy adds: whether that which had no end in the log is over.
//!
//! Enters: states of servers, and when they were asked for. Leaves: the document's `now`, and that of its incidents.
//! Must not know: how HAProxy was asked.
//!
//! States of servers end what is told by states. Whether requests still time out they do not say.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{
    Document, Incident, IncidentNow, Lane, Live, Now, ProcessNow, ServerNow, Time,
};
use super::grid::{Grid, SessionCell};
use crate::advice::Running;
use crate::runtime::{Answer, Server};
use crate::time::zone::Zone;
use crate::words::cause::Kind;

/// Servers out of service that are listed.
const LISTED: usize = 12;

/// Tells what HAProxy answered in a document whose times are of `zone`.
pub fn tell(answer: &Answer, document: &mut Document, zone: &Zone) {
    let told = Told {
        answer,
        zone,
        time: zone.rfc3339(answer.at * 1000),
    };
    let open = document.incidents.iter_mut().filter(|it| it.end.is_none());
    for incident in open {
        incident.now = Some(told.of(incident));
    }
    let mut out: Vec<&Server> = answer.servers.iter().filter(|it| !it.is_up).collect();
    out.sort_by_key(|server| server.since);
    document.now = Some(Now {
        socket: answer.socket.clone(),
        process: answer.process.as_ref().map(|process| ProcessNow {
            version: process.version.clone(),
            node: process.node.clone(),
            uptime_s: process.uptime,
            connections: process.connections,
            limit: process.limit,
        }),
        up: (answer.servers.len() - out.len()) as u64,
        out_of_service: out.len() as u64,
        out: out
            .iter()
            .take(LISTED)
            .map(|server| told.server(server))
            .collect(),
        over: all_over(&document.incidents),
        time: told.time,
    });
}

/// The connections of the process, for advice on their limit.
pub fn running(answer: &Answer) -> Option<Running> {
    let process = answer.process.as_ref()?;
    let number = |n: Option<u64>| u32::try_from(n?).ok();
    Some(Running {
        held: number(process.connections)?,
        limit: number(process.limit)?,
    })
}

/// Tells the sessions of servers.
pub fn tell_grid(answer: &Answer, grid: &mut Grid) {
    let known = sessions(answer);
    for backend in &mut grid.backends {
        for server in &mut backend.servers {
            let name = (backend.backend.as_str(), server.server.as_str());
            server.sessions = known.get(&name).copied();
        }
    }
}

/// Tells the sessions of servers.
pub fn tell_live(answer: &Answer, live: &mut Live) {
    let known = sessions(answer);
    for backend in &mut live.backends {
        for server in &mut backend.servers {
            let name = (backend.backend.as_str(), server.server.as_str());
            server.sessions = known.get(&name).copied();
        }
    }
}

/// Sessions by backend and server.
fn sessions(answer: &Answer) -> BTreeMap<(&str, &str), SessionCell> {
    let told = answer.servers.iter().filter_map(|server| {
        let sessions = server.sessions?;
        let cell = SessionCell {
            now: sessions.now,
            most: sessions.most,
            limit: sessions.limit,
            queued: sessions.queued,
        };
        Some(((server.backend.as_str(), server.name.as_str()), cell))
    });
    told.collect()
}

/// An answer in the document's terms.
struct Told<'a> {
    answer: &'a Answer,
    zone: &'a Zone,
    time: Time,
}

impl Told<'_> {
    fn of(&self, incident: &Incident) -> IncidentNow {
        let is_lost = |lane: &&Lane| lane.out.iter().any(|out| out.to.is_none());
        let lost = incident.lanes.iter().filter(is_lost);
        let names: BTreeSet<&String> = lost
            .map(|lane| &lane.server)
            .chain(&incident.servers)
            .collect();
        let is_of = |server: &&Server| {
            Some(&server.backend) == incident.backend.as_ref() && names.contains(&server.name)
        };
        let found: Vec<&Server> = self.answer.servers.iter().filter(is_of).collect();
        let is_whole = !names.is_empty() && found.len() == names.len();
        let over = match incident.kind {
            // The first one back ends it.
            Kind::BackendDown if is_whole => Some(found.iter().any(|server| server.is_up)),
            Kind::ServerDown | Kind::Maintenance if is_whole => {
                Some(found.iter().all(|server| server.is_up))
            }
            _ => None,
        };
        IncidentNow {
            time: self.time.clone(),
            servers: found
                .into_iter()
                .map(|server| self.server(server))
                .collect(),
            over,
        }
    }

    fn server(&self, server: &Server) -> ServerNow {
        let ago = server.since.and_then(|ago| i64::try_from(ago).ok());
        let since = ago.and_then(|ago| self.answer.at.checked_sub(ago)?.checked_mul(1000));
        ServerNow {
            backend: server.backend.clone(),
            name: server.name.clone(),
            state: server.state.clone(),
            is_up: server.is_up,
            since: since.map(|ms| self.zone.rfc3339(ms)),
        }
    }
}

/// Whether everything without an end is over; `None` where there is no such thing, or it cannot be told.
fn all_over(incidents: &[Incident]) -> Option<bool> {
    let told: Vec<Option<bool>> = incidents
        .iter()
        .filter_map(|incident| incident.now.as_ref())
        .map(|now| now.over)
        .collect();
    match told.as_slice() {
        [] => None,
        all if all.contains(&Some(false)) => Some(false),
        all if all.contains(&None) => None,
        _ => Some(true),
    }
}
