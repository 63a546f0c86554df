//! The names that a line went by: of its frontend, its backend and its server. Most lines name what a line shortly
//! before named.
//!
//! Enters: a text from the frontend's name on. Leaves: where the names stand, and a number that equal names share.
//! Must not know: what else the line says.

use memchr::memchr;

use super::search::spaces;

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

/// The names of the lines before, each under its number.
#[derive(Debug, Clone, Default)]
pub(super) struct Routes {
    /// The number of what has a hash, or 0; the next place is as good as one that is taken.
    places: Vec<u16>,
    /// The first one is nothing.
    known: Vec<Known>,
}

#[derive(Debug, Clone, Default)]
struct Known {
    key: Key,
    names: Names,
    /// All of a text that its key does not hold.
    long: Box<[u8]>,
}

/// How a text begins and ends, each with up to 16 bytes, and how long it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Key {
    begins: [u8; 16],
    ends: [u8; 16],
    length: usize,
}

/// Places for numbers, four times as many as routes that are known: few have the same place.
const PLACES: usize = 4096;

/// The greatest number that ordinary lines are given for their frontend, backend and server.
pub const MOST: usize = PLACES / 4;

/// How many places are looked at.
const TRIES: usize = 4;

impl Routes {
    /// Whether another route finds a number.
    pub(super) fn has_room(&self) -> bool {
        self.known.len() <= MOST
    }

    /// Reads the names that a text begins with; `ahead` is how it begins.
    #[inline(always)]
    pub(super) fn read<'a>(&mut self, text: &'a [u8], ahead: &[u8; REACH]) -> Option<Route<'a>> {
        match self.find(ahead) {
            // How long they are is known before they are found, so that what is behind them need not wait for that.
            Some((known, number, length)) => Some(Route {
                length,
                ..known.names.of(text, number)?
            }),
            None => self.note(text, ahead),
        }
    }

    #[inline(always)]
    fn find(&self, ahead: &[u8; REACH]) -> Option<(&Known, u32, usize)> {
        let key = Key::of(ahead)?;
        let number = *self.places.get(key.place(0))?;
        let known = self.known.get(usize::from(number))?;
        let is_it = known.is(&key, ahead);
        is_it.then_some((known, u32::from(number), key.length))
    }

    /// The same for what is not found at once; it is known from here on, while there is room.
    #[cold]
    #[inline(never)]
    fn note<'a>(&mut self, text: &'a [u8], ahead: &[u8; REACH]) -> Option<Route<'a>> {
        let key = Key::of(ahead);
        if let Some(number) = key.and_then(|key| self.held(&key, ahead)) {
            let known = self.known.get(usize::from(number))?;
            return known.names.of(text, u32::from(number));
        }
        let names = Names::read(text)?;
        let number = key.map_or(0, |key| self.number(key, names, ahead));
        names.of(text, number)
    }

    /// The number of a key that found its first place taken.
    fn held(&self, key: &Key, ahead: &[u8; REACH]) -> Option<u16> {
        let numbers = (1..TRIES).filter_map(|nth| self.places.get(key.place(nth)).copied());
        let mut numbers = numbers.filter(|number| *number > 0);
        numbers.find(|number| self.known[usize::from(*number)].is(key, ahead))
    }

    fn number(&mut self, key: Key, names: Names, ahead: &[u8; REACH]) -> u32 {
        if self.places.is_empty() {
            self.places = vec![0; PLACES];
            self.known = vec![Known::default()];
        }
        for nth in 0..TRIES {
            let place = key.place(nth);
            let number = self.places[place];
            if number == 0 {
                return self.add(key, names, ahead, place);
            }
        }
        0
    }

    fn add(&mut self, key: Key, names: Names, ahead: &[u8; REACH], place: usize) -> u32 {
        let number = self.known.len();
        if number > MOST {
            return 0;
        }
        let long = if key.is_all() {
            &[][..]
        } else {
            &ahead[..key.length]
        };
        self.known.push(Known {
            key,
            names,
            long: long.into(),
        });
        self.places[place] = number as u16;
        number as u32
    }
}

impl Known {
    #[inline(always)]
    fn is(&self, key: &Key, ahead: &[u8; REACH]) -> bool {
        self.key == *key && (key.is_all() || ahead.starts_with(&self.long))
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
            length,
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
            length: text.len(),
        }
    }

    /// The `nth` place where its number may stand.
    #[inline(always)]
    fn place(&self, nth: usize) -> usize {
        let [begins, ends] = [self.begins, self.ends].map(u128::from_le_bytes);
        let step =
            |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let hash = step(begins as u64, (begins >> 64) as u64);
        let hash = step(step(hash, ends as u64), (ends >> 64) as u64);
        ((hash >> 52) as usize + nth) % PLACES
    }
}

/// All marks but the lowest.
const fn but_first(marks: u64) -> u64 {
    marks & marks.wrapping_sub(1)
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
