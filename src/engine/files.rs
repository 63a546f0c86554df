//! Reads files: blocks are folded in parallel, and taken in the order of the plan.
//!
//! Enters: a plan. Leaves: an engine that has read it. Must not know: what is looked for.

use rayon::prelude::*;

use super::Engine;
use crate::engine::Plan;
use crate::envelope;
use crate::rollup::fold::Piece;
use crate::rollup::{Copies, Lens, Rollup};
use crate::source::BlockId;
use crate::source::LogFile;

/// Blocks folded by each thread before they are taken: enough to keep all of them busy, few enough to be held.
const BATCH: usize = 4;

/// Reads all files of a plan, made on the engine's grid, on `threads` threads (0: one for each core).
///
/// # Errors
/// When a file cannot be read any more.
pub fn read_files(engine: &mut Engine, plan: &Plan, threads: usize) -> std::io::Result<()> {
    for (source, file) in (0..).zip(&plan.files) {
        engine.source(source, file.name(), file.modified());
        file.caveat()
            .into_iter()
            .for_each(|caveat| engine.caveat(caveat));
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(std::io::Error::other)?;
    let lens = engine.lens().clone();
    for batch in plan.blocks.chunks(BATCH * pool.current_num_threads()) {
        let folded: Vec<std::io::Result<Rollup>> = pool.install(|| {
            batch
                .par_iter()
                .map(|planned| fold(&plan.files[planned.id.source as usize], planned.id, &lens))
                .collect()
        });
        for (planned, rollup) in batch.iter().zip(folded) {
            if let Some((block, names)) = rollup?.take(planned.id) {
                engine.take(planned.id, &block, &names, planned.context);
            }
        }
    }
    engine.finish();
    Ok(())
}

fn fold(file: &LogFile, id: BlockId, lens: &Lens) -> std::io::Result<Rollup> {
    let stretch = file.block(id.block, lens.grid, envelope::part)?;
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
    Ok(rollup)
}
