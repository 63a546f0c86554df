//! `inter` and `fall`: how long a dead server stays in rotation.
//!
//! Enters: a backend with its incidents and its section. Leaves: at most one piece. Must not know: why it died.
//!
//! Requests that the server is given until it is marked DOWN fail or are retried. Where it is back before its checks could have
//! noticed, it is never marked at all.

use super::pace::Pace;
use crate::advice::amount;
use crate::advice::piece::{Direction, Piece};
use crate::advice::subject::{Subject, is_at};
use crate::config::Server;
use crate::incident::Incident;
use crate::words::cause::Cause;
use crate::words::numbers::count;

const CONFIDENCE: f64 = 0.6;

/// ms; nobody gains much by noticing sooner than that.
const SOON: u64 = 4_000;

/// Requests that must have failed before the mark.
const FAILED: u64 = 10;

/// The part of the lag that the checks' settings must explain.
const EXPLAINED: f64 = 0.5;

/// Times as often.
const QUICKER: u64 = 5;

/// The smallest `inter` that is suggested, in ms: each server is asked so often.
const LEAST: u64 = 1_000;

/// The piece.
pub fn piece(subject: &Subject) -> Option<Piece> {
    let mut incidents = subject.incidents.iter();
    let of_checks = incidents.by_ref().filter(|incident| is_of_checks(incident));
    let (incident, lag) = of_checks
        .filter_map(|incident| Some((incident, Lag::of(incident)?)))
        .filter(|(incident, lag)| lag.ms() >= SOON && hurt(incident).0 >= FAILED)
        .max_by_key(|(_, lag)| lag.ms())?;
    let pace = Pace::of(
        culprit(subject, incident)?,
        incident.cause.code,
        subject.proxy?,
    )?;
    if pace.longest() < SOON || !lag.is_explained_by(pace) {
        return None;
    }
    let inter = amount::round_up(pace.inter / QUICKER).max(LEAST);
    if inter >= pace.inter {
        return None;
    }
    let faster = Pace {
        inter,
        fast: pace.fast.min(inter),
        lasts: if pace.is_limit { inter } else { pace.lasts },
        ..pace
    };
    let (n, what) = hurt(incident);
    let mut effect = format!(
        "A server that is gone is noticed after at most {} instead of {}; `fastinter` quickens only what follows a first failure, and `observe layer4` lets requests count as checks.",
        amount::words(faster.longest()),
        amount::words(pace.longest())
    );
    if pace.is_limit {
        effect.push_str(" Without `timeout check`, `inter` is also what a check may take: set that where good ones take longer.");
    }
    Some(Piece {
        current: Some(amount::time(pace.inter)),
        current_from: Some(pace.from),
        suggested: Some(amount::time(inter)),
        effect,
        ..Piece::new(
            "inter",
            subject.scope(),
            Direction::Lower,
            CONFIDENCE,
            format!(
                "{}, and {} requests {what}: {}.",
                lag.said(),
                count(n),
                pace.said()
            ),
        )
        .seen_in(incident)
    })
}

/// How many requests it hurt that the server stayed, and how. Those that were refused and saved by a retry lost no time.
fn hurt(incident: &Incident) -> (u64, &'static str) {
    match incident.cause.code {
        Cause::NetworkUnreachable if incident.retried > incident.failed => {
            (incident.retried, "waited for it before they were retried")
        }
        _ => (incident.failed, "failed"),
    }
}

/// Checks can find what it was.
fn is_of_checks(incident: &Incident) -> bool {
    matches!(
        incident.cause.code,
        Cause::ServiceNotListening
            | Cause::NetworkUnreachable
            | Cause::ServerCrashMidResponse
            | Cause::SlowServer
    )
}

/// How long a server stayed in rotation that was gone; ms.
#[derive(Debug, Clone, Copy)]
enum Lag {
    /// From the first symptom to the DOWN mark.
    Marked(u64),
    /// It was back before it was marked.
    Never(u64),
}

impl Lag {
    fn of(incident: &Incident) -> Option<Self> {
        let since = |at: i64| u64::try_from(at.checked_sub(incident.start)?).ok();
        match (incident.detected_at, incident.end) {
            (Some(at), _) => since(at).map(Self::Marked),
            // What can be connected to, and is only slow, good checks may pass.
            (None, Some(_)) if incident.cause.code == Cause::SlowServer => None,
            (None, Some(end)) if incident.downs == 0 => since(end).map(Self::Never),
            (None, _) => None,
        }
    }

    fn ms(self) -> u64 {
        match self {
            Self::Marked(ms) | Self::Never(ms) => ms,
        }
    }

    /// It would have been shorter with other settings.
    fn is_explained_by(self, pace: Pace) -> bool {
        match self {
            Self::Marked(ms) => pace.longest() as f64 >= EXPLAINED * ms as f64,
            Self::Never(ms) => pace.longest() >= ms,
        }
    }

    fn said(self) -> String {
        match self {
            Self::Marked(ms) => {
                format!(
                    "It took {} until the server was marked DOWN",
                    amount::words(ms)
                )
            }
            Self::Never(ms) => format!(
                "It was gone for {} and never marked DOWN",
                amount::words(ms)
            ),
        }
    }
}

/// The section's line of a server that was lost.
fn culprit<'a>(subject: &Subject<'a>, incident: &Incident) -> Option<&'a Server> {
    let mut servers = subject.proxy?.servers().iter();
    servers.find(|server| is_at(incident, server))
}
