//! A drawing in the making: rows from top to bottom, in one scale of time.
//!
//! Enters: rows' markup, in which every text is escaped. Leaves: an `svg` element. Must not know: what the rows show.

use super::Wall;
use super::scale::Scale;
use crate::report::html::escaper::visible;
use crate::report::html::stamp;
use crate::report::text::page;

/// Characters of a row's name.
const NAME: usize = 22;
/// Room for the labels of the axis, px; the style sheet has it, too.
const AXIS: u32 = 20;

/// See the module.
pub(super) struct Drawing<'a> {
    pub(super) scale: &'a Scale,
    /// What lies below all rows.
    under: String,
    /// Spans that are marked from a row down, without their height.
    bands: Vec<(String, u32)>,
    rows: String,
    height: u32,
}

impl<'a> Drawing<'a> {
    /// An axis, with nothing below it yet.
    pub(super) fn new(scale: &'a Scale, wall: &Wall) -> Self {
        let mut drawing = Self {
            scale,
            under: String::new(),
            bands: Vec::new(),
            rows: String::new(),
            height: AXIS,
        };
        for (nth, tick) in wall.ticks(scale.start, scale.end).iter().enumerate() {
            let x = scale.at(tick.at);
            let odd = if nth % 2 == 1 { " odd" } else { "" };
            drawing.under += &format!("<rect class=\"tick\" x=\"{x}\"/>");
            // A label at the very edge would hang out of the page.
            let edge = match scale.share(tick.at) {
                left if left < 3.0 => " first",
                right if right > 96.0 => " last",
                _ => "",
            };
            drawing.rows += &format!(
                "<text class=\"time{odd}{edge}\" x=\"{x}\" y=\"12\"><title>{}</title>{}</text>",
                stamp::utc_of(tick.at).unwrap_or_default(),
                tick.label
            );
        }
        drawing
    }

    /// Room for a row of so many px; its top.
    pub(super) fn row(&mut self, height: u32) -> u32 {
        let top = self.height;
        self.height += height;
        top
    }

    /// A row's name, with what its height means.
    pub(super) fn label(&mut self, class: &str, y: u32, name: &str, note: &str) {
        let shown = page::cut(name, NAME);
        let note = match note {
            "" => String::new(),
            note => format!(" <tspan class=\"note\">{}</tspan>", visible(note)),
        };
        let title = match class {
            "backend" | "server" => format!("<title>{}</title>", visible(name)),
            _ => String::new(),
        };
        self.rows += &format!(
            "<text class=\"label {class}\" y=\"{y}\">{title}{}{note}</text>",
            visible(&shown)
        );
    }

    /// A line from edge to edge.
    pub(super) fn line(&mut self, class: &str, y: u32) {
        self.rows += &format!("<rect class=\"{class}\" y=\"{y}\"/>");
    }

    /// Adds to the rows.
    pub(super) fn put(&mut self, markup: &str) {
        self.rows += markup;
    }

    /// Marks a span from `top` to the bottom.
    pub(super) fn band(&mut self, class: &str, from: i64, to: i64, top: u32) {
        let span = self.scale.span(from, to);
        let rect = format!("<rect class=\"band {class}\" {span} y=\"{top}\"");
        self.bands.push((rect, top));
    }

    /// Adds below the rows.
    pub(super) fn put_under(&mut self, markup: &str) {
        self.under += markup;
    }

    /// A row's own coordinates: its parts are 1 wide, and it is 1000 high.
    pub(super) fn plot(&mut self, class: &str, top: u32, height: u32, paths: &str) {
        self.rows += &format!(
            "<svg class=\"plot {class}\" y=\"{top}\" height=\"{height}\" viewBox=\"0 0 {} 1000\" preserveAspectRatio=\"none\">{paths}</svg>",
            self.scale.parts
        );
    }

    /// The element, called `name`.
    pub(super) fn finish(self, name: &str) -> String {
        let bands = self.bands.iter();
        let bands = bands.map(|(rect, top)| format!("{rect} height=\"{}\"/>", self.height - top));
        format!(
            "<svg class=\"drawing\" width=\"100%\" height=\"{}\" role=\"img\" data-start=\"{}\" data-part=\"{}\" aria-label=\"{}\">{}{}{}</svg>",
            self.height,
            self.scale.start,
            self.scale.part,
            visible(name),
            bands.collect::<String>(),
            self.under,
            self.rows
        )
    }
}
