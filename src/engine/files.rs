//! Reads files: blocks are folded in parallel, and taken in the order of the plan.
//!
//! Enters: a plan. Leaves: an engine that has read it. Must not know: what is looked for.

use std::io;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::Engine;
use crate::engine::{Plan, Planned};
use crate::envelope;
use crate::rollup::fold::Piece;
use crate::rollup::{Copies, Lens, Rollup};
use crate::source::{BlockId, Caveat, LogFile, Observer};

/// Blocks folded by each thread before they are taken: enough to keep all of them busy, few enough to be held twice.
const BATCH: usize = 2;

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
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(io::Error::other)?;
    let lens = engine.lens().clone();
    let rooms = Rooms::default();
    let fold = |batch: &[Planned]| fold_all(batch, &plan.files, &lens, &rooms);
    let length = plan.files.iter().map(LogFile::length).sum();
    observer.expect(length);
    let mut read = 0;
    let mut batches = plan.blocks.chunks(BATCH * pool.current_num_threads());
    let mut next_batch = || {
        let next = batches.next().filter(|_| !observer.is_stopped());
        next.unwrap_or_default()
    };
    let mut batch = next_batch();
    let mut folded = pool.install(|| fold(batch));
    while !batch.is_empty() {
        let next = next_batch();
        let mut after = Vec::new();
        let mut take = || take_all(engine, batch, std::mem::take(&mut folded));
        // What is folded is taken while the threads fold what follows; one thread does the one after the other.
        if pool.current_num_threads() == 1 {
            take()?;
            after = pool.install(|| fold(next));
        } else {
            pool.in_place_scope(|scope| {
                scope.spawn(|_| after = fold(next));
                take()
            })?;
        }
        let bytes = batch.iter().map(|planned| bytes_of(planned, plan, &lens));
        let bytes = bytes.sum::<u64>();
        observer.read(bytes);
        read += bytes;
        (batch, folded) = (next, after);
    }
    if read < length {
        let names = plan.files.iter().map(|file| file.name().to_owned());
        engine.caveat(Caveat::Interrupted {
            names: names.collect(),
            read,
            of: Some(length),
        });
    }
    engine.finish();
    Ok(())
}

/// Bytes of a block.
fn bytes_of(planned: &Planned, plan: &Plan, lens: &Lens) -> u64 {
    let file = &plan.files[planned.id.source as usize];
    lens.grid.length(planned.id.block, file.length())
}

/// The blocks of a batch, folded, in their order.
fn fold_all(
    batch: &[Planned],
    files: &[LogFile],
    lens: &Lens,
    rooms: &Rooms,
) -> Vec<io::Result<Rollup>> {
    let blocks = batch.par_iter().map(|planned| {
        let file = &files[planned.id.source as usize];
        rooms.lend(|room| fold(file, planned.id, lens, room))
    });
    blocks.collect()
}

/// What the bytes of a block are read into, as many as are read at once: new memory costs more than reading does.
#[derive(Default)]
struct Rooms(Mutex<Vec<Vec<u8>>>);

impl Rooms {
    fn lend<T>(&self, read: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        let rooms = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut room = rooms().pop().unwrap_or_default();
        let read = read(&mut room);
        rooms().push(room);
        read
    }
}

fn take_all(
    engine: &mut Engine,
    batch: &[Planned],
    folded: Vec<io::Result<Rollup>>,
) -> io::Result<()> {
    for (planned, rollup) in batch.iter().zip(folded) {
        if let Some((block, names)) = rollup?.take(planned.id) {
            engine.take(planned.id, block, &names, planned.context);
        }
    }
    Ok(())
}

/// Folds a block; `room` is where its bytes go, and stays for the next one's.
fn fold(file: &LogFile, id: BlockId, lens: &Lens, room: &mut Vec<u8>) -> io::Result<Rollup> {
    let bytes = std::mem::take(room);
    let stretch = file.block(id.block, lens.grid, envelope::part, bytes)?;
    let lines = stretch.lines();
    let mut copies = Copies::default();
    copies.follow(
        &file.before(lines.offset, Copies::REACH + 1)?,
        lines.offset,
        lens,
    );
    let mut rollup = Rollup::default();
    rollup.add(
        Piece {
            source: id.source,
            lines,
        },
        lens,
        &mut copies,
    );
    *room = stretch.into_room();
    Ok(rollup)
}
