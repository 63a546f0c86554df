//! `/api/v1`: parts of the report.
//!
//! Enters: what is asked for. Leaves: the part, with the names it has in `hapline.report/1`. Must not know: how anything in
//! the report was found.

mod asked;
mod parts;
mod timeline;

use std::sync::Arc;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::answer::{self, written};
use super::problem::Problem;
use super::{Shared, answer::json};
use crate::serve::view::View;
use asked::{Asked, OfBackend, Page, Span};

/// What the API is, for programs.
const DESCRIPTION: &str = include_str!("../openapi.json");

type App = State<Arc<Shared>>;
type Answer = Result<Response, Problem>;
type Asking<T> = Result<Query<T>, QueryRejection>;

/// What was asked for; nothing else may be.
fn query<T>(asked: Asking<T>) -> Result<T, Problem> {
    let refused = |refused: QueryRejection| Problem::asked(refused.body_text());
    asked.map(|Query(asked)| asked).map_err(refused)
}

/// `/api/v1/report`
pub async fn report(
    State(shared): App,
    headers: HeaderMap,
    asked: Asking<asked::Nothing>,
) -> Answer {
    query(asked)?;
    json(&shared, &headers, |view| written(view.document())).await
}

/// `/api/v1/incidents`
pub async fn incidents(State(shared): App, headers: HeaderMap, asked: Asking<Asked>) -> Answer {
    let wanted = query(asked)?.wanted()?;
    json(&shared, &headers, move |view| {
        let incidents = view.document().incidents.iter();
        let page = wanted
            .page
            .of(incidents.filter(|incident| wanted.is(incident)));
        written(&parts::Incidents::from(page))
    })
    .await
}

/// `/api/v1/incidents/{id}`
pub async fn incident(
    State(shared): App,
    headers: HeaderMap,
    id: Result<Path<String>, PathRejection>,
) -> Answer {
    let Path(id) = id.map_err(|refused| Problem::asked(refused.body_text()))?;
    json(&shared, &headers, move |view| {
        let mut incidents = view.document().incidents.iter();
        let found = incidents.find(|incident| incident.id == id);
        written(found.ok_or_else(|| Problem::unknown("there is no incident with this id"))?)
    })
    .await
}

/// `/api/v1/timeline`
pub async fn timeline(State(shared): App, headers: HeaderMap, asked: Asking<Span>) -> Answer {
    let wanted = query(asked)?.wanted()?;
    let make = move |view: &View| written(&timeline::of(view.document(), &wanted));
    json(&shared, &headers, make).await
}

/// `/api/v1/backends`
pub async fn backends(State(shared): App, headers: HeaderMap, asked: Asking<OfBackend>) -> Answer {
    let wanted = query(asked)?.wanted()?;
    json(&shared, &headers, move |view| {
        let document = view.document();
        let own = document.figures.backends.iter();
        let page = wanted.page.of(own.filter(|of| wanted.is(&of.backend)));
        written(&parts::Backends::of(&document.window, page))
    })
    .await
}

/// `/api/v1/servers`
pub async fn servers(State(shared): App, headers: HeaderMap, asked: Asking<OfBackend>) -> Answer {
    let wanted = query(asked)?.wanted()?;
    json(&shared, &headers, move |view| {
        let document = view.document();
        let own = document.figures.servers.iter();
        let page = wanted.page.of(own.filter(|of| wanted.is(&of.backend)));
        let states = parts::states(view, |backend| wanted.is(backend));
        written(&parts::Servers::of(&document.window, page, states))
    })
    .await
}

/// `/api/v1/grid`
pub async fn grid(State(shared): App, headers: HeaderMap, asked: Asking<asked::Nothing>) -> Answer {
    query(asked)?;
    json(&shared, &headers, |view| written(&view.grid())).await
}

/// `/api/v1/advice`
pub async fn advice(State(shared): App, headers: HeaderMap, asked: Asking<Page>) -> Answer {
    let page = query(asked)?.wanted()?;
    let make =
        move |view: &View| written(&parts::AdvicePage::from(page.of(&view.document().advice)));
    json(&shared, &headers, make).await
}

/// `/api/v1/coverage`
pub async fn coverage(
    State(shared): App,
    headers: HeaderMap,
    asked: Asking<asked::Nothing>,
) -> Answer {
    query(asked)?;
    let make = |view: &View| written(&parts::Read::of(view.document()));
    json(&shared, &headers, make).await
}

/// `/api/v1/openapi.json`
pub async fn description(headers: HeaderMap) -> Response {
    answer::tagged(DESCRIPTION.into(), "application/json", &headers)
}
