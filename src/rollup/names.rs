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
}

impl Names {
    /// The number of a name, given out on first sight.
    pub fn id(&mut self, name: &[u8]) -> Id {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let id = Id::try_from(self.list.len()).unwrap_or(Id::MAX);
        let name: Name = name.into();
        self.list.push(name.clone());
        self.ids.insert(name, id);
        id
    }

    /// The name with this number; empty for a number that was not given out here.
    pub fn name(&self, id: Id) -> Name {
        self.list.get(id as usize).cloned().unwrap_or_default()
    }
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
