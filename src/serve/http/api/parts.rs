//! Parts of the report, as they are answered.
//!
//! Enters: rows of the document. Leaves: them, under the names they have there. Must not know: what was asked for.

use serde::Serialize;

use super::asked::Rows;
use crate::report::document::{
    Advice, BackendFigures, Coverage, Document, Incident, ServerFigures, SourceSummary, Totals,
    Window,
};
use crate::serve::view::View;

/// Some incidents, in order of start.
#[derive(Debug, Serialize)]
pub struct Incidents<'a> {
    total: usize,
    next: Option<usize>,
    incidents: Vec<&'a Incident>,
}

impl<'a> From<Rows<'a, Incident>> for Incidents<'a> {
    fn from(rows: Rows<'a, Incident>) -> Self {
        Self {
            total: rows.total,
            next: rows.next,
            incidents: rows.rows,
        }
    }
}

/// Some pieces of advice.
#[derive(Debug, Serialize)]
pub struct AdvicePage<'a> {
    total: usize,
    next: Option<usize>,
    advice: Vec<&'a Advice>,
}

impl<'a> From<Rows<'a, Advice>> for AdvicePage<'a> {
    fn from(rows: Rows<'a, Advice>) -> Self {
        Self {
            total: rows.total,
            next: rows.next,
            advice: rows.rows,
        }
    }
}

/// Some backends, the one that failed most first.
#[derive(Debug, Serialize)]
pub struct Backends<'a> {
    window: &'a Window,
    total: usize,
    next: Option<usize>,
    backends: Vec<&'a BackendFigures>,
}

impl<'a> Backends<'a> {
    /// Of a window.
    pub fn of(window: &'a Window, rows: Rows<'a, BackendFigures>) -> Self {
        Self {
            window,
            total: rows.total,
            next: rows.next,
            backends: rows.rows,
        }
    }
}

/// Some servers that were out of rotation, and where all that were heard of stand.
#[derive(Debug, Serialize)]
pub struct Servers<'a> {
    window: &'a Window,
    total: usize,
    next: Option<usize>,
    servers: Vec<&'a ServerFigures>,
    states: Vec<State>,
}

impl<'a> Servers<'a> {
    /// Of a window.
    pub fn of(window: &'a Window, rows: Rows<'a, ServerFigures>, states: Vec<State>) -> Self {
        Self {
            window,
            total: rows.total,
            next: rows.next,
            servers: rows.rows,
            states,
        }
    }
}

/// Where a server stands, as one HAProxy said it last.
#[derive(Debug, Serialize)]
pub struct State {
    backend: String,
    server: String,
    host: String,
    state: &'static str,
}

/// Servers of which states are told, at most.
const STATES: usize = 4_096;

/// Where servers of the backends that are asked for stand.
pub fn states(view: &View, is_asked: impl Fn(&str) -> bool) -> Vec<State> {
    let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let states = view.engine.scanned().states().iter();
    let told = states.map(|(origin, backend, server, rotation)| State {
        backend: text(backend),
        server: text(server),
        host: text(&origin.host),
        state: rotation.name(),
    });
    let told = told.filter(|state| is_asked(&state.backend));
    told.take(STATES).collect()
}

/// What was read, and what was understood of it.
#[derive(Debug, Serialize)]
pub struct Read<'a> {
    window: &'a Window,
    sources: &'a [SourceSummary],
    filter: Option<&'a str>,
    coverage: &'a Coverage,
    totals: &'a Totals,
}

impl<'a> Read<'a> {
    /// Of a document.
    pub fn of(document: &'a Document) -> Self {
        Self {
            window: &document.window,
            sources: &document.sources,
            filter: document.filter.as_deref(),
            coverage: &document.coverage,
            totals: &document.totals,
        }
    }
}
