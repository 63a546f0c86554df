//! What retries tell where `retry-on` asks for them after more than a failed connection.
//!
//! Enters: an incident that only retries showed, and the configuration. Leaves: the incident with the cause that they may
//! have. Must not know: what is made of it.
//!
//! A line has the number of retries, and not why: a connection that failed looks like an answer that `retry-on` took for a
//! failure (HAProxy manual 4.2, `retry-on`). Checks make connections, too: where they took no server out, it was answers.

use super::text;
use crate::config::{Config, Proxy, Server};
use crate::incident::{Incident, Verdict};
use crate::words::cause::{Cause, Kind};

/// Causes that retries stand for where only failed connections are retried.
const OF_CONNECTIONS: [Cause; 2] = [Cause::ServiceNotListening, Cause::NetworkUnreachable];

/// Confidence where checks rule connections out, and in what is the less likely then.
const LIKELY: f64 = 0.6;
const OTHERWISE: f64 = 0.3;

/// The incident with what its retries may have been for.
pub fn judged(found: Incident, config: Option<&Config>) -> Incident {
    let is_retries_alone = found.kind == Kind::ConnectFailures && found.failed == 0;
    let backend = found.backend.as_ref().map(text);
    let proxy = config
        .zip(backend)
        .and_then(|(config, backend)| config.backend(&backend));
    let Some(proxy) = proxy.filter(|_| is_retries_alone) else {
        return found;
    };
    let answers = answers(proxy);
    if answers.is_empty() || !OF_CONNECTIONS.contains(&found.cause.code) {
        return found;
    }
    let (code, confidence, other) = match is_noticed(&found, proxy) {
        true => (answers[0], LIKELY, answers.get(1).copied()),
        false => (
            Cause::Unknown,
            found.cause.confidence,
            Some(found.cause.code),
        ),
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

/// Checks of all servers had the time to notice that one of them could not be reached.
fn is_noticed(found: &Incident, proxy: &Proxy) -> bool {
    let in_time = |server: &Server| {
        let (inter, fall) = server.inter().zip(server.fall())?;
        server.check.as_ref()?;
        let needed = inter.saturating_mul(u64::from(fall) + 1);
        Some(found.lasted().unsigned_abs() > needed)
    };
    let mut servers = proxy.servers().iter().filter(|server| !server.disabled);
    servers.all(|server| in_time(server) == Some(true))
}
