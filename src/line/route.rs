//! The names that a line went by: of its frontend, its backend and its server. Most lines name what a line shortly
//! before named.
//!
//! Enters: a text from the frontend's name on. Leaves: where the names stand, and a number that equal names share.
//! Must not know: what else the line says.

use memchr::memchr;

use super::search::{but_first, spaces};

/// Bytes in which the names are looked for.
pub(super) const REACH: usize = 64;

/// Where the names stand in `frontend~ backend/server `.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Names {
    /// Bytes of the frontend's name.
    frontend: u16,
    tls: bool,
    /// Where the backend's name ends, which begins behind the frontend.
    backend: u16,
    /// Where the server's name ends; a space stands there.
    server: u16,
}

/// The names of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Route<'a> {
    pub(super) frontend: &'a [u8],
    pub(super) tls: bool,
    pub(super) backend: &'a [u8],
    pub(super) server: &'a [u8],
    /// Bytes of all this and the space behind it.
    pub(super) length: usize,
    /// Equal numbers mean equal names; 0 says nothing.
    pub(super) number: u32,
}

/// The names of the lines before, each with its number.
#[derive(Debug, Clone, Default)]
pub(super) struct Routes {
    /// By a hash; the next place is as good as one that is taken. Empty before the first line.
    places: Vec<Known>,
    /// How many are taken.
    known: u16,
}

/// Names that are known.
// As much as a line of a cache: whatever is asked about a line's names comes with one look.
#[derive(Debug, Clone, Default)]
#[repr(align(64))]
struct Known {
    key: Key,
    names: Names,
    /// From 1; 0 where the place is free.
    number: u16,
    /// All of a text that its key does not hold.
    long: Box<[u8]>,
}

/// How a text begins and ends, each with up to 16 bytes, and how long it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Key {
    begins: [u8; 16],
    ends: [u8; 16],
    length: u16,
}

/// The greatest number that ordinary lines are given for their frontend, backend and server.
pub const MOST: usize = 1024;

/// Routes for which there are places at first.
const FEW: usize = 64;

/// Places of each route that there is room for, so that few have the same place.
const SPREAD: usize = 4;

/// How many places are looked at.
const TRIES: usize = 4;

impl Routes {
    /// Whether another route finds a number.
    pub(super) fn has_room(&self) -> bool {
        usize::from(self.known) < MOST
    }

    /// Reads the names that a text begins with; `ahead` is how it begins.
    #[inline(always)]
    pub(super) fn read<'a>(&mut self, text: &'a [u8], ahead: &[u8; REACH]) -> Option<Route<'a>> {
        match self.find(ahead) {
            // How long they are is known before they are found, so that what is behind them need not wait for that.
            Some((known, length)) => Some(Route {
                length,
                ..known.route(text)?
            }),
            None => self.note(text, ahead),
        }
    }

    #[inline(always)]
    fn find(&self, ahead: &[u8; REACH]) -> Option<(&Known, usize)> {
        let key = Key::of(ahead)?;
        let known = self.places.get(self.place(&key, 0))?;
        known
            .is(&key, ahead)
            .then_some((known, usize::from(key.length)))
    }

    /// The same for what is not found at once; it is known from here on, while there is room.
    #[cold]
    #[inline(never)]
    fn note<'a>(&mut self, text: &'a [u8], ahead: &[u8; REACH]) -> Option<Route<'a>> {
        let key = Key::of(ahead);
        if let Some(known) = key.and_then(|key| self.held(&key, ahead)) {
            return known.route(text);
        }
        let names = Names::read(text)?;
        let number = key.map_or(0, |key| self.number(key, names, ahead));
        names.of(text, number)
    }

    /// What is known of a key that found its first place taken.
    fn held(&self, key: &Key, ahead: &[u8; REACH]) -> Option<&Known> {
        let mut known = (1..TRIES).filter_map(|nth| self.places.get(self.place(key, nth)));
        known.find(|known| known.is(key, ahead))
    }

    fn number(&mut self, key: Key, names: Names, ahead: &[u8; REACH]) -> u32 {
        if !self.has_room() {
            return 0;
        }
        if usize::from(self.known) * SPREAD >= self.places.len() {
            self.grow();
        }
        let Some(place) = self.free(&key) else {
            return 0;
        };
        let long = if key.is_all() {
            &[][..]
        } else {
            &ahead[..usize::from(key.length)]
        };
        self.known += 1;
        self.places[place] = Known {
            key,
            names,
            number: self.known,
            long: long.into(),
        };
        u32::from(self.known)
    }

    /// Makes four times as many places.
    fn grow(&mut self) {
        let places = (self.places.len() * 4).max(FEW * SPREAD);
        let known = std::mem::replace(&mut self.places, vec![Known::default(); places]);
        for known in known.into_iter().filter(|known| known.number > 0) {
            // One that finds no place is met again, as a new one.
            if let Some(place) = self.free(&known.key) {
                self.places[place] = known;
            }
        }
    }

    /// A place that is free and may be a key's.
    fn free(&self, key: &Key) -> Option<usize> {
        let mut places = (0..TRIES).map(|nth| self.place(key, nth));
        places.find(|place| self.places[*place].number == 0)
    }

    /// The `nth` place where a key may stand.
    #[inline(always)]
    fn place(&self, key: &Key, nth: usize) -> usize {
        // The number of places is a power of two.
        (key.hash() + nth) & self.places.len().wrapping_sub(1)
    }
}

impl Known {
    // A free place has a key that no text has.
    #[inline(always)]
    fn is(&self, key: &Key, ahead: &[u8; REACH]) -> bool {
        self.key == *key && (key.is_all() || ahead.starts_with(&self.long))
    }

    #[inline(always)]
    fn route<'a>(&self, text: &'a [u8]) -> Option<Route<'a>> {
        self.names.of(text, u32::from(self.number))
    }
}

impl Key {
    /// Whether nothing stands between the beginning and the end.
    const fn is_all(&self) -> bool {
        self.length <= 2 * 16
    }

    /// Of a text up to its second space.
    #[inline(always)]
    fn of(ahead: &[u8; REACH]) -> Option<Self> {
        let (halves, _) = ahead.as_chunks();
        let mut marks = u64::from(spaces(&halves[0]));
        if but_first(marks) == 0 {
            marks |= u64::from(spaces(&halves[1])) << 32;
        }
        let second = but_first(marks);
        if second == 0 {
            return None;
        }
        let length = second.trailing_zeros() as usize + 1;
        if length < 16 {
            return Some(Self::short(ahead.get(..length)?));
        }
        Some(Self {
            begins: *ahead.first_chunk()?,
            ends: *ahead.get(length - 16..)?.first_chunk()?,
            length: length as u16,
        })
    }

    /// Of a text that is shorter than what a key holds.
    #[inline(never)]
    fn short(text: &[u8]) -> Self {
        let mut begins = [0; 16];
        begins[..text.len()].copy_from_slice(text);
        Self {
            begins,
            ends: [0; 16],
            length: text.len() as u16,
        }
    }

    /// Bits that tell most keys apart.
    #[inline(always)]
    fn hash(&self) -> usize {
        let [begins, ends] = [self.begins, self.ends].map(u128::from_le_bytes);
        let step =
            |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let hash = step(begins as u64, (begins >> 64) as u64);
        let hash = step(step(hash, ends as u64), (ends >> 64) as u64);
        (hash >> 48) as usize
    }
}

impl Names {
    /// Those that a text begins with.
    fn read(text: &[u8]) -> Option<Self> {
        let first = memchr(b' ', text)?;
        let backend = memchr(b'/', text)?;
        let server = first + 1 + memchr(b' ', text.get(first + 1..)?)?;
        let tls = text[..first].ends_with(b"~");
        let frontend = first - usize::from(tls);
        // A slash before the first space stands behind the name of a failed handshake's frontend.
        let are_named = 0 < frontend && first + 1 < backend && backend + 1 < server;
        let is_line = memchr(b'\n', &text[..server]).is_none();
        (are_named && is_line).then_some(Self {
            frontend: u16::try_from(frontend).ok()?,
            tls,
            backend: u16::try_from(backend).ok()?,
            server: u16::try_from(server).ok()?,
        })
    }

    /// The names themselves.
    #[inline(always)]
    fn of(self, text: &[u8], number: u32) -> Option<Route<'_>> {
        let [frontend, backend, server] =
            [self.frontend, self.backend, self.server].map(usize::from);
        Some(Route {
            frontend: text.get(..frontend)?,
            tls: self.tls,
            backend: text.get(frontend + usize::from(self.tls) + 1..backend)?,
            server: text.get(backend + 1..server)?,
            length: server + 1,
            number,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end() {
        let (mut routes, mut numbered) = (Routes::default(), 0);
        for nth in 0..3 * MOST {
            let text = format!("www app{nth}/web1 {}", "0/".repeat(REACH));
            let ahead = text.as_bytes().first_chunk().expect("it is long");
            let first = routes.read(text.as_bytes(), ahead).expect("names");
            let again = routes.read(text.as_bytes(), ahead).expect("names");
            assert_eq!(first, again);
            assert_eq!(first.backend, format!("app{nth}").as_bytes());
            assert!(first.number as usize <= MOST);
            numbered += usize::from(first.number > 0);
        }
        assert_eq!(numbered, MOST);
    }
}
