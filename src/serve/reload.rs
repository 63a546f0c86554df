//! What can be changed while the daemon runs.
//!
//! Enters: settings that were read again. Leaves: those of them in force that can be; of each it is said. Must not know:
//! where settings come from, and what needs a restart.

use std::sync::Arc;

use super::current::Current;
use super::daemon::Daemon;
use super::listen::{self, Bound, Certificates, Limits};
use super::notify::Notifier;
use super::publisher::Publisher;
use super::sinks::Alerts;
use super::start::Told;
use crate::config::Config;
use crate::line::Reader;
use crate::report::escape;
use crate::store;

/// Settings that were read again.
#[derive(Debug)]
pub struct Fresh {
    /// Who is told of incidents.
    pub told: Told,
    /// The configuration of HAProxy; `None`: it could not be read, which was said.
    pub config: Option<Option<Arc<Config>>>,
    /// Other formats that lines may have; `None`: they are the same.
    pub reader: Option<Reader>,
    /// Of the listeners, the limits of connections count.
    pub listen: listen::Settings,
    /// Of the store, age and size count.
    pub store: Option<store::Settings>,
}

/// Reads settings again; `None` when they are no good, which was said.
pub type Reload = Box<dyn FnMut() -> Option<Fresh>>;

/// What of listeners can be changed.
#[derive(Debug, Default)]
pub struct Listening {
    certificates: Vec<Arc<Certificates>>,
    limits: Vec<Arc<Limits>>,
}

impl Listening {
    /// Of these.
    pub fn of(bound: &[Bound]) -> Self {
        Self {
            certificates: bound.iter().filter_map(Bound::certificates).collect(),
            limits: bound.iter().filter_map(Bound::limits).collect(),
        }
    }

    /// Limits are for connections to come, and so are the certificates, whose files are read again.
    fn reload(&self, settings: &listen::Settings) {
        self.limits.iter().for_each(|limits| limits.set(settings));
        for certificates in &self.certificates {
            match certificates.reload() {
                Ok(()) => aside!("hapline: the certificate was read again"),
                Err(error) => aside!(
                    "hapline: {}; {}; the one before is still in use",
                    escape::terminal(&error.to_string()),
                    escape::terminal(error.hint())
                ),
            }
        }
    }
}

/// Who is told, from now on. What was told stays known.
fn tell(alerts: &Alerts, told: &Told) {
    let replaced = alerts.replace(|state| {
        let external_url = told.external_url.as_deref();
        Notifier::new(&told.targets, &told.silences, external_url, Some(state))
    });
    match replaced {
        Ok(()) => aside!("hapline: who is told of incidents was read again"),
        Err(error) => aside!(
            "hapline: {}; those who were told before still are",
            escape::terminal(&error.to_string())
        ),
    }
}

/// Puts in force what was read.
pub fn apply(
    fresh: Fresh,
    (alerts, listening, current): (&Alerts, &Listening, &Current),
    publisher: &Publisher,
    daemon: &mut Daemon,
) {
    tell(alerts, &fresh.told);
    listening.reload(&fresh.listen);
    if let (Some(keeper), Some(settings)) = (daemon.keeper(), &fresh.store) {
        keeper.limit(settings);
    }
    if let Some(reader) = fresh.reader {
        daemon.read_by(reader);
        aside!("hapline: log-formats were read again; lines of those before are still understood");
    }
    if let Some(config) = fresh.config {
        let is_there = current.get().is_some() || config.is_some();
        current.set(config);
        publisher.refresh();
        if is_there {
            aside!("hapline: haproxy.cfg was read again");
        }
    }
}
