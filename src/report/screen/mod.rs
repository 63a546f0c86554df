//! The live screen: a terminal full of what goes on, with a cursor in it.
//!
//! Enters: a [`State`] and a size. Leaves: as many rows as the terminal has, each escaped, none wider. Drawing is a function of the
//! state alone. Must not know: keys, terminals, and where reports come from.

mod backend;
mod frame;
mod grid;
mod help;
mod incidents;
mod recent;
mod state;

pub use recent::{Recent, SPAN};
pub use state::{Key, Order, Picture, State, View};

use super::text::page::{Ink, Row};
use super::text::{self, Style};

/// Rows above the list.
const HEAD: usize = 4;
/// Rows below it.
const FOOT: usize = 1;

/// One row of the terminal.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    row: Row,
    /// The cursor is on it.
    pub is_selected: bool,
}

impl Shown {
    /// Its text, piece by piece.
    pub fn pieces(&self) -> impl Iterator<Item = (Paint, &str)> {
        self.row.pieces().map(|(ink, text)| (Paint::of(ink), text))
    }
}

/// How a piece stands out, if it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// It does not.
    Plain,
    /// A heading, or a name.
    Strong,
    /// Beside the point.
    Dim,
    /// Something is broken.
    Bad,
    /// Something may be.
    Warn,
    /// It is well.
    Good,
}

impl Paint {
    fn of(ink: Ink) -> Self {
        match ink {
            Ink::Plain => Self::Plain,
            Ink::Strong => Self::Strong,
            Ink::Dim => Self::Dim,
            Ink::Bad => Self::Bad,
            Ink::Warn => Self::Warn,
            Ink::Good => Self::Good,
        }
    }
}

/// A row of the list, which the cursor may stand on.
#[derive(Debug, Clone, Default)]
struct Item {
    key: Option<Key>,
    row: Row,
}

impl Item {
    fn text(row: Row) -> Self {
        Self { key: None, row }
    }

    fn blank() -> Self {
        Self::default()
    }

    fn heading(text: &str) -> Self {
        Self::text(Row::default().put(Ink::Strong, text))
    }
}

/// Draws a terminal of so many columns and rows.
pub fn draw(state: &State, width: usize, height: usize) -> Vec<Shown> {
    let items = items(state, width);
    let room = height.saturating_sub(HEAD + FOOT);
    let begin = first(state, &items, room);
    let selected = |item: &Item| item.key.is_some() && item.key == state.cursor;
    let list = items.iter().skip(begin).take(room);
    let mut rows: Vec<Shown> = frame::head(state, width)
        .into_iter()
        .map(|row| Shown {
            row,
            is_selected: false,
        })
        .collect();
    rows.extend(list.map(|item| Shown {
        row: item.row.clone(),
        is_selected: selected(item),
    }));
    rows.resize_with(height.saturating_sub(FOOT), Shown::default);
    let more = items.len().saturating_sub(begin + room);
    rows.push(Shown {
        row: frame::foot(state, more),
        is_selected: false,
    });
    rows.truncate(height);
    for shown in &mut rows {
        let row = std::mem::take(&mut shown.row).cut(width);
        shown.row = if state.ascii { row.in_ascii() } else { row };
    }
    rows
}

/// What the cursor may stand on, in order.
pub fn keys(state: &State) -> Vec<Key> {
    let items = items(state, usize::from(u16::MAX)).into_iter();
    items.filter_map(|item| item.key).collect()
}

/// The first row of the list that a terminal of this size shows.
pub fn begins(state: &State, width: usize, height: usize) -> usize {
    let room = height.saturating_sub(HEAD + FOOT);
    first(state, &items(state, width), room)
}

/// Rows that can be scrolled through on a terminal of this width.
pub fn length(state: &State, width: usize) -> usize {
    items(state, width).len()
}

/// The first row of the list that is shown: where it was scrolled to, or else such that the cursor is seen.
fn first(state: &State, items: &[Item], room: usize) -> usize {
    let last = items.len().saturating_sub(room);
    let at = items
        .iter()
        .position(|item| item.key.is_some() && item.key == state.cursor);
    match at {
        // What stands above the first of them is seen with it.
        Some(at) if items[..at].iter().all(|item| item.key.is_none()) && at < room => 0,
        Some(at) if at < state.scroll => at,
        Some(at) if at >= state.scroll + room => at + 1 - room,
        _ => state.scroll.min(last),
    }
}

fn items(state: &State, width: usize) -> Vec<Item> {
    if state.is_help {
        return help::items(width);
    }
    let Some(picture) = &state.picture else {
        let said = match &state.trouble {
            Some(_) => "",
            None => "nothing has been read yet",
        };
        return vec![Item::text(Row::default().put(Ink::Dim, said))];
    };
    match &state.view {
        View::Overview => {
            let mut items = incidents::items(state, picture, None, width);
            items.extend(grid::items(state, picture, width));
            items
        }
        View::Backend(name) => backend::items(state, picture, name, width),
        View::Incident(id) => incident(state, picture, id, width),
    }
}

/// An incident as the report tells it.
fn incident(state: &State, picture: &Picture, id: &str, width: usize) -> Vec<Item> {
    let style = Style {
        width,
        colour: false,
        ascii: state.ascii,
    };
    let rows = text::of_incident(&picture.document, id, style);
    if rows.is_empty() {
        let said = "this incident is not told any more; Esc goes back";
        return vec![Item::text(Row::default().put(Ink::Dim, said))];
    }
    rows.into_iter().skip(1).map(Item::text).collect()
}
