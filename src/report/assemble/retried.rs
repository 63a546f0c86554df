//! What retries tell where `retry-on` asks for them after more than a failed connection.
//!
//! Enters: an incident that only retries showed, and the configuration. Leaves: the incident with the cause that they may
//! have. Must not know: what is made of it.
//!
//! A line has the number of retries, and not why: a connection that failed looks like an answer that `retry-on` took for a
//! failure (HAProxy manual 4.2, `retry-on`). Checks make connections, too: where they took no server out, it was answers, or
//! connections that failed now and then, of which checks say nothing.

use super::section;
use crate::config::{CheckKind, Config, Proxy, Server};
use crate::incident::{Incident, Verdict};
use crate::words::cause::{Cause, Kind};

/// Causes that retries stand for where only failed connections are retried.
const OF_CONNECTIONS: [Cause; 2] = [Cause::ServiceNotListening, Cause::NetworkUnreachable];

/// Confidence where it was hardly connections, and in what is the less likely then.
const LIKELY: f64 = 0.6;
const OTHERWISE: f64 = 0.3;

/// The incident with what its retries may have been for.
pub fn judged(found: Incident, config: Option<&Config>) -> Incident {
    let is_retries_alone = found.kind == Kind::ConnectFailures && found.failed == 0;
    let Some(proxy) = section(&found, config).filter(|_| is_retries_alone) else {
        return found;
    };
    let answers = answers(proxy);
    if answers.is_empty() || !OF_CONNECTIONS.contains(&found.cause.code) {
        return found;
    }
    let connections = found.cause.code;
    let (code, confidence, other) = if !proxy.retries_connections() {
        (answers[0], LIKELY, answers.get(1).copied())
    } else if is_noticed(&found, proxy) {
        (answers[0], LIKELY, Some(connections))
    } else {
        (Cause::Unknown, found.cause.confidence, Some(connections))
    };
    let cause = Verdict {
        code,
        confidence,
        runner_up: other.map(|code| (code, OTHERWISE)),
        ..found.cause
    };
    Incident { cause, ..found }
}

/// What may be wrong with answers that are tried again, the likelier first; none where only connections are.
fn answers(proxy: &Proxy) -> Vec<Cause> {
    let conditions = || proxy.retry_on().split_whitespace();
    let has = |wanted: &[&str]| conditions().any(|condition| wanted.contains(&condition));
    let is_status = |condition: &str| condition.bytes().all(|byte| byte.is_ascii_digit());
    let of_statuses = has(&["all-retryable-errors"]) || conditions().any(is_status);
    let of_breaks = has(&["all-retryable-errors", "empty-response", "junk-response"]);
    let of_waits = has(&["response-timeout"]);
    [
        (of_statuses, Cause::ApplicationErrors),
        (of_breaks, Cause::ServerCrashMidResponse),
        (of_waits, Cause::SlowServer),
    ]
    .into_iter()
    .filter_map(|(is_retried, cause)| is_retried.then_some(cause))
    .collect()
}

/// Checks of all servers had the time to notice that one of them could not be reached at all.
fn is_noticed(found: &Incident, proxy: &Proxy) -> bool {
    let in_time = |server: &Server| {
        let (inter, fall) = server.inter().zip(server.fall())?;
        let needed = inter.saturating_mul(u64::from(fall) + 1);
        Some(found.lasted().unsigned_abs() > needed)
    };
    let servers = proxy.servers().iter().filter(|server| !server.disabled);
    let checked: Vec<bool> = servers
        .map(|server| server.is_checked_itself() == Some(true) && in_time(server) == Some(true))
        .collect();
    !checked.is_empty() && checked.iter().all(|checked| *checked) && !goes_elsewhere(proxy)
}

/// Checks of the whole backend that are a program's, or whose rules may connect to somewhere else.
fn goes_elsewhere(proxy: &Proxy) -> bool {
    let http = proxy.http_check().iter().map(|rule| rule.value.as_str());
    let mut rules = http.chain(proxy.tcp_check());
    proxy.check_kind() == CheckKind::External || rules.any(|rule| rule.starts_with("connect"))
}
