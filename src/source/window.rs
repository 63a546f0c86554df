//! A stream cut into grid blocks.
//!
//! Enters: bytes as they come. Leaves: of each block, as soon as it is whole, its bytes and those around it that tell what
//! its lines are. Must not know: where the bytes come from, or who looks at them.
//!
//! A block looks as it would in a file with the same bytes, and so blocks may be read in any order.

use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memrchr};

use super::page::Room;
use super::parts::{self, Lines, PartOf};
use super::{Grid, LONGEST_LINE};

/// Bytes before a line that may hold parts of it, and one more.
const BEFORE: usize = LONGEST_LINE + 1;

/// Bytes behind a line that may hold parts of it: lines that start near enough, each with as much as tells that it is too
/// long.
const BEHIND: usize = 2 * LONGEST_LINE + 2;

/// Bytes that are asked for behind a block: most often, its last line ends there.
const LINE: usize = 1 << 10;

/// Keeps what came of the blocks that are not whole yet.
#[derive(Debug)]
pub struct Windows {
    grid: Grid,
    part_of: PartOf,
    room: Room,
    /// Offset of the first byte that is held.
    offset: u64,
    /// The next block.
    block: u64,
    /// Nothing will follow.
    is_over: bool,
}

/// A grid block of a stream.
#[derive(Debug)]
pub struct Window {
    /// Its number.
    pub block: u64,
    part_of: PartOf,
    room: Room,
    /// Offset of the first byte that is held.
    offset: u64,
    /// Where in what is held the block begins and ends.
    start: usize,
    end: usize,
}

impl Windows {
    /// Of a stream of which nothing was read; `part_of` tells which lines are parts.
    pub fn new(grid: Grid, part_of: PartOf) -> Self {
        Self {
            grid,
            part_of,
            room: Room::default().begin(0, b"", most(grid)),
            offset: 0,
            block: 0,
            is_over: false,
        }
    }

    /// Reads what comes, as far as the next block needs it, and tells how many bytes that were; none once the stream has
    /// ended.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&mut self, from: &mut impl Read) -> io::Result<usize> {
        let held = self.room.held().len();
        let wanted = self
            .at(self.grid.start(self.block + 1))
            .saturating_add(LINE);
        let wanted = if held < wanted { wanted } else { held + BEFORE };
        self.room.read(from, wanted)
    }

    /// The stream has ended, a last line without its newline too.
    pub fn finish(&mut self) {
        self.is_over = true;
    }

    /// Lets go of a line that is not whole: the stream is not read on. Of a line that is too long, the rest is missed by
    /// nobody.
    pub fn drop_unfinished(&mut self) {
        let held = self.room.held();
        let whole = memrchr(b'\n', held).map_or(0, |at| at + 1);
        if held.len() - whole <= LONGEST_LINE {
            self.room.truncate(whole);
        }
        self.finish();
    }

    /// The next block, if it is whole. `room` gives what [another one](Window::into_room) left, or an
    /// empty one.
    pub fn next(&mut self, room: impl FnOnce() -> Room) -> Option<Window> {
        let [start, end] =
            [self.block, self.block + 1].map(|block| self.at(self.grid.start(block)));
        let held = self.room.held();
        let is_there = if self.is_over {
            start < held.len()
        } else {
            self.is_whole(end)
        };
        if !is_there {
            return None;
        }
        let end = end.min(held.len());
        let kept = end.saturating_sub(BEFORE);
        let next = room().begin(self.offset + kept as u64, &held[kept..], most(self.grid));
        let window = Window {
            block: self.block,
            part_of: self.part_of,
            room: std::mem::replace(&mut self.room, next),
            offset: self.offset,
            start,
            end,
        };
        self.offset += kept as u64;
        self.block += 1;
        Some(window)
    }

    /// Where an offset is in what is held.
    fn at(&self, offset: u64) -> usize {
        usize::try_from(offset - self.offset).unwrap_or(usize::MAX)
    }

    /// All that tells what the lines up to `end` are has come.
    fn is_whole(&self, end: usize) -> bool {
        let held = self.room.held();
        let Some(to) = end_of_line(held, end) else {
            return false;
        };
        held.len() - to >= BEHIND
            || parts::part(parts::last_line(&held[..to]), self.part_of).is_none()
    }
}

impl Window {
    /// The whole lines that start in it, and those around them that they may be joined with.
    pub fn lines(&self) -> Lines<'_> {
        let bytes = self.room.held();
        let from = match self.start.checked_sub(1) {
            None => Some(0),
            Some(before) => memchr(b'\n', &bytes[before..self.end]).map(|at| self.start + at),
        };
        let from = from.filter(|from| *from < self.end).unwrap_or(self.end);
        let to = match from {
            from if from == self.end => from,
            _ => end_of_line(bytes, self.end).unwrap_or(bytes.len()),
        };
        let own = &bytes[from..to];
        let [first, last] = parts::edges(own, self.part_of);
        let (mut before, mut after) = (from, to);
        if first {
            before = from.saturating_sub(BEFORE);
            if self.offset + before as u64 > 0 {
                let cut = memchr(b'\n', &bytes[before..from]);
                before = cut.map_or(from, |at| before + at + 1);
            }
        }
        if last {
            after = (to + BEHIND).min(bytes.len());
        }
        Lines {
            offset: self.offset + from as u64,
            bytes: own,
            before: &bytes[before..from],
            after: &bytes[to..after],
        }
    }

    /// The offsets at which it begins and ends.
    pub fn span(&self) -> Range<u64> {
        self.offset + self.start as u64..self.offset + self.end as u64
    }

    /// Up to `reach` bytes, at most [`LONGEST_LINE`] and one, before an offset in it.
    pub fn before(&self, offset: u64, reach: u64) -> &[u8] {
        self.held(offset.saturating_sub(reach)..offset)
    }

    /// The same to either side of the offset; behind the block, as far as they came.
    pub fn around(&self, offset: u64, reach: u64) -> &[u8] {
        self.held(offset.saturating_sub(reach)..offset.saturating_add(reach))
    }

    fn held(&self, offsets: Range<u64>) -> &[u8] {
        let held = self.room.held();
        let [from, to] = [offsets.start, offsets.end].map(|offset| {
            let at = usize::try_from(offset.saturating_sub(self.offset));
            at.unwrap_or(usize::MAX).min(held.len())
        });
        &held[from..to]
    }

    /// The room that its bytes took, for another one's.
    pub fn into_room(self) -> Room {
        self.room
    }
}

/// Bytes that are held of a block and around it, if no line is long.
fn most(grid: Grid) -> usize {
    let block = usize::try_from(grid.bytes()).unwrap_or(usize::MAX);
    block.saturating_add(BEFORE + BEHIND)
}

/// Where the line ends that has the byte before `at`, as far as it is read; `None` if that did not come yet.
fn end_of_line(bytes: &[u8], at: usize) -> Option<usize> {
    if at == 0 || *bytes.get(at - 1)? == b'\n' {
        return Some(at);
    }
    // One byte more than is read tells that the line was too long.
    let most = at + LONGEST_LINE + 1;
    let rest = &bytes[at..most.min(bytes.len())];
    match memchr(b'\n', rest) {
        Some(to) => Some(at + to + 1),
        None => (bytes.len() >= most).then_some(most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Part;
    use proptest::prelude::*;

    /// Lines that begin with a small letter go on, in a channel of that letter; with a capital letter they end.
    fn lettered(line: &[u8]) -> Option<Part> {
        let first = *line.first().filter(|first| first.is_ascii_alphabetic())?;
        Some(Part {
            channel: first.to_ascii_lowercase(),
            ends: first.is_ascii_uppercase(),
            text: 1..line.len(),
        })
    }

    /// The blocks of a stream that comes like this: their numbers, and their lines, put together.
    fn read(chunks: &[&[u8]], grid: u64, ends: fn(&mut Windows)) -> Vec<(u64, u64, Vec<u8>)> {
        let mut windows = Windows::new(Grid::of(grid), lettered);
        let (mut room, mut found) = (Room::default(), Vec::new());
        let mut look = |windows: &mut Windows| {
            while let Some(window) = windows.next(|| std::mem::take(&mut room)) {
                let lines = window.lines();
                let whole = lines.whole(lettered).into_iter();
                found.extend(whole.map(|(nth, line)| (window.block, nth, line.into_owned())));
                room = window.into_room();
            }
        };
        for mut chunk in chunks.iter().copied() {
            while !chunk.is_empty() {
                windows.read(&mut chunk).unwrap();
                look(&mut windows);
            }
        }
        ends(&mut windows);
        look(&mut windows);
        found
    }

    /// The same of a file that holds it.
    fn filed(text: &[u8], grid: u64) -> Vec<(u64, u64, Vec<u8>)> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let file = crate::source::LogFile::open(file.path()).unwrap();
        let grid = Grid::of(grid);
        let blocks = 0..file.blocks(grid);
        let lines = blocks.flat_map(|block| {
            let stretch = file.block(block, grid, lettered, Vec::new()).unwrap();
            let whole = stretch.lines().whole(lettered).into_iter();
            let whole = whole.map(|(nth, line)| (block, nth, line.into_owned()));
            whole.collect::<Vec<_>>()
        });
        lines.collect()
    }

    proptest! {
        #[test]
        fn a_block_is_the_block_of_a_file(
            text in "([abAB1x]{1,3}\n){0,30}[abA]{0,3}",
            grid in 1u64..20,
            size in 1usize..10,
        ) {
            let chunks: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
            let read = read(&chunks, grid, Windows::finish);
            prop_assert_eq!(read, filed(text.as_bytes(), grid));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn so_it_is_where_lines_are_long(
            text in "(L|M|[aA1]\n){0,8}[abA]{0,3}",
            grid in 30_000u64..140_000,
            size in 10_000usize..100_000,
        ) {
            let text = text.replace('L', &"1".repeat(LONGEST_LINE + 5));
            let text = text.replace('M', &format!("a{}\n", "2".repeat(LONGEST_LINE / 2)));
            let chunks: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
            prop_assert!(read(&chunks, grid, Windows::finish) == filed(text.as_bytes(), grid));
        }
    }

    #[test]
    fn what_is_not_whole_when_it_is_left_does_not_count() {
        let left = |text: &[u8]| {
            let lines = read(&[text], 4, Windows::drop_unfinished).into_iter();
            lines.map(|(.., line)| line.len()).collect::<Vec<_>>()
        };
        assert_eq!(left(b"one\ntwo\nthr"), [3, 3]);
        assert_eq!(left(b"one\ntwo\n"), [3, 3]);
        assert_eq!(left(b"on"), [0; 0]);
        let long = "1".repeat(LONGEST_LINE);
        assert_eq!(left(format!("one\n{long}").as_bytes()), [3]);
        assert_eq!(left(format!("one\n{long}11").as_bytes()), [3, LONGEST_LINE]);
    }
}
