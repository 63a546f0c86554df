//! `option httpchk`: a check that a server passes which answers nothing.
//!
//! Enters: a backend with its incidents and its section. Leaves: at most one piece. Must not know: how long checks take.
//!
//! Without an `option` that says what to ask, a check opens a connection and closes it (HAProxy manual, 5.2): a program that
//! hangs passes it, as the kernel takes its connections.

use crate::advice::amount;
use crate::advice::piece::{Direction, Piece};
use crate::advice::subject::{Subject, is_at, is_fault};
use crate::config::{Proxy, Server};
use crate::incident::Incident;
use crate::words::cause::Cause;
use crate::words::numbers::count;

const CONFIDENCE: f64 = 0.8;

/// Requests that must have failed at the server.
const FAILED: u64 = 10;

/// One of so many of its requests may have been answered: before it began and once it was over.
const ALMOST_ALL: u64 = 5;

/// The piece.
pub fn piece(subject: &Subject) -> Option<Piece> {
    let only_connects = |proxy: &&Proxy| proxy.mode_http() && proxy.check_only_connects();
    let proxy = subject.proxy.filter(only_connects)?;
    let blind = subject.incidents.iter().filter_map(|incident| {
        let lost = lost(proxy, incident)?;
        Some((incident, lost))
    });
    let (incident, (server, requests, failed)) = blind.max_by_key(|(_, (.., failed))| *failed)?;
    let lasted = lasted(incident)?;
    Some(Piece {
        effect: "With a page that needs what requests need, HAProxy stops using such a server after `fall` checks; with `observe layer7`, requests count as checks, too.".to_owned(),
        ..Piece::new(
            "option httpchk",
            subject.scope(),
            Direction::Set,
            CONFIDENCE,
            format!(
                "{} passed its checks for {} while {} of {} requests to it failed: a check that only opens a connection proves that something listens.",
                server.name,
                amount::words(lasted),
                count(failed),
                count(requests)
            ),
        )
        .seen_in(incident)
    })
}

/// ms; none while it goes on.
fn lasted(incident: &Incident) -> Option<u64> {
    u64::try_from(incident.end?.saturating_sub(incident.start)).ok()
}

/// A checked server that answered hardly anything for longer than its checks take to notice, and was not marked; with its
/// requests, and those that failed. Others went on.
fn lost<'a>(proxy: &'a Proxy, incident: &Incident) -> Option<(&'a Server, u64, u64)> {
    let is_of_it = matches!(
        incident.cause.code,
        Cause::SlowServer
            | Cause::ServerCrashMidResponse
            | Cause::ApplicationErrors
            | Cause::ProtocolMismatch
            | Cause::TlsMismatch
    );
    if !is_of_it || !is_fault(incident) || incident.detected_at.is_some() {
        return None;
    }
    let lasted = lasted(incident)?;
    let is_checked = |server: &&Server| {
        let due = server.inter().zip(server.fall());
        let noticed = |(inter, fall): (u64, u32)| inter * u64::from(fall) < lasted;
        server.check.is_some() && due.is_some_and(noticed)
    };
    let mut servers = proxy.servers().iter().filter(is_checked);
    let server = servers.find(|server| is_at(incident, server))?;
    let of_it = |name: &[u8]| name == server.name.as_bytes();
    let (_, requests, failed) = incident.load.iter().find(|(name, ..)| of_it(name))?;
    let others = incident.load.iter().filter(|(name, ..)| !of_it(name));
    let answered: u64 = others.map(|(_, n, failed)| n.saturating_sub(*failed)).sum();
    let is_lost = *failed >= FAILED && failed * ALMOST_ALL >= requests * (ALMOST_ALL - 1);
    (is_lost && answered > 0).then_some((server, *requests, *failed))
}
