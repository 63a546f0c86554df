//! What a store keeps of old times: minutes of requests, and incidents as they were found.
//!
//! Enters: blocks that are old, and a store. Leaves: one block that knows the minutes; incidents for an engine. Must not know:
//! what is old, and when it is asked.

use crate::engine::Engine;
use crate::incident::Incident;
use crate::rollup::coarse::Coarse;
use crate::rollup::stored;
use crate::store::{Asked, CannotStore, Join, Reader, StoredBlock};

/// Lets go of the seconds of requests.
pub fn join() -> Join {
    Join::by(by_minute)
}

/// One block of those that follow each other in a source; none where one of them cannot be read, or where it would be too large
/// to be read again.
pub fn by_minute(blocks: &[StoredBlock]) -> Option<StoredBlock> {
    let mut coarse = Coarse::default();
    let mut lines = 0;
    for kept in blocks {
        let read = stored::decode(&kept.payload).ok()?;
        coarse.add(read.block, &read.names);
        lines += kept.lines;
    }
    let (block, names) = coarse.finish();
    let payload = stored::encode_by_minute(&block, &names);
    // Those that it takes the place of are gone then.
    stored::decode(&payload).ok()?;
    Some(StoredBlock {
        key: blocks.first()?.key,
        flush: blocks.iter().map(|block| block.flush).max()?,
        first: blocks.iter().map(|block| block.first).min()?,
        last: blocks.iter().map(|block| block.last).max()?,
        lines,
        payload,
    })
}

/// Incidents that are read at once.
const PAGE: u32 = 256;

/// Tells an engine the incidents of a span (s since 1970 UTC), as they were found, where seconds of it are not there any more.
///
/// # Errors
/// When the store cannot be read.
pub fn recall(
    engine: &mut Engine,
    reader: &Reader,
    since: i64,
    until: i64,
) -> Result<(), CannotStore> {
    if !reader.is_joined(since, until)? {
        return Ok(());
    }
    let mut asked = Asked {
        since: since.saturating_mul(1000),
        until: until.saturating_mul(1000),
        limit: PAGE,
        ..Asked::default()
    };
    loop {
        let page = reader.incidents(&asked)?;
        engine.found_before(page.incidents.into_iter().map(|row| {
            // One that this version cannot read was there, too.
            let found = row.found.and_then(|bytes| Incident::resume(&bytes).ok());
            (row.id, found)
        }));
        asked.after = page.next;
        if asked.after.is_none() {
            return Ok(());
        }
    }
}
