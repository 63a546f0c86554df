//! `cookie`: clients whose cookie no longer led to their server, and clients that never bring one.
//!
//! Enters: a backend with its incidents and its section. Leaves: at most one piece. Must not know: timers.
//!
//! The third letter of the state says what became of the cookie: `I`, it names no server of the backend; `D`, one that is
//! DOWN; `V` with an `I` behind it, one that was found unreachable (HAProxy manual, 8.5). The first is the configuration's
//! doing, the others are what persistence is made to survive. Clients that keep no cookies are given one each time.

use super::piece::{Direction, Piece};
use super::subject::Subject;
use crate::config::Proxy;
use crate::incident::Incident;
use crate::incident::cookies::Brought;
use crate::words::cause::Kind;
use crate::words::numbers::count;

const CONFIDENCE: f64 = 0.6;

/// Requests that are no accident.
const SOME: u64 = 10;

/// Requests that were given a cookie, from which on one of them would have come back.
const MANY: u64 = 500;

/// Times as many as those that brought one.
const HARDLY: u64 = 100;

/// `balance` without regard to who asks.
const BY_TURNS: [&str; 5] = ["roundrobin", "static-rr", "leastconn", "first", "random"];

/// What became of cookies.
#[derive(Default)]
struct Lost {
    /// They named no server.
    unknown: u64,
    /// Their server was DOWN.
    down: u64,
    /// Their server was found unreachable.
    unreachable: u64,
}

impl Lost {
    fn of(incident: &Incident) -> Self {
        let mut lost = Self::default();
        for (term, n) in &incident.terms {
            match term.as_bytes() {
                [_, _, b'I', _] => lost.unknown += n,
                [_, _, b'D', _] => lost.down += n,
                [_, _, b'V', b'I'] => lost.unreachable += n,
                _ => {}
            }
        }
        lost
    }

    fn others(&self) -> u64 {
        self.down + self.unreachable
    }
}

/// The piece of the incident that cost most clients their server; else of clients that never bring a cookie.
pub fn piece(subject: &Subject) -> Option<Piece> {
    of_incident(subject).or_else(|| never_brought(subject))
}

/// Nearly all requests are given a cookie, and next to none comes back with one: nothing else holds clients to one of several
/// servers.
fn never_brought(subject: &Subject) -> Option<Piece> {
    let Brought { given, brought } = subject.group.cookies;
    let is_common = given >= MANY && brought * HARDLY <= given;
    let servers = subject.group.server_names().count();
    if !is_common || subject.lacks_good_ones || servers < 2 || subject.proxy.is_some_and(holds) {
        return None;
    }
    let written = subject.proxy.and_then(|proxy| proxy.body().text("cookie"));
    Some(Piece {
        current: written.map(str::to_owned),
        current_from: written.map(|_| "config"),
        effect: "Programs that keep no cookies stay at their server by `balance source` or a stick table. Browsers keep one whose `domain`, `secure` and `attr` fit the site."
            .to_owned(),
        ..Piece::new(
            "cookie",
            subject.scope(),
            Direction::CannotTell,
            CONFIDENCE,
            format!(
                "{} requests came without a cookie and were given one (`NI`), and {} brought one: whoever comes again may go to another server.",
                count(given),
                match brought {
                    0 => "none".to_owned(),
                    n => count(n),
                }
            ),
        )
    })
}

/// Something else than the cookie decides about a client's server.
fn holds(proxy: &Proxy) -> bool {
    let is_by_turns = |balance: &str| {
        let algorithm = balance.split([' ', '(']).next();
        algorithm.is_some_and(|algorithm| BY_TURNS.contains(&algorithm))
    };
    let balance = proxy.balance();
    let mut rules = ["stick", "use-server"].into_iter();
    balance.is_some_and(|balance| !is_by_turns(&balance.value))
        || rules.any(|keyword| proxy.body().lines(keyword).next().is_some())
}

fn of_incident(subject: &Subject) -> Option<Piece> {
    let incidents = subject.incidents.iter();
    let lost = incidents
        .filter(|incident| incident.kind == Kind::PersistenceLoss)
        .map(|incident| (Lost::of(incident), *incident));
    let (lost, incident) = lost.max_by_key(|(lost, _)| (lost.unknown, lost.others()))?;
    let piece = if lost.unknown >= SOME && lost.unknown >= lost.others() {
        disowned(subject, &lost)
    } else if lost.others() >= SOME {
        survived(subject, &lost)
    } else {
        return None;
    };
    Some(piece.seen_in(incident))
}

/// Servers were renamed, removed, or their values made of something else.
fn disowned(subject: &Subject, lost: &Lost) -> Piece {
    let persistence = subject.proxy.and_then(|proxy| proxy.persistence());
    let is_dynamic =
        persistence.is_some_and(|cookie| cookie.flags.iter().any(|flag| flag == "dynamic"));
    let (direction, effect) = match is_dynamic {
        true => (
            Direction::Set,
            "With `dynamic` a cookie is made of a server's address and port and of `dynamic-cookie-key`: whoever changes one of them disowns the cookies that are out. Values of their own (`cookie VALUE` on `server` lines) outlast that.",
        ),
        false => (
            Direction::Fix,
            "Values of `cookie` on `server` lines have to stay what they are when servers are renamed or replaced; before one is removed, let it drain (`set server BACKEND/SERVER state drain`) for as long as its clients stay.",
        ),
    };
    let written = subject.proxy.and_then(|proxy| proxy.body().text("cookie"));
    Piece {
        current: written.map(str::to_owned),
        current_from: written.map(|_| "config"),
        effect: effect.to_owned(),
        ..Piece::new(
            "cookie",
            subject.scope(),
            direction,
            CONFIDENCE,
            format!(
                "{} requests had a cookie that names no server of the backend (`I` in the third place of the state), and were given another one.",
                count(lost.unknown)
            ),
        )
    }
}

/// Their servers were gone, and others took them in.
fn survived(subject: &Subject, lost: &Lost) -> Piece {
    let how = match (lost.down, lost.unreachable) {
        (down, 0) => format!(
            "{} requests had a cookie of a server that was DOWN",
            count(down)
        ),
        (0, unreachable) => format!(
            "{} requests had a cookie of a server that could not be reached",
            count(unreachable)
        ),
        (down, unreachable) => format!(
            "{} requests had a cookie of a server that was DOWN, and {} of one that could not be reached",
            count(down),
            count(unreachable)
        ),
    };
    Piece {
        effect: "What such a server held of its clients' sessions is lost all the same. Where somebody took it out on purpose, `drain` instead of `maint` leaves it its clients until they have gone."
            .to_owned(),
        ..Piece::new(
            "cookie",
            subject.scope(),
            Direction::Keep,
            CONFIDENCE,
            format!("{how}, and went on to others: persistence gave way as it should."),
        )
    }
}
