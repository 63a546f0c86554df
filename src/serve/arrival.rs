//! What the daemon takes in: whole lines, where they came from, and what was lost on the way.
//!
//! Enters: nothing; these are the words between listeners, followed files and the daemon. Leaves: them.
//! Must not know: what a line says.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::source::Caveat;

/// One piece of input.
#[derive(Debug)]
pub enum Arrival {
    /// Whole lines of a listener (each ends in LF, none is empty), by its number in the order of binding.
    Lines {
        /// The number.
        listener: usize,
        /// The lines.
        bytes: Vec<u8>,
    },
    /// Whole lines of one generation of a followed file, and where reading goes on after them. There may be none: then the
    /// mark is where reading begins.
    Followed {
        /// Where reading goes on.
        mark: Mark,
        /// The lines.
        bytes: Vec<u8>,
    },
    /// This generation has been read to its end, and something newer stands under its name. Its mark is still needed: a
    /// restart knows by it that the rotated file was read.
    Ended {
        /// The end.
        mark: Mark,
    },
    /// Everything that was written to followed files before they were first looked at has been read.
    CaughtUp,
    /// Something was not read.
    Missing(Lack),
}

/// What was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// Of a file.
    Caveat(Caveat),
    /// Anything else: a sentence without a name before it, safe to be shown once it is escaped.
    Text(String),
}

impl std::fmt::Display for Lack {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Caveat(caveat) => caveat.fmt(out),
            Self::Text(text) => text.fmt(out),
        }
    }
}

/// One generation of a followed file, and how far it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The name it is followed by, also once it has another one.
    pub path: PathBuf,
    /// The file system's number.
    pub device: u64,
    /// The file's number in it. A file that was emptied in place (`copytruncate`) keeps it.
    pub inode: u64,
    /// Frozen hash of its first bytes, so that a copy or a compressed one is known again.
    pub head: u64,
    /// How many bytes that covers, at most 1 KiB.
    pub covers: u32,
    /// Bytes of the unpacked content that were read.
    pub offset: u64,
}

/// A number that only grows, or a number of what there is.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// As it is.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// So many more.
    pub fn add(&self, more: u64) {
        if more > 0 {
            self.0.fetch_add(more, Ordering::Relaxed);
        }
    }

    pub(super) fn less(&self, fewer: u64) {
        self.0.fetch_sub(fewer, Ordering::Relaxed);
    }
}

/// What a listener counts.
///
/// | counter | UDP, unix socket | TCP, TLS | standard input |
/// |---|---|---|---|
/// | `received` | datagrams taken from the socket | frames (RFC 6587) | lines |
/// | `bytes` | bytes in them | bytes in connections, framing too; TLS: decrypted | bytes, unpacked |
/// | `lines` | lines handed over | lines handed over | lines handed over |
/// | `empty` | datagrams without text | frames without text | empty lines |
/// | `dropped` | datagrams that the kernel dropped, because its buffer was full | – | – |
/// | `cut` | datagrams longer than a line may be | too long, or cut off by the end of the connection | too long |
/// | `refused` | datagrams from a sender that is not allowed | connections: not allowed, or too many | – |
/// | `open` | – | connections that are open | – |
/// | `connections` | – | connections that were accepted in all | – |
/// | `failed` | – | connections that ended in an error, or sent too slowly | – |
/// | `handshakes` | – | TLS handshakes that failed | – |
///
/// Of datagrams, `received` = `lines` + `empty` + `refused`, and what was sent = `received` + `dropped`. `cut` ones are lines.
#[derive(Debug, Default)]
pub struct Intake {
    /// Datagrams or frames.
    pub received: Count,
    /// Bytes in them.
    pub bytes: Count,
    /// Lines handed over.
    pub lines: Count,
    /// Those without text.
    pub empty: Count,
    /// Dropped by the kernel.
    pub dropped: Count,
    /// Cut, because they were too long or their end did not come.
    pub cut: Count,
    /// Not taken, as their sender is not allowed or there are too many.
    pub refused: Count,
    /// Connections that are open now.
    pub open: Count,
    /// Connections in all.
    pub connections: Count,
    /// Connections that did not end well.
    pub failed: Count,
    /// TLS handshakes that failed.
    pub handshakes: Count,
}
