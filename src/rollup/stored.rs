//! A folded block as bytes, with the names to read it by.
//!
//! Enters: blocks with their names, and bytes. Leaves: the other. Must not know: where the bytes are kept.
//!
//! A block that was read back is counted as the one that was written. Bytes that were damaged are refused, whatever they
//! are: they are summed, they may not unpack to more than a limit, and numbers in them must lead somewhere.

use std::collections::BTreeSet;

use super::block::Block;
use super::clock::Clock;
use super::names::{Id, Name, Names};
use super::packed::{Damaged, pack, unpack};

/// What is written first: 3 is a block as it is described in [`Block`]; 1 was one without the connections of processes.
const VERSION: &[u8] = &[3];

/// The same of a block whose [seconds were let go of](super::coarse).
// Two bytes, so that one that is damaged makes neither of the other.
const BY_MINUTE: &[u8] = &[4, b'm'];

/// Bytes that a block may unpack to; one of 1 MiB of lines comes to some hundred KiB.
const LIMIT: u64 = 64 << 20;

/// Names that a block may have; its lines have fewer.
const NAMES: Id = 1 << 20;

/// A block that was read back.
#[derive(Debug)]
pub struct Stored {
    /// The block.
    pub block: Block,
    /// The names to read it by.
    pub names: Names,
    /// Of its requests only the minutes are known.
    pub by_minute: bool,
}

/// A block and those of the names that it uses, as bytes.
pub fn encode(block: &Block, names: &Names) -> Vec<u8> {
    packed(VERSION, block, names)
}

/// The same of a block whose [seconds were let go of](super::coarse).
pub fn encode_by_minute(block: &Block, names: &Names) -> Vec<u8> {
    packed(BY_MINUTE, block, names)
}

fn packed(version: &[u8], block: &Block, names: &Names) -> Vec<u8> {
    let used = used(block).into_iter();
    let names: Vec<(Id, Name)> = used.map(|id| (id, names.name(id))).collect();
    pack(version.to_vec(), &(names, block))
}

/// The block and its names.
///
/// # Errors
/// When the bytes are of another version, damaged, or unpack to more than there is room for.
pub fn decode(bytes: &[u8]) -> Result<Stored, Damaged> {
    let by_minute = bytes.starts_with(BY_MINUTE);
    let version = if by_minute { BY_MINUTE } else { VERSION };
    let (names, block): (Vec<(Id, Name)>, Block) = unpack(version, bytes, LIMIT)?;
    if names.iter().any(|(id, _)| *id >= NAMES) {
        return Err(Damaged::Content("a name has no number"));
    }
    check(&block)?;
    Ok(Stored {
        block,
        names: Names::numbered(names),
        by_minute,
    })
}

/// The numbers of the names that a block uses.
fn used(block: &Block) -> BTreeSet<Id> {
    let mut used = BTreeSet::new();
    for (place, _) in block.places.iter() {
        used.extend([place.host, place.tag, place.backend, place.server]);
    }
    for ((_, process, frontend), _) in block.pulses.iter() {
        used.extend([process.host, process.tag, *frontend]);
    }
    used.extend(
        block
            .events
            .iter()
            .flat_map(|event| [event.host, event.tag]),
    );
    used.extend(block.victims.iter().map(|((_, backend, _), _)| *backend));
    let prints = block.prints.iter();
    used.extend(prints.flat_map(|(key, _)| [key.host, key.tag]));
    used
}

/// Whether the numbers of rows are those of rows that are there, and clocks are times.
fn check(block: &Block) -> Result<(), Damaged> {
    let is_row = |number: &u32, rows: usize| (*number as usize) < rows;
    let is_moment = |number: &u32| is_row(number, block.moments.count());
    let is_minute = |number: &u32| is_row(number, block.minutes.count());
    let is_place = |number: &u32| is_row(number, block.places.count());
    let is_timer = |number: &u32| is_row(number, block.timers.count());
    let leads = block.moments.iter().all(|(_, minute)| is_minute(minute))
        && block.cells.iter().all(|(key, cell)| {
            is_moment(&key.moment)
                && is_place(&key.place)
                && cell.timers.as_ref().is_none_or(is_timer)
                && is_row(&cell.print, block.prints.count())
        })
        && block
            .pulses
            .iter()
            .all(|((moment, ..), _)| is_moment(moment))
        && (block.timers.iter())
            .all(|((minute, place, _), ())| is_minute(minute) && is_place(place))
        && block
            .victims
            .iter()
            .all(|((minute, ..), _)| is_minute(minute))
        && block.prints.iter().all(|(key, _)| is_minute(&key.minute));
    if !leads {
        return Err(Damaged::Content("a number leads nowhere"));
    }
    let moments = block.moments.iter().map(|(clock, _)| *clock);
    let minutes = block.minutes.iter().map(|(clock, ())| *clock);
    let events = block.events.iter().map(|event| event.clock);
    let notices = block.notices.iter().map(|notice| notice.clock);
    let dated = block.dated.iter().map(|(_, clock)| *clock);
    let mut clocks = (moments.chain(minutes).chain(events)).chain(notices.chain(dated));
    match clocks.all(Clock::is_possible) {
        true => Ok(()),
        false => Err(Damaged::Content("a clock shows no time")),
    }
}
