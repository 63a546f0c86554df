//! `option httpchk`, `option tcp-check`: a check that a server passes which answers nothing.
//!
//! Enters: a backend with its incidents and its section. Leaves: at most one piece. Must not know: how long checks take.
//!
//! Without an `option` that says what to ask, a check opens a connection and closes it (HAProxy manual, 5.2): a program that
//! hangs passes it, as the kernel takes its connections. One that asks for a page that needs nothing passes, too.

use crate::advice::amount;
use crate::advice::piece::{Direction, Piece};
use crate::advice::subject::{Subject, is_at, is_fault};
use crate::config::{Proxy, Server};
use crate::incident::Incident;
use crate::words::cause::Cause;
use crate::words::numbers::count;

/// Where a check only connects, and where it asks for something: a service that fails may do so for part of what it is asked.
const CONFIDENCE: [f64; 2] = [0.8, 0.6];

/// Requests that must have failed at the server.
const FAILED: u64 = 10;

/// One of so many of its requests may have been answered: before it began and once it was over.
const ALMOST_ALL: u64 = 5;

/// The piece.
pub fn piece(subject: &Subject) -> Option<Piece> {
    let proxy = subject.proxy.filter(|_| !subject.lacks_good_ones)?;
    let blind = subject.incidents.iter().filter_map(|incident| {
        let lost = lost(proxy, incident)?;
        Some((*incident, lost))
    });
    let (incident, lost) = blind.max_by_key(|(_, lost)| lost.failed)?;
    let (keyword, remedy) = remedy(proxy);
    let [connects, asks] = CONFIDENCE;
    let (direction, confidence, proves) = match proxy.check_only_connects() {
        true => (
            Direction::Set,
            connects,
            "a check that only opens a connection proves that something listens",
        ),
        false => (
            Direction::Fix,
            asks,
            "what the check asks for needs less than requests do",
        ),
    };
    let why = format!(
        "{} passed its checks for {} while {} of {} requests to it failed: {proves}.",
        lost.server.name,
        amount::words(u64::try_from(incident.lasted()).ok()?),
        count(lost.failed),
        count(lost.requests)
    );
    Some(Piece {
        effect: format!(
            "{remedy}, HAProxy stops using such a server after `fall` checks{}",
            beside(proxy)
        ),
        ..Piece::new(keyword, subject.scope(), direction, confidence, why).seen_in(incident)
    })
}

/// The option that says what a check asks for, and what to do with it.
fn remedy(proxy: &Proxy) -> (&'static str, &'static str) {
    match (proxy.mode_http(), proxy.check_only_connects()) {
        (true, _) => (
            "option httpchk",
            "With a page that needs what requests need",
        ),
        (false, true) => (
            "option tcp-check",
            "With the option of its protocol (`redis-check`, `pgsql-check`, `mysql-check`, `smtpchk`, `ldap-check`), or with \
             `option tcp-check`, `tcp-check send` and `tcp-check expect`",
        ),
        (false, false) => (
            "option tcp-check",
            "With a question whose answer needs what sessions need (`tcp-check send`, `tcp-check expect`)",
        ),
    }
}

/// What else takes such a server out: answers of HTTP are observed, and by default failures only make checks come sooner.
fn beside(proxy: &Proxy) -> &'static str {
    match proxy.mode_http() {
        true => "; with `observe layer7` and `on-error mark-down`, requests do so, too.",
        false => ".",
    }
}

/// A server that answered hardly anything while it passed its checks.
struct Lost<'a> {
    server: &'a Server,
    requests: u64,
    failed: u64,
}

/// The one that failed most of those that were checked, answered hardly anything for longer than checks take to notice, and
/// were not marked. Others went on.
fn lost<'a>(proxy: &'a Proxy, incident: &Incident) -> Option<Lost<'a>> {
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
    let servers = proxy.servers().iter();
    let blamed = servers.filter(|server| is_at(incident, server) && was_due(server, incident));
    let lost = blamed.filter_map(|server| silent(server, incident));
    lost.max_by_key(|lost| lost.failed)
}

/// Its checks, which go where requests go, would have noticed.
fn was_due(server: &Server, incident: &Incident) -> bool {
    let due = server.inter().zip(server.fall());
    let noticed = |(inter, fall): (u64, u32)| {
        i64::try_from(inter * u64::from(fall)).is_ok_and(|due| due < incident.lasted())
    };
    server.is_checked_itself() == Some(true) && due.is_some_and(noticed)
}

fn silent<'a>(server: &'a Server, incident: &Incident) -> Option<Lost<'a>> {
    let of_it = |name: &[u8]| name == server.name.as_bytes();
    let (_, requests, failed) = incident.load.iter().find(|(name, ..)| of_it(name))?;
    let others = incident.load.iter().filter(|(name, ..)| !of_it(name));
    let answered: u64 = others.map(|(_, n, failed)| n.saturating_sub(*failed)).sum();
    let is_lost = *failed >= FAILED && failed * ALMOST_ALL >= requests * (ALMOST_ALL - 1);
    (is_lost && answered > 0).then_some(Lost {
        server,
        requests: *requests,
        failed: *failed,
    })
}
