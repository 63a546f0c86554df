//! What stands beside the log: events, the running HAProxy, and what is not told.
//!
//! Enters: values of the document. Leaves: short English. Must not know: where it is shown.

use std::cmp::Reverse;

use super::words;
use crate::report::clock::{self, Clock};
use crate::report::document::{
    EventBefore, Flap, IncidentNow, Now, Omitted, ProcessNow, ServerNow,
};
use crate::report::numbers::{count, counted};
use crate::words::cause::Severity;

/// `and 9,988 more: 12 outages, 9,976 degraded (9,988 timeout burst); --top 0 tells all`.
pub(in crate::report) fn omitted(omitted: &Omitted) -> String {
    let severities = omitted
        .severities
        .iter()
        .map(|(severity, &n)| match severity {
            Severity::Outage => counted(n, "outage", "outages"),
            other => format!("{} {}", count(n), words(other)),
        });
    let mut kinds: Vec<_> = omitted.kinds.iter().collect();
    kinds.sort_by_key(|(_, n)| Reverse(**n));
    let kinds = kinds
        .into_iter()
        .map(|(kind, n)| format!("{} {}", count(*n), words(kind)));
    format!(
        "and {} more: {} ({}); --top 0 tells all",
        count(omitted.incidents),
        severities.collect::<Vec<_>>().join(", "),
        kinds.collect::<Vec<_>>().join(", ")
    )
}

/// `5 times DOWN`
pub(in crate::report) fn downs(flap: &Flap) -> String {
    format!("{} times DOWN", count(flap.downs))
}

/// `2 m 10 s before: deployed api 4.2 (deploys.txt:3)`.
pub(in crate::report) fn event(event: &EventBefore) -> String {
    let before = clock::length(event.before_ms);
    format!(
        "{before} before: {} ({}:{})",
        event.text, event.source, event.line
    )
}

/// `HAProxy says now (/run/haproxy/admin.sock, 14:05:00): 2 of 3 servers in service; app/app2 DOWN for 3 m 04 s`.
pub(in crate::report) fn now(now: &Now, clock: &Clock) -> String {
    let servers = now.up + now.out_of_service;
    let mut parts = vec![match now.out_of_service {
        0 => format!(
            "all of {} in service",
            counted(servers, "server", "servers")
        ),
        _ => format!(
            "{} of {} in service",
            count(now.up),
            counted(servers, "server", "servers")
        ),
    }];
    let out = now
        .out
        .iter()
        .map(|server| format!("{}/{}", server.backend, server_now(server, &now.time)));
    parts.extend(out);
    let more = now.out_of_service.saturating_sub(now.out.len() as u64);
    if more > 0 {
        parts.push(format!("and {} more", count(more)));
    }
    parts.extend(match now.over {
        Some(true) => Some("what had no end in the log is over".to_owned()),
        Some(false) => Some("what had no end in the log still goes on".to_owned()),
        None => None,
    });
    let time = clock.show(&now.time);
    format!(
        "HAProxy says now ({}, {time}): {}",
        now.socket,
        parts.join("; ")
    )
}

/// `HAProxy 2.6.12 on lb1 · up for 3 h · 12 of 2,000 connections`.
pub(in crate::report) fn process(process: &ProcessNow) -> String {
    let mut parts = vec![match &process.node {
        Some(node) => format!("HAProxy {} on {node}", process.version),
        None => format!("HAProxy {}", process.version),
    }];
    let uptime = process.uptime_s.and_then(|s| i64::try_from(s).ok());
    parts.extend(uptime.map(|s| format!("up for {}", clock::length(s.saturating_mul(1000)))));
    parts.extend(process.connections.map(|now| match process.limit {
        Some(limit) => format!("{} of {} connections", count(now), count(limit)),
        None => counted(now, "connection", "connections"),
    }));
    parts.join(" · ")
}

/// `HAProxy says now: web2 UP for 3 m 04 s, so it is over`; nothing where it knows none of its servers.
pub(in crate::report) fn incident_now(now: &IncidentNow) -> Option<String> {
    let servers = now
        .servers
        .iter()
        .map(|server| server_now(server, &now.time));
    let servers = servers.collect::<Vec<_>>().join(", ");
    let so = match now.over {
        Some(true) => ", so it is over",
        Some(false) => ", so it still goes on",
        None => "",
    };
    (!servers.is_empty()).then(|| format!("HAProxy says now: {servers}{so}"))
}

fn server_now(server: &ServerNow, time: &str) -> String {
    let since = server
        .since
        .as_deref()
        .and_then(|since| clock::between(since, time));
    let since = since
        .map(|since| format!(" for {since}"))
        .unwrap_or_default();
    format!("{} {}{since}", server.name, server.state)
}
