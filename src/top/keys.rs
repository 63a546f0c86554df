//! What keys do.
//!
//! Enters: an event of the terminal, the state. Leaves: the state as the person wants it. Must not know: how it is drawn, but
//! for what the cursor may stand on.

use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::report::screen::{self, Key, Order, State, View};

/// Rows that are no list.
const FRAME: usize = 5;

/// Characters of a filter, at most.
const FILTER: usize = 64;

/// What is to be done then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Draw it.
    Draw,
    /// Draw it on an empty terminal.
    Redraw,
    /// Give the terminal back until somebody goes on with it.
    Suspend,
    /// That was all.
    Quit,
}

/// Applies what happened at a terminal of so many columns and rows.
pub fn press(state: &mut State, event: &Event, size: (usize, usize)) -> Then {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => {
            let control = key.modifiers.contains(KeyModifiers::CONTROL);
            match key.code {
                KeyCode::Char('c') if control => Then::Quit,
                KeyCode::Char('l') if control => Then::Redraw,
                KeyCode::Char('z') if control => Then::Suspend,
                _ if control => Then::Draw,
                _ if state.typing.is_some() => typed(state, *key),
                code => command(state, code, size),
            }
        }
        Event::Resize(..) => Then::Redraw,
        _ => Then::Draw,
    }
}

/// A key while a filter is typed.
fn typed(state: &mut State, key: KeyEvent) -> Then {
    let Some(mut text) = state.typing.take() else {
        return Then::Draw;
    };
    match key.code {
        KeyCode::Enter => {
            state.filter = text;
            return Then::Draw;
        }
        KeyCode::Esc => {
            state.filter.clear();
            return Then::Draw;
        }
        KeyCode::Backspace => drop(text.pop()),
        KeyCode::Char(character) if text.chars().count() < FILTER => text.push(character),
        _ => {}
    }
    (state.typing, state.scroll) = (Some(text), 0);
    Then::Draw
}

fn command(state: &mut State, code: KeyCode, size: (usize, usize)) -> Then {
    let page = size.1.saturating_sub(FRAME).max(1);
    match code {
        KeyCode::Char('q') => return Then::Quit,
        KeyCode::Char('?') => (state.is_help, state.scroll) = (!state.is_help, 0),
        KeyCode::Esc | KeyCode::Left | KeyCode::Backspace | KeyCode::Char('h') => back(state),
        KeyCode::Char('p') => state.pause(),
        KeyCode::Up | KeyCode::Char('k') => step(state, -1, size),
        KeyCode::Down | KeyCode::Char('j') => step(state, 1, size),
        KeyCode::PageUp => turn(state, -page.cast_signed(), size),
        KeyCode::PageDown | KeyCode::Char(' ') => turn(state, page.cast_signed(), size),
        KeyCode::Home | KeyCode::Char('g') => turn(state, isize::MIN, size),
        KeyCode::End | KeyCode::Char('G') => turn(state, isize::MAX, size),
        _ if state.is_help => {}
        KeyCode::Enter | KeyCode::Right | KeyCode::Char('l') => open(state),
        KeyCode::Tab => next_part(state),
        KeyCode::Char('/') => {
            home(state);
            state.typing = Some(state.filter.clone());
        }
        KeyCode::Char('s') => state.hides_servers = !state.hides_servers,
        KeyCode::Char('i') => state.shows_all_incidents = !state.shows_all_incidents,
        KeyCode::Char('o') => {
            state.order = match state.order {
                Order::Trouble => Order::Rate,
                Order::Rate => Order::Name,
                Order::Name => Order::Trouble,
            }
        }
        _ => {}
    }
    Then::Draw
}

/// Filters are of the overview.
fn home(state: &mut State) {
    while state.back() {}
}

fn back(state: &mut State) {
    if state.is_help {
        (state.is_help, state.scroll) = (false, 0);
    } else if !state.back() {
        state.filter.clear();
    }
}

fn open(state: &mut State) {
    let view = match state.cursor.clone() {
        Some(Key::Incident(id)) => View::Incident(id),
        Some(Key::Backend(name) | Key::Server(name, _)) => View::Backend(name),
        None => return,
    };
    state.open(view);
}

/// Where the cursor is among what it may stand on.
fn place(state: &State, keys: &[Key]) -> Option<usize> {
    let cursor = state.cursor.as_ref()?;
    keys.iter().position(|key| key == cursor)
}

/// The cursor up or down by one; where there is nothing for it to stand on, the list.
fn step(state: &mut State, by: isize, size: (usize, usize)) {
    let keys = screen::keys(state);
    let Some(last) = keys.len().checked_sub(1) else {
        return scroll(state, by, size);
    };
    let at = match place(state, &keys) {
        Some(at) => at.saturating_add_signed(by).min(last),
        None => 0,
    };
    put(state, &keys, at, size);
}

/// A page up or down.
fn turn(state: &mut State, by: isize, size: (usize, usize)) {
    let keys = screen::keys(state);
    if keys.is_empty() || state.view != View::Overview {
        state.cursor = None;
        return scroll(state, by, size);
    }
    let at = place(state, &keys).unwrap_or(0);
    let at = at.saturating_add_signed(by).min(keys.len() - 1);
    put(state, &keys, at, size);
}

fn put(state: &mut State, keys: &[Key], at: usize, size: (usize, usize)) {
    state.cursor = keys.get(at).cloned();
    state.scroll = screen::begins(state, size.0, size.1);
}

fn scroll(state: &mut State, by: isize, (width, height): (usize, usize)) {
    let last = screen::length(state, width).saturating_sub(height.saturating_sub(FRAME));
    state.scroll = state.scroll.min(last).saturating_add_signed(by).min(last);
}

/// From incidents to backends and back.
fn next_part(state: &mut State) {
    let keys = screen::keys(state);
    let is_incident = |key: &Key| matches!(key, Key::Incident(_));
    let of_incidents = place(state, &keys).map(|at| is_incident(&keys[at]));
    let wanted = of_incidents == Some(false);
    let found = keys.into_iter().find(|key| is_incident(key) == wanted);
    if found.is_some() {
        state.cursor = found;
    }
}
