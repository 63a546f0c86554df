//! Folds files, or a stream, into tables.
//!
//! Enters: open files, or bytes as they come, and a question. Leaves: the fold of their lines. Must not know: what is counted.
//!
//! Each thread folds whatever block comes next into a fold of its own, and these are merged in the end: the order makes no
//! difference.

use std::io;
use std::sync::Arc;

use super::files::AHEAD;
use super::piped::windows;
use super::relay::Relay;
use super::spare::Spare;
use crate::envelope;
use crate::rollup::{Lens, Merge};
use crate::source::{Caveat, LogFile, Observer, Window, Windows};
use crate::stats::{Fold, Question};

/// What one thread folds with.
#[derive(Default)]
struct Worker {
    fold: Option<Fold>,
    /// Where bytes go.
    room: Vec<u8>,
}

impl Worker {
    fn fold(&mut self, question: &Arc<Question>) -> (&mut Fold, &mut Vec<u8>) {
        let fold = self.fold.get_or_insert_with(|| Fold::new(question));
        (fold, &mut self.room)
    }
}

/// Reads all files on `threads` threads (0: one for each core). Where reading is stopped, the fold is of what was read until
/// then, and that is told.
///
/// # Errors
/// When a file cannot be read any more.
pub fn tables_of_files(
    files: &[LogFile],
    lens: &Lens,
    question: &Arc<Question>,
    threads: usize,
    observer: &dyn Observer,
) -> io::Result<(Fold, Option<Caveat>)> {
    let length = files.iter().map(LogFile::length).sum();
    observer.expect(length);
    let threads = super::many(threads);
    let workers = Spare::<Worker>::default();
    let blocks = files
        .iter()
        .flat_map(|file| (0..file.blocks(lens.grid)).map(move |block| (file, block)));
    let mut read = 0;
    let relay = Relay {
        pieces: blocks.take_while(|_| !observer.is_stopped()),
        ahead: AHEAD * threads,
        weigh: |_| 0,
        make: |(file, block): (&LogFile, u64)| {
            let folded = workers.lend(|worker| {
                let (fold, room) = worker.fold(question);
                file.pieces(block, lens.grid, envelope::part, room, |lines| {
                    fold.add(lines, lens);
                    Ok(())
                })
            });
            folded.map(|()| lens.grid.length(block, file.length()))
        },
        take: |_, bytes: io::Result<u64>| {
            let bytes = bytes?;
            observer.read(bytes);
            read += bytes;
            Ok(())
        },
    };
    relay.run::<io::Error>(threads)?;
    let interrupted = (read < length).then(|| Caveat::Interrupted {
        names: files.iter().map(|file| file.name().to_owned()).collect(),
        read,
        of: Some(length),
    });
    Ok((merged(workers, question), interrupted))
}

/// Reads a stream on `threads` threads (0: one for each core). `more` waits for bytes, feeds them, and tells whether to ask for
/// more.
///
/// # Errors
/// What `more` returns.
pub fn tables_of_stream<E: Send>(
    lens: &Lens,
    question: &Arc<Question>,
    threads: usize,
    mut more: impl FnMut(&mut Windows) -> Result<bool, E> + Send,
) -> Result<Fold, E> {
    let threads = super::many(threads);
    let (rooms, workers) = (Spare::default(), Spare::<Worker>::default());
    let mut failed = None;
    let relay = Relay {
        pieces: windows(lens.grid, &rooms, &mut failed, &mut more),
        ahead: AHEAD * threads,
        weigh: |_| 0,
        make: |window: Window| {
            workers.lend(|worker| worker.fold(question).0.add(window.lines(), lens));
            rooms.give_back(window.into_room());
        },
        take: |_, ()| Ok(()),
    };
    relay.run::<E>(threads)?;
    match failed {
        Some(error) => Err(error),
        None => Ok(merged(workers, question)),
    }
}

fn merged(workers: Spare<Worker>, question: &Arc<Question>) -> Fold {
    let folds = workers.into_all().into_iter();
    folds
        .filter_map(|worker| worker.fold)
        .reduce(|mut all, fold| {
            all.merge(fold);
            all
        })
        .unwrap_or_else(|| Fold::new(question))
}
