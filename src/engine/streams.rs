//! Reads streams side by side: bytes as they come, folded into a block of each, which the engine takes when it is cut.
//!
//! Enters: bytes of whole or unfinished lines, by source. Leaves: the engine as it is, or a look ahead. Must not know: when
//! it is looked at, and why blocks are cut when they are.
//!
//! Blocks of all streams are cut together, at least once a minute of the time they are read in: one that was left open for
//! longer would bring lines of which the others' time has passed.

use std::collections::BTreeMap;
use std::fmt;

use super::Engine;
use crate::envelope;
use crate::line::Reader;
use crate::rollup::block::Block;
use crate::rollup::fold::Piece;
use crate::rollup::names::Names;
use crate::rollup::{Copies, Known, Lens, Rollup};
use crate::source::{BlockId, Caveat, Grid, Lines, SourceId, Splitter};

/// Names that are kept from block to block; more are forged.
const NAMES: usize = 16_384;

/// Offsets that are left free behind what was read before a restart, which nobody counted: no block is as long.
const GAP: u64 = 1 << 32;

/// A block with lines, open or complete.
#[derive(Debug, Clone, Copy)]
pub struct Folded<'a> {
    /// Its source, and the offset of its first line.
    pub id: BlockId,
    /// What was folded.
    pub block: &'a Block,
    /// The names to read it by.
    pub names: &'a Names,
    /// When it begins, odd dates left aside, and when its last line was written; s since 1970 UTC. `None` where no line has a
    /// time.
    pub span: Option<(i64, i64)>,
}

/// What is done with a block before the engine takes it.
pub type Keep = Box<dyn FnMut(Folded) + Send>;

/// See the module.
pub struct Streams {
    engine: Engine,
    /// Bytes of lines that fill a block.
    full: u64,
    open: BTreeMap<SourceId, Open>,
    keep: Option<Keep>,
}

impl fmt::Debug for Streams {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter
            .debug_struct("Streams")
            .field("open", &self.open)
            .finish_non_exhaustive()
    }
}

/// All that has come so far.
#[derive(Debug)]
pub struct Ahead {
    engine: Engine,
    unfinished: Vec<(BlockId, Block, Names)>,
    silence: i64,
}

/// A stream, and the block that its lines go into.
#[derive(Debug)]
struct Open {
    splitter: Splitter,
    rollup: Rollup,
    copies: Copies,
    /// Bytes of lines in the block.
    filled: u64,
}

impl Streams {
    /// None yet, for an engine whose blocks are [cut freely](Engine::cut_freely).
    pub fn new(mut engine: Engine) -> Self {
        engine.go_live();
        Self {
            engine,
            full: Grid::default().bytes(),
            open: BTreeMap::new(),
            keep: None,
        }
    }

    /// The same with blocks that are full with so many bytes of lines.
    pub fn full_with(self, full: u64) -> Self {
        Self { full, ..self }
    }

    /// The same with something done to each block before the engine takes it.
    pub fn keeping(self, keep: Keep) -> Self {
        let keep = Some(keep);
        Self { keep, ..self }
    }

    /// Goes on with the stream of this name, or begins it; its lines are not later than `latest` (s since 1970 UTC).
    pub fn go_on_or_begin(&mut self, name: &str, latest: i64) -> SourceId {
        let source = self.engine.source_named(name);
        let source = source.unwrap_or_else(|| self.engine.next_source());
        self.go_on(source, name, latest);
        source
    }

    /// Begins a stream with this name, whose lines are not later than `latest` (s since 1970 UTC).
    pub fn begin(&mut self, name: &str, latest: i64) -> SourceId {
        let source = self.engine.next_source();
        self.go_on(source, name, latest);
        source
    }

    /// Goes on with a stream that the engine has read before, which may have another name now.
    pub fn go_on(&mut self, source: SourceId, name: &str, latest: i64) {
        self.engine.source(source, name, latest);
        let offset = match self.engine.last_block(source) {
            Some(last) => (last / GAP + 1) * GAP,
            None => 0,
        };
        let open = Open {
            splitter: Splitter::from(offset, envelope::part),
            rollup: Rollup::default(),
            copies: Copies::default(),
            filled: 0,
        };
        self.open.insert(source, open);
    }

    /// Lines to come may have other formats; those that came are in blocks of their own.
    pub fn read_by(&mut self, reader: Reader) {
        self.cut();
        self.engine.read_by(reader);
        for open in self.open.values_mut() {
            // What it knows of the routes of lines is known by the numbers of formats.
            open.rollup = Rollup::default();
        }
    }

    /// Lines to come are not later than this (s since 1970 UTC): what never ends outlives the time it began at.
    pub fn latest(&mut self, latest: i64) {
        for source in self.open.keys() {
            self.engine.latest(*source, latest);
        }
    }

    /// Tells what was not read.
    pub fn caveat(&mut self, caveat: Caveat) {
        self.engine.caveat(caveat);
    }

    /// Takes bytes of a stream in.
    pub fn feed(&mut self, source: SourceId, bytes: &[u8]) {
        let Some(open) = self.open.get_mut(&source) else {
            return;
        };
        open.feed(source, bytes, self.engine.lens());
        if open.filled >= self.full {
            self.cut_up_to(source);
        }
    }

    /// The streams that have not ended.
    pub fn sources(&self) -> impl Iterator<Item = SourceId> {
        self.open.keys().copied()
    }

    /// Bytes of a stream that came and are in no block yet: part of a line, or of lines that may be joined.
    pub fn held_back(&self, source: SourceId) -> &[u8] {
        let open = self.open.get(&source);
        open.map_or(b"", |open| open.splitter.held_back())
    }

    /// What it would be like if all streams ended here; lines that are not whole yet do not count. Nothing has come for
    /// `silence` seconds.
    pub fn look_ahead(&self, silence: i64) -> Engine {
        self.ahead(silence).look()
    }

    /// The same, to be looked at elsewhere while lines go on to come.
    pub fn ahead(&self, silence: i64) -> Ahead {
        let unfinished = self.unfinished();
        Ahead {
            engine: self.engine.clone(),
            unfinished: unfinished
                .map(|open| (open.id, open.block.clone(), open.names.clone()))
                .collect(),
            silence,
        }
    }

    /// The blocks that are open and have lines, in the order of the time they begin at.
    pub fn unfinished(&self) -> impl Iterator<Item = Folded<'_>> {
        let sources = self.in_order().into_iter();
        sources.filter_map(|source| self.block(source))
    }

    /// The block of a stream that is open, if it has lines.
    fn block(&self, source: SourceId) -> Option<Folded<'_>> {
        let open = self.open.get(&source)?;
        let (block, names) = open.rollup.block(whole(source))?;
        Some(self.engine.folded(named(source, block)?, block, names))
    }

    /// The streams, in the order of the time their blocks begin at.
    fn in_order(&self) -> Vec<SourceId> {
        let mut sources: Vec<SourceId> = self.open.keys().copied().collect();
        if sources.len() > 1 {
            let begins = |source: &SourceId| {
                let folded = self.block(*source)?;
                self.engine.sealer().begins(folded.id, folded.block)
            };
            sources.sort_by_cached_key(begins);
        }
        sources
    }

    /// The engine, as far as complete blocks go.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The same, for keeps.
    pub fn into_engine(self) -> Engine {
        self.engine
    }

    /// What is open is complete: the engine takes it, and lines to come begin other blocks.
    pub fn cut(&mut self) {
        let sources = self.in_order().into_iter();
        sources.for_each(|source| self.cut_one(source));
    }

    /// The block of a stream is complete, and so are those of others that begin before it: the engine wants them in this
    /// order.
    fn cut_up_to(&mut self, source: SourceId) {
        for other in self.in_order() {
            self.cut_one(other);
            if other == source {
                return;
            }
        }
    }

    /// A stream has ended.
    pub fn end(&mut self, source: SourceId) {
        if let Some(open) = self.open.get_mut(&source) {
            open.finish(source, self.engine.lens());
            self.cut_up_to(source);
            self.open.remove(&source);
        }
    }

    /// All have ended, and none will begin.
    pub fn finish(&mut self) {
        let sources: Vec<SourceId> = self.open.keys().copied().collect();
        sources.into_iter().for_each(|source| self.end(source));
        self.engine.finish(1);
    }

    fn cut_one(&mut self, source: SourceId) {
        let Some(open) = self.open.get_mut(&source) else {
            return;
        };
        open.filled = 0;
        let folded = std::mem::take(&mut open.rollup).into_block();
        let Some((block, mut known)) = folded else {
            return;
        };
        if let Some(id) = named(source, &block) {
            if let Some(keep) = &mut self.keep {
                keep(self.engine.folded(id, &block, &known.names));
            }
            known.room = self.engine.take(id, block, &known.names, None);
        }
        if known.names.count() > NAMES {
            known = Known::default();
        }
        open.rollup = Rollup::knowing(known);
    }
}

impl Ahead {
    /// What it would be like if all ended there.
    pub fn look(self) -> Engine {
        self.engine.look_ahead(self.unfinished, self.silence)
    }
}

impl Open {
    fn feed(&mut self, source: SourceId, bytes: &[u8], lens: &Lens) {
        let (rollup, copies, filled) = (&mut self.rollup, &mut self.copies, &mut self.filled);
        self.splitter
            .feed(bytes, into(source, lens, rollup, copies, filled));
    }

    fn finish(&mut self, source: SourceId, lens: &Lens) {
        let (rollup, copies, filled) = (&mut self.rollup, &mut self.copies, &mut self.filled);
        self.splitter
            .finish(into(source, lens, rollup, copies, filled));
    }
}

/// Folds whole lines of a source into its block.
fn into(
    source: SourceId,
    lens: &Lens,
    rollup: &mut Rollup,
    copies: &mut Copies,
    filled: &mut u64,
) -> impl FnMut(Lines) {
    move |lines| {
        *filled += lines.bytes.len() as u64;
        rollup.add(Piece { source, lines }, lens, copies);
    }
}

/// What the lens calls all of a stream.
fn whole(source: SourceId) -> BlockId {
    BlockId { source, block: 0 }
}

/// A block goes by the offset of its first line.
fn named(source: SourceId, block: &Block) -> Option<BlockId> {
    let (first, _) = block.parts.first_key_value()?;
    let block = *first;
    Some(BlockId { source, block })
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Window;
    use crate::time::zone::Zone;

    fn stream(latest: i64) -> (Streams, SourceId) {
        let engine = Engine::cut_freely(Zone::named("UTC").unwrap(), Window::default());
        let mut streams = Streams::new(engine);
        let stdin = streams.begin("stdin", latest);
        (streams, stdin)
    }

    #[test]
    fn the_first_line_may_come_days_after_the_stream_began() {
        const BEGAN: i64 = 1_773_478_800; // 2026-03-14T09:00:00Z
        let (mut stream, stdin) = stream(BEGAN);
        stream.latest(BEGAN + 3 * 86_400);
        stream.feed(
            stdin,
            b"Mar 17 09:00:00 lb1 haproxy[7]: Server be/s1 is DOWN, reason: Layer4 timeout. \
              1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.\n",
        );
        assert_eq!(
            stream.look_ahead(0).now(),
            (BEGAN + 3 * 86_400) * 1000,
            "not a year ago"
        );
    }

    #[test]
    fn what_was_seen_to_recover_is_over_when_the_log_falls_silent() {
        let (mut stream, stdin) = stream(1_773_480_000);
        let mut say = |second: u32, message: &str| {
            let line = format!("Mar 14 09:00:{second:02} lb1 haproxy[7]: {message}\n");
            stream.feed(stdin, line.as_bytes());
            let ends = |engine: Engine| {
                engine
                    .incidents()
                    .iter()
                    .map(|found| found.end.is_some())
                    .collect::<Vec<_>>()
            };
            (ends(stream.look_ahead(0)), ends(stream.look_ahead(10)))
        };
        let down = "Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active and 0 backup \
                    servers left. 0 sessions active, 0 requeued, 0 remaining in queue.";
        assert_eq!(say(1, down), (vec![false], vec![false]), "it is still down");
        let up = "Server be/s1 is UP, reason: Layer4 check passed, check duration: 0ms. 2 active and 0 backup servers \
                  online. 0 sessions requeued, 0 total in queue.";
        assert_eq!(say(9, up), (vec![false], vec![true]));
    }

    #[test]
    fn one_line_with_a_date_of_tomorrow_makes_it_no_later() {
        const NOW: i64 = 1_773_480_000; // 2026-03-14T09:20:00Z
        let (mut stream, stdin) = stream(NOW);
        for (minute, hour) in [(19, 9), (20, 15)] {
            let line = format!(
                "Mar 14 {hour:02}:{minute}:00 lb1 haproxy[7]: Server be/s{minute} is DOWN, reason: Layer4 timeout. 1 active \
                 and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.\n"
            );
            stream.feed(stdin, line.as_bytes());
        }
        let at = |latest: i64, stream: &mut Streams| {
            stream.latest(latest);
            stream.look_ahead(0).now()
        };
        assert_eq!(at(NOW, &mut stream), (NOW - 60) * 1000);
        assert_eq!(
            at(NOW + 6 * 3_600, &mut stream),
            (NOW + 6 * 3_600) * 1000,
            "it has come"
        );
    }
}
