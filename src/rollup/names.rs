//! Names as small numbers.
//!
//! Enters: bytes. Leaves: an [`Id`] that is good within one rollup. Must not know: what is named.

use std::sync::Arc;

use hashbrown::HashMap;

/// A name as it stands in the log.
pub type Name = Arc<[u8]>;

/// A name's number within one [`Names`].
pub type Id = u32;

/// Every name a rollup holds, once.
#[derive(Debug, Clone, Default)]
pub struct Names {
    ids: HashMap<Name, Id, foldhash::fast::RandomState>,
    list: Vec<Name>,
    /// The number that a few bits of a name led to last: looked at first, as names repeat from line to line.
    recent: Vec<Id>,
}

/// Names that are found without hashing.
const RECENT: usize = 256;

impl Names {
    /// The number of a name, given out on first sight.
    #[inline]
    pub fn id(&mut self, name: &[u8]) -> Id {
        let bits = bits(name);
        let known = self.recent.get(bits).copied();
        let is_it = |id: &Id| {
            self.list
                .get(*id as usize)
                .is_some_and(|held| **held == *name)
        };
        known.filter(is_it).unwrap_or_else(|| self.find(name, bits))
    }

    fn find(&mut self, name: &[u8], bits: usize) -> Id {
        let id = match self.ids.get(name) {
            Some(id) => *id,
            None => {
                let id = Id::try_from(self.list.len()).unwrap_or(Id::MAX);
                let name: Name = name.into();
                self.list.push(name.clone());
                self.ids.insert(name, id);
                id
            }
        };
        self.recent.resize(RECENT, Id::MAX);
        self.recent[bits] = id;
        id
    }

    /// The name with this number; empty for a number that was not given out here.
    pub fn name(&self, id: Id) -> Name {
        self.list.get(id as usize).cloned().unwrap_or_default()
    }
}

/// Of the end of a name, where names of one installation differ.
fn bits(name: &[u8]) -> usize {
    let end = match (name.last_chunk::<4>(), name) {
        (Some(end), _) => u32::from_le_bytes(*end),
        (None, [first, .., last]) => u32::from_le_bytes([*first, *last, 0, 0]),
        (None, _) => name.first().copied().map_or(0, u32::from),
    };
    let spread = (end ^ name.len() as u32).wrapping_mul(0x9e37_79b1);
    (spread >> (u32::BITS - RECENT.ilog2())) as usize
}

/// Another table's names as they are taken over, each on first use.
pub struct Adopted<'a> {
    from: &'a Names,
    ids: Vec<Option<Id>>,
}

impl<'a> Adopted<'a> {
    /// To take over names of `from`.
    pub fn new(from: &'a Names) -> Self {
        Self {
            from,
            ids: vec![None; from.list.len()],
        }
    }

    /// The number in `into` of the name with number `id` in the other table.
    pub fn id(&mut self, id: Id, into: &mut Names) -> Id {
        match self.ids.get(id as usize) {
            Some(Some(known)) => *known,
            Some(None) => {
                let new = into.id(&self.from.list[id as usize]);
                self.ids[id as usize] = Some(new);
                new
            }
            None => id,
        }
    }
}
