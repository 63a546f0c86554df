//! What changed between two looks.
//!
//! Enters: the incidents of each look. Leaves: transitions, each told once. Must not know: why anyone looks.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::incident::Incident;
use crate::report::feed::Transition;
use crate::words::cause::{Cause, Kind, Severity};

/// An incident got worse when it failed this many times the requests that were told last.
const WORSE: u64 = 10;

/// Below this, a tenfold is not worth another line.
const MANY: u64 = 100;

/// Incidents that are remembered in any case, whether they are still there or not.
const MANY_SAID: usize = 8_192;

/// What was told of an incident.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Said {
    severity: Severity,
    kind: Kind,
    cause: Cause,
    failed: u64,
    over: bool,
}

/// Remembers what was told.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Changes {
    said: BTreeMap<String, Said>,
}

impl Changes {
    /// Something that was told goes on.
    pub fn is_anything_open(&self) -> bool {
        self.said.values().any(|said| !said.over)
    }

    /// The transitions since the last look, in the order of the incidents.
    pub fn since_last<'a>(&mut self, incidents: &'a [Incident]) -> Vec<(Transition, &'a Incident)> {
        let mut changes = Vec::new();
        for incident in incidents {
            let now = Said {
                severity: incident.severity,
                kind: incident.kind,
                cause: incident.cause.code,
                failed: incident.failed,
                over: incident.end.is_some(),
            };
            let before = self.said.get(&incident.id).copied();
            let (transitions, told) = transitions(before, now);
            changes.extend(
                transitions
                    .into_iter()
                    .map(|transition| (transition, incident)),
            );
            self.said.insert(incident.id.clone(), told);
        }
        self.forget(incidents);
        changes
    }

    /// What is not among the incidents any more never comes back.
    fn forget(&mut self, incidents: &[Incident]) {
        if self.said.len() > MANY_SAID.max(2 * incidents.len()) {
            let ids = incidents.iter().map(|incident| incident.id.as_str());
            let there: BTreeSet<&str> = ids.collect();
            self.said.retain(|id, _| there.contains(id.as_str()));
        }
    }
}

/// What is to be told, and what has been told then.
fn transitions(before: Option<Said>, now: Said) -> (Vec<Transition>, Said) {
    let Some(before) = before else {
        let closed = now.over.then_some(Transition::Closed);
        return (
            std::iter::once(Transition::Opened).chain(closed).collect(),
            now,
        );
    };
    // Severities are listed from the worst on.
    let worse = now.severity < before.severity
        || (now.failed >= MANY && now.failed >= before.failed * WORSE);
    let told = if before.over && !now.over {
        vec![Transition::Reopened]
    } else if !before.over && now.over {
        vec![Transition::Closed]
    } else if worse {
        vec![Transition::Worsened]
    } else if (now.kind, now.cause) != (before.kind, before.cause) {
        vec![Transition::CauseRevised]
    } else {
        return (
            Vec::new(),
            Said {
                over: now.over,
                ..before
            },
        );
    };
    (told, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSED: Said = Said {
        severity: Severity::Outage,
        kind: Kind::ConnectFailures,
        cause: Cause::ServiceNotListening,
        failed: 12,
        over: false,
    };

    #[test]
    fn a_change_is_told_by_what_is_new_and_only_once() {
        let down = Said {
            kind: Kind::BackendDown,
            ..REFUSED
        };
        let over = Said { over: true, ..down };
        let worse = Said {
            failed: 120,
            ..down
        };
        let table: [(Option<Said>, Said, &[Transition]); 8] = [
            (None, REFUSED, &[Transition::Opened]),
            (None, over, &[Transition::Opened, Transition::Closed]),
            (Some(REFUSED), REFUSED, &[]),
            (Some(REFUSED), down, &[Transition::CauseRevised]),
            (Some(down), worse, &[Transition::Worsened]),
            (Some(worse), over, &[Transition::Closed]),
            (Some(over), over, &[]),
            (Some(over), worse, &[Transition::Reopened]),
        ];
        for (before, now, expected) in table {
            let (told, said) = transitions(before, now);
            assert_eq!(told, expected, "{before:?} to {now:?}");
            assert_eq!(transitions(Some(said), now).0, [], "{now:?} is told twice");
        }
    }
}
