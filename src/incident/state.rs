//! Which servers are in rotation, as each HAProxy sees it.
//!
//! Enters: server events of one origin, in time order. Leaves: what each of them changed.
//! Must not know: traffic.
//!
//! A transition repeated without its opposite between is the same event: a second `log` target or a second
//! source wrote it again, or a new process after a reload found out what the old one knew.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::line::{ServerChange, ServerEvent};
use crate::rollup::Name;
use crate::rollup::seal::Origin;

/// Where a server stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Rotation {
    /// Takes requests.
    Up,
    /// Failed its checks.
    Down,
    /// In maintenance.
    Maintenance,
    /// Draining.
    Drain,
    /// Stopping (`disable-on-404`, an agent): no new sessions, on purpose.
    Stopping,
}

impl Rotation {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Up,
        Self::Down,
        Self::Maintenance,
        Self::Drain,
        Self::Stopping,
    ];

    /// As the stats page names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "UP",
            Self::Down => "DOWN",
            Self::Maintenance => "MAINT",
            Self::Drain => "DRAIN",
            Self::Stopping => "NOLB",
        }
    }

    /// Out of rotation because somebody wanted it.
    pub fn is_planned(self) -> bool {
        matches!(self, Self::Maintenance | Self::Drain | Self::Stopping)
    }
}

/// What an event did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The server changed from one to the other. `None`: its state was not known before.
    Changed(Option<Rotation>, Rotation),
    /// It repeats what was known.
    Repeated,
    /// It speaks of something else than rotation.
    Nothing,
}

type ServerKey = (Origin, Name, Name);

/// Servers whose state is remembered; names beyond are forged.
const SERVERS: usize = 65_536;

/// The states of all servers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct States {
    servers: BTreeMap<ServerKey, Rotation>,
}

impl States {
    /// Takes an event in.
    pub fn apply(&mut self, origin: &Origin, event: &ServerEvent) -> Effect {
        let key = (origin.clone(), event.backend.into(), event.server.into());
        let before = self.servers.get(&key).copied();
        let Some(after) = after(event.change) else {
            return Effect::Nothing;
        };
        if before == Some(after) {
            return Effect::Repeated;
        }
        if before.is_none() && self.servers.len() >= SERVERS {
            return Effect::Nothing;
        }
        self.servers.insert(key, after);
        Effect::Changed(before, after)
    }

    /// Who says it, backend and server, and where that stands.
    pub fn iter(&self) -> impl Iterator<Item = (&Origin, &Name, &Name, Rotation)> {
        let servers = self.servers.iter();
        servers.map(|((origin, backend, server), rotation)| (origin, backend, server, *rotation))
    }

    /// What one said of a server, another one says from now on; whether there was such a thing, and the other said nothing.
    pub fn hand_over(&mut self, from: &Origin, to: &Origin, backend: &Name, server: &Name) -> bool {
        let key = |origin: &Origin| (origin.clone(), backend.clone(), server.clone());
        if self.servers.contains_key(&key(to)) {
            return false;
        }
        let held = self.servers.remove(&key(from));
        held.is_some_and(|rotation| self.servers.insert(key(to), rotation).is_none())
    }

    /// Somebody else speaks of a server.
    pub fn is_told_beside(&self, origin: &Origin, backend: &Name, server: &Name) -> bool {
        let mut told = self.servers.keys();
        told.any(|(by, of, name)| by != origin && of == backend && name == server)
    }

    /// A server is back, though no event says so.
    pub fn revive(&mut self, origin: &Origin, backend: &Name, server: &Name) {
        let key = (origin.clone(), backend.clone(), server.clone());
        if let Some(state) = self.servers.get_mut(&key) {
            *state = Rotation::Up;
        }
    }
}

/// Where a change leads; `None` where nothing changed.
fn after(change: ServerChange) -> Option<Rotation> {
    match change {
        ServerChange::Down => Some(Rotation::Down),
        ServerChange::Up | ServerChange::ReadyUp => Some(Rotation::Up),
        ServerChange::ReadyDown => Some(Rotation::Down),
        ServerChange::Stopping => Some(Rotation::Stopping),
        ServerChange::Maintenance => Some(Rotation::Maintenance),
        ServerChange::Drain | ServerChange::ReadyDrain => Some(Rotation::Drain),
        ServerChange::Unchanged => None,
    }
}
