//! Figures over the whole window.
//!
//! Enters: the scan's sums, and the incidents that are told. Leaves: [`Figures`] of the backends that were asked for.
//! Must not know: how sums came about.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::missing::Missing;
use super::{Assembly, text};
use crate::incident::Incident;
use crate::incident::ledger::{Absence, Standing, Sum};
use crate::report::document::{
    AbsenceFigures, BackendFigures, Figures, OwnerFigures, Requests, ServerFigures, StateFigures,
};
use crate::words::cause::Severity;
use crate::words::termination::{Owner, owner};

/// States told of one owner.
const STATES: usize = 8;

/// In the order in which they are told.
pub(super) const OWNERS: [(Owner, &str); 6] = [
    (Owner::Server, "server"),
    (Owner::Network, "network"),
    (Owner::Proxy, "proxy"),
    (Owner::Operator, "operator"),
    (Owner::Client, "client"),
    (Owner::None, "nobody"),
];

/// From and to, in ms.
type Span = (i64, i64);

/// The figures.
pub fn of(assembly: &Assembly, shown: &[Incident]) -> Figures {
    let window = assembly.window_ms();
    let ledger = assembly.scan.ledger();
    let is_asked = |name: &str| {
        let asked = &assembly.window.backends;
        asked.is_empty() || asked.iter().any(|backend| backend == name)
    };
    let mut sums: BTreeMap<String, &Sum> = BTreeMap::new();
    sums.extend(ledger.backends().map(|(name, sum)| (text(name), sum)));
    sums.retain(|name, _| is_asked(name));
    let mut incidents: BTreeMap<String, Vec<&Incident>> = BTreeMap::new();
    for incident in shown {
        if let Some(name) = &incident.backend {
            incidents.entry(text(name)).or_default().push(incident);
        }
    }
    let of_log = Missing::of_log(assembly).lacks_good_ones();
    let lacks = |name: &str| {
        Missing::of_backend(assembly, name).map_or(of_log, |own| own.lacks_good_ones())
    };
    let names: BTreeSet<&String> = sums.keys().chain(incidents.keys()).collect();
    let none = Sum::default();
    let mut backends: Vec<BackendFigures> = names
        .into_iter()
        .map(|name| {
            let sum = sums.get(name).copied().unwrap_or(&none);
            let own = incidents.get(name).map_or(&[][..], Vec::as_slice);
            let lacks = lacks(name);
            backend(name.clone(), requests([sum], lacks), own, window, lacks)
        })
        .collect();
    // Stable: equal ones stay in the order of their names.
    backends.sort_by_key(|of| Reverse((of.requests.failed, of.outage_ms)));
    let is_all = assembly.window.backends.is_empty();
    let without_backend = is_all.then(|| ledger.without_backend());
    let all = || sums.values().copied().chain(without_backend);
    let lacks = match is_all {
        true => of_log,
        false => sums.keys().any(|name| lacks(name)),
    };
    Figures {
        covered_ms: window.map(|(start, end)| end - start),
        overall: requests(all(), lacks),
        backends,
        servers: servers(assembly, window, is_asked),
        endings: endings(all()),
    }
}

fn requests<'a>(sums: impl IntoIterator<Item = &'a Sum>, lacks_good_ones: bool) -> Requests {
    let mut all = Requests::default();
    for sum in sums {
        all.requests += sum.requests;
        all.eligible += sum.eligible;
        all.failed += sum.failed;
    }
    all.successful = all.eligible - all.failed;
    all.availability = share(all.successful, all.eligible).filter(|_| !lacks_good_ones);
    all
}

/// `part` in `whole`, 0 to 1; none of nothing.
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn backend(
    name: String,
    requests: Requests,
    incidents: &[&Incident],
    window: Option<Span>,
    lacks_good_ones: bool,
) -> BackendFigures {
    let span = |incident: &&&Incident| (incident.start, incident.suffered_until());
    let outages = incidents
        .iter()
        .filter(|incident| incident.severity == Severity::Outage);
    let outage_ms = window.map_or(0, |(start, end)| {
        let clipped = |(from, to): (i64, Option<i64>)| {
            let to = to.unwrap_or(end).min(end);
            (from.max(start), Some(to))
        };
        let joined = joined(outages.map(|incident| span(&incident)).map(clipped));
        joined
            .iter()
            .map(|(from, to)| (to.unwrap_or(end) - from).max(0))
            .sum()
    });
    let troubles = incidents
        .iter()
        .filter(|incident| matches!(incident.severity, Severity::Outage | Severity::Degraded));
    let ended: Vec<Span> = joined(troubles.map(|incident| span(&incident)))
        .into_iter()
        .filter_map(|(from, to)| Some((from, to?)))
        .collect();
    let covered = window
        .map(|(start, end)| end - start)
        .filter(|covered| *covered > 0);
    BackendFigures {
        backend: name,
        requests,
        outage_ms,
        time_availability: covered
            .filter(|_| !lacks_good_ones)
            .map(|covered| 1.0 - outage_ms as f64 / covered as f64),
        ended_incidents: ended.len() as u64,
        mttr_ms: mean(ended.iter().map(|(from, to)| to - from)),
        mtbf_ms: mean(ended.windows(2).map(|pair| pair[1].0 - pair[0].1)),
    }
}

/// Spans that overlap become one; one without an end has none with others, either.
pub(super) fn joined(spans: impl Iterator<Item = (i64, Option<i64>)>) -> Vec<(i64, Option<i64>)> {
    let mut spans: Vec<_> = spans.collect();
    spans.sort_unstable();
    let mut joined: Vec<(i64, Option<i64>)> = Vec::new();
    for (from, to) in spans {
        match joined.last_mut() {
            Some(last) if last.1.is_none_or(|end| from <= end) => {
                last.1 = last.1.and_then(|end| to.map(|to| to.max(end)));
            }
            _ => joined.push((from, to)),
        }
    }
    joined
}

fn mean(values: impl ExactSizeIterator<Item = i64>) -> Option<i64> {
    let n = values.len() as i64;
    (n > 0).then(|| values.sum::<i64>() / n)
}

fn servers(
    assembly: &Assembly,
    window: Option<Span>,
    is_asked: impl Fn(&str) -> bool,
) -> Vec<ServerFigures> {
    let Some((_, end)) = window else {
        return Vec::new();
    };
    let absences = assembly.scan.ledger().absences(end.div_euclid(1000));
    let figures = absences
        .into_iter()
        .map(|((backend, server), absences)| ServerFigures {
            backend: text(backend),
            server: text(server),
            down: absence(absences.down),
            planned: absence(absences.planned),
            still: match absences.standing {
                Standing::InRotation => None,
                Standing::Down => Some("DOWN"),
                Standing::Planned => Some("MAINT/DRAIN"),
            },
        });
    let mut servers: Vec<ServerFigures> = figures.filter(|of| is_asked(&of.backend)).collect();
    servers.sort_by_key(|of| Reverse((of.down.total_ms, of.down.times, of.planned.total_ms)));
    servers
}

fn absence(absence: Absence) -> AbsenceFigures {
    AbsenceFigures {
        times: absence.times,
        total_ms: absence.seconds * 1000,
        longest_ms: absence.longest * 1000,
    }
}

/// Who is to be looked at for a termination state, by the name that is told.
pub fn owner_of(term: [u8; 4]) -> &'static str {
    let of = owner(term);
    let found = OWNERS.iter().find(|(owner, _)| *owner == of);
    found.map_or("nobody", |(_, name)| *name)
}

fn endings<'a>(sums: impl Iterator<Item = &'a Sum>) -> Vec<OwnerFigures> {
    let mut states: BTreeMap<[u8; 4], u64> = BTreeMap::new();
    for (term, n) in sums.flat_map(|sum| &sum.states) {
        *states.entry(*term).or_default() += n;
    }
    let of_owner = |(wanted, name): (Owner, &'static str)| {
        let own = states.iter().filter(|(term, _)| owner(**term) == wanted);
        let mut told: Vec<StateFigures> = own
            .map(|(term, n)| StateFigures {
                state: String::from_utf8_lossy(term).into_owned(),
                requests: *n,
            })
            .collect();
        let requests = told.iter().map(|of| of.requests).sum();
        told.sort_by_key(|of| Reverse(of.requests));
        told.truncate(STATES);
        (requests > 0).then_some(OwnerFigures {
            owner: name,
            requests,
            states: told,
        })
    };
    OWNERS.into_iter().filter_map(of_owner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_overlaps_is_one() {
        let spans = |spans: &[(i64, Option<i64>)]| joined(spans.iter().copied());
        assert_eq!(
            spans(&[(30, Some(40)), (0, Some(10)), (5, Some(20)), (20, Some(21))]),
            [(0, Some(21)), (30, Some(40))]
        );
        assert_eq!(
            spans(&[(0, Some(1)), (5, None), (6, Some(7)), (8, Some(9))]),
            [(0, Some(1)), (5, None)]
        );
    }

    #[test]
    fn there_is_no_mean_of_nothing() {
        assert_eq!(mean([].into_iter()), None);
        assert_eq!(mean([4, 8].into_iter()), Some(6));
    }
}
