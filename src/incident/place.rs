//! What an incident is about, and where it is.
//!
//! Enters: nothing. Leaves: the key by which an incident is found again, and the id it keeps.
//! Must not know: what goes on there.

use serde::{Deserialize, Serialize};

use crate::rollup::Name;
use crate::rollup::cell::Outcome;
use crate::rollup::hash;
use crate::rollup::seal::Origin;
use crate::words::termination::{Symptom, is_persistence_loss};

/// What an incident is about. At most one of each goes on in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Group {
    /// A backend's servers: down, refusing, slow, resetting, without a free slot.
    Service,
    /// Complete answers with error statuses.
    Errors,
    /// Clients that were too slow.
    Clients,
    /// Requests that rules denied.
    Denials,
    /// Cookies that no longer lead to their server.
    Persistence,
    /// One server in maintenance or drain.
    Maintenance,
    /// A HAProxy reloaded, restarted or gone.
    Restart,
    /// Complete answers that reject what was asked (4xx) in the place of good ones.
    Rejections,
    /// Clients that left without having waited for long.
    Leaving,
    /// Connections that never came to a request: TLS handshakes and PROXY headers that failed.
    Handshakes,
    /// A frontend to which nobody came any more.
    Silence,
    /// A proxy that HAProxy lets wait, because it met a limit of its own.
    Limits,
}

impl Group {
    /// How many there are.
    pub const ALL: usize = Self::Limits as usize + 1;

    /// The group that is about a symptom.
    #[inline]
    pub fn of(symptom: Symptom) -> Option<Self> {
        match symptom {
            Symptom::NoServer
            | Symptom::ConnectRefused
            | Symptom::ConnectTimeout
            | Symptom::ServerTimeout
            | Symptom::Reset
            | Symptom::Queue
            | Symptom::Killed
            | Symptom::ProxyResource => Some(Self::Service),
            Symptom::ServerError => Some(Self::Errors),
            Symptom::ClientTimeout => Some(Self::Clients),
            Symptom::Denied => Some(Self::Denials),
            Symptom::ClientAbort => Some(Self::Leaving),
            Symptom::Handshake => Some(Self::Handshakes),
            Symptom::BadRequest | Symptom::Fine => None,
        }
    }

    /// The symptom is what this group is about.
    pub fn explains(self, symptom: Symptom) -> bool {
        Self::of(symptom) == Some(self)
    }

    /// A request that ended so is one of this group's.
    pub fn hurts(self, outcome: &Outcome) -> bool {
        match self {
            Self::Persistence => is_persistence_loss(outcome.term),
            Self::Rejections => outcome.is_rejection(),
            _ => self.explains(outcome.symptom),
        }
    }

    /// Samples of requests with this symptom hold those of this group. What is told from good answers is sampled
    /// among them.
    pub fn is_sampled_by(self, symptom: Symptom) -> bool {
        match self {
            Self::Persistence | Self::Rejections => symptom == Symptom::Fine,
            _ => self.explains(symptom),
        }
    }
}

/// Where an incident is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Site {
    /// Backend; empty for what is not a backend's.
    pub backend: Name,
    /// Frontend, where no backend was chosen.
    pub frontend: Name,
    /// Server, for maintenance.
    pub server: Name,
    /// HAProxy, for restarts.
    pub origin: Origin,
}

impl Site {
    /// A backend.
    pub fn of_backend(backend: Name) -> Self {
        Self {
            backend,
            ..Self::default()
        }
    }

    /// No backend was chosen: it is a frontend (or a HAProxy).
    pub fn is_before_backends(&self) -> bool {
        self.backend.is_empty()
    }

    /// The name that its traffic is logged under.
    pub fn name(&self) -> &Name {
        if self.is_before_backends() {
            &self.frontend
        } else {
            &self.backend
        }
    }
}

/// The id of an incident whose first evidence is of this second (s since 1970 UTC).
pub fn id(group: Group, site: &Site, second: i64) -> String {
    let mut seed = hash::combine(group as u64, second as u64);
    for name in [
        &site.backend,
        &site.frontend,
        &site.server,
        &site.origin.host,
        &site.origin.tag,
    ] {
        seed = hash::combine(seed, hash::bytes(name));
    }
    format!("{:08x}", seed >> 32)
}
