//! Reads a stream: bytes as they come, each block taken when the next one begins.
//!
//! Enters: bytes. Leaves: the engine as it is, or a look ahead. Must not know: when it is looked at.

use super::Engine;
use crate::envelope;
use crate::rollup::fold::Piece;
use crate::rollup::{Copies, Lens, Rollup};
use crate::source::{BlockId, Caveat, Lines, SourceId, Splitter};

/// See the module.
#[derive(Debug)]
pub struct Stream {
    engine: Engine,
    source: SourceId,
    splitter: Splitter,
    rollup: Rollup,
    copies: Copies,
}

impl Stream {
    /// A stream with this name, whose lines are not later than `latest` (s since 1970 UTC).
    pub fn new(mut engine: Engine, name: &str, latest: i64) -> Self {
        let source = 0;
        engine.source(source, name, latest);
        Self {
            engine,
            source,
            splitter: Splitter::new(envelope::part),
            rollup: Rollup::default(),
            copies: Copies::default(),
        }
    }

    /// Lines to come are not later than this (s since 1970 UTC): what never ends outlives the time it began at.
    pub fn latest(&mut self, latest: i64) {
        self.engine.latest(self.source, latest);
    }

    /// Tells what of it was not read.
    pub fn caveat(&mut self, caveat: Caveat) {
        self.engine.caveat(caveat);
    }

    /// Takes bytes in.
    pub fn feed(&mut self, bytes: &[u8]) {
        let fold = into(
            &mut self.rollup,
            self.source,
            self.engine.lens(),
            &mut self.copies,
        );
        self.splitter.feed(bytes, fold);
        self.take_all_but_last();
    }

    /// What it would be like if the stream ended here; lines that are not whole yet do not count. Nothing has come for
    /// `silence` seconds.
    pub fn look_ahead(&self, silence: i64) -> Engine {
        let unfinished = self.rollup.ids().last();
        let unfinished = unfinished.and_then(|id| Some((id, self.rollup.block(id)?)));
        self.engine.look_ahead(
            unfinished.map(|(id, (block, names))| (id, block, names)),
            silence,
        )
    }

    /// The engine, as far as complete blocks go.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The same, for keeps.
    pub fn into_engine(self) -> Engine {
        self.engine
    }

    /// The stream has ended.
    pub fn finish(&mut self) {
        let fold = into(
            &mut self.rollup,
            self.source,
            self.engine.lens(),
            &mut self.copies,
        );
        self.splitter.finish(fold);
        let left: Vec<BlockId> = self.rollup.ids().collect();
        left.into_iter().for_each(|id| self.take(id));
        self.engine.finish();
    }

    fn take_all_but_last(&mut self) {
        let ids: Vec<BlockId> = self.rollup.ids().collect();
        let Some((_, complete)) = ids.split_last() else {
            return;
        };
        complete.iter().for_each(|id| self.take(*id));
    }

    fn take(&mut self, id: BlockId) {
        if let Some((block, names)) = self.rollup.take(id) {
            self.engine.take(id, block, &names, None);
        }
    }
}

/// Folds whole lines of a source into a rollup.
fn into(
    rollup: &mut Rollup,
    source: SourceId,
    lens: &Lens,
    copies: &mut Copies,
) -> impl FnMut(Lines) {
    move |lines| rollup.add(Piece { source, lines }, lens, copies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Window;
    use crate::time::zone::Zone;

    #[test]
    fn the_first_line_may_come_days_after_the_stream_began() {
        const BEGAN: i64 = 1_773_478_800; // 2026-03-14T09:00:00Z
        let engine = Engine::new(Zone::named("UTC").unwrap(), Window::default());
        let mut stream = Stream::new(engine, "stdin", BEGAN);
        stream.latest(BEGAN + 3 * 86_400);
        stream.feed(
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
        let engine = Engine::new(Zone::named("UTC").unwrap(), Window::default());
        let mut stream = Stream::new(engine, "stdin", 1_773_480_000);
        let mut say = |second: u32, message: &str| {
            stream.feed(format!("Mar 14 09:00:{second:02} lb1 haproxy[7]: {message}\n").as_bytes());
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
}
