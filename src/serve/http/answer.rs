//! Answers that are worked out from a view.
//!
//! Enters: what is to be worked out. Leaves: a response, which need not be sent again to who has it. Must not know: what
//! it says.
//!
//! It is worked out beside the threads that serve connections, by few at a time.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::Shared;
use super::problem::Problem;
use crate::report::json;
use crate::rollup::hash;
use crate::serve::view::View;

/// Works something out from what is known now.
pub async fn work<T: Send + 'static>(
    shared: &Arc<Shared>,
    make: impl FnOnce(&Shared, &View) -> T + Send + 'static,
) -> Result<T, Problem> {
    let gone = || Problem::busy("it could not be worked out");
    let turn = shared.work.clone().acquire_owned().await;
    let turn = turn.map_err(|_| gone())?;
    let shared = shared.clone();
    let made = tokio::task::spawn_blocking(move || {
        let made = make(&shared, &shared.view());
        drop(turn);
        made
    });
    made.await.map_err(|_| gone())
}

/// Answers with what is worked out, as JSON.
pub async fn json(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    make: impl FnOnce(&View) -> Result<Vec<u8>, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let body = work(shared, |_, view| make(view)).await??;
    Ok(tagged(body, "application/json", headers))
}

/// As the report is written by `--format json`.
pub fn written(answer: &impl Serialize) -> Result<Vec<u8>, Problem> {
    let mut body = Vec::new();
    let written: io::Result<()> = json::write(answer, &mut body);
    written.map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "it cannot be written"))?;
    Ok(body)
}

/// The body, unless whoever asks has it already.
pub fn tagged(body: Vec<u8>, kind: &'static str, asked: &HeaderMap) -> Response {
    let tag = format!("\"{:016x}\"", hash::bytes(&body));
    let has_it = has(asked, &tag);
    let mut response = Response::new(match has_it {
        true => Body::empty(),
        false => Body::from(body),
    });
    if has_it {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    response
}

fn has(asked: &HeaderMap, tag: &str) -> bool {
    let known = asked.get_all(IF_NONE_MATCH).iter();
    let known = known.filter_map(|known| known.to_str().ok());
    known
        .flat_map(|known| known.split(','))
        .map(|known| known.trim().trim_start_matches("W/"))
        .any(|known| known == tag || known == "*")
}
