//! Reads a stream to its end: its blocks are folded in parallel, and taken in their order.
//!
//! Enters: bytes as they come. Leaves: an engine that has read them. Must not know: what is looked for.

use super::Engine;
use super::files::AHEAD;
use super::relay::Relay;
use super::spare::{Learned, Spare};
use crate::envelope;
use crate::rollup::fold::Piece;
use crate::rollup::{Copies, Lens, Rollup};
use crate::source::{BlockId, SourceId, Window, Windows};

/// The only source.
const SOURCE: SourceId = 0;

/// Reads a stream with this name, whose lines are not later than `latest` (s since 1970 UTC), on `threads` threads (0:
/// one for each core). `more` waits for bytes, feeds them, and tells whether to ask for more.
///
/// # Errors
/// What `more` returns.
pub fn read_piped<E: Send>(
    engine: &mut Engine,
    name: &str,
    latest: i64,
    threads: usize,
    mut more: impl FnMut(&mut Windows) -> Result<bool, E> + Send,
) -> Result<(), E> {
    engine.source(SOURCE, name, latest);
    let threads = super::many(threads);
    let lens = engine.lens().clone();
    let (rooms, learned) = (Spare::default(), Learned::default());
    let mut windows = Windows::new(lens.grid, envelope::part);
    let mut failed = None;
    let mut goes_on = true;
    let relay = Relay {
        pieces: std::iter::from_fn(|| {
            loop {
                let window = windows.next(|| rooms.borrow());
                if window.is_some() || !goes_on {
                    return window;
                }
                goes_on = more(&mut windows).unwrap_or_else(|error| {
                    failed = Some(error);
                    false
                });
                if !goes_on {
                    windows.finish();
                }
            }
        }),
        ahead: AHEAD * threads,
        make: |window: Window| {
            let folded = fold(&window, &lens, learned.rollup());
            let block = window.block;
            rooms.give_back(window.into_room());
            (block, folded)
        },
        take: |_, (block, folded)| {
            let source = SOURCE;
            learned.take(engine, BlockId { source, block }, folded, None);
            Ok(())
        },
    };
    relay.run::<(u64, Rollup), E>(threads)?;
    engine.finish();
    failed.map_or(Ok(()), Err)
}

/// Folds a block into an empty `rollup`.
fn fold(window: &Window, lens: &Lens, mut rollup: Rollup) -> Rollup {
    let lines = window.lines();
    if !lines.bytes.is_empty() {
        let mut copies = Copies::default();
        let before = window.before(lines.offset, Copies::REACH + 1);
        copies.follow(before, lines.offset, lens);
        let source = SOURCE;
        rollup.add(Piece { source, lines }, lens, &mut copies);
    }
    rollup
}
