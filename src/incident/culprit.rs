//! Which servers an incident comes from, and which it dragged along.
//!
//! Enters: a case. Leaves: two lists of servers. Must not know: what the cause is called.

use std::collections::{BTreeMap, BTreeSet};

use super::apart::{Hurt, worst};
use super::case::Case;
use super::harm::Harm;
use super::place::Group;
use crate::rollup::Name;
use crate::words::checks::CheckCode;

/// Servers of an incident.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Servers {
    /// Where the cause was.
    pub culprits: BTreeSet<Name>,
    /// Those it dragged along.
    pub affected: BTreeSet<Name>,
}

/// A server that requests stayed at for retries at least this part as often as at the worst one is as guilty.
const AS_BAD: f64 = 0.5;

/// A server with at least this share of the victims was dragged along.
const DRAGGED: f64 = 0.05;

/// Where fewer of the retried requests stayed than of those that moved, they were retried for something else.
const SOME_STAY: f64 = 0.1;

/// Requests that are due to a server of those that others hand on, so that it is no chance when hardly any come.
const DUE: f64 = 12.0;

/// So many of them are hardly any.
const HARDLY: f64 = 0.2;

/// Finds them. Lost servers come first: the first one, and those lost for the same reason; others that were lost
/// or hurt were dragged along. Where none was lost, it is those that suffer more than the others.
pub fn servers(case: &Case) -> Servers {
    if !matches!(
        case.group,
        Group::Service | Group::Errors | Group::Rejections | Group::Clients | Group::Maintenance
    ) {
        return Servers::default();
    }
    if case.is_retried() && case.absences.is_empty() && case.victims().next().is_none() {
        return Servers {
            culprits: behind_retries(case),
            affected: BTreeSet::new(),
        };
    }
    let hurt = hurt(case);
    let Some((_, first)) = case.absences.first() else {
        return Servers {
            culprits: worst(&hurt),
            affected: BTreeSet::new(),
        };
    };
    let layer = |reason: &Option<super::reason::Reason>| {
        reason.as_ref().and_then(|reason| reason.check).map(layer)
    };
    let mut servers = Servers::default();
    for (server, span) in case.absences.spans() {
        let same = layer(&span.reason) == layer(&first.reason);
        if same {
            servers.culprits.insert(server.clone());
        } else {
            servers.affected.insert(server.clone());
        }
    }
    let all: f64 = hurt.iter().map(|hurt| hurt.bad).sum();
    for Hurt { server, bad, .. } in hurt {
        if bad >= (DRAGGED * all).max(5.0) {
            servers.affected.insert(server);
        }
    }
    servers.affected = servers
        .affected
        .difference(&servers.culprits)
        .cloned()
        .collect();
    servers
}

/// Where retries led away from: the servers they stayed at, else those that answered before and do not any more, else the
/// one that the others have requests from.
fn behind_retries(case: &Case) -> BTreeSet<Name> {
    let harm = &case.harm;
    let [stayed, moved] = [&harm.stayed, &harm.moved].map(|by| by.values().sum::<u64>());
    let most = harm.stayed.values().max().copied().unwrap_or(0);
    if most > 0 && stayed as f64 >= SOME_STAY * moved as f64 {
        let stayed = harm.stayed.iter();
        let many = stayed.filter(|(_, n)| **n as f64 >= AS_BAD * most as f64);
        return many.map(|(server, _)| server.clone()).collect();
    }
    let busiest = harm.requests.values().max().copied().unwrap_or(0);
    let silent = |server: &&Name| harm.requests.get(*server).is_none_or(|n| n * 10 < busiest);
    let silent: BTreeSet<Name> = case.known.iter().filter(silent).cloned().collect();
    if silent.is_empty() {
        return shunned(harm, moved).into_iter().collect();
    }
    silent
}

/// The server that hardly any request was handed on to, although it answers others: a line names the last server alone, and
/// one that hands requests on does not get them back. Where there are several, a hash may have passed over them.
fn shunned(harm: &Harm, moved: u64) -> Option<Name> {
    let at = |by: &BTreeMap<Name, u64>, server: &Name| by.get(server).copied().unwrap_or(0);
    let straight = |server: &Name| at(&harm.requests, server) - at(&harm.moved, server);
    let is_server = |server: &&Name| !server.starts_with(b"<");
    let servers = || harm.requests.keys().filter(is_server);
    let all: u64 = servers().map(straight).sum();
    let is_shunned = |server: &&Name| {
        let due = moved as f64 * straight(server) as f64 / all.max(1) as f64;
        due >= DUE && at(&harm.moved, server) as f64 <= HARDLY * due
    };
    let mut shunned = servers().filter(is_shunned);
    shunned.next().filter(|_| shunned.next().is_none()).cloned()
}

/// Servers with their victims.
fn hurt(case: &Case) -> Vec<Hurt> {
    let slow = case.is_slow();
    case.harm
        .requests
        .iter()
        .filter(|(server, _)| !server.starts_with(b"<"))
        .map(|(server, requests)| {
            let bad = case.harm.count_at(server, |outcome| case.hurts(outcome));
            let slow = if slow {
                case.harm.slow.get(server).copied().unwrap_or(0)
            } else {
                0
            };
            Hurt {
                server: server.clone(),
                bad: (bad + slow).min(*requests) as f64,
                requests: *requests as f64,
            }
        })
        .collect()
}

/// Checks that fail alike.
fn layer(code: CheckCode) -> u8 {
    match code {
        CheckCode::L4Connection | CheckCode::SocketError => 1,
        CheckCode::L4Timeout => 2,
        CheckCode::L6Response | CheckCode::L6Timeout => 3,
        CheckCode::L7Timeout | CheckCode::ProcTimeout => 4,
        CheckCode::L7Status => 5,
        CheckCode::L7Response => 6,
        _ => 0,
    }
}
