//! A frontend or a process that held as many connections as it may.
//!
//! Enters: an incident whose connections stood at one number, and the configuration. Leaves: the limit that this was, as far
//! as it is written. Must not know: how it is told.

use crate::config::Config;
use crate::incident::Incident;

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full {
    /// Connections.
    pub held: u32,
    /// The `maxconn` that they met; `None`: none is written that is as low.
    pub limit: Option<Limit>,
}

/// A `maxconn`, and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The frontend's own.
    Frontend(u32),
    /// That of section `global`.
    Process(u32),
}

impl Full {
    /// `None`: connections did not stand anywhere.
    pub fn of(incident: &Incident, config: Option<&Config>) -> Option<Self> {
        let held = incident.stood_at?;
        let frontend = incident.frontends.first();
        let frontend = frontend.and_then(|name| std::str::from_utf8(name).ok());
        let own = config.zip(frontend).and_then(|(config, name)| {
            let limit = config.frontend(name)?.maxconn()?.value;
            Limit::Frontend(limit).met_by(held)
        });
        let all = || {
            let limit = config?.global().maxconn()?;
            Limit::Process(limit).met_by(held)
        };
        Some(Self {
            held,
            limit: own.or_else(all),
        })
    }
}

impl Limit {
    /// So many connections.
    pub fn value(self) -> u32 {
        let (Self::Frontend(value) | Self::Process(value)) = self;
        value
    }

    fn met_by(self, held: u32) -> Option<Self> {
        (1..=held).contains(&self.value()).then_some(self)
    }
}
