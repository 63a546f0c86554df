//! What stands above the list, and below it.
//!
//! Enters: a state. Leaves: rows: what is looked at, what it comes to, and the keys. Must not know: the list.

use super::state::{Picture, State, View};
use super::{HEAD, grid};
use crate::report::text::page::{self, Ink, Row};
use crate::report::{clock, numbers, phrase};

/// What is looked at, when that was, and what it comes to.
pub(super) fn head(state: &State, width: usize) -> Vec<Row> {
    let mut rows = vec![title(state, width)];
    match &state.picture {
        Some(picture) => {
            rows.push(sum(picture));
            rows.push(curves(picture, width));
        }
        None => rows.resize_with(HEAD - 1, Row::default),
    }
    let said = match &state.trouble {
        Some(trouble) => Row::default().put(Ink::Bad, "! ").put(Ink::Warn, trouble),
        None => filtered(state),
    };
    rows.push(said);
    rows
}

/// That not all is shown.
fn filtered(state: &State) -> Row {
    match state.filter.is_empty() || state.view != View::Overview {
        true => Row::default(),
        false => Row::default()
            .put(Ink::Warn, "only ")
            .put(Ink::Strong, &state.filter)
            .put(Ink::Dim, "; Esc shows all"),
    }
}

fn title(state: &State, width: usize) -> Row {
    let time = state.picture.as_ref().and_then(|picture| {
        let (time, zone) = (picture.grid.time.as_deref()?, &picture.document.window);
        Some(format!("{} {}", clock::day_and_second(time), zone.timezone))
    });
    let (ink, state_of) = match state {
        State { paused: true, .. } => (Ink::Warn, "PAUSED"),
        State { ended: true, .. } => (Ink::Dim, "ended"),
        State {
            trouble: Some(_), ..
        } => (Ink::Bad, "stale"),
        _ => (Ink::Good, "live"),
    };
    let right = format!("{}  ", time.unwrap_or_default());
    let end = width.saturating_sub(page::escaped_width(&right) + state_of.len());
    let name = page::cut(&state.source, end.saturating_sub(15));
    Row::default()
        .put(Ink::Strong, "hapline top")
        .put(Ink::Plain, "  ")
        .put(Ink::Plain, &name)
        .to(end)
        .put(Ink::Dim, &right)
        .put(ink, state_of)
}

fn sum(picture: &Picture) -> Row {
    let document = &picture.document;
    let open = document.incidents.iter().filter(|of| of.end.is_none());
    let open = open.count() as u64;
    let (ink, said) = match open {
        0 => (Ink::Good, "no open incident".to_owned()),
        some => (
            Ink::Bad,
            numbers::counted(some, "open incident", "open incidents"),
        ),
    };
    let mut row = Row::default().put(ink, &said);
    row = row
        .put(Ink::Dim, " · ")
        .put(Ink::Plain, &phrase::failed(document));
    let unread = document.coverage.unparsed;
    if unread > 0 {
        let said = format!(
            "{} not understood",
            numbers::counted(unread, "line", "lines")
        );
        row = row.put(Ink::Dim, " · ").put(Ink::Warn, &said);
    }
    row
}

/// Requests and failures of the last while.
fn curves(picture: &Picture, width: usize) -> Row {
    let (Some(now), half) = (picture.recent.all(), width / 2) else {
        return Row::default().put(Ink::Dim, "rates are known in some seconds");
    };
    let history = picture.recent.history(None);
    let captions = [
        format!("requests {}", grid::per_second(now.rate)),
        format!("failed {}", grid::per_second(now.failures)),
    ];
    let [requests, failed] = &captions;
    let requests_room = half.saturating_sub(page::escaped_width(requests) + 3);
    let failed_room = (width - half).saturating_sub(page::escaped_width(failed) + 1);
    let ink = if now.failures > 0.0 {
        Ink::Bad
    } else {
        Ink::Dim
    };
    Row::default()
        .put(Ink::Plain, requests)
        .put(Ink::Plain, " ")
        .put(
            Ink::Dim,
            &grid::bars(history.iter().map(|of| of.rate), requests_room),
        )
        .to(half)
        .put(ink, failed)
        .put(Ink::Plain, " ")
        .put(
            Ink::Bad,
            &grid::bars(history.iter().map(|of| of.failures), failed_room),
        )
}

pub(super) fn foot(state: &State, more: usize) -> Row {
    if let Some(typed) = &state.typing {
        return Row::default()
            .put(Ink::Strong, "filter: ")
            .put(Ink::Plain, typed)
            .put(Ink::Strong, "_")
            .put(Ink::Dim, "   Enter keeps it, Esc drops it");
    }
    let keys: &[(&str, &str)] = match (state.is_help, &state.view) {
        (true, _) => &[("Esc", "back"), ("q", "quit")],
        (_, View::Overview) => &[
            ("Enter", "open"),
            ("/", "filter"),
            ("p", "pause"),
            ("s", "servers"),
            ("i", "incidents"),
            ("?", "help"),
            ("q", "quit"),
        ],
        _ => &[
            ("Esc", "back"),
            ("Enter", "open"),
            ("PgDn", "on"),
            ("p", "pause"),
            ("?", "help"),
            ("q", "quit"),
        ],
    };
    let mut row = Row::default();
    for (key, does) in keys {
        row = row
            .put(Ink::Strong, key)
            .put(Ink::Dim, &format!(" {does}  "));
    }
    if more > 0 {
        row = row.put(Ink::Dim, &format!("{more} below"));
    }
    row
}
