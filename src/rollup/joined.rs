//! The lines of a piece that came in parts.
//!
//! Enters: the lines of a piece, and those around it. Leaves: whole lines where their first part stands, if that is in
//! the piece. Must not know: what a whole line says.

use std::borrow::Cow;

use crate::envelope;
use crate::source::parts::{self, Joiner};
use crate::source::{Part, Position};

/// The parts of lines in a piece and around it.
#[derive(Default)]
pub(crate) struct Parts<'a> {
    joiner: Joiner<'a, Option<Position>>,
    /// What they were put together to, where the first part stands in the piece.
    joined: Vec<(Position, Cow<'a, [u8]>)>,
}

impl<'a> Parts<'a> {
    /// Hands a line back that is whole, without its newline, and keeps another.
    #[inline]
    pub(crate) fn pass(&mut self, position: Position, line: &'a [u8]) -> Option<&'a [u8]> {
        let part = parts::part(line, envelope::part);
        if part.is_none() {
            // Nothing joins across it, and lines that are no parts come in their order.
            self.finish();
        }
        if self.joiner.passes(part.as_ref()) {
            return Some(parts::as_read(line));
        }
        self.add(Some(position), position.offset, line, part);
        None
    }

    /// Hands a line back that is known to be whole.
    #[inline]
    pub(crate) fn go_by(&mut self, line: &'a [u8]) -> Option<&'a [u8]> {
        self.finish();
        Some(line)
    }

    /// Takes in lines around the piece, the first of which begins at `offset`.
    pub(crate) fn around(&mut self, offset: u64, bytes: &'a [u8]) {
        for (offset, line) in parts::each(offset, bytes) {
            let part = parts::part(line, envelope::part);
            self.add(None, offset, line, part);
        }
    }

    fn add(&mut self, at: Option<Position>, offset: u64, line: &'a [u8], part: Option<Part>) {
        let joined = &mut self.joined;
        self.joiner
            .add(at, offset, parts::as_read(line), part, |at, line| {
                joined.extend(at.map(|at| (at, line)));
            });
    }

    fn finish(&mut self) {
        let joined = &mut self.joined;
        self.joiner
            .finish(|at, line| joined.extend(at.map(|at| (at, line))));
    }

    /// All that were put together, and those that were not.
    pub(crate) fn whole(mut self) -> Vec<(Position, Cow<'a, [u8]>)> {
        self.finish();
        self.joined
    }
}
