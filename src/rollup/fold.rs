//! The fold itself: one line into its block.
//!
//! Enters: a piece of whole lines of one source. Leaves: a [`Rollup`] of it.
//! Must not know: the pieces before and after it.

mod line;
mod traffic;

use memchr::memchr;

use super::block::Block;
use super::copies::{Copies, Sight};
use super::dial::Dial;
use super::joined::Parts;
use super::lens::Lens;
use super::ways::Ways;
use super::writers::Writers;
use super::{Rollup, begun};
use crate::record::Readings;
use crate::rollup::names::Names;
use crate::source::{BlockId, Lines, Position, SourceId};

/// Some whole lines of a source.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// The source.
    pub source: SourceId,
    /// The lines, and those around them that they may be joined with.
    pub lines: Lines<'a>,
}

impl Rollup {
    /// Folds a piece in, which follows the lines that `copies` was shown last. Of a line that is too long, only the
    /// first [`LONGEST_LINE`](crate::source::LONGEST_LINE) bytes are read. Lines that were cut in parts count where their
    /// first part stands.
    pub fn add(&mut self, piece: Piece, lens: &Lens, copies: &mut Copies) {
        let Lines {
            offset,
            bytes,
            before,
            after,
        } = piece.lines;
        let sight = Sight { offset, bytes };
        let mut parts = Parts::default();
        parts.around(offset - before.len() as u64, before);
        self.make_room_for_ways();
        let mut readings = Readings::after(std::mem::take(&mut self.lines), &lens.reader);
        let mut before = Before::default();
        let (mut rest, mut offset) = (bytes, offset);
        while !rest.is_empty() {
            let id = BlockId {
                source: piece.source,
                block: lens.grid.block(offset),
            };
            let end = lens.grid.start(id.block + 1);
            let mut folding = self.folding(id, lens, copies, sight, &mut before);
            let part = offset;
            let mut nth = 0;
            while !rest.is_empty() && offset < end {
                let ahead = readings.ahead(rest);
                let length = match ahead {
                    Some(length) => length + 1,
                    None => memchr(b'\n', rest).map_or(rest.len(), |at| at + 1),
                };
                let (line, after) = rest.split_at(length);
                let position = Position {
                    source: piece.source,
                    offset,
                    part,
                    nth,
                };
                let whole = match ahead {
                    Some(length) => parts.go_by(&line[..length]),
                    None => parts.pass(position, line),
                };
                if let Some(line) = whole {
                    folding.line(position, line, &mut readings);
                }
                nth += 1;
                offset += length as u64;
                rest = after;
            }
            *folding.block.parts.entry(part).or_default() += nth;
        }
        self.lines = readings.leave();
        parts.around(offset, after);
        for (position, line) in parts.whole() {
            self.add_counted(position, &line, lens, (copies, sight));
        }
        copies.leave(sight);
    }

    /// Routes and processes are numbered anew once there is no room for more.
    fn make_room_for_ways(&mut self) {
        if !self.lines.has_room() || !self.ways.has_room() {
            self.lines = Default::default();
            self.ways.forget();
        }
    }

    /// Folds a line in whose parts are counted.
    fn add_counted(
        &mut self,
        position: Position,
        line: &[u8],
        lens: &Lens,
        (copies, sight): (&mut Copies, Sight),
    ) {
        let id = BlockId {
            source: position.source,
            block: lens.grid.block(position.offset),
        };
        let mut before = Before::default();
        let mut readings = Readings::after(std::mem::take(&mut self.lines), &lens.reader);
        let mut folding = self.folding(id, lens, copies, sight, &mut before);
        folding.line(position, line, &mut readings);
        self.lines = readings.leave();
    }

    /// Whatever it takes to fold lines into a block.
    fn folding<'a>(
        &'a mut self,
        id: BlockId,
        lens: &'a Lens,
        copies: &'a mut Copies,
        sight: Sight<'a>,
        before: &'a mut Before,
    ) -> Folding<'a> {
        let Self {
            names,
            ways,
            blocks,
            room,
            ..
        } = self;
        before.writers.begin_block();
        Folding {
            block: blocks.entry(id).or_insert_with(|| begun(ways, room)),
            names,
            ways,
            lens,
            copies,
            sight,
            before,
        }
    }
}

/// What is known from the lines before.
#[derive(Default)]
struct Before {
    dial: Dial,
    writers: Writers,
}

/// Lines on their way into their block.
struct Folding<'a> {
    block: &'a mut Block,
    names: &'a mut Names,
    ways: &'a mut Ways,
    lens: &'a Lens,
    copies: &'a mut Copies,
    sight: Sight<'a>,
    before: &'a mut Before,
}
