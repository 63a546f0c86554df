//! Reads files: blocks are folded in parallel, and taken in the order of the plan.
//!
//! Enters: a plan. Leaves: an engine that has read it. Must not know: what is looked for.

use std::io;

use super::Engine;
use super::relay::Relay;
use super::spare::{Learned, Spare};
use crate::engine::{Plan, Planned};
use crate::envelope;
use crate::rollup::fold::Piece;
use crate::rollup::{Copies, Lens, Rollup};
use crate::source::{BlockId, Caveat, LogFile, Observer};

/// Blocks that each thread may fold before they are taken: a block with which a minute ends is taken as slowly as some are
/// folded, as all of that minute is looked at then.
pub(super) const AHEAD: usize = 2;

/// Reads all files of a plan, made on the engine's grid, on `threads` threads (0: one for each core).
///
/// # Errors
/// When a file cannot be read any more.
pub fn read_files(engine: &mut Engine, plan: &Plan, threads: usize) -> io::Result<()> {
    read_observed(engine, plan, threads, &())
}

/// The same, and somebody looks on. Where reading is stopped, the engine has read the first blocks of the plan, and says
/// that these were not all.
///
/// # Errors
/// As [`read_files`].
pub fn read_observed(
    engine: &mut Engine,
    plan: &Plan,
    threads: usize,
    observer: &dyn Observer,
) -> io::Result<()> {
    for (source, file) in (0..).zip(&plan.files) {
        engine.source(source, file.name(), file.modified());
        file.caveat()
            .into_iter()
            .for_each(|caveat| engine.caveat(caveat));
    }
    let threads = super::many(threads);
    let lens = engine.lens().clone();
    let (rooms, learned) = (Spare::default(), Learned::default());
    let length = plan.files.iter().map(LogFile::length).sum();
    observer.expect(length);
    let mut read = 0;
    let relay = Relay {
        pieces: (0..plan.blocks.len()).take_while(|_| !observer.is_stopped()),
        ahead: AHEAD * threads,
        weigh: |folded: &io::Result<Rollup>| folded.as_ref().map_or(0, Rollup::weight),
        make: |nth: usize| {
            let id = plan.blocks[nth].id;
            let file = &plan.files[id.source as usize];
            rooms.lend(|room| fold(file, id, &lens, room, learned.rollup()))
        },
        take: |nth: usize, folded: io::Result<Rollup>| {
            let planned = &plan.blocks[nth];
            learned.take(engine, planned.id, folded?, planned.context);
            let bytes = bytes_of(planned, plan, &lens);
            observer.read(bytes);
            read += bytes;
            Ok(())
        },
    };
    relay.run::<io::Error>(threads)?;
    if read < length {
        let names = plan.files.iter().map(|file| file.name().to_owned());
        engine.caveat(Caveat::Interrupted {
            names: names.collect(),
            read,
            of: Some(length),
        });
    }
    engine.finish(threads);
    Ok(())
}

/// Bytes of a block.
fn bytes_of(planned: &Planned, plan: &Plan, lens: &Lens) -> u64 {
    let file = &plan.files[planned.id.source as usize];
    lens.grid.length(planned.id.block, file.length())
}

/// Folds a block into an empty `rollup`; `room` is where its bytes go, and stays for the next one's.
fn fold(
    file: &LogFile,
    id: BlockId,
    lens: &Lens,
    room: &mut Vec<u8>,
    mut rollup: Rollup,
) -> io::Result<Rollup> {
    let mut copies = None;
    file.pieces(id.block, lens.grid, envelope::part, room, |lines| {
        if copies.is_none() {
            let mut before = Copies::default();
            let bytes = file.before(lines.offset, Copies::REACH + 1)?;
            before.follow(&bytes, lines.offset, lens);
            copies = Some(before);
        }
        let source = id.source;
        let piece = Piece { source, lines };
        rollup.add(piece, lens, copies.get_or_insert_default());
        Ok(())
    })?;
    Ok(rollup)
}
