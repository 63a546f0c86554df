//! Names as small numbers.
//!
//! Enters: bytes. Leaves: an [`Id`] that is good within one rollup. Must not know: what is named.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use hashbrown::{HashMap, HashSet};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A name as it stands in the log. Copies share it.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Name(Arc<[u8]>);

impl Ord for Name {
    /// By their bytes; those that are compared most are the same one.
    fn cmp(&self, other: &Self) -> Ordering {
        match Arc::ptr_eq(&self.0, &other.0) {
            true => Ordering::Equal,
            false => self.0.cmp(&other.0),
        }
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Deref for Name {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Borrow<[u8]> for Name {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Name {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl<T: Into<Arc<[u8]>>> From<T> for Name {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Name;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a name")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Name, E> {
                Ok(held(bytes))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

thread_local! {
    /// Names that were read in, while something is read whose names are to be held once.
    static HELD: RefCell<Option<HashSet<Name, foldhash::fast::RandomState>>> = const { RefCell::new(None) };
}

/// Lets `read` read something in; each name that stands in it more than once is held once.
pub fn held_once<T>(read: impl FnOnce() -> T) -> T {
    let before = HELD.replace(Some(HashSet::default()));
    let done = read();
    HELD.set(before);
    done
}

/// A name that was read in.
fn held(bytes: &[u8]) -> Name {
    HELD.with_borrow_mut(|held| {
        let Some(held) = held else {
            return bytes.into();
        };
        if let Some(name) = held.get(bytes) {
            return name.clone();
        }
        let name = Name::from(bytes);
        held.insert(name.clone());
        name
    })
}

/// A name's number within one [`Names`].
pub type Id = u32;

/// Every name a rollup holds, once.
#[derive(Debug, Clone, Default)]
pub struct Names {
    ids: HashMap<Name, Id, foldhash::fast::RandomState>,
    list: Vec<Name>,
    /// Names that a few bits led to last: looked at first, as names repeat from line to line.
    recent: Vec<Recent>,
}

/// A name that is found without hashing.
#[derive(Debug, Clone, Copy)]
struct Recent {
    ends: Ends,
    id: Id,
}

/// How many of them there are.
const RECENT: usize = 512;

impl Names {
    /// The number of a name, given out on first sight.
    #[inline]
    pub fn id(&mut self, name: &[u8]) -> Id {
        let ends = Ends::of(name);
        match self.recent.get(ends.bits()) {
            Some(recent) if recent.ends == ends && self.is_rest_of(name, recent.id) => recent.id,
            _ => self.find(name, ends),
        }
    }

    /// Whether what the ends do not tell of a name is that of the known one.
    #[inline]
    fn is_rest_of(&self, name: &[u8], id: Id) -> bool {
        let held = || {
            self.list
                .get(id as usize)
                .is_some_and(|held| **held == *name)
        };
        name.len() <= Ends::TELL || held()
    }

    #[inline(never)]
    fn find(&mut self, name: &[u8], ends: Ends) -> Id {
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
        if self.recent.is_empty() {
            self.recent = vec![Recent::NONE; RECENT];
        }
        self.recent[ends.bits()] = Recent { ends, id };
        id
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// Those with these numbers, each under its own; the others are empty.
    pub fn numbered(names: Vec<(Id, Name)>) -> Self {
        let many = names.iter().map(|(id, _)| *id as usize + 1).max();
        let mut list = vec![Name::default(); many.unwrap_or(0)];
        let mut ids = HashMap::default();
        for (id, name) in names {
            ids.insert(name.clone(), id);
            list[id as usize] = name;
        }
        Self {
            ids,
            list,
            recent: Vec::new(),
        }
    }

    /// The name with this number; empty for a number that was not given out here.
    pub fn name(&self, id: Id) -> Name {
        self.list.get(id as usize).cloned().unwrap_or_default()
    }
}

impl Recent {
    const NONE: Self = Self {
        ends: Ends {
            first: 0,
            last: 0,
            length: usize::MAX,
        },
        id: Id::MAX,
    };
}

/// The two ends of a name: all of it, if it is not long. Comparing three numbers costs less than comparing texts, which
/// stand elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ends {
    first: u64,
    last: u64,
    length: usize,
}

impl Ends {
    /// Bytes of a name of which the ends tell all.
    const TELL: usize = 16;

    #[inline]
    fn of(name: &[u8]) -> Self {
        let (first, last) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => (Self::of_short(name), 0),
        };
        let length = name.len();
        Self {
            first,
            last,
            length,
        }
    }

    /// Of less than eight bytes.
    #[inline]
    fn of_short(name: &[u8]) -> u64 {
        match (name.first_chunk::<4>(), name.last_chunk::<4>(), name) {
            (Some(first), Some(last), _) => {
                u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
            }
            (_, _, [first, .., last]) => {
                u64::from(*first) | u64::from(name[1]) << 8 | u64::from(*last) << 16
            }
            (_, _, [only]) => u64::from(*only),
            _ => 0,
        }
    }

    #[inline]
    fn bits(self) -> usize {
        let mixed = (self.first ^ self.last.rotate_left(29) ^ self.length as u64)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> (u64::BITS - RECENT.ilog2())) as usize
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_anywhere_are_two() {
        let mut names = Names::default();
        let mut given = Vec::new();
        for length in 0..40 {
            let name = vec![b'a'; length];
            given.push(name.clone());
            for at in 0..length {
                let mut other = name.clone();
                other[at] = b'b';
                given.push(other);
            }
        }
        for _ in 0..3 {
            for (id, name) in (0..).zip(&given) {
                assert_eq!(names.id(name), id, "{}", name.escape_ascii());
                assert_eq!(*names.name(id), **name);
            }
        }
    }
}
