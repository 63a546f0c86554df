//! One backend: its servers, who is to be looked at, its incidents, and the last one drawn.
//!
//! Enters: a picture and a name. Leaves: items. Must not know: other backends.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::state::{Picture, State};
use super::{Item, grid, incidents};
use crate::report::clock::Clock;
use crate::report::document::{Incident, Lack};
use crate::report::grid::{BackendCell, EndingCell};
use crate::report::numbers;
use crate::report::phrase::Sources;
use crate::report::text::page::{Ink, Page, Row};
use crate::report::text::{Style, lanes, timeline};

/// Termination states told of one owner.
const STATES: usize = 6;

pub(super) fn items(state: &State, picture: &Picture, name: &str, width: usize) -> Vec<Item> {
    let mut items = vec![Item::text(
        Row::default()
            .put(Ink::Plain, "backend ")
            .put(Ink::Strong, name),
    )];
    match picture.grid.backends.iter().find(|of| of.backend == name) {
        Some(cell) => {
            items.extend(grid::of_backend(cell, picture, width));
            items.push(Item::blank());
            items.extend(owners(cell));
        }
        None => items.push(Item::blank()),
    }
    let mut everything = state.clone();
    everything.filter.clear();
    everything.typing = None;
    items.extend(incidents::items(&everything, picture, Some(name), width));
    let own = picture.document.incidents.iter();
    let own = own.filter(|incident| incident.backend.as_deref() == Some(name));
    if let Some(last) = own.max_by_key(|incident| (incident.end.is_none(), &incident.start)) {
        items.extend(drawn(last, picture, state.ascii, width));
    }
    items
}

/// Termination states by who is to be looked at, most requests first.
fn owners(cell: &BackendCell) -> Vec<Item> {
    let mut owners: BTreeMap<&str, Vec<&EndingCell>> = BTreeMap::new();
    let told = cell.endings.iter().filter(|of| of.owner != "nobody");
    for ending in told {
        owners.entry(&ending.owner).or_default().push(ending);
    }
    if owners.is_empty() {
        return Vec::new();
    }
    let sum = |of: &[&EndingCell]| of.iter().map(|ending| ending.requests).sum::<u64>();
    let mut owners: Vec<_> = owners.into_iter().collect();
    owners.sort_by_key(|(_, endings)| Reverse(sum(endings)));
    let mut items = vec![Item::heading("Look at")];
    for (owner, mut endings) in owners {
        endings.sort_by_key(|ending| Reverse(ending.requests));
        let all = numbers::count(sum(&endings));
        let states = endings.iter().take(STATES);
        let states: Vec<String> = states
            .map(|of| format!("{} ×{}", of.state, numbers::count(of.requests)))
            .collect();
        let row = Row::at(2).put(Ink::Plain, owner);
        let row = row.put_before(22, Ink::Strong, &all);
        items.push(Item::text(row.to(24).put(Ink::Dim, &states.join(", "))));
    }
    items.push(Item::blank());
    items
}

/// Lanes and timeline of an incident.
fn drawn(incident: &Incident, picture: &Picture, ascii: bool, width: usize) -> Vec<Item> {
    let document = &picture.document;
    let style = Style {
        width,
        colour: false,
        ascii,
    };
    let mut rows = vec![Row::default().put(Ink::Strong, "The last one")];
    let page = &mut Page::kept(style, &mut rows);
    let is_sampled = document.coverage.lacks.contains(&Lack::Sampled);
    let log_end = document.window.end.as_deref();
    let clock = Clock::after(&document.window);
    // What is kept cannot fail to be written.
    let _ = lanes::write(incident, log_end, is_sampled, 2, page)
        .and_then(|()| timeline::write(incident, &clock, Sources::of(document), 2, page));
    rows.into_iter().map(Item::text).collect()
}
