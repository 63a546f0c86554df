//! Reads a compressed file while it is unpacked.
//!
//! Enters: a compressed file. Leaves: an engine that has read it, if its blocks were in the order in which they would be read
//! from a file. Must not know: what is looked for.
//!
//! Whether time goes forward in a file is known once all of it was seen. It nearly always does, and then nothing is left to
//! be done; else the file is to be unpacked again, to where its blocks can be read in any order.

use std::convert::Infallible;

use super::Engine;
use super::edges::{Clocks, Dating};
use super::piped::read_seen;
use crate::source::{Inflow, Observer, Packed, Unreadable, Window, Windows};

/// Reads a file on `threads` threads (0: one for each core) while it is unpacked, until the observer stops it. `None` where
/// time goes back in it; of one that was stopped stays what was read, as there is no time to read it again.
///
/// # Errors
/// When it cannot be read or unpacked.
pub fn read_early(
    engine: &Engine,
    packed: &Packed,
    threads: usize,
    observer: &dyn Observer,
) -> Result<Option<Engine>, Unreadable> {
    let mut early = engine.clone();
    let mut inflow = Inflow::new(packed.name(), packed.text(observer)?, observer);
    let more = |windows: &mut Windows| {
        let more = inflow.more(windows);
        more.map_err(|error| packed.unreadable(&error))
    };
    let dating = Dating {
        lens: engine.lens(),
        latest: packed.modified(),
    };
    let mut course = Course::default();
    let seen = |window: &Window| course.see(window, dating);
    read_seen(
        &mut early,
        packed.name(),
        packed.modified(),
        threads,
        more,
        seen,
    )?;
    let missing = inflow.missing();
    missing.into_iter().for_each(|caveat| early.caveat(caveat));
    let stays = observer.is_stopped() || course.goes_forward(dating);
    Ok(stays.then_some(early))
}

/// What was seen of the edges of blocks.
#[derive(Default)]
struct Course {
    blocks: u64,
    edges: Clocks,
    /// The end of the last block.
    end: Clocks,
}

impl Course {
    fn see(&mut self, window: &Window, dating: Dating) {
        let span = window.span();
        let around = |edge| {
            let read = |reach| Ok::<_, Infallible>(window.around(edge, reach));
            let Ok(found) = dating.around(edge, read);
            found
        };
        self.blocks += 1;
        self.edges.extend(around(span.start));
        self.end = around(span.end);
    }

    /// Whether a plan would leave the blocks as they stand.
    fn goes_forward(mut self, dating: Dating) -> bool {
        self.edges.extend(self.end);
        let within = |_| Err(());
        let beginnings = dating.beginnings(self.blocks, self.edges, within);
        beginnings.is_ok_and(|blocks| blocks.iter().all(|block| !block.is_back))
    }
}
