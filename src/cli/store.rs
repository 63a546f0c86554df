//! What a daemon has stored, read as a log.
//!
//! Enters: the path of a store, and the span that is asked for. Leaves: an engine that has read it. Must not know: what will be
//! printed.

use std::path::Path;

use super::failure::Failure;
use crate::engine::Engine;
use crate::incident::Window;
use crate::serve::{keeper, past};
use crate::store::{CannotStore, Reader};
use crate::time::zone::Zone;

/// Time (s) before the span that is read for the states that servers are in when it begins.
const LEAD: i64 = 24 * 60 * 60;

/// Reads what is stored of a span; of a day before it, too, for the states of servers.
///
/// # Errors
/// When there is no store, or it cannot be read.
pub(super) fn read(zone: Zone, window: Window, path: &Path) -> Result<Engine, Failure> {
    let failed = |error: CannotStore| Failure::new(&error, error.hint());
    let reader = Reader::open(path).map_err(failed)?;
    let since = window.since.map_or(i64::MIN, |since| since - LEAD);
    let until = window.until.unwrap_or(i64::MAX);
    let mut engine = Engine::cut_freely(zone, window);
    for source in reader.sources().map_err(failed)? {
        engine.source(source.source, &source.name, 0);
    }
    past::recall(&mut engine, &reader, since, until).map_err(failed)?;
    for block in reader.blocks(since, until).map_err(failed)? {
        let block = block.map_err(failed)?;
        keeper::take(&mut engine, &block, block.last);
    }
    engine.finish(1);
    Ok(engine)
}
