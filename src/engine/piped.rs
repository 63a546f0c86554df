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
use crate::source::page::Room;
use crate::source::{BlockId, Grid, SourceId, Window, Windows};

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
    more: impl FnMut(&mut Windows) -> Result<bool, E> + Send,
) -> Result<(), E> {
    read_seen(engine, name, latest, threads, more, |_| ())
}

/// The same; each block is `seen`, in their order, before it is folded.
pub(super) fn read_seen<E: Send>(
    engine: &mut Engine,
    name: &str,
    latest: i64,
    threads: usize,
    mut more: impl FnMut(&mut Windows) -> Result<bool, E> + Send,
    seen: impl FnMut(&Window) + Send,
) -> Result<(), E> {
    engine.source(SOURCE, name, latest);
    let threads = super::many(threads);
    let lens = engine.lens().clone();
    let (rooms, learned) = (Spare::default(), Learned::default());
    let mut failed = None;
    let relay = Relay {
        pieces: windows(lens.grid, &rooms, &mut failed, &mut more).inspect(seen),
        ahead: AHEAD * threads,
        weigh: |(_, folded): &(u64, Rollup)| folded.weight(),
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
    relay.run::<E>(threads)?;
    engine.finish(threads);
    failed.map_or(Ok(()), Err)
}

/// The blocks of a stream; `more` is asked while it has any, and `failed` is why it has no more.
pub(super) fn windows<E>(
    grid: Grid,
    rooms: &Spare<Room>,
    failed: &mut Option<E>,
    more: &mut impl FnMut(&mut Windows) -> Result<bool, E>,
) -> impl Iterator<Item = Window> {
    let mut windows = Windows::new(grid, envelope::part);
    let mut goes_on = true;
    std::iter::from_fn(move || {
        loop {
            let window = windows.next(|| rooms.borrow());
            if window.is_some() || !goes_on {
                return window;
            }
            goes_on = more(&mut windows).unwrap_or_else(|error| {
                *failed = Some(error);
                false
            });
            if !goes_on {
                windows.finish();
            }
        }
    })
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
