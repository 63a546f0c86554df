//! Pages for people who look on, and what they load.
//!
//! Enters: a view. Leaves: pages, with what a browser may do on them. Must not know: what they show.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;

use super::Shared;
use super::answer::{tagged, work};
use super::problem::Problem;
use crate::report::html::{self, site};
use crate::serve::view::View;

/// Nothing but what is served here.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type App = State<Arc<Shared>>;
type Answer = Result<Response, Problem>;

/// `/`
pub async fn home(State(shared): App, headers: HeaderMap) -> Answer {
    page(&shared, &headers, |view| {
        site::home(view.document(), view.live())
    })
    .await
}

/// `/incidents/{id}`
pub async fn incident(
    State(shared): App,
    headers: HeaderMap,
    id: Result<Path<String>, PathRejection>,
) -> Answer {
    let Path(id) = id.map_err(|refused| Problem::asked(refused.body_text()))?;
    let found = work(&shared, move |_, view| site::incident(view.document(), &id)).await?;
    Ok(match found {
        Some(found) => html(found, &headers),
        None => {
            let mut response = html(site::missing(), &HeaderMap::new());
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
    })
}

/// `/days`
pub async fn days(State(shared): App, headers: HeaderMap) -> Answer {
    page(&shared, &headers, |view| site::days(view.document())).await
}

/// `/advice`
pub async fn advice(State(shared): App, headers: HeaderMap) -> Answer {
    page(&shared, &headers, |view| {
        let config = view.config.as_deref();
        let patch = config.map(|config| view.engine.patch(config));
        site::advice(view.document(), patch.as_ref())
    })
    .await
}

/// `/coverage`
pub async fn coverage(State(shared): App, headers: HeaderMap) -> Answer {
    page(&shared, &headers, |view| site::coverage(view.document())).await
}

/// `/style.css`
pub async fn style(headers: HeaderMap) -> Response {
    let style = [html::STYLE, site::STYLE].concat();
    tagged(style.into(), "text/css; charset=utf-8", &headers)
}

/// `/page.js`
pub async fn page_script(headers: HeaderMap) -> Response {
    script(html::SCRIPT, &headers)
}

/// `/live.js`
pub async fn live_script(headers: HeaderMap) -> Response {
    script(site::SCRIPT, &headers)
}

fn script(text: &str, headers: &HeaderMap) -> Response {
    tagged(text.into(), "text/javascript; charset=utf-8", headers)
}

async fn page(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    make: impl FnOnce(&View) -> String + Send + 'static,
) -> Answer {
    let made = work(shared, |_, view| make(view)).await?;
    Ok(html(made, headers))
}

fn html(page: String, headers: &HeaderMap) -> Response {
    let mut response = tagged(page.into(), "text/html; charset=utf-8", headers);
    let policy = HeaderValue::from_static(POLICY);
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
    response
}
