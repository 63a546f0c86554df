//! A second fault within a first one's incident: another server of the backend that fails in its own way.
//!
//! Enters: a backend with its incidents. Leaves: a piece for each such server. Must not know: timers.
//!
//! An incident has one cause. A server that has nothing to do with it, and fails as its neighbours do not, has one of its
//! own. A server that drowns in the load of a lost one does not look like that: its neighbours have as much to do, and drown
//! with it.

use std::collections::BTreeSet;

use super::piece::{Direction, Piece, Scope};
use super::subject::{EVIDENCE, Subject};
use crate::incident::Incident;
use crate::rollup::Name;
use crate::rollup::timers::{Ending, Timer};
use crate::words::numbers::count;

const CONFIDENCE: f64 = 0.6;

/// Requests that must have failed so during incidents.
const FAILED: u64 = 20;

/// The share of the server's requests that must have; accounts are by the minute, so that well seconds count among them.
const COMMON: f64 = 0.05;

/// Times the share of its neighbours.
const APART: f64 = 5.0;

/// Requests its neighbours must have had, and the part of its own requests.
const SERVED: u64 = 30;
const AS_BUSY: f64 = 0.5;

/// A way to fail.
struct Way {
    is: fn(Ending) -> bool,
    /// Incidents count what ended so; errors in complete answers they do not.
    counts: bool,
    /// `34 of 210 requests …`
    said: &'static str,
    effect: &'static str,
}

static WAYS: [Way; 4] = [
    Way {
        is: |ending| ending.term == *b"sH",
        counts: true,
        said: "were cut by `timeout server`",
        effect: "It was slow, and its neighbours were not: look for what it waits for.",
    },
    Way {
        is: |ending| matches!(&ending.term, b"SH" | b"SD" | b"SL"),
        counts: true,
        said: "ended with a connection that it closed or reset",
        effect: "The connections were reset or closed, not slow.",
    },
    Way {
        is: |ending| matches!(&ending.term, b"SC" | b"sC"),
        counts: true,
        said: "could not connect",
        effect: "Is it listening, and does its host answer?",
    },
    Way {
        is: |ending| ending.term[0] == b'-' && ending.failed,
        counts: false,
        said: "were answered with an error",
        effect: "The answers were complete: look in its own log.",
    },
];

impl Way {
    /// A request of mode http that failed with this state went this way.
    fn is_of(&self, term: [u8; 2]) -> bool {
        (self.is)(Ending {
            term,
            failed: true,
            tcp: false,
            tunnel: false,
        })
    }

    /// Failures of this way that an incident counts, whichever server they were at.
    fn counted(&self, incident: &Incident) -> u64 {
        let is_its = |term: &str| matches!(*term.as_bytes(), [a, b, ..] if self.is_of([a, b]));
        let terms = incident.terms.iter().filter(|(term, _)| is_its(term));
        terms.map(|(_, n)| n).sum()
    }
}

/// A server's requests during incidents: all, and those that failed in one way.
#[derive(Clone, Copy)]
struct Seen<'a> {
    server: &'a Name,
    all: u64,
    failed: u64,
}

/// One that fails as its neighbours do not.
struct Sick<'a> {
    seen: Seen<'a>,
    /// Requests of those neighbours, and those that failed in its way.
    others: (u64, u64),
}

impl Seen<'_> {
    fn share(&self) -> f64 {
        self.failed as f64 / self.all.max(1) as f64
    }
}

/// The server whose requests `timeout server` cut for reasons of its own, and how many.
pub fn cut_at<'a>(subject: &Subject<'a>) -> Option<(&'a Name, u64)> {
    blaming(subject).next()?;
    let seen = seen(subject, &WAYS[0], &culprits(subject));
    sick(&seen).map(|sick| (sick.seen.server, sick.seen.failed))
}

/// Incidents that blame servers.
fn blaming<'s, 'a>(subject: &'s Subject<'a>) -> impl Iterator<Item = &'a Incident> + 's {
    let incidents = subject.incidents.iter().copied();
    incidents.filter(|incident| !incident.servers.is_empty() && !subject.tcp)
}

/// The one of them in which most failed at this server; among several, the worst.
fn beside<'a>(subject: &Subject<'a>, server: &Name) -> Option<&'a Incident> {
    let failed_there = |incident: &Incident| {
        let mut load = incident.load.iter();
        let its = load.find(|(name, ..)| name == server);
        its.map_or(0, |(_, _, failed)| *failed)
    };
    blaming(subject).max_by_key(|incident| (failed_there(incident), incident.failed))
}

/// Servers that an incident blames.
fn culprits<'a>(subject: &Subject<'a>) -> BTreeSet<&'a Name> {
    let incidents = subject.incidents.iter().copied();
    incidents.flat_map(|incident| &incident.servers).collect()
}

/// The pieces.
pub fn pieces(subject: &Subject) -> Vec<Piece> {
    let faults = faults(subject).into_iter();
    faults
        .filter_map(|(way, sick)| {
            let first = beside(subject, sick.seen.server)?;
            Some(piece(subject, way, &sick, first))
        })
        .collect()
}

/// Failures that the backend's only incident counts and that are none of its cause's; 0 where there are several, since what
/// is known by server is of all of them together.
pub fn failures_in(subject: &Subject, incident: &Incident) -> u64 {
    if subject.incidents.len() > 1 {
        return 0;
    }
    let faults = faults(subject).into_iter().filter(|(way, _)| way.counts);
    let of_others: u64 = faults
        .map(|(way, sick)| sick.seen.failed.min(way.counted(incident)))
        .sum();
    of_others.min(incident.failed)
}

/// Servers that no incident blames where one blames others, with what is wrong with them.
fn faults<'a>(subject: &Subject<'a>) -> Vec<(&'static Way, Sick<'a>)> {
    if blaming(subject).next().is_none() {
        return Vec::new();
    }
    let culprits = culprits(subject);
    let mut named = BTreeSet::new();
    let each = WAYS.iter().filter_map(|way| {
        let seen = seen(subject, way, &culprits);
        let sick = sick(&seen).filter(|sick| named.insert(sick.seen.server))?;
        Some((way, sick))
    });
    each.collect()
}

/// Servers that no incident blames.
fn seen<'a>(subject: &Subject<'a>, way: &Way, culprits: &BTreeSet<&Name>) -> Vec<Seen<'a>> {
    let during = |is_wanted: &dyn Fn(Ending) -> bool| {
        let totals = subject.group.of_those(Timer::Total, is_wanted);
        totals
            .into_iter()
            .map(|(server, [calm, all])| (server, all.count().saturating_sub(calm.count())))
    };
    let both = during(&|_| true).zip(during(&way.is));
    let seen = both.map(|((server, all), (_, failed))| Seen {
        server,
        all,
        failed,
    });
    seen.filter(|seen| !culprits.contains(seen.server))
        .collect()
}

/// The one that fails as its neighbours do not.
fn sick<'a>(seen: &[Seen<'a>]) -> Option<Sick<'a>> {
    let sick = seen.iter().max_by_key(|seen| seen.failed)?;
    let others = || seen.iter().filter(|other| other.server != sick.server);
    let all: u64 = others().map(|other| other.all).sum();
    let failed: u64 = others().map(|other| other.failed).sum();
    let others_are_busy =
        others().any(|other| other.all >= SERVED && other.all as f64 >= AS_BUSY * sick.all as f64);
    let is_sick = sick.failed >= FAILED
        && sick.share() >= COMMON
        && sick.share() >= APART * failed as f64 / all.max(1) as f64;
    (others_are_busy && is_sick).then_some(Sick {
        seen: *sick,
        others: (all, failed),
    })
}

fn piece(subject: &Subject, way: &Way, sick: &Sick, first: &Incident) -> Piece {
    let (seen, (others, of_others)) = (sick.seen, sick.others);
    let lines = subject
        .group
        .lines(|server, term| server == seen.server && way.is_of(term));
    let during = match subject.incidents.len() {
        1 => "the incident",
        _ => "incidents",
    };
    Piece {
        effect: way.effect.to_owned(),
        evidence: lines.take(EVIDENCE).cloned().collect(),
        incidents: vec![first.id.clone()],
        ..Piece::new(
            "server",
            Scope::Server(subject.group.name.clone(), seen.server.clone()),
            Direction::Fix,
            CONFIDENCE,
            format!(
                "A second fault beside {}: during {during} {} of {} requests to {} {}, and {} of {} to its other neighbours.",
                String::from_utf8_lossy(&join(&first.servers)),
                count(seen.failed),
                count(seen.all),
                String::from_utf8_lossy(seen.server),
                way.said,
                match of_others {
                    0 => "none".to_owned(),
                    n => count(n),
                },
                count(others)
            ),
        )
    }
}

/// Names with commas between.
fn join(names: &[Name]) -> Vec<u8> {
    let names: Vec<&[u8]> = names.iter().map(|name| &name[..]).collect();
    names.join(&b", "[..])
}
