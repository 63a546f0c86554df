//! The carried state of an engine as bytes.
//!
//! Enters: an engine, and bytes. Leaves: the other. Must not know: where the bytes are kept.
//!
//! An engine that goes on from its snapshot tells what it would have told without a break, to the byte. The layout of a
//! snapshot is that of the types it is made of: another version of the program, whose types may be others, refuses it.
//! Blocks last longer, and all of it can be made from them again.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Changes, Engine, layout};
use crate::incident::{Incident, Scan};
use crate::rollup::Sealer;
use crate::rollup::packed::{Damaged, pack, unpack};
use crate::rollup::seal::held_once;
use crate::source::{Caveat, SourceId};

/// What is written first. To be raised when what is written has the same layout and means something else.
const VERSION: u8 = 2;

/// What is written behind it: the layout of an engine's snapshot, of what was told, and of an incident.
static LAYOUTS: LazyLock<[u64; 3]> = LazyLock::new(|| {
    let layouts = || {
        [
            layout::of::<Read>(),
            layout::of::<Changes>(),
            layout::of::<Incident>(),
        ]
    };
    held_once(layouts).0
});

/// What is written before a body of this layout.
fn head(layout: u64) -> Vec<u8> {
    [[VERSION].as_slice(), &layout.to_le_bytes()].concat()
}

/// Bytes that a snapshot may unpack to; the largest installations come to some ten MiB.
const LIMIT: u64 = 1 << 30;

/// What is written.
#[derive(Serialize)]
struct Written<'a> {
    sealer: &'a Sealer,
    scan: &'a Scan,
    names: &'a BTreeMap<SourceId, String>,
    caveats: &'a [Caveat],
}

/// The same as it is read.
#[derive(Deserialize)]
struct Read {
    sealer: Sealer,
    scan: Scan,
    names: BTreeMap<SourceId, String>,
    caveats: Vec<Caveat>,
}

impl Engine {
    /// What it has read so far, as bytes. What it was told beforehand is not in them: zone, window, formats, filter and
    /// events.
    pub fn snapshot(&self) -> Vec<u8> {
        self.snapshot_like(0)
    }

    /// The same, if one of so many bytes was taken before: as much room is made at once, or what it grows out of would be as
    /// much again.
    pub fn snapshot_like(&self, bytes: usize) -> Vec<u8> {
        let written = Written {
            sealer: &self.sealer,
            scan: &self.scan,
            names: &self.names,
            caveats: &self.caveats,
        };
        let mut head = head(LAYOUTS[0]);
        head.reserve(bytes + bytes / 8);
        pack(head, &written)
    }

    /// One that was told the same beforehand, and has read nothing, goes on from a snapshot.
    ///
    /// # Errors
    /// When the snapshot was taken by another version of the program or on another grid, or is damaged.
    pub fn resume(self, snapshot: &[u8]) -> Result<Self, Damaged> {
        let (read, register) = held_once(|| unpack::<Read>(&head(LAYOUTS[0]), snapshot, LIMIT));
        let Read {
            mut sealer,
            scan,
            names,
            caveats,
        } = read?;
        if sealer.grid() != self.sealer.grid() {
            return Err(Damaged::Content("its blocks are of another size"));
        }
        sealer.go_on(self.lens.zone.clone(), register);
        Ok(Self {
            sealer,
            scan: scan.into(),
            names,
            caveats,
            ..self
        })
    }
}

impl Incident {
    /// All that is known of it, as bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        pack(head(LAYOUTS[2]), self)
    }

    /// One that was found before.
    ///
    /// # Errors
    /// When the snapshot was taken by another version of the program, or is damaged.
    pub fn resume(snapshot: &[u8]) -> Result<Self, Damaged> {
        unpack(&head(LAYOUTS[2]), snapshot, LIMIT)
    }
}

impl Changes {
    /// What was told so far, as bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        pack(head(LAYOUTS[1]), self)
    }

    /// What was told before, so that it is not told again.
    ///
    /// # Errors
    /// When the snapshot was taken by another version of the program, or is damaged.
    pub fn resume(snapshot: &[u8]) -> Result<Self, Damaged> {
        unpack(&head(LAYOUTS[1]), snapshot, LIMIT)
    }
}
