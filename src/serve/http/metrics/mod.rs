//! `/metrics`: what is known now, for Prometheus (OpenMetrics text).
//!
//! Enters: a view. Leaves: families of series. Must not know: how anything was counted.
//!
//! Names go beside those of HAProxy's own exporter. Names from the log become labels of at most so many series; what is
//! beyond is counted as `other`, and a name that has a series keeps it. Counters never go back, even where a count was
//! taken back because a second source turned out to say the same.

mod family;
mod intake;
mod kept;
mod ratchet;
mod requests;
mod servers;
mod waits;

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, text};
use prometheus_client::registry::Registry;

use super::problem::Problem;
use super::{Shared, answer, health};
use crate::serve::view::View;
use family::Family;
use kept::Places;
use ratchet::Ratchet;

/// What the text is.
const KIND: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// What is remembered from one scrape to the next.
#[derive(Debug)]
pub struct Metrics(Mutex<Memory>);

#[derive(Debug)]
struct Memory {
    places: Places,
    ratchet: Ratchet,
}

impl Metrics {
    /// One with so many backends and servers under their own names.
    pub fn new(backends: usize, servers: usize) -> Self {
        Self(Mutex::new(Memory {
            places: Places::new(backends, servers),
            ratchet: Ratchet::default(),
        }))
    }

    fn families(&self, shared: &Shared, view: &View) -> Vec<Family> {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Memory { places, ratchet } = &mut *memory;
        places.meet(view);
        let now = jiff::Timestamp::now().as_millisecond();
        let checks = health::checks(view, &shared.settings, now);
        let mut families = requests::families(view, places);
        families.extend(waits::families(view, places));
        families.extend(servers::families(view, places));
        families.extend(intake::families(view, &checks));
        families.push(intake::refused(&shared.reasons));
        families.iter_mut().for_each(|family| ratchet.hold(family));
        families
    }
}

/// `/metrics`
pub async fn answer(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    let text = answer::work(&shared, |shared, view| {
        written(shared.metrics.families(shared, view))
    });
    let failed = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "it cannot be written");
    let text = text.await?.map_err(failed)?;
    Ok(([(CONTENT_TYPE, KIND)], text).into_response())
}

fn written(families: Vec<Family>) -> Result<String, std::fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Families(families)));
    let mut text = String::new();
    text::encode(&mut text, &registry)?;
    Ok(text)
}

#[derive(Debug)]
struct Families(Vec<Family>);

impl Collector for Families {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), std::fmt::Error> {
        self.0
            .iter()
            .try_for_each(|family| family.encode(&mut encoder))
    }
}
