//! `inter` and `fall`: how long a dead server stays in rotation.
//!
//! Enters: a backend with its incidents and its section. Leaves: at most one piece. Must not know: why it died.
//!
//! HAProxy marks a server DOWN after `fall` failed checks in a row. One begins `inter` after the one before has ended or, from the
//! first failure on, `fastinter` where that is set (HAProxy manual, 5.2; `check.c`, `process_chk_conn`): one that is refused ends at
//! once, one that nobody answers when its time is up. Requests that the server is given meanwhile fail or are retried.

use crate::advice::amount;
use crate::advice::piece::{Direction, Piece};
use crate::advice::subject::{Subject, is_at};
use crate::config::{Proxy, Server, Timeout};
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
    let (incident, lag) = subject
        .incidents
        .iter()
        .filter_map(|incident| Some((incident, lag(incident)?)))
        .filter(|(incident, lag)| *lag >= SOON && hurt(incident).0 >= FAILED)
        .max_by_key(|(_, lag)| *lag)?;
    let pace = Pace::of(
        culprit(subject, incident)?,
        incident.cause.code,
        subject.proxy?,
    )?;
    if pace.longest() < SOON || (pace.longest() as f64) < EXPLAINED * lag as f64 {
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
                "It took {} until the server was marked DOWN, and {} requests {what}: {}.",
                amount::words(lag),
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

/// From the first symptom to the DOWN mark, in ms, where checks found it.
fn lag(incident: &Incident) -> Option<u64> {
    let by_checks = matches!(
        incident.cause.code,
        Cause::ServiceNotListening
            | Cause::NetworkUnreachable
            | Cause::ServerCrashMidResponse
            | Cause::SlowServer
    );
    let lag = incident.detected_at?.checked_sub(incident.start)?;
    u64::try_from(lag).ok().filter(|_| by_checks)
}

/// The section's line of a server that was lost.
fn culprit<'a>(subject: &Subject<'a>, incident: &Incident) -> Option<&'a Server> {
    let mut servers = subject.proxy?.servers().iter();
    servers.find(|server| is_at(incident, server))
}

/// How a server is checked; times in ms.
#[derive(Debug, Clone, Copy)]
struct Pace {
    inter: u64,
    fast: u64,
    fall: u64,
    /// What a failing check takes.
    lasts: u64,
    /// `inter` is what it may take.
    is_limit: bool,
    from: &'static str,
}

impl Pace {
    fn of(server: &Server, cause: Cause, proxy: &Proxy) -> Option<Self> {
        let check = server.check.as_ref()?;
        let inter = server.inter()?;
        let from = match check.inter {
            Some(_) => "config",
            None => "default",
        };
        let limit = proxy.timeout(Timeout::Check).map(|limit| limit.value);
        let connect = proxy.timeout(Timeout::Connect).map(|limit| limit.value);
        let lasts = match (cause, limit) {
            (Cause::SlowServer, limit) => limit.unwrap_or(inter),
            // Connecting is limited by `timeout connect` only where `timeout check` is set.
            (Cause::NetworkUnreachable, Some(_)) => connect.map_or(inter, |limit| limit.min(inter)),
            (Cause::NetworkUnreachable, None) => inter,
            _ => 0,
        };
        Some(Self {
            lasts,
            is_limit: lasts > 0 && limit.is_none(),
            inter,
            fast: check.fastinter.as_ref().map_or(inter, |fast| fast.value),
            fall: u64::from(server.fall()?),
            from,
        })
    }

    /// From the fault to the mark, if it came just behind a check that passed.
    fn longest(self) -> u64 {
        self.inter + self.fall.saturating_sub(1) * self.fast + self.fall * self.lasts
    }

    /// In words.
    fn said(self) -> String {
        let apart = format!(
            "`fall {}` checks are {} apart",
            self.fall,
            amount::words(self.inter)
        );
        match self.lasts {
            0 => apart,
            lasts => format!(
                "{apart}, and each that nobody answers takes {}",
                amount::words(lasts)
            ),
        }
    }
}
