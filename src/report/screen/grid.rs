//! The grid: a row for each backend, and below it one for each of its servers.
//!
//! Enters: a picture. Leaves: items. Must not know: incidents, but for which backends have an open one.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::Item;
use super::recent::Lately;
use super::state::{Key, Order, Picture, State};
use crate::report::grid::{BackendCell, ServerCell};
use crate::report::numbers;
use crate::report::text::page::{self, Ink, Row};
use crate::report::{clock, text::bars};

/// Columns of a name, at least and at most.
const NAME: [usize; 2] = [14, 40];
/// Columns of each number, and of the gap before it.
const NUMBERS: [(&str, usize); 7] = [
    ("servers", 9),
    ("req/s", 8),
    ("fail", 9),
    ("p50", 8),
    ("p99", 8),
    ("requests", 12),
    ("failed", 11),
];
/// Columns of a curve, at most.
const CURVE: usize = 60;

/// Heading, and a row for each backend and server that is wanted.
pub(super) fn items(state: &State, picture: &Picture, width: usize) -> Vec<Item> {
    let cells = ordered(state, picture);
    let columns = Columns::of(&cells, width);
    let mut items = vec![Item::text(columns.heading("Backends"))];
    if cells.is_empty() {
        let said = match state.filter.is_empty() && state.typing.is_none() {
            true => "no backend has been seen yet",
            false => "no backend or server has this in its name",
        };
        items.push(Item::text(Row::at(2).put(Ink::Dim, said)));
    }
    for cell in cells {
        items.push(Item {
            key: Some(Key::Backend(cell.backend.clone())),
            row: columns.backend(cell, picture),
        });
        if !state.hides_servers {
            let wants_all = state.is_wanted([cell.backend.as_str()]);
            let wanted = cell.servers.iter();
            let wanted = wanted.filter(|of| wants_all || state.is_wanted([of.server.as_str()]));
            items.extend(servers(&cell.backend, wanted, &columns, picture));
        }
    }
    items
}

/// Heading, and a row for each server of a backend.
pub(super) fn of_backend(cell: &BackendCell, picture: &Picture, width: usize) -> Vec<Item> {
    let columns = Columns::of(&[cell], width);
    let mut items = vec![
        Item::text(columns.heading("")),
        Item::text(columns.backend(cell, picture)),
    ];
    let rows = servers(&cell.backend, cell.servers.iter(), &columns, picture);
    items.extend(rows.map(|item| Item::text(item.row)));
    items
}

fn servers<'a>(
    backend: &'a str,
    servers: impl Iterator<Item = &'a ServerCell>,
    columns: &Columns,
    picture: &'a Picture,
) -> impl Iterator<Item = Item> {
    servers.map(move |server| Item {
        key: Some(Key::Server(backend.to_owned(), server.server.clone())),
        row: columns.server(backend, server, picture),
    })
}

/// Backends that are wanted, in the order that is wanted.
fn ordered<'a>(state: &State, picture: &'a Picture) -> Vec<&'a BackendCell> {
    let names = |cell: &'a BackendCell| {
        let servers = cell.servers.iter().map(|server| server.server.as_str());
        servers.chain([cell.backend.as_str()])
    };
    let mut cells: Vec<&BackendCell> = picture.grid.backends.iter().collect();
    cells.retain(|cell| state.is_wanted(names(cell)));
    match state.order {
        Order::Name => {}
        Order::Rate => cells.sort_by(|a, b| {
            let rate = |of: &BackendCell| {
                let lately = picture.recent.of(&of.backend, None);
                lately.map_or(0.0, |lately| lately.rate)
            };
            rate(b).total_cmp(&rate(a))
        }),
        Order::Trouble => {
            let incidents = picture.document.incidents.iter();
            let open = incidents.filter(|incident| incident.end.is_none());
            let troubled: BTreeSet<&String> = open.filter_map(|of| of.backend.as_ref()).collect();
            cells.sort_by_key(|cell| {
                let is_out = cell.servers.iter().any(is_out);
                Reverse((troubled.contains(&cell.backend), is_out))
            });
        }
    }
    cells
}

fn is_out(server: &ServerCell) -> bool {
    server.state.as_deref().is_some_and(|state| state != "UP")
}

/// Servers in rotation, and servers: not counting `<NOSRV>`.
pub(super) fn in_rotation(cell: &BackendCell) -> (usize, usize) {
    let servers = || cell.servers.iter().filter(|of| !of.server.starts_with('<'));
    let out = servers().filter(|server| is_out(server)).count();
    (servers().count() - out, servers().count())
}

/// How wide the columns are.
struct Columns {
    name: usize,
    numbers: usize,
    curve: usize,
}

impl Columns {
    /// Numbers give way to names from the right; what is left over draws a curve.
    fn of(cells: &[&BackendCell], width: usize) -> Self {
        let names = cells.iter().flat_map(|cell| {
            let servers = cell.servers.iter();
            let servers = servers.map(|server| page::escaped_width(&server.server) + 2);
            servers.chain([page::escaped_width(&cell.backend)])
        });
        let widest = names.max().unwrap_or(0);
        let fits = |numbers: usize| {
            let taken: usize = NUMBERS[..numbers].iter().map(|(_, width)| width).sum();
            width.saturating_sub(taken)
        };
        let wanted = widest.clamp(NAME[0], NAME[1]);
        let all = (1..=NUMBERS.len()).rev();
        let numbers = { all }.find(|numbers| fits(*numbers) >= wanted.min(24));
        let numbers = numbers.unwrap_or(1);
        let name = wanted.min(fits(numbers)).max(NAME[0]);
        let left = fits(numbers).saturating_sub(name + 3);
        Self {
            name,
            numbers,
            curve: if left >= 12 { left.min(CURVE) } else { 0 },
        }
    }

    fn heading(&self, title: &str) -> Row {
        let mut row = Row::default().put(Ink::Strong, title);
        let mut end = self.name;
        for (name, width) in &NUMBERS[..self.numbers] {
            end += width;
            row = row.to(end.saturating_sub(name.len())).put(Ink::Dim, name);
        }
        if self.curve > 0 {
            row = row.to(end + 3).put(Ink::Dim, "requests, lately");
        }
        row
    }

    fn backend(&self, cell: &BackendCell, picture: &Picture) -> Row {
        let (up, all) = in_rotation(cell);
        let is_told = cell.servers.iter().any(|server| server.state.is_some());
        let (ink, servers) = match (up, all) {
            (_, 0) => (Ink::Dim, "-".to_owned()),
            (_, all) if !is_told => (Ink::Plain, all.to_string()),
            (up, all) if up == all => (Ink::Good, format!("{up} up")),
            (0, _) => (Ink::Bad, "none up".to_owned()),
            (up, all) => (Ink::Warn, format!("{up} of {all}")),
        };
        let name = Row::default().put(Ink::Strong, &page::cut(&cell.backend, self.name - 1));
        let lately = picture.recent.of(&cell.backend, None);
        let row = self.row(name, (ink, servers), lately, [cell.requests, cell.failed]);
        if self.curve == 0 {
            return row;
        }
        let history = picture.recent.history(Some(&cell.backend));
        let (bars, end) = (
            bars(history.iter().map(|of| of.rate), self.curve),
            self.end(),
        );
        row.to(end + 3).put(Ink::Dim, &bars)
    }

    fn server(&self, backend: &str, cell: &ServerCell, picture: &Picture) -> Row {
        let ink = match cell.state.as_deref() {
            None => Ink::Dim,
            Some("UP") => Ink::Good,
            Some("DOWN") => Ink::Bad,
            Some(_) => Ink::Warn,
        };
        let state = cell.state.clone().unwrap_or_else(|| "-".to_owned());
        let state = page::cut(&state, NUMBERS[0].1 - 1);
        let name = Row::at(2).put(Ink::Plain, &page::cut(&cell.server, self.name - 3));
        let lately = picture.recent.of(backend, Some(&cell.server));
        self.row(name, (ink, state), lately, [cell.requests, cell.failed])
    }

    fn end(&self) -> usize {
        let numbers: usize = NUMBERS[..self.numbers].iter().map(|(_, width)| width).sum();
        self.name + numbers
    }

    fn row(
        &self,
        mut row: Row,
        state: (Ink, String),
        lately: Option<Lately>,
        [requests, failed]: [u64; 2],
    ) -> Row {
        let of = |number: fn(Lately) -> Option<String>| {
            let told = lately.and_then(number);
            told.unwrap_or_else(|| "-".to_owned())
        };
        let bad = |is_bad: bool| if is_bad { Ink::Bad } else { Ink::Plain };
        let is_failing = lately.is_some_and(|of| of.failures > 0.0);
        let cells = [
            state,
            (Ink::Plain, of(|of| Some(per_second(of.rate)))),
            (bad(is_failing), of(|of| of.share.map(numbers::portion))),
            (Ink::Plain, of(|of| of.p50_ms.map(short))),
            (Ink::Plain, of(|of| of.p99_ms.map(short))),
            (Ink::Plain, numbers::count(requests)),
            (bad(failed > 0), numbers::count(failed)),
        ];
        let mut end = self.name;
        for ((_, width), (ink, text)) in NUMBERS[..self.numbers].iter().zip(cells) {
            end += width;
            let begin = end.saturating_sub(page::escaped_width(&text));
            row = row.to(begin).put(ink, &text);
        }
        row
    }
}

/// `98/s`; none is `0/s`.
pub(super) fn per_second(rate: f64) -> String {
    match rate {
        none if none <= 0.0 => "0/s".to_owned(),
        some => numbers::rate(some),
    }
}

fn short(ms: u64) -> String {
    clock::length(i64::try_from(ms).unwrap_or(i64::MAX))
}

/// The last of these numbers as bars, in so many columns; the highest is whole.
pub(super) fn bars(numbers: impl ExactSizeIterator<Item = f64> + Clone, room: usize) -> String {
    let skipped = numbers.len().saturating_sub(room);
    let shown = numbers.skip(skipped);
    let highest = shown.clone().fold(0.0, f64::max);
    shown.map(|number| bars::bar(number, highest)).collect()
}
