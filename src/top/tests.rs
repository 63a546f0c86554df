//! The screen on a terminal of cells, and what keys do to it; of the sample of an outage.

use std::sync::Arc;

use insta::assert_snapshot;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Modifier;

use super::keys::{self, Then};
use super::paint;
use crate::engine::{Engine, Streams};
use crate::incident::Window;
use crate::report::screen::{Key, Order, Picture, Recent, State, View};
use crate::time::zone::Zone;

const SAMPLE: &[u8] = include_bytes!("../../samples/backend-down.log");

/// The narrowest terminal, and a wide one.
const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (200, 50);

/// What is known after each of these numbers of lines; between two of them as much time passes as the log says.
fn after(log: &[u8], lines: &[usize]) -> State {
    let zone = Zone::named("UTC").unwrap();
    let mut streams = Streams::new(Engine::cut_freely(zone, Window::default()));
    let source = streams.begin("haproxy.log", 1_795_000_000);
    let all: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
    let mut state = State::new("haproxy.log".into(), false);
    let (mut recent, mut fed) = (Recent::default(), 0);
    for &until in lines {
        for line in &all[fed..until] {
            streams.feed(source, line);
        }
        fed = until;
        let engine = streams.look_ahead(0);
        let grid = Arc::new(engine.grid());
        recent.add(grid.clone(), 0);
        state.see(Picture {
            document: Arc::new(engine.document(None)),
            grid,
            recent: recent.clone(),
        });
    }
    state
}

/// In the middle of the outage.
fn broken() -> State {
    after(SAMPLE, &[200, 400, 600, 800, 1_000, 1_300, 1_600])
}

fn cells(state: &State, colour: bool, (width, height): (u16, u16)) -> ratatui::buffer::Buffer {
    let mut terminal = ratatui::Terminal::new(TestBackend::new(width, height)).unwrap();
    let drawn = terminal.draw(|frame| {
        let area = frame.area();
        paint::draw(state, colour, area, frame.buffer_mut());
    });
    drawn.unwrap().buffer.clone()
}

/// The text of a terminal; the row of the cursor has a mark.
fn shown(state: &State, size: (u16, u16)) -> String {
    let cells = cells(state, false, size);
    let mut text = String::new();
    for y in 0..size.1 {
        let row: String = (0..size.0).map(|x| cells[(x, y)].symbol()).collect();
        let is_selected = cells[(0, y)].modifier.contains(Modifier::REVERSED);
        text.push_str(if is_selected { ">" } else { "|" });
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

fn press(state: &mut State, codes: &[KeyCode]) -> Then {
    let mut then = Then::Draw;
    for code in codes {
        let event = Event::Key(KeyEvent::new(*code, KeyModifiers::NONE));
        then = keys::press(state, &event, (80, 24));
    }
    then
}

fn typed(state: &mut State, text: &str) {
    let codes: Vec<KeyCode> = text.chars().map(KeyCode::Char).collect();
    press(state, &codes);
}

#[test]
fn nothing_has_been_read() {
    let state = State::new("/var/log/haproxy.log".into(), false);
    assert_snapshot!("nothing_80x24", shown(&state, SMALL));
}

#[test]
fn an_outage_while_it_goes_on() {
    let mut state = broken();
    assert_snapshot!("overview_80x24", shown(&state, SMALL));
    assert_snapshot!("overview_200x50", shown(&state, LARGE));
    state.ascii = true;
    let ascii = shown(&state, SMALL);
    assert!(ascii.is_ascii(), "{ascii}");
    assert_snapshot!("overview_ascii_80x24", ascii);
}

#[test]
fn one_backend() {
    let mut state = broken();
    press(&mut state, &[KeyCode::Down, KeyCode::Down, KeyCode::Enter]);
    assert_eq!(state.view, View::Backend("app".into()));
    assert_snapshot!("backend_80x24", shown(&state, SMALL));
    assert_snapshot!("backend_200x50", shown(&state, LARGE));
}

#[test]
fn one_incident() {
    let mut state = broken();
    press(&mut state, &[KeyCode::Down, KeyCode::Enter]);
    assert!(matches!(state.view, View::Incident(_)));
    assert_snapshot!("incident_80x24", shown(&state, SMALL));
    assert_snapshot!("incident_200x50", shown(&state, LARGE));
}

#[test]
fn the_keys_are_told() {
    let mut state = broken();
    press(&mut state, &[KeyCode::Char('?')]);
    assert_snapshot!("help_80x24", shown(&state, SMALL));
}

#[test]
fn colour_is_never_the_only_sign() {
    let state = broken();
    let (with, without) = (cells(&state, true, SMALL), cells(&state, false, SMALL));
    let symbols = |cells: &ratatui::buffer::Buffer| -> String {
        cells.content().iter().map(|cell| cell.symbol()).collect()
    };
    assert_eq!(symbols(&with), symbols(&without));
    let is_plain = |cell: &ratatui::buffer::Cell| {
        let none = ratatui::style::Color::Reset;
        (cell.fg, cell.bg) == (none, none)
    };
    assert!(without.content().iter().all(is_plain));
    assert!(!with.content().iter().all(is_plain));
}

#[test]
fn the_cursor_goes_to_what_can_be_opened_and_back() {
    use KeyCode::{Char, Down, End, Enter, Esc, Home, Right, Tab, Up};
    let app = || Some(Key::Backend("app".into()));
    let server = |name: &str| Some(Key::Server("app".into(), name.into()));
    for (codes, cursor, is_overview) in [
        (&[Down, Down][..], app(), true),
        (&[Char('j'), Char('j'), Char('j'), Char('k')], app(), true),
        (&[Down, Down, Down], server("<NOSRV>"), true),
        (&[Down, Tab], app(), true),
        (&[Down, Tab, Up, Tab], app(), true),
        (&[Home, Tab, Down, Down], server("app1"), true),
        (&[End, Up, Up], server("app2"), true),
        (&[Down, Down, Enter], None, false),
        (&[Down, Down, Right, Esc], app(), true),
        (&[Down, Down, Enter, Char('h'), Esc], app(), true),
        // Of a backend, its incidents can be opened.
        (&[Down, Down, Enter, Down, Enter, Esc, Esc], app(), true),
    ] {
        let mut state = broken();
        press(&mut state, codes);
        assert_eq!(state.cursor, cursor, "{codes:?}");
        assert_eq!(state.view == View::Overview, is_overview, "{codes:?}");
    }
}

#[test]
fn switches() {
    use KeyCode::Char;
    let mut state = broken();
    press(&mut state, &[Char('s')]);
    assert!(!shown(&state, SMALL).contains("app1"));
    press(&mut state, &[Char('s'), Char('i')]);
    assert!(state.shows_all_incidents);
    for order in [Order::Rate, Order::Name, Order::Trouble] {
        press(&mut state, &[Char('o')]);
        assert_eq!(state.order, order);
    }
    press(&mut state, &[Char('?')]);
    assert!(state.is_help);
    press(&mut state, &[KeyCode::Esc]);
    assert!(!state.is_help);
}

#[test]
fn what_quits() {
    let control = |code| Event::Key(KeyEvent::new(code, KeyModifiers::CONTROL));
    for (prepare, event, then) in [
        ("", Event::Key(KeyCode::Char('q').into()), Then::Quit),
        ("?", Event::Key(KeyCode::Char('q').into()), Then::Quit),
        // Within a filter it is a letter.
        ("/", Event::Key(KeyCode::Char('q').into()), Then::Draw),
        ("/", control(KeyCode::Char('c')), Then::Quit),
        ("", control(KeyCode::Char('c')), Then::Quit),
        ("", control(KeyCode::Char('q')), Then::Draw),
        ("", control(KeyCode::Char('l')), Then::Redraw),
        ("", Event::Resize(100, 40), Then::Redraw),
        ("", Event::FocusLost, Then::Draw),
    ] {
        let mut state = broken();
        typed(&mut state, prepare);
        assert_eq!(keys::press(&mut state, &event, (80, 24)), then, "{event:?}");
    }
}

#[test]
fn a_filter_is_kept_or_dropped() {
    let mut state = broken();
    typed(&mut state, "/FILESx");
    assert!(shown(&state, SMALL).contains("filter: FILESx_"));
    press(&mut state, &[KeyCode::Backspace]);
    let page = shown(&state, SMALL);
    assert!(page.contains("static") && !page.contains("app1"), "{page}");
    press(&mut state, &[KeyCode::Enter]);
    assert_eq!(state.filter, "FILES");
    assert!(shown(&state, SMALL).contains("only FILES"));
    press(&mut state, &[KeyCode::Esc]);
    assert_eq!(state.filter, "");
    typed(&mut state, "/files");
    press(&mut state, &[KeyCode::Esc]);
    assert!(shown(&state, SMALL).contains("app1"));
}

#[test]
fn a_pause_stands_still_until_it_ends() {
    let mut state = broken();
    let later = after(SAMPLE, &[3_163]);
    let before = shown(&state, SMALL);
    press(&mut state, &[KeyCode::Char('p')]);
    state.see(later.picture.clone().unwrap());
    let paused = shown(&state, SMALL);
    assert!(paused.contains("PAUSED"));
    let body = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(body(&paused), body(&before));
    press(&mut state, &[KeyCode::Char('p')]);
    assert!(shown(&state, SMALL).contains("815 of 3,147 requests failed"));
}

#[test]
fn any_size_is_drawn() {
    let mut state = broken();
    for width in [1, 7, 20, 39, 80, 132, 300] {
        for height in [1, 2, 5, 6, 24, 100] {
            for view in [
                View::Overview,
                View::Backend("app".into()),
                View::Backend("gone".into()),
                View::Incident("gone".into()),
            ] {
                state.view = view;
                shown(&state, (width, height));
            }
        }
    }
}

/// Names come from strangers: over UDP anyone may send lines.
#[test]
fn names_that_attack_are_text() {
    let log = String::from_utf8(SAMPLE.to_vec()).unwrap();
    let forged = log
        .replace(" app/", " a\u{202e}\u{1b}[2Jpp/")
        .replace("/app1 ", "/\u{1b}]0;owned\u{7}app1 ");
    let mut state = after(forged.as_bytes(), &[400, 1_600]);
    let harmful = |text: &str| {
        let mut characters = text.chars();
        characters.any(|c| (c != '\n' && c.is_control()) || ('\u{202a}'..='\u{202e}').contains(&c))
    };
    let page = shown(&state, LARGE);
    assert!(page.contains(r"\u{202e}"), "{page}");
    assert!(page.contains(r"\x1b]0;owned"), "{page}");
    assert!(!harmful(&page), "{page}");
    for _ in 0..6 {
        press(&mut state, &[KeyCode::Down, KeyCode::Enter]);
        let page = shown(&state, LARGE);
        assert!(!harmful(&page), "{page}");
        press(&mut state, &[KeyCode::Esc]);
    }
}
