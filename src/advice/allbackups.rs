//! `option allbackups`: one backup server that took all the load, and drowned, beside others that were idle.
//!
//! Enters: a backend with its incidents and its section. Leaves: at most one piece. Must not know: timers.
//!
//! Without the option only the first usable backup server takes over (HAProxy manual, 4.2).

use super::piece::{Direction, Piece};
use super::subject::Subject;
use crate::config::Server;
use crate::incident::Incident;
use crate::words::numbers::count;

const CONFIDENCE: f64 = 0.75;

/// Requests that the backup server must have had, and failed or kept waiting.
const SOME: u64 = 10;

/// The part of them that is no accident.
const DROWNED: f64 = 0.05;

/// The piece.
pub fn piece(subject: &Subject) -> Option<Piece> {
    let proxy = subject.proxy?;
    if proxy.option("allbackups") == Some(true) {
        return None;
    }
    let backups = || {
        proxy
            .servers()
            .iter()
            .filter(|server| server.backup && !server.disabled)
    };
    let others = backups()
        .count()
        .checked_sub(1)
        .filter(|others| *others > 0)?;
    let mut incidents = subject.incidents.iter();
    let (incident, server, requests, failed) =
        incidents.find_map(|incident| drowned(incident, &mut backups(), others))?;
    Some(Piece {
        effect: "All backup servers share the load once no other server is left.".to_owned(),
        ..Piece::new(
            "option allbackups",
            subject.scope(),
            Direction::Set,
            CONFIDENCE,
            format!(
                "When no active server was left, {} alone took over and failed {failed} of {requests} requests, while {} had none.",
                server.name,
                match others {
                    1 => "the other backup server".to_owned(),
                    n => format!("{n} other backup servers"),
                },
                failed = count(failed),
                requests = count(requests)
            ),
        )
        .seen_in(incident)
    })
}

/// The backup server that was left alone with the load, with its requests and those that failed.
fn drowned<'a, 's>(
    incident: &'a Incident,
    backups: &mut dyn Iterator<Item = &'s Server>,
    others: usize,
) -> Option<(&'a Incident, &'s Server, u64, u64)> {
    let left = incident.left.filter(|left| left.active == 0)?;
    let enough = usize::try_from(left.backups).is_ok_and(|left| left > others);
    let load = |server: &Server| {
        let mut load = incident.load.iter();
        let its = load.find(|(name, ..)| name[..] == *server.name.as_bytes());
        its.map_or((0, 0), |(_, requests, failed)| (*requests, *failed))
    };
    let mut asked = backups
        .map(|server| (server, load(server)))
        .filter(|(_, (requests, _))| *requests > 0);
    let (server, (requests, failed)) = asked.next()?;
    let is_alone = asked.next().is_none();
    let is_drowned = failed >= SOME && failed as f64 >= DROWNED * requests as f64;
    (enough && is_alone && is_drowned).then_some((incident, server, requests, failed))
}
