//! `option redispatch`, and `retries` that it needs: whether requests that one server refused could have gone to another.
//!
//! Enters: a backend with its incidents. Leaves: at most one piece. Must not know: timers.

use super::piece::{Direction, Piece};
use super::subject::{Subject, is_at};
use crate::config::{Proxy, Server};
use crate::incident::Incident;
use crate::words::cause::{Cause, Kind};
use crate::words::numbers::count;

/// Confidence when the configuration says that it is off, and when only retries suggest it.
const SURE: f64 = 0.9;
const LIKELY: f64 = 0.6;

/// And where `retries 0` may be wanted, because of what else would be tried again.
const DOUBTFUL: f64 = 0.4;

/// Tries after the first: HAProxy's default.
const RETRIES: &str = "3";

/// The piece; `None` where both are set, where they cannot help, or where nothing shows that they are missing.
pub fn piece(subject: &Subject) -> Option<Piece> {
    let incident = subject
        .incidents
        .iter()
        .find(|incident| lost_some(subject, incident))?;
    let failed = Some(connect_failures(subject)).filter(|failed| *failed > 0)?;
    let is_set = subject
        .proxy
        .map(|proxy| proxy.option("redispatch") == Some(true));
    let has_no_retries = subject.proxy.is_some_and(|proxy| proxy.retries() == 0);
    let piece = match is_set {
        Some(_) if !subject.proxy.is_some_and(Proxy::retries_connections) => return None,
        Some(true) if has_no_retries => retries(subject, failed),
        Some(true) => return None,
        Some(false) => redispatch(subject, incident, (failed, SURE), has_no_retries),
        None if incident.retried > 0 && incident.redispatched == 0 => {
            redispatch(subject, incident, (failed, LIKELY), false)
        }
        None => return None,
    };
    Some(Piece {
        evidence: subject.lines(could_not_connect),
        ..piece.seen_in(incident)
    })
}

/// It is set, and without retries does nothing.
fn retries(subject: &Subject, failed: u64) -> Piece {
    let effect =
        "`option redispatch` is set and needs a retry to move: with `retries 0` it does nothing.";
    let (brake, confidence) = brake(subject, SURE);
    Piece {
        current: Some("0".to_owned()),
        current_from: Some("config"),
        suggested: Some(RETRIES.to_owned()),
        effect: format!("{effect}{brake}"),
        ..Piece::new(
            "retries",
            subject.scope(),
            Direction::Raise,
            confidence,
            reason(failed, 0),
        )
    }
}

/// What `retries 0` may be there for, and how sure it is then that it should not.
fn brake(subject: &Subject, confidence: f64) -> (String, f64) {
    let Some(proxy) = subject.proxy.filter(|proxy| proxy.retries_answers()) else {
        return (String::new(), confidence);
    };
    let brake = format!(
        " `retries 0` may be meant: with retries, `retry-on {}` sends requests again that a server may have worked on, `POST` too, unless `http-request disable-l7-retry` exempts them.",
        proxy.retry_on()
    );
    (brake, DOUBTFUL.min(confidence))
}

fn redispatch(
    subject: &Subject,
    incident: &Incident,
    (failed, mut confidence): (u64, f64),
    has_no_retries: bool,
) -> Piece {
    let mut effect = "A retry would have gone to another server.".to_owned();
    if has_no_retries {
        effect.push_str(" It needs `retries` above 0, which is 0 here.");
        let (may_be_meant, doubtful) = brake(subject, confidence);
        effect.push_str(&may_be_meant);
        confidence = doubtful;
    }
    let tied = tied(incident);
    if tied > 0 && subject.proxy.is_some_and(persists) {
        effect.push_str(" `option persist` sends clients to the server of their cookie although it is DOWN: without it they go on at once.");
    }
    Piece {
        effect,
        ..Piece::new(
            "option redispatch",
            subject.scope(),
            Direction::Set,
            confidence,
            reason(failed, tied),
        )
    }
}

fn reason(failed: u64, tied: u64) -> String {
    let tied = match tied {
        0 => String::new(),
        n => format!(
            ": {n} failures were of clients whose cookie ties them to it",
            n = count(n)
        ),
    };
    format!(
        "{failed} requests could not connect to a server while others of its backend were up{tied}.",
        failed = count(failed)
    )
}

/// Connections to some servers failed while others were usable: those that are not named or, where servers failed in turn,
/// those that most requests were answered by.
fn lost_some(subject: &Subject, incident: &Incident) -> bool {
    let cannot_connect = [Cause::ServiceNotListening, Cause::NetworkUnreachable];
    let others = match subject.proxy {
        // A backup gets nothing while one that is gone still counts as up.
        Some(proxy) => leaves_others(incident, proxy),
        None => {
            let mut servers = subject.group.server_names();
            servers.any(|server| !incident.servers.contains(server))
        }
    };
    let answered = incident
        .load
        .iter()
        .map(|(_, requests, failed)| requests.saturating_sub(*failed));
    let has_several = subject
        .proxy
        .is_none_or(|proxy| active(proxy).nth(1).is_some());
    let most_were_answered = has_several && answered.sum::<u64>() > incident.failed;
    cannot_connect.contains(&incident.cause.code)
        && incident.kind != Kind::BackendDown
        && !incident.servers.is_empty()
        && (others || most_were_answered)
}

/// Beside the servers that are the cause of an incident, the backend has others that a retry can go to.
pub fn leaves_others(incident: &Incident, proxy: &Proxy) -> bool {
    active(proxy).any(|server| !is_at(incident, server))
}

/// Servers that are used while they are up, whatever becomes of others. Where all are backups, `option allbackups` uses all.
fn active(proxy: &Proxy) -> impl Iterator<Item = &Server> {
    let enabled = || proxy.servers().iter().filter(|server| !server.disabled);
    let backups = enabled().all(|server| server.backup) && proxy.allbackups();
    enabled().filter(move |server| server.backup == backups)
}

/// Failed requests whose cookie was valid (`V` in the third place) and led to a server that could not be reached.
fn tied(incident: &Incident) -> u64 {
    let is_tied = |term: &str| matches!(term.as_bytes(), [b's' | b'S', b'C', b'V', _]);
    let terms = incident.terms.iter().filter(|(term, _)| is_tied(term));
    terms.map(|(_, n)| n).sum()
}

fn persists(proxy: &Proxy) -> bool {
    proxy.option("persist") == Some(true)
}

/// Requests that failed while connecting to a server that was chosen.
fn connect_failures(subject: &Subject) -> u64 {
    subject.group.ended(|ending| could_not_connect(ending.term))
}

/// A request that ended so found no server that it could connect to.
fn could_not_connect(term: [u8; 2]) -> bool {
    matches!(&term, b"SC" | b"sC")
}
