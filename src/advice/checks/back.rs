//! `rise` and `fastinter`: how long a server that is well again stays out.
//!
//! Enters: a backend with its incidents and its section. Leaves: at most one piece. Must not know: why it was lost.
//!
//! HAProxy uses a server again after `rise` good checks in a row. The first one comes with `downinter`, the others, since the
//! server is in transition then, with `fastinter` where that is set, else with `inter` (HAProxy manual, 5.2).

use crate::advice::amount;
use crate::advice::piece::{Direction, Piece};
use crate::advice::subject::{Subject, is_at};
use crate::config::Server;
use crate::incident::Incident;
use crate::words::numbers::count;

const CONFIDENCE: f64 = 0.5;

/// ms; less of it is caution.
const LONG: u64 = 10_000;

/// The part of its absence that a server must have waited for nothing but more good checks.
const MOST: f64 = 0.5;

/// The `fastinter` that is suggested at least, in ms, and at most a part of the present pace.
const LEAST: u64 = 500;
const QUICKER: u64 = 5;

/// The `rise` that is suggested: fewer good checks are an accident, so that nothing is where no more are asked for.
const FEWER: u32 = 2;

/// The piece; none where servers went more than once: then it is right to wait until one stays.
pub fn piece(subject: &Subject) -> Option<Piece> {
    let mut incidents = subject.incidents.iter();
    let (incident, wait, away) = incidents.find_map(|incident| {
        let (wait, away) = (
            Wait::of(culprit(subject, incident)?)?,
            away(subject, incident)?,
        );
        let is_most = wait.longest() as f64 >= MOST * away as f64 && wait.longest() <= away;
        let is_to_mend = !wait.is_quick || wait.rise > FEWER;
        (wait.longest() >= LONG && is_most && is_to_mend).then_some((incident, wait, away))
    })?;
    let quicker = amount::round_up(wait.apart / QUICKER).max(LEAST);
    let (keyword, direction, suggested, effect) = match wait.is_quick {
        false => (
            "fastinter",
            Direction::Set,
            amount::time(quicker),
            "It is used again sooner, after as many good checks; the same pace holds from a first failed check on, so that a server that is gone is noticed sooner, too.",
        ),
        true => (
            "rise",
            Direction::Lower,
            FEWER.to_string(),
            "It is used again sooner, after fewer good checks: mind those that come and go.",
        ),
    };
    Some(Piece {
        current: wait.is_quick.then(|| wait.rise.to_string()),
        current_from: wait.is_quick.then_some("config"),
        suggested: Some(suggested),
        effect: effect.to_owned(),
        ..Piece::new(
            keyword,
            subject.scope(),
            direction,
            CONFIDENCE,
            format!(
                "Of the {} that it was away, a server waited {} for `rise {}` good checks, {} apart, after a first one was good.",
                amount::words(away),
                amount::words(wait.longest()),
                count(u64::from(wait.rise)),
                amount::words(wait.apart)
            ),
        )
        .seen_in(incident)
    })
}

/// ms for which the lost server was DOWN, where it is back and went this once.
fn away(subject: &Subject, incident: &Incident) -> Option<u64> {
    let [server] = &incident.servers[..] else {
        return None;
    };
    let blaming = subject.incidents.iter();
    if blaming
        .filter(|other| other.servers.contains(server))
        .count()
        > 1
    {
        return None;
    }
    let lane = incident.lanes.iter().find(|lane| lane.server == *server)?;
    let [(from, Some(to), "DOWN")] = lane.out[..] else {
        return None;
    };
    u64::try_from(to - from).ok()
}

fn culprit<'a>(subject: &Subject<'a>, incident: &Incident) -> Option<&'a Server> {
    let mut servers = subject.proxy?.servers().iter();
    servers.find(|server| is_at(incident, server))
}

/// How a server comes back.
struct Wait {
    rise: u32,
    /// ms between two checks in transition.
    apart: u64,
    /// `fastinter` says so, or it is as quick as one that would be suggested.
    is_quick: bool,
}

impl Wait {
    fn of(server: &Server) -> Option<Self> {
        let check = server.check.as_ref()?;
        let apart = server.fastinter()?;
        Some(Self {
            rise: server.rise()?,
            apart,
            is_quick: check.fastinter.is_some() || apart <= LEAST,
        })
    }

    /// From the first good check to the last one that is asked for; ms.
    fn longest(&self) -> u64 {
        u64::from(self.rise.saturating_sub(1)) * self.apart
    }
}
