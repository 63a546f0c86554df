//! Servers out of rotation during an incident.
//!
//! Enters: transitions. Leaves: spans by server and HAProxy, and when service was gone and restored.
//! Must not know: requests.

use std::collections::BTreeMap;

use super::state::Rotation;
use super::{Clue, Lane};
use crate::line::Why;
use crate::rollup::Name;
use crate::rollup::seal::{Cell, Origin};
use crate::words::checks::CheckCode;
use crate::words::termination::Symptom;

/// Seconds after a server is back in which its first success counts as its return.
const FIRST_SERVICE: i64 = 3;

/// Spans kept per server; a server that flaps more often is told by their number.
const SPANS: usize = 256;

/// Why a server left, kept beyond its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The check's code, when a check took it out and the text is known.
    pub check: Option<CheckCode>,
    /// Status of the check.
    pub status: Option<i32>,
    /// The check's `info:`, or what the message said instead of a reason.
    pub said: Name,
    /// Check duration in ms.
    pub duration: Option<u32>,
    /// Not a check: an operator, a state file, DNS.
    pub commanded: bool,
}

impl Reason {
    /// What a message gives as the reason.
    pub fn of(why: &Why) -> Option<Self> {
        match why {
            Why::Unsaid => None,
            Why::Check(result) => Some(Self {
                check: result.code,
                status: result.status,
                said: result.info.unwrap_or_default().into(),
                duration: result.duration,
                commanded: false,
            }),
            Why::Said(said) => Some(Self {
                check: None,
                status: None,
                said: (*said).into(),
                duration: None,
                commanded: true,
            }),
        }
    }

    /// DNS, or an SRV record that is gone, took the server out.
    pub fn is_dns(&self) -> bool {
        let said = self.said.as_ref();
        let begins = |text: &str| said.starts_with(text.as_bytes());
        self.commanded
            && (begins("DNS")
                || begins("No IP for server")
                || begins("unspecified DNS")
                || begins("entry removed"))
    }
}

/// From, to (ms) and the state, as a [`Lane`] has it.
type Out = (i64, Option<i64>, &'static str);

/// One absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Left the rotation; s since 1970 UTC.
    pub from: i64,
    /// Came back.
    pub to: Option<i64>,
    /// Into which state.
    pub state: Rotation,
    /// Why, if it was said.
    pub reason: Option<Reason>,
    /// The line that says so.
    pub clue: Clue,
    /// The line that says it is back.
    pub back: Option<Clue>,
}

/// A time without a usable server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nobody {
    /// The last one left; s since 1970 UTC.
    pub from: i64,
    /// The first one was back.
    pub to: Option<i64>,
    /// The line that says so first.
    pub clue: Clue,
}

/// All absences of an incident.
#[derive(Debug, Clone, Default)]
pub struct Absences {
    servers: BTreeMap<(Name, Origin), Vec<Span>>,
    /// Transitions out of rotation, copies of what another HAProxy saw included.
    pub transitions: u64,
    /// When there was no usable server; the last time may be going on.
    pub nobody: Vec<Nobody>,
    /// The first success of a server that came back; ms, by when it came back (s).
    pub served: BTreeMap<i64, i64>,
}

impl Absences {
    /// A server left.
    pub fn leave(&mut self, server: &Name, origin: &Origin, span: Span) {
        self.transitions += 1;
        let spans = self
            .servers
            .entry((server.clone(), origin.clone()))
            .or_default();
        if spans.len() < SPANS {
            spans.push(span);
        }
    }

    /// A server came back. Whether it had been out.
    pub fn come_back(&mut self, server: &Name, origin: &Origin, second: i64, clue: &Clue) -> bool {
        let Some(spans) = self.servers.get_mut(&(server.clone(), origin.clone())) else {
            return false;
        };
        let Some(span) = spans.last_mut().filter(|span| span.to.is_none()) else {
            return false;
        };
        span.to = Some(second);
        span.back = Some(clue.clone());
        true
    }

    /// Notes when servers that just came back first served.
    pub fn serve(&mut self, second: i64, cells: &[&Cell]) {
        if self.servers.is_empty() {
            return;
        }
        for cell in cells
            .iter()
            .filter(|cell| cell.outcome.symptom == Symptom::Fine)
        {
            let back = self
                .servers
                .iter()
                .filter(|((server, _), _)| *server == cell.place.server)
                .filter_map(|(_, spans)| spans.last()?.to)
                .filter(|to| (0..=FIRST_SERVICE).contains(&(second - to)))
                .max();
            if let (Some(back), Some(end)) = (back, cell.tally.first_end) {
                let served = self.served.entry(back).or_insert(end);
                *served = (*served).min(end).max(back * 1000);
            }
        }
    }

    /// No server is usable from this second on.
    pub fn nobody_left(&mut self, second: i64, clue: &Clue) {
        if !self.is_nobody() && self.nobody.len() < SPANS {
            self.nobody.push(Nobody {
                from: second,
                to: None,
                clue: clue.clone(),
            });
        }
    }

    /// A server is usable again.
    pub fn somebody(&mut self, second: i64) {
        if let Some(nobody) = self.nobody.last_mut() {
            nobody.to = nobody.to.or(Some(second));
        }
    }

    /// Nobody serves.
    pub fn is_nobody(&self) -> bool {
        self.nobody.last().is_some_and(|nobody| nobody.to.is_none())
    }

    /// Some server is still out.
    pub fn is_anyone_out(&self) -> bool {
        self.spans().any(|(_, span)| span.to.is_none())
    }

    /// Nothing ever left.
    pub fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// All spans, by server and origin.
    pub fn spans(&self) -> impl Iterator<Item = (&Name, &Span)> {
        self.servers
            .iter()
            .flat_map(|((server, _), spans)| spans.iter().map(move |span| (server, span)))
    }

    /// The HAProxys that saw a server leave.
    pub fn origins(&self) -> impl Iterator<Item = &Origin> {
        self.servers.keys().map(|(_, origin)| origin)
    }

    /// The earliest departure.
    pub fn first(&self) -> Option<(&Name, &Span)> {
        self.spans()
            .min_by_key(|(_, span)| (span.from, span.clue.position))
    }

    /// How often the server that left most often did so, as one HAProxy saw it.
    pub fn most_departures(&self) -> usize {
        self.servers.values().map(Vec::len).max().unwrap_or(0)
    }

    /// When a server that came back at this second first served, in ms; else the second itself.
    pub fn served_from(&self, second: i64) -> i64 {
        self.served.get(&second).copied().unwrap_or(second * 1000)
    }

    /// Service is restored to all: the first server is back if there was none, the last one if others carried on.
    pub fn restored(&self) -> Option<i64> {
        match self.nobody.last() {
            Some(nobody) => nobody.to.map(|second| self.served_from(second)),
            None => self.all_back(),
        }
    }

    /// The last lost server is back; ms.
    pub fn all_back(&self) -> Option<i64> {
        let mut last = None;
        for (_, span) in self.spans() {
            last = last.max(Some(span.to?));
        }
        last.map(|second| self.served_from(second))
    }

    /// Spans by server, those that several HAProxys saw joined.
    pub fn lanes(&self) -> Vec<Lane> {
        let mut lanes: BTreeMap<&Name, Vec<Out>> = BTreeMap::new();
        for (server, span) in self.spans() {
            let to = span.to.map(|second| second * 1000);
            lanes
                .entry(server)
                .or_default()
                .push((span.from * 1000, to, span.state.name()));
        }
        lanes
            .into_iter()
            .map(|(server, mut out)| {
                out.sort_by_key(|(from, ..)| *from);
                Lane {
                    server: server.clone(),
                    out: joined(out),
                }
            })
            .collect()
    }
}

fn joined(spans: Vec<Out>) -> Vec<Out> {
    let mut joined: Vec<Out> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if last.2 == span.2 && last.1.is_none_or(|to| span.0 <= to) => {
                last.1 = last.1.and_then(|to| span.1.map(|other| to.max(other)));
            }
            _ => joined.push(span),
        }
    }
    joined
}
