//! `balance` by a hash: one server that was given far more than its part, and drowned.
//!
//! Enters: a backend with its incidents and its section. Leaves: at most one piece. Must not know: timers, or how it is found
//! that a server had too much to do.
//!
//! A hash sends all that is alike to one server (HAProxy manual, 4.2 `balance`): an office behind one address, a page that
//! everybody asks for. That server drowns while its neighbours have next to nothing to do, and a look at it alone finds a
//! slow server.

use super::balance::weights;
use super::piece::{Direction, Piece};
use super::subject::Subject;
use crate::config::Proxy;
use crate::incident::Incident;
use crate::rollup::Name;
use crate::words::cause::Cause;
use crate::words::numbers::count;

const CONFIDENCE: f64 = 0.65;

/// Requests of an incident below which shares say little.
const ENOUGH: u64 = 200;

/// So many times as much as its neighbours, each by its weight, a server must have had.
const FAR_MORE: f64 = 3.0;

/// The piece.
pub fn piece(subject: &Subject) -> Option<Piece> {
    let proxy = subject.proxy?;
    let balance = proxy.balance()?;
    let alike = alike(&balance.value)?;
    let mut incidents = subject.incidents.iter();
    let (incident, drowned) =
        incidents.find_map(|incident| Some((*incident, drowned(incident, proxy)?)))?;
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let all = count(drowned.all);
    let written = proxy.body().text("balance");
    Some(Piece {
        current: Some(written.unwrap_or(&balance.value).to_owned()),
        current_from: Some("config"),
        effect: format!(
            "`leastconn` shares all out; {}. To keep the hash, `hash-balance-factor 150` with `hash-type consistent` sends on what is more than one and a half times a server's part.",
            price(&balance.value, subject)
        ),
        ..Piece::new(
            "balance",
            subject.scope(),
            Direction::Set,
            CONFIDENCE,
            format!(
                "{} had {} of the {all} requests in the incident where {} were its part, and failed {}: {alike} goes to one server.",
                String::from_utf8_lossy(drowned.server),
                percent(drowned.got),
                percent(drowned.due),
                count(drowned.failed),
            ),
        )
        .seen_in(incident)
    })
}

/// What a hash takes for one and the same; `None` of what shares out without one.
fn alike(balance: &str) -> Option<&'static str> {
    let algorithm = balance.split([' ', '(']).next()?;
    Some(match algorithm {
        "source" => "with `balance source`, all that comes from one address",
        "uri" => "with `balance uri`, all that asks for one path",
        "url_param" | "hdr" | "rdp-cookie" | "hash" => {
            "with this `balance`, all that has one value"
        }
        _ => return None,
    })
}

/// What is lost without the hash, and what stands in for it.
fn price(balance: &str, subject: &Subject) -> &'static str {
    match (balance.starts_with("source"), subject.group.is_tcp()) {
        (true, false) => {
            "where a client has to stay at its server, a `cookie` ties each one by itself"
        }
        (true, true) => "a client may meet another server with each connection",
        (false, _) => "what servers keep of what they were asked for before is then asked of all",
    }
}

/// A server that had more than its part.
struct Drowned<'a> {
    server: &'a Name,
    /// Shares of the requests that servers had, 0 to 1.
    got: f64,
    due: f64,
    failed: u64,
    all: u64,
}

/// The one that such an incident blames, if it had far more to do than its neighbours.
fn drowned<'a>(incident: &'a Incident, proxy: &Proxy) -> Option<Drowned<'a>> {
    let is_of_work = matches!(
        incident.cause.code,
        Cause::ServerOverloaded | Cause::MaxconnTooLow
    );
    let [server] = &incident.servers[..] else {
        return None;
    };
    let weights = weights(proxy)?;
    let at_servers = || {
        incident
            .load
            .iter()
            .filter(|(name, ..)| !name.starts_with(b"<"))
    };
    let all: u64 = at_servers().map(|(_, requests, _)| requests).sum();
    let (_, requests, failed) = at_servers().find(|(name, ..)| name == server)?;
    let sum: f64 = weights.iter().map(|(_, weight)| f64::from(*weight)).sum();
    let (_, weight) = weights
        .iter()
        .find(|(known, _)| server[..] == *known.name.as_bytes())?;
    let weight = f64::from(*weight);
    let (its, others) = (*requests as f64, all.saturating_sub(*requests) as f64);
    let has_far_more = its * (sum - weight) >= FAR_MORE * others * weight && sum > weight;
    (is_of_work && all >= ENOUGH && has_far_more).then_some(Drowned {
        server,
        got: its / all.max(1) as f64,
        due: weight / sum,
        failed: *failed,
        all,
    })
}
