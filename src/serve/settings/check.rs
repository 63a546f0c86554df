//! Settings that are each good, but not together.
//!
//! Enters: settings. Leaves: the first thing that is wrong, and its key. Must not know: where a key stands.

use std::collections::BTreeSet;

use super::Settings;
use super::targets::{Kind, Silence, Target};
use crate::runtime::Address;
use crate::serve::listen::network;
use crate::time::zone::Zone;

/// What is wrong.
#[derive(Debug)]
pub(super) struct Wrong {
    /// `http.token_file`, `notify.0.url`.
    pub(super) key: String,
    pub(super) what: String,
    pub(super) hint: String,
}

fn wrong(key: impl Into<String>, what: impl Into<String>, hint: &str) -> Wrong {
    Wrong {
        key: key.into(),
        what: what.into(),
        hint: hint.to_owned(),
    }
}

/// Nothing, or the first that is wrong.
pub(super) fn check(settings: &Settings) -> Result<(), Wrong> {
    listen(settings)?;
    store(settings)?;
    if let Some(url) = settings
        .http
        .external_url
        .as_deref()
        .filter(|url| !is_web(url))
    {
        let what = format!("`{}` is no http or https URL", begun(url));
        return Err(wrong(
            "http.external_url",
            what,
            "write it like https://hapline.example.net",
        ));
    }
    if let Some(socket) = &settings.haproxy.stats_socket {
        Address::parse(socket)
            .map_err(|hint| wrong("haproxy.stats_socket", "this is no address", &hint))?;
    }
    if let Some(zone) = &settings.haproxy.timezone {
        Zone::named(zone)
            .map_err(|error| wrong("haproxy.timezone", error.to_string(), &error.hint()))?;
    }
    let mut names = BTreeSet::new();
    for (number, one) in settings.notify.iter().enumerate() {
        if !names.insert(one.name.as_str()) {
            let key = format!("notify.{number}.name");
            let what = format!("`{}` is the name of two targets", begun(&one.name));
            return Err(wrong(
                key,
                what,
                "what was told is remembered by the name: give each its own",
            ));
        }
        target(one)
            .map_err(|(key, what, hint)| wrong(format!("notify.{number}.{key}"), what, hint))?;
    }
    for (number, one) in settings.silence.iter().enumerate() {
        silence(one, &names).map_err(|what| {
            let hint = "the names of targets are those of [[notify]]";
            wrong(format!("silence.{number}.targets"), what, hint)
        })?;
    }
    Ok(())
}

/// An incident is looked for up to an hour back.
const SHORTEST: i64 = 3_600_000;

fn store(settings: &Settings) -> Result<(), Wrong> {
    if settings.store.keep_seconds.millis() < SHORTEST {
        return Err(wrong(
            "store.keep_seconds",
            "that is too short to find incidents in",
            "keep seconds for `1h` or longer",
        ));
    }
    Ok(())
}

fn listen(settings: &Settings) -> Result<(), Wrong> {
    let listen = &settings.listen;
    for text in &listen.allow {
        if network(text).is_none() {
            let what = format!("`{}` is no network", begun(text));
            return Err(wrong(
                "listen.allow",
                what,
                "write it like 10.0.0.0/8, 192.0.2.7 or fd00::/8",
            ));
        }
    }
    if !listen.tls.is_empty() && (listen.tls_certificate.is_none() || listen.tls_key.is_none()) {
        let what = "TLS needs a certificate and its key";
        let hint = "name them in `tls_certificate` and `tls_key`, PEM";
        return Err(wrong("listen.tls", what, hint));
    }
    if !(1..=64).contains(&listen.sockets) {
        return Err(wrong(
            "listen.sockets",
            "this is no number of sockets",
            "take 1 to 64",
        ));
    }
    Ok(())
}

type Flaw = (&'static str, String, &'static str);

fn target(target: &Target) -> Result<(), Flaw> {
    if target.name.is_empty() || target.name.len() > 64 {
        let what = "a name has 1 to 64 bytes".into();
        return Err(("name", what, "name the team, or the channel"));
    }
    if target.timeout.millis() < 100 {
        let what = "no attempt is done in that time".into();
        return Err(("timeout", what, "take 1s or more"));
    }
    address(target)?;
    token(target)?;
    command(target)?;
    severities(target)
}

/// Where a target is.
fn address(target: &Target) -> Result<(), Flaw> {
    let given = [&target.url, &target.url_env].into_iter().flatten().count()
        + usize::from(target.url_file.is_some());
    if given > 1 {
        let hint = "keep one of `url`, `url_file` and `url_env`";
        return Err(("url", "the address is given twice".into(), hint));
    }
    if target.url.as_deref().is_some_and(|url| !is_web(url)) {
        let hint = "write it like https://alerts.example.net/hook";
        return Err(("url", "this is no http or https URL".into(), hint));
    }
    if target.kind == Kind::Slack && target.url.is_some() {
        let what = "whoever has the address of a Slack webhook can write there".into();
        let hint = "put it into a file that only hapline can read, and name that in `url_file`; or use `url_env`";
        return Err(("url", what, hint));
    }
    let is_needed = matches!(
        target.kind,
        Kind::Webhook | Kind::Slack | Kind::Alertmanager
    );
    if is_needed && given == 0 {
        let hint = "give `url`, `url_file` or `url_env`";
        return Err(("type", "this type needs an address".into(), hint));
    }
    Ok(())
}

/// What a target asks for.
fn token(target: &Target) -> Result<(), Flaw> {
    let (in_file, in_env) = (target.token_file.is_some(), target.token_env.is_some());
    if in_file && in_env {
        let hint = "keep one of `token_file` and `token_env`";
        return Err(("token_file", "the token is given twice".into(), hint));
    }
    if target.kind == Kind::Pagerduty && !in_file && !in_env {
        let hint = "name a file with it in `token_file`, or a variable in `token_env`";
        return Err(("type", "PagerDuty needs a routing key".into(), hint));
    }
    Ok(())
}

/// What a target runs.
fn command(target: &Target) -> Result<(), Flaw> {
    if (target.kind == Kind::Command) == target.command.is_empty() {
        let what = "a command belongs to `type = \"command\"`".into();
        let hint = "give `command = [\"/usr/sbin/sendmail\", \"-t\"]` with `type = \"command\"`, and with no other";
        return Err(("type", what, hint));
    }
    Ok(())
}

/// PagerDuty knows four.
fn severities(target: &Target) -> Result<(), Flaw> {
    const KNOWN: [&str; 4] = ["critical", "error", "warning", "info"];
    let strange = target
        .severities
        .values()
        .find(|name| !KNOWN.contains(&name.as_str()));
    match strange {
        Some(name) if target.kind == Kind::Pagerduty => {
            let what = format!("PagerDuty knows no severity `{}`", begun(name));
            Err(("severities", what, "take critical, error, warning or info"))
        }
        _ => Ok(()),
    }
}

fn silence(silence: &Silence, names: &BTreeSet<&str>) -> Result<(), String> {
    let strange = silence
        .targets
        .iter()
        .find(|name| !names.contains(name.as_str()));
    strange.map_or(Ok(()), |name| {
        Err(format!("there is no target `{}`", begun(name)))
    })
}

fn is_web(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty()) && !url.contains(char::is_whitespace)
}

fn begun(text: &str) -> String {
    text.chars().take(60).collect()
}
