//! Whether the daemon lives, and whether it does its work.
//!
//! Enters: a view. Leaves: checks, each with what it found. Must not know: who acts on them.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::settings::Settings;
use super::{Shared, answer};
use crate::serve::view::View;

/// One thing that must be so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// `listeners`, `ingest`, `view` or `store`.
    pub name: &'static str,
    /// It is so.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}

#[derive(Serialize)]
struct Ready {
    ready: bool,
    checks: Vec<Check>,
}

/// The process lives: it answers.
pub async fn lives() -> &'static str {
    "ok\n"
}

/// It takes lines in and keeps them, and says which of this it does not.
pub async fn is_ready(State(shared): State<Arc<Shared>>) -> Response {
    let now = jiff::Timestamp::now().as_millisecond();
    let checks = checks(&shared.view(), &shared.settings, now);
    let ready = checks.iter().all(|check| check.ok);
    let body = match answer::written(&Ready { ready, checks }) {
        Ok(body) => body,
        Err(problem) => return problem.into_response(),
    };
    let status = match ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    let kind = HeaderValue::from_static("application/json");
    (status, [(CONTENT_TYPE, kind)], body).into_response()
}

/// What must be so, `now` (ms since 1970 UTC).
pub fn checks(view: &View, settings: &Settings, now: i64) -> Vec<Check> {
    let age = now.saturating_sub(view.at).max(0).unsigned_abs();
    let check = |name, ok, detail| Check { name, ok, detail };
    let bound = match view.unbound.as_slice() {
        [] => format!("{} bound", view.listeners.len()),
        unbound => format!("not bound: {}", unbound.join(", ")),
    };
    let lag = format!("{} ms behind", view.lag_ms);
    let seen = format!("what is shown is {age} ms old");
    let mut checks = vec![
        check("listeners", view.unbound.is_empty(), bound),
        check("ingest", view.lag_ms <= settings.ready_lag_ms, lag),
        check("view", age <= settings.ready_age_ms, seen),
    ];
    if let Some(store) = &view.store {
        let how = match &store.degraded {
            Some(degraded) => format!("{}; {}", degraded.reason, degraded.hint),
            None => "is written".to_owned(),
        };
        let waiting = format!("{how}; {} bytes wait", store.waiting_bytes);
        checks.push(check("store", store.degraded.is_none(), waiting));
    }
    checks
}
