//! `maxconn` of servers: slots that were too few for servers with room, and no limit for servers without.
//!
//! Enters: a backend with its incidents. Leaves: pieces. Must not know: other timers than `Tr` and `Tc`.
//!
//! By Little's law the requests at work at once are their rate times their service time.

use super::amount;
use super::balance;
use super::bursts;
use super::narrow::{narrowest, slots};
use super::piece::{Direction, Piece, Samples, Scope};
use super::subject::Subject;
use super::waits::Wait;
use crate::incident::Incident;
use crate::rollup::Name;
use crate::words::cause::Cause;
use crate::words::numbers::count;

/// Slots for each request at work, so that bursts find one.
const HEADROOM: f64 = 2.0;

/// Answers below which no service time is known.
const ENOUGH: u64 = 100;

/// Times an even share that make one server the one whose slots matter, and times what the next one had.
const FAR_MORE: f64 = 1.5;
const AHEAD: f64 = 1.25;

/// Confidence in more slots at most, where a longer queue would do as well.
const EITHER: f64 = 0.55;

/// Confidence in a limit where there is none: how many requests a server works on at once is not in the log.
const UNLIMITED: f64 = 0.5;

/// The pieces.
pub fn pieces(subject: &Subject) -> Vec<Piece> {
    [too_low(subject), missing(subject)]
        .into_iter()
        .flatten()
        .collect()
}

/// Servers were given more than they can do, and nothing limits what they are given.
fn missing(subject: &Subject) -> Option<Piece> {
    let mut incidents = subject.incidents.iter();
    let incident = incidents.find(|incident| incident.cause.code == Cause::ServerOverloaded)?;
    let mut servers = subject.proxy?.servers().iter();
    if servers.any(|server| slots(server) != Some(None)) {
        return None;
    }
    Some(Piece {
        effect: "What they cannot do waits in HAProxy's queue, where `timeout queue` ends it soon and the others stay fast; set it to what one of them works on at once."
            .to_owned(),
        ..Piece::new(
            "maxconn",
            subject.scope(),
            Direction::Set,
            UNLIMITED,
            format!(
                "Nothing limits how many requests a server is given at once: {} of {} failed while there were too many.",
                count(incident.failed),
                count(incident.requests)
            ),
        ).seen_in(incident)
    })
}

/// Slots were too few for servers with room.
fn too_low(subject: &Subject) -> Option<Piece> {
    let mut incidents = subject.incidents.iter();
    let incident = incidents.find(|incident| incident.cause.code == Cause::MaxconnTooLow)?;
    let waits = subject.group.waits(Wait::Queue);
    let (scope, current, narrow) = match narrow(subject, incident) {
        Some((server, slots)) => {
            let scope = Scope::Server(subject.group.name.clone(), server.clone());
            (scope, Some(slots), Some(server))
        }
        None => (subject.scope(), limit(subject), None),
    };
    let demand = Demand::of(subject, incident, narrow);
    let need = demand.as_ref().map(Demand::told).unwrap_or_default();
    let suggested = current.map(|current| {
        let busy = demand.as_ref().map_or(0.0, Demand::slots);
        let headroom = (busy * HEADROOM).ceil() as u64;
        amount::round(headroom.max(2 * u64::from(current)))
    });
    // A longer queue would do as well; which of them is right, only the servers know.
    let bursts = bursts::longest_wait(subject).is_some();
    let most = if bursts { EITHER } else { 1.0 };
    Some(Piece {
        current: current.map(|current| current.to_string()),
        current_from: current.map(|_| "config"),
        suggested: suggested.map(|slots| slots.to_string()),
        effect: effect(bursts).to_owned(),
        samples: Samples {
            completed: waits.all.completed(),
            censored: waits.all.cut(),
        },
        ..Piece::new(
            "maxconn",
            scope,
            Direction::Raise,
            incident.cause.confidence.min(most),
            format!(
                "{} requests failed in the queue while answers were as fast as ever.{need}",
                count(incident.failed)
            ),
        )
        .seen_in(incident)
    })
}

fn effect(bursts: bool) -> &'static str {
    match bursts {
        true => {
            "Bursts go to servers instead of the queue, where they have room for more at once; where they have not, a longer `timeout queue` lets them wait. Watch the answers while it is raised."
        }
        false => {
            "Requests go to servers that have room, instead of the queue; watch their answers while it is raised."
        }
    }
}

/// `maxconn` of its servers, where it is the same for all.
fn limit(subject: &Subject) -> Option<u32> {
    let servers = subject.proxy?.servers();
    let mut limits = servers
        .iter()
        .map(|server| server.maxconn.as_ref().map(|setting| setting.value));
    let first = limits.next()??;
    limits
        .all(|limit| limit == Some(first))
        .then_some(first)
        .filter(|limit| *limit > 0)
}

/// The server whose queue it was, and its slots, where each of its neighbours has more of them.
fn narrow(subject: &Subject, incident: &Incident) -> Option<(Name, u32)> {
    let (server, slots) = narrowest(subject.proxy?)?;
    let is_it = incident.servers.len() == 1 && incident.servers[0][..] == *server.name.as_bytes();
    is_it.then(|| (incident.servers[0].clone(), slots))
}

/// What an incident asked of each server, or of the one that was asked most.
struct Demand {
    /// Requests a second.
    rate: f64,
    /// ms that half of them took at most on a server.
    service: u32,
    of: Whose,
}

/// Whose slots matter.
enum Whose {
    /// Those of all servers alike.
    All,
    /// Those of one that had far more to do than the others: its part of all requests, 0 to 1, and what chose it.
    Busiest(Name, f64, &'static str),
    /// Those of one that has fewer than its neighbours.
    Narrow(Name),
}

impl Demand {
    fn of(subject: &Subject, incident: &Incident, narrow: Option<Name>) -> Option<Self> {
        let answers = subject.group.waits(Wait::Answer).all.completed;
        if answers.count() < ENOUGH || subject.lacks_good_ones {
            return None;
        }
        let (_, service) = answers.quantile(0.5)?;
        let ms = incident.lasted();
        let asked = Asked::of(incident);
        if ms < 1_000 || asked.0.is_empty() {
            return None;
        }
        let (of, share) = match (narrow, asked.busiest()) {
            (Some(server), _) => {
                let share = asked.share(&server)?;
                (Whose::Narrow(server), share)
            }
            (None, Some((name, share))) => {
                let chooser = subject.proxy.map_or("`balance`", balance::chooser);
                (Whose::Busiest(name, share, chooser), share)
            }
            (None, None) => (Whose::All, 1.0 / asked.0.len() as f64),
        };
        Some(Self {
            rate: share * incident.requests as f64 * 1e3 / ms as f64,
            service,
            of,
        })
    }

    /// Slots that are busy by that.
    fn slots(&self) -> f64 {
        self.rate * f64::from(self.service) / 1e3
    }

    fn told(&self) -> String {
        let each = format!(
            "{} requests a second of {} each keep {:.1} slots busy; twice that leaves room for bursts.",
            count(self.rate.round() as u64),
            amount::words(u64::from(self.service)),
            self.slots()
        );
        match &self.of {
            Whose::Busiest(server, share, chooser) => format!(
                " {:.0} % of all were for {}, whose {each} Spread evenly, they would need fewer: {chooser} decides.",
                share * 100.0,
                String::from_utf8_lossy(server)
            ),
            Whose::Narrow(server) => format!(
                " Its neighbours have more slots than {}, whose {each}",
                String::from_utf8_lossy(server)
            ),
            Whose::All => format!(" At each server, {each}"),
        }
    }
}

/// What each server was asked in an incident, the most first: those that were asked nothing were not there.
struct Asked<'a>(Vec<(&'a Name, u64)>);

impl<'a> Asked<'a> {
    fn of(incident: &'a Incident) -> Self {
        let load = incident.load.iter();
        let servers = load.filter(|(name, n, _)| !name.starts_with(b"<") && *n > 0);
        let mut asked: Vec<_> = servers.map(|(name, n, _)| (name, *n)).collect();
        asked.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        Self(asked)
    }

    /// A server's part of what all were asked, 0 to 1.
    fn share(&self, server: &Name) -> Option<f64> {
        let all: u64 = self.0.iter().map(|(_, n)| n).sum();
        let (_, its) = self.0.iter().find(|(name, _)| *name == server)?;
        Some(*its as f64 / all as f64)
    }

    /// The server that was asked far more than its share and than the next one, with its part of what all were.
    fn busiest(&self) -> Option<(Name, f64)> {
        let [(name, most), (_, next), ..] = self.0[..] else {
            return None;
        };
        let all: u64 = self.0.iter().map(|(_, n)| n).sum();
        let (share, even) = (most as f64 / all as f64, 1.0 / self.0.len() as f64);
        let is_alone = most as f64 >= AHEAD * next as f64;
        (is_alone && share >= FAR_MORE * even).then(|| (name.clone(), share))
    }
}
