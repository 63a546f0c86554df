//! When the first check failed, where no line says so.
//!
//! Enters: an incident and the configuration. Leaves: the incident, begun when its first check must have failed.
//! Must not know: what is made of it.
//!
//! Without `option log-health-checks`, HAProxy is silent until the last of `fall` checks has failed, and the ones before
//! it were made `fastinter` apart, else `inter` (HAProxy manual, 5.2).

use super::text;
use crate::config::Config;
use crate::incident::{Incident, Moment};
use crate::words::cause::Cause;

/// The incident, with the first failed check where it was reckoned: neither a victim nor a line is earlier.
pub fn with_first_check(found: &Incident, config: Option<&Config>) -> Incident {
    let mut found = found.clone();
    let Some((at, place)) = config.and_then(|config| first_check(&found, config)) else {
        return found;
    };
    (found.start, found.first_symptom) = (at, Some(at));
    let row = Moment {
        at,
        what: "check_failed",
        place,
        text: "first failed health check, by inter and fall".to_owned(),
        clue: None,
    };
    let before = found.timeline.partition_point(|row| row.at <= at);
    found.timeline.insert(before, row);
    found
}

/// When, in ms, and of which server.
fn first_check(found: &Incident, config: &Config) -> Option<(i64, String)> {
    let mark = found
        .detected_at
        .filter(|_| is_by_checks(found.cause.code))?;
    // The mark is a whole second.
    if found
        .first_symptom
        .is_some_and(|first| first < mark + 1_000)
    {
        return None;
    }
    let (backend, lane) = (text(found.backend.as_ref()?), first_lost(found, mark)?);
    let servers = config.backend(&backend)?.servers();
    let server = servers.iter().find(|server| server.name == lane)?;
    let fast = server
        .check
        .as_ref()
        .and_then(|check| check.fastinter.as_ref());
    let between = fast.map(|set| set.value).or(server.inter())?;
    let before = i64::try_from(between).ok()? * (i64::from(server.fall()?) - 1);
    let at = mark - before;
    (at < found.start).then(|| (at, format!("{backend}/{lane}")))
}

fn first_lost(found: &Incident, mark: i64) -> Option<String> {
    let lost = |lane: &&crate::incident::Lane| lane.out.iter().any(|(from, ..)| *from == mark);
    found.lanes.iter().find(lost).map(|lane| text(&lane.server))
}

/// Checks found it, and not a name server or an operator.
fn is_by_checks(cause: Cause) -> bool {
    !matches!(
        cause,
        Cause::DnsFailure | Cause::AdminAction | Cause::Unknown | Cause::Reload
    )
}
