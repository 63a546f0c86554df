//! `timeout check`: checks that were cut too early.
//!
//! Enters: a backend with its incidents. Leaves: a review where the log has durations of checks. Must not know: traffic.

use std::collections::BTreeSet;

use crate::advice::amount;
use crate::advice::force::{Basis, InForce};
use crate::advice::piece::{Piece, Samples};
use crate::advice::subject::Subject;
use crate::advice::timeouts::{Spread, TimerReview, Verdict};
use crate::config::{Proxy, Server, Timeout};
use crate::envelope;
use crate::incident::{Clue, Incident};
use crate::line::event::CheckResult;
use crate::line::{self, Event, Reading, Why};
use crate::rollup::histogram::Histogram;
use crate::words::cause::Cause;
use crate::words::checks::CheckCode;
use crate::words::numbers::count;

/// A limit that cuts good answers is raised to this many times its value, or the longest check seen.
const LONGER: u64 = 4;

/// Checks on log lines below which nothing is said of a timeout that cut none.
const ENOUGH: u64 = 10;

/// ms; a check allowed less is raised at least to this.
const LEAST: u64 = 1_000;

/// Durations of checks, in ms.
#[derive(Debug, Default)]
struct Durations {
    passed: Histogram,
    cut: Histogram,
}

/// The review of `timeout check` and, where checks were cut too early, its piece.
pub fn review(subject: &Subject) -> Option<(TimerReview, Option<Piece>)> {
    let durations = Durations::of(&subject.incidents);
    let too_short = subject
        .incidents
        .iter()
        .find(|incident| incident.cause.code == Cause::HealthCheckTimeoutTooShort);
    let (passed, cut) = (durations.passed.count(), durations.cut.count());
    if cut == 0 && passed < ENOUGH {
        return None;
    }
    let force = in_force(subject, &durations);
    let review = TimerReview {
        scope: subject.scope(),
        timeout: Timeout::Check,
        timer: "check",
        calm: Spread::default(),
        all: Spread::of(&durations.passed),
        force,
        cut,
        verdict: match too_short {
            Some(_) => raise(&durations, force),
            None if cut == 0 => Verdict::keep(
                0.7,
                format!(
                    "it cut none of {passed} logged checks",
                    passed = count(passed)
                ),
            ),
            None => Verdict::keep(
                0.7,
                match cut {
                    1 => "the check it cut came while the service did not work".to_owned(),
                    _ => format!(
                        "the {} checks it cut came while the service did not work",
                        count(cut)
                    ),
                },
            ),
        },
    };
    let piece = too_short.and_then(|incident| Some(review.piece()?.seen_in(incident)));
    let piece = piece.map(|piece| Piece {
        samples: Samples {
            completed: passed,
            censored: cut,
        },
        ..piece
    });
    Some((review, piece))
}

/// Without `timeout check`, a check may take as long as `inter` (HAProxy manual 4.2, `timeout check`).
fn in_force(subject: &Subject, durations: &Durations) -> InForce {
    let written = InForce::find(subject.proxy, Timeout::Check, Some(&durations.cut));
    let servers = subject.proxy.map(Proxy::servers).unwrap_or_default();
    let checked = servers.iter().filter(|server| server.check.is_some());
    let inters: BTreeSet<Option<u64>> = checked.map(Server::inter).collect();
    match (written.from, inters.first().copied().flatten()) {
        (Basis::Unlimited, Some(inter)) if inters.len() == 1 => InForce {
            ms: Some(inter),
            from: Basis::Interval,
        },
        _ => written,
    }
}

fn raise(durations: &Durations, force: InForce) -> Verdict {
    let (passed, cut) = (durations.passed.count(), durations.cut.count());
    let longest = durations
        .passed
        .max()
        .map_or(0, |(_, high)| u64::from(high));
    let shortest_cut = durations
        .cut
        .quantile(0.0)
        .map_or(0, |(low, _)| u64::from(low));
    let limit = force.ms.unwrap_or(shortest_cut);
    let suggested = amount::round_up((LONGER * limit.max(longest)).max(LEAST));
    let stand_in = match force.from {
        Basis::Interval => " (`inter` stands in for `timeout check`)",
        _ => "",
    };
    let others = match passed {
        0 => String::new(),
        n => format!(
            "; {} that passed took up to {}",
            count(n),
            amount::words(longest)
        ),
    };
    Verdict::raise(
        limit,
        suggested,
        0.8,
        format!(
            "{} logged {} cut at {}{stand_in} while the service worked{others}",
            count(cut),
            if cut == 1 { "check was" } else { "checks were" },
            amount::words(limit),
        ),
        "Servers stay in rotation while only their health answer is slow.".to_owned(),
    )
}

impl Durations {
    /// Of the checks on the lines that incidents carry, each line once.
    fn of(incidents: &[&Incident]) -> Self {
        let mut clues: Vec<&Clue> = incidents
            .iter()
            .flat_map(|incident| {
                let rows = incident.timeline.iter().filter_map(|row| row.clue.as_ref());
                incident.cause.evidence.iter().chain(rows)
            })
            .collect();
        clues.sort();
        clues.dedup();
        let mut durations = Self::default();
        for clue in clues {
            durations.add(clue);
        }
        durations
    }

    fn add(&mut self, clue: &Clue) {
        let message = envelope::peel(&clue.text).message;
        let Some(result) = checked(message) else {
            return;
        };
        let Some(duration) = result.duration else {
            return;
        };
        match result.code {
            Some(CheckCode::L7Ok | CheckCode::L7OkConditional | CheckCode::L6Ok) => {
                self.passed.add(duration, 1)
            }
            Some(CheckCode::L7Timeout | CheckCode::L6Timeout) => self.cut.add(duration, 1),
            _ => {}
        }
    }
}

/// The result of a check that a line tells of.
fn checked(message: &[u8]) -> Option<CheckResult<'_>> {
    match line::read(message, true) {
        Reading::Event(Event::Check(check)) if !check.agent => Some(check.result),
        Reading::Event(Event::Server(change)) => match change.why {
            Why::Check(result) => Some(result),
            Why::Unsaid | Why::Said(_) => None,
        },
        _ => None,
    }
}
