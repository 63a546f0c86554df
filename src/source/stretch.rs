//! Lines of a file that stand together, and the lines of some bytes around an offset.
//!
//! Enters: bytes of a file. Leaves: the whole lines in them. Must not know: where the bytes were read.

use std::ops::Range;

use memchr::{memchr, memrchr};

use super::Lines;

/// Lines of a file that stand together.
#[derive(Debug)]
pub struct Stretch {
    /// Offset of the first line that was asked for.
    offset: u64,
    bytes: Vec<u8>,
    /// Where in `bytes` the lines before them begin.
    first: usize,
    /// Where in `bytes` the lines stand that were asked for.
    own: Range<usize>,
}

impl Stretch {
    /// Those in `bytes` from `first` on, all of which were asked for.
    pub(super) fn of(offset: u64, bytes: Vec<u8>, first: usize) -> Self {
        Self {
            offset,
            first,
            own: first..bytes.len(),
            bytes,
        }
    }

    /// The same with bytes before and behind it.
    pub(super) fn between(mut self, before: &[u8], after: &[u8]) -> Self {
        self.bytes.extend_from_slice(after);
        if !before.is_empty() {
            self.bytes.splice(..self.own.start, before.iter().copied());
            self.own = before.len()..before.len() + self.own.len();
            self.first = 0;
        }
        self
    }

    /// The room that its bytes took, for the next one's.
    pub fn into_room(self) -> Vec<u8> {
        self.bytes
    }

    /// The lines that were asked for, and those around them.
    pub fn lines(&self) -> Lines<'_> {
        Lines {
            offset: self.offset,
            bytes: &self.bytes[self.own.clone()],
            before: &self.bytes[self.first..self.own.start],
            after: &self.bytes[self.own.end..],
        }
    }
}

/// The lines of some bytes that start before `at`, last one first.
pub fn lines_before(bytes: &[u8], at: usize) -> impl Iterator<Item = &[u8]> {
    let inside = at > 0 && bytes[at - 1] != b'\n';
    let rest = if inside {
        memchr(b'\n', &bytes[at..])
    } else {
        Some(0)
    };
    let mut left = &bytes[..rest.map_or(bytes.len(), |rest| at + rest)];
    std::iter::from_fn(move || {
        let end = left.strip_suffix(b"\n").unwrap_or(left);
        let start = memrchr(b'\n', end)? + 1;
        let line = &end[start..];
        left = &left[..start];
        Some(line)
    })
}

/// The lines of some bytes that start at or after `at`, where one line starts or the byte before belongs to one.
pub fn lines_after(bytes: &[u8], at: usize) -> impl Iterator<Item = &[u8]> {
    let start = if at == 0 {
        0
    } else {
        memchr(b'\n', &bytes[at - 1..]).map_or(bytes.len(), |to| at + to)
    };
    bytes[start..]
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_across_the_edge_stands_before_it() {
        let bytes = b"first\nacross\nnext\n";
        let before = |at| lines_before(bytes, at).collect::<Vec<_>>();
        let after = |at| lines_after(bytes, at).collect::<Vec<_>>();
        // The first line of all may lack its beginning.
        assert_eq!(
            (before(9), after(9)),
            (vec![&b"across"[..]], vec![&b"next"[..]])
        );
        assert_eq!(
            (before(13), after(13)),
            (vec![&b"across"[..]], vec![&b"next"[..]])
        );
        assert_eq!(before(14), [&b"next"[..], b"across"]);
        assert_eq!(before(0), [&b""[..]; 0]);
    }
}
