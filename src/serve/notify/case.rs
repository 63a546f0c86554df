//! What one target was told of one incident, and what it is to be told next.
//!
//! Enters: how the incident stands, and the time. Leaves: what to say, if anything. Must not know: who listens, or how it
//! is said. It looks at how things stand and not at what happened, so that an incident told twice, as after a restart,
//! is said once.

use serde::{Deserialize, Serialize};

use super::route::rank;
use crate::words::cause::Severity;

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Say {
    Opened,
    Worsened,
    Reopened,
    Resolved,
}

/// What a target was told of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Told {
    /// Nothing since then (ms since 1970): it may be over before it is worth a word.
    Held { since: i64, again: bool },
    /// That it goes on.
    Open(Standing),
    /// That it is over.
    Over,
}

/// How an incident stood when it was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Standing {
    /// The worst that was told.
    pub(super) severity: Severity,
    /// How often it had got worse.
    pub(super) worsened: u32,
}

/// How an incident stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now<'a> {
    pub(super) severity: Severity,
    pub(super) is_over: bool,
    /// How often it got worse.
    pub(super) worsened: u32,
    /// It is for this target.
    pub(super) is_meant: bool,
    /// Nothing new is to be said of it.
    pub(super) is_silenced: bool,
    /// Milliseconds for which it is held.
    pub(super) hold_off: i64,
    /// Milliseconds since 1970.
    pub(super) at: i64,
    /// What was told.
    pub(super) told: Option<&'a Told>,
}

/// What is told then, and what to say for it.
pub(super) fn next(now: Now) -> (Option<Told>, Option<Say>) {
    let standing = |severity| {
        let worsened = now.worsened;
        Some(Told::Open(Standing { severity, worsened }))
    };
    match now.told {
        Some(Told::Open(_)) if now.is_over => (Some(Told::Over), Some(Say::Resolved)),
        Some(Told::Open(told)) => {
            let is_worse = rank(now.severity) > rank(told.severity);
            if now.is_silenced || !(is_worse || now.worsened > told.worsened) {
                return (now.told.cloned(), None);
            }
            let worst = if is_worse {
                now.severity
            } else {
                told.severity
            };
            (standing(worst), Some(Say::Worsened))
        }
        Some(Told::Held { again, .. }) if now.is_over || !now.is_meant => {
            (again.then_some(Told::Over), None)
        }
        Some(Told::Held { since, again }) => {
            if now.is_silenced || now.at.saturating_sub(*since) < now.hold_off {
                return (now.told.cloned(), None);
            }
            let say = if *again { Say::Reopened } else { Say::Opened };
            (standing(now.severity), Some(say))
        }
        None | Some(Told::Over) if now.is_over || !now.is_meant => (now.told.cloned(), None),
        None | Some(Told::Over) => {
            let since = now.at;
            let again = now.told.is_some();
            let held = Told::Held { since, again };
            next(Now {
                told: Some(&held),
                ..now
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of `time severity` with marks: `.` it is over, `+` it got worse, `!` it is silenced.
    fn said(hold_off: i64, steps: &str) -> String {
        let mut told = None;
        let mut worsened = 0;
        let mut said = Vec::new();
        for step in steps.split_whitespace() {
            let digits = step.find(|c: char| !c.is_ascii_digit()).unwrap();
            let (at, rest) = step.split_at(digits);
            worsened += u32::from(rest.contains('+'));
            let severity = match &rest[..1] {
                "o" => Severity::Outage,
                "d" => Severity::Degraded,
                "p" => Severity::Planned,
                other => panic!("{other}"),
            };
            let now = Now {
                severity,
                is_over: rest.contains('.'),
                worsened,
                is_meant: rank(severity) >= rank(Severity::Degraded),
                is_silenced: rest.contains('!'),
                hold_off,
                at: at.parse().unwrap(),
                told: told.as_ref(),
            };
            let (next, say) = super::next(now);
            said.extend(say.map(|say| format!("{at} {say:?}")));
            told = next;
        }
        said.join(", ")
    }

    #[test]
    fn what_is_said_and_when() {
        for (hold_off, steps, expected) in [
            // A blip wakes nobody, nor does one that was over before it was heard of.
            (10, "0d 5d 9d. 20d.", ""),
            (0, "0d.", ""),
            // Opened, and over.
            (0, "0d 1d 2d.", "0 Opened, 2 Resolved"),
            (10, "0d 9d 10d 30d.", "10 Opened, 30 Resolved"),
            // Told again, as after a restart: nothing new.
            (0, "0d 1d 2d. 3d. 4d.", "0 Opened, 2 Resolved"),
            // Worse by its severity or by what it did; each once.
            (
                0,
                "0d 1o 2o 3o+ 4o 5o.",
                "0 Opened, 1 Worsened, 3 Worsened, 5 Resolved",
            ),
            // Better, and as bad as it was: nothing.
            (0, "0o 1d 2o 3o.", "0 Opened, 3 Resolved"),
            // Below what is told, the time to wait has not begun.
            (10, "0p 20p 21d 30d 31d 40d.", "31 Opened, 40 Resolved"),
            (10, "0d 5p 9d 15d 19d 20p 21p.", "19 Opened, 21 Resolved"),
            // Again, after the same time to wait.
            (
                10,
                "0d 10d 20d. 30d 35d. 50d 60d 70d.",
                "10 Opened, 20 Resolved, 60 Reopened, 70 Resolved",
            ),
            // Silence keeps back what is new, until it ends; what was told is told to be over.
            (0, "0d! 5d! 9d!.", ""),
            (0, "0d! 5d! 9d 10d.", "9 Opened, 10 Resolved"),
            (0, "0d 1o! 2o! 3o 4o!.", "0 Opened, 3 Worsened, 4 Resolved"),
        ] {
            assert_eq!(said(hold_off, steps), expected, "{hold_off}: {steps}");
        }
    }
}
