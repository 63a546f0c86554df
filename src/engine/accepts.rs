//! The accept dates of files, for filters that ask for the requests around one.
//!
//! Enters: open files. Leaves: all accept dates in them. Must not know: what is asked of them.
//!
//! A pass of its own before the lines are folded: so the filter's answer rests on the line and on the whole log, and
//! never on how the log was cut.

use super::files::AHEAD;
use super::relay::Relay;
use crate::envelope;
use crate::filter::Accepts;
use crate::filter::accepts::accepted;
use crate::record;
use crate::rollup::Lens;
use crate::source::{LogFile, Observer};

/// Reads all files on `threads` threads (0: one for each core), and holds up to some 30 bytes for each request meanwhile.
///
/// # Errors
/// When a file cannot be read. What the observer stops is not whole.
pub fn accepts(
    files: &[&LogFile],
    lens: &Lens,
    threads: usize,
    observer: &dyn Observer,
) -> std::io::Result<Accepts> {
    observer.expect(files.iter().map(|file| file.length()).sum());
    let threads = super::many(threads);
    let blocks = files
        .iter()
        .flat_map(|file| (0..file.blocks(lens.grid)).map(move |block| (*file, block)));
    let mut dates: Vec<i64> = Vec::new();
    let relay = Relay {
        pieces: blocks.take_while(|_| !observer.is_stopped()),
        ahead: AHEAD * threads,
        weigh: |_| 0,
        make: |(file, block): (&LogFile, u64)| {
            let dates = of_block(file, block, lens);
            (lens.grid.length(block, file.length()), dates)
        },
        take: |_, (length, of_block): (u64, std::io::Result<Vec<i64>>)| {
            dates.extend(of_block?);
            observer.read(length);
            Ok(())
        },
    };
    relay.run::<std::io::Error>(threads)?;
    Ok(dates.into_iter().collect())
}

fn of_block(file: &LogFile, block: u64, lens: &Lens) -> std::io::Result<Vec<i64>> {
    let stretch = file.block(block, lens.grid, envelope::part, Vec::new())?;
    let lines = stretch.lines().whole(envelope::part);
    let dates = lines.iter().filter_map(|(_, line)| {
        record::read(line, &lens.reader, |record| accepted(&record, &lens.zone))
    });
    Ok(dates.collect())
}
