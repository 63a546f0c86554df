//! The screen on cells of a terminal.
//!
//! Enters: rows of the screen. Leaves: cells with their styles. Must not know: what the rows say.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use crate::report::screen::{self, Paint, State};

/// Draws the state on all of `area`.
pub fn draw(state: &State, colour: bool, area: Rect, buffer: &mut Buffer) {
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let rows = screen::draw(state, width, height);
    for (y, shown) in (area.top()..area.bottom()).zip(&rows) {
        let pieces = shown.pieces();
        let spans = pieces.map(|(paint, text)| Span::styled(text, style(paint, colour)));
        buffer.set_line(area.left(), y, &Line::from_iter(spans), area.width);
        if shown.is_selected {
            let row = Rect::new(area.left(), y, area.width, 1);
            buffer.set_style(row, Style::new().add_modifier(Modifier::REVERSED));
        }
    }
}

/// Without colours, what is broken is bold.
fn style(paint: Paint, colour: bool) -> Style {
    let style = Style::new();
    match (paint, colour) {
        (Paint::Plain, _) | (Paint::Warn | Paint::Good, false) => style,
        (Paint::Strong, _) | (Paint::Bad, false) => style.add_modifier(Modifier::BOLD),
        (Paint::Dim, _) => style.add_modifier(Modifier::DIM),
        (Paint::Bad, true) => style.fg(Color::Red).add_modifier(Modifier::BOLD),
        (Paint::Warn, true) => style.fg(Color::Yellow),
        (Paint::Good, true) => style.fg(Color::Green),
    }
}
