//! A target, made of its settings.
//!
//! Enters: settings. Leaves: all it takes to tell somebody, secrets read and the thread begun; or what cannot be read.
//! Must not know: incidents.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::tls::RootCerts;

use super::command::Program;
use super::format::Voice;
use super::outbox::{Job, Outbox};
use super::post::{Access, Post, roots};
use super::route::{Route, Silences};
use super::secret::Secret;
use super::worker::{Means, Worker};
use crate::serve::settings::{Kind, Silence, Target};

/// Where PagerDuty takes events, unless the settings name another place, as for its European one.
const PAGERDUTY: &str = "https://events.pagerduty.com/v2/enqueue";

/// What Alertmanager's own address is followed by.
const ALERTS: &str = "/api/v2/alerts";

/// A target that cannot be told of anything.
#[derive(Debug, thiserror::Error)]
#[error("target {name}: {what}")]
pub struct CannotNotify {
    name: String,
    what: String,
}

impl CannotNotify {
    /// What to do.
    pub fn hint(&self) -> &'static str {
        "secrets stand in the first line of a file that hapline can read, or in a variable of its environment; with \
         systemd, LoadCredential= gives it such a file"
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Party {
    pub(super) name: String,
    pub(super) route: Route,
    pub(super) silences: Silences,
    /// Milliseconds.
    pub(super) hold_off: i64,
    /// Milliseconds between two repetitions.
    pub(super) repeat: i64,
    pub(super) voice: Voice,
    pub(super) worker: Worker,
}

impl Party {
    /// Of a target, with what waited for it before a restart.
    pub(super) fn new(
        target: &Target,
        silences: &[Silence],
        external_url: Option<&str>,
        waiting: Vec<Job>,
    ) -> Result<Self, CannotNotify> {
        let wrong = |what: String| CannotNotify {
            name: target.name.clone(),
            what,
        };
        let means = means(target).map_err(wrong)?;
        let outbox = Outbox::new(&target.name, target.give_up.millis(), waiting);
        let worker = Worker::start(outbox, means);
        Ok(Self {
            name: target.name.clone(),
            route: Route::new(target),
            silences: Silences::of(&target.name, silences),
            hold_off: target.hold_off.millis(),
            repeat: target.repeat.millis().max(1000),
            voice: Voice::new(target, external_url, &machine()),
            worker: worker.map_err(|error| wrong(format!("no thread for it: {error}")))?,
        })
    }
}

fn means(target: &Target) -> Result<Means, String> {
    let limit = Duration::from(target.timeout);
    if target.kind == Kind::Command {
        return Ok(Means::Program(Program::new(&target.command, limit)));
    }
    let file = target.url_file.as_deref();
    let url = secret("address", file, target.url_env.as_deref())?;
    let given = target.url.as_deref().map(Secret::new);
    let url = match (url.or(given), target.kind) {
        (Some(url), Kind::Alertmanager) => {
            let base = url.reveal().trim_end_matches('/');
            Secret::new(&format!("{}{ALERTS}", base.trim_end_matches(ALERTS)))
        }
        (Some(url), _) => url,
        (None, Kind::Pagerduty) => Secret::new(PAGERDUTY),
        (None, _) => return Err("it has no address".to_owned()),
    };
    let file = target.token_file.as_deref();
    let token = secret("token", file, target.token_env.as_deref())?;
    let access = match (token, target.kind) {
        (Some(key), Kind::Pagerduty) => Access::RoutingKey(key),
        (Some(token), _) => Access::Bearer(token),
        (None, _) => Access::Open,
    };
    let roots = match &target.ca_file {
        None => RootCerts::WebPki,
        Some(path) => roots(path).map_err(|error| unread("certificates", path, &error))?,
    };
    Ok(Means::Post(Post::new(url, access, limit, roots)))
}

/// Out of a file or a variable; none when neither is named.
fn secret(
    what: &str,
    file: Option<&Path>,
    variable: Option<&str>,
) -> Result<Option<Secret>, String> {
    if let Some(path) = file {
        let read = Secret::from_file(path).map(Some);
        return read.map_err(|error| unread(what, path, &error));
    }
    let Some(name) = variable else {
        return Ok(None);
    };
    match std::env::var(name) {
        Ok(text) if !text.trim().is_empty() => Ok(Some(Secret::new(&text))),
        _ => Err(format!("no {what} in the environment: {name} is not set")),
    }
}

fn unread(what: &str, path: &Path, error: &std::io::Error) -> String {
    format!(
        "cannot read its {what} in {}: {error}",
        PathBuf::from(path).display()
    )
}

/// The machine's name.
fn machine() -> String {
    let name = nix::unistd::gethostname().ok();
    let name = name.and_then(|name| name.into_string().ok());
    name.unwrap_or_else(|| "hapline".to_owned())
}
