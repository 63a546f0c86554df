//! Reads a compressed file while it is unpacked.
//!
//! Enters: a compressed file. Leaves: a plan of its text, and an engine that has read it, if that was in the order of the
//! plan. Must not know: what is looked for.
//!
//! Whether time goes forward in a file is known once all of it is there. It nearly always does, and then nothing is left to
//! be done.

use std::io;
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

use super::{Engine, Plan, read_piped};
use crate::source::page::Room;
use crate::source::{CannotOpen, Observer, Packed, Windows};

/// Pieces that wait to be folded.
const WAITING: usize = 4;

/// Unpacks a file, and reads it meanwhile on `threads` threads (0: one for each core). The engine is the same with what
/// was read, if there is one.
///
/// # Errors
/// When it cannot be read or unpacked, or the observer stops it.
pub fn read_early(
    engine: &Engine,
    packed: Packed,
    threads: usize,
    observer: &dyn Observer,
) -> Result<(Plan, Option<Engine>), CannotOpen> {
    let mut early = engine.clone();
    let (name, latest) = (packed.name().to_owned(), packed.modified());
    let (sender, pieces) = sync_channel::<Room>(WAITING);
    let (rooms, used) = channel();
    let pass_on = move |room| {
        // Who does not read any more has told why.
        let _ = sender.send(room);
        used.try_recv()
            .map_or_else(|_| Room::default(), Room::emptied)
    };
    let more = move |windows: &mut Windows| {
        let Ok(room) = pieces.recv() else {
            return Ok(false);
        };
        windows.feed(room.held());
        let _ = rooms.send(room);
        Ok(true)
    };
    let file = thread::scope(|scope| {
        let unpacking = scope.spawn(|| packed.unpack(observer, pass_on));
        let read: io::Result<()> = read_piped(&mut early, &name, latest, threads, more);
        let unpacked = unpacking.join();
        let unpacked = unpacked.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        read.map(|()| unpacked).map_err(CannotOpen::from)
    })?;
    file.caveat()
        .into_iter()
        .for_each(|caveat| early.caveat(caveat));
    let plan = Plan::new(vec![file], engine.lens())?;
    let early = plan.goes_forward().then_some(early);
    Ok((plan, early))
}
