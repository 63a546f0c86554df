//! What is kept for later, as bytes.
//!
//! Enters: anything that can be written, and bytes. Leaves: the other. Must not know: what it is.
//!
//! A head tells what is kept, and in which layout. Behind it stands all of it, packed and summed.

use std::io::{BufWriter, Read};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why bytes cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Damaged {
    /// They were written by another version of the program, or are something else.
    #[error("written in another layout than this version of hapline reads")]
    Layout,
    /// They do not unpack.
    #[error("damaged: {0}")]
    Packing(#[from] std::io::Error),
    /// They unpack to more than this many bytes.
    #[error("damaged: more than {0} bytes when unpacked")]
    TooLong(u64),
    /// They unpack to something else.
    #[error("damaged: {0}")]
    Content(&'static str),
    /// The same, as the reader says it.
    #[error("damaged: {0}")]
    Reading(#[from] postcard::Error),
}

/// zstd's fastest that costs no more room than is saved by it.
const LEVEL: i32 = 1;

/// Bytes that are packed at once.
const PIECE: usize = 1 << 16;

/// The longest stretch (bytes, as a power of two) that unpacking may look back into.
const WINDOW: u32 = 23;

/// Writes something behind a head, into the room that this has.
pub fn pack(head: Vec<u8>, what: &impl Serialize) -> Vec<u8> {
    let bare = head.clone();
    // Packed as it is written: as a whole it may be a hundred times as long.
    let packed = || {
        let mut packer = zstd::Encoder::new(head, LEVEL).ok()?;
        packer.include_checksum(true).ok()?;
        let packer = BufWriter::with_capacity(PIECE, packer);
        let packer = postcard::to_io(what, packer).ok()?;
        packer.into_inner().ok()?.finish().ok()
    };
    // In memory, nothing of it fails; and what has no body is refused when it is read.
    packed().unwrap_or(bare)
}

/// Reads what stands behind a head; of a body, at most so many bytes are unpacked.
///
/// # Errors
/// When there is another head, or the body is damaged or too long.
pub fn unpack<T: DeserializeOwned>(head: &[u8], bytes: &[u8], limit: u64) -> Result<T, Damaged> {
    let body = bytes.strip_prefix(head).ok_or(Damaged::Layout)?;
    let mut decoder = zstd::Decoder::with_buffer(body)?.single_frame();
    decoder.window_log_max(WINDOW)?;
    let mut plain = Vec::new();
    decoder.by_ref().take(limit + 1).read_to_end(&mut plain)?;
    if plain.len() as u64 > limit {
        return Err(Damaged::TooLong(limit));
    }
    if !decoder.finish().is_empty() {
        return Err(Damaged::Content("something stands behind it"));
    }
    match postcard::take_from_bytes(&plain)? {
        (what, []) => Ok(what),
        _ => Err(Damaged::Content("something stands behind it")),
    }
}
