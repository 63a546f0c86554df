//! A log file, read by grid blocks.
//!
//! Enters: a path. Leaves: the whole lines that start in a block, or the bytes around an offset; of a compressed
//! file, those of its text. Must not know: what stands in them.
//!
//! Blocks are read, never mapped: a file that is cut short meanwhile (`copytruncate`) ends early instead of ending the
//! program.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::time::UNIX_EPOCH;

use memchr::memchr;

use super::packed::Packed;
use super::page::{PAGE, padding};
use super::parts::{self, Lines, PartOf};
use super::stretch::Stretch;
use super::unpack::{self, Flaw, Packing};
use super::{Caveat, Grid, LONGEST_LINE, Observer};

/// A file that is open for reading.
#[derive(Debug)]
pub struct LogFile {
    name: String,
    pub(super) file: File,
    length: u64,
    modified: i64,
    /// Device and inode of what was opened.
    identity: (u64, u64),
    flaw: Option<Flaw>,
}

/// What is found under a path.
#[derive(Debug)]
pub enum Found {
    /// A log.
    Plain(LogFile),
    /// What holds one.
    Packed(Packed),
}

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct Unreadable {
    path: String,
    problem: String,
    hint: String,
}

impl Unreadable {
    pub(super) fn new(path: &str, problem: impl ToString, hint: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            problem: problem.to_string(),
            hint: hint.into(),
        }
    }

    /// What to try.
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

/// Bytes of a header of a tar archive (POSIX.1-1988, `ustar`).
pub(super) const HEADER: u64 = 512;

/// Where its magic stands.
const USTAR: (usize, &[u8]) = (257, b"ustar");

/// Bytes that are compared first: most logs differ there.
const BEGINNING: u64 = 1 << 12;

/// Bytes of a line; few have more, as HAProxy itself cuts them there (`log … len`).
const LINE: u64 = 1 << 10;

/// Bytes that are read and looked at before more are: they stay in a core's second cache.
const AT_ONCE: u64 = 1 << 17;

/// Bytes compared at a time.
const PIECE: u64 = 1 << 18;

impl LogFile {
    /// Opens a file, and unpacks it if it is compressed.
    ///
    /// # Errors
    /// When it is missing, a directory, an archive, not readable, or when there is no room for what it holds.
    pub fn open(path: &Path) -> Result<Self, Unreadable> {
        Self::open_observed(path, &())
    }

    /// The same, and somebody looks on while it is unpacked.
    ///
    /// # Errors
    /// As [`open`](Self::open), and when it is not to be unpacked to its end.
    pub fn open_observed(path: &Path, observer: &dyn Observer) -> Result<Self, Unreadable> {
        match Self::find(path)? {
            Found::Plain(file) => Ok(file),
            Found::Packed(packed) => packed.unpack(observer),
        }
    }

    /// Opens a file as it is.
    ///
    /// # Errors
    /// When it is missing, a directory, an archive, or not readable.
    pub fn find(path: &Path) -> Result<Found, Unreadable> {
        let name = path.display().to_string();
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) = opened.map_err(|error| cannot_open(&name, &error))?;
        if metadata.is_dir() {
            let hint = "name the files in it, for example DIR/haproxy.log*";
            return Err(Unreadable::new(&name, "is a directory", hint));
        }
        let modified = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let file = Self {
            name,
            file,
            length: metadata.len(),
            modified: modified.map_or(0, |since| since.as_secs().cast_signed()),
            identity: (metadata.dev(), metadata.ino()),
            flaw: None,
        };
        Ok(match Packing::of(&file.head(unpack::HEAD as u64)?) {
            Some(packing) => Found::Packed(Packed::of(file, packing)),
            None => {
                not_an_archive(&file.name, &file.head(HEADER)?)?;
                Found::Plain(file)
            }
        })
    }

    /// The same with the text that it holds: a file, its bytes, and why the end of it is missing.
    pub(super) fn with_text(self, file: File, length: u64, flaw: Option<Flaw>) -> Self {
        Self {
            file,
            length,
            flaw,
            ..self
        }
    }

    fn head(&self, length: u64) -> Result<Vec<u8>, Unreadable> {
        let hint = "it must be a regular file; a pipe is read as -";
        self.around(0, length)
            .map_err(|error| Unreadable::new(&self.name, error, hint))
    }

    /// The path, as given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it was written last; s since 1970 UTC.
    pub fn modified(&self) -> i64 {
        self.modified
    }

    /// Bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What of it could not be read.
    pub fn caveat(&self) -> Option<Caveat> {
        let (name, flaw) = (self.name.clone(), self.flaw.clone()?);
        Some(Caveat::EndMissing { name, flaw })
    }

    /// Both are the same file on disk, by whatever names.
    pub fn is_same_file(&self, other: &Self) -> bool {
        self.identity == other.identity
    }

    /// All text of the other one stands at the beginning of this one.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn begins_with(&self, other: &Self) -> io::Result<bool> {
        if self.length < other.length {
            return Ok(false);
        }
        let (mut from, mut to) = (0, BEGINNING);
        while from < other.length {
            let to_here = to.min(other.length);
            if self.range(from, to_here)? != other.range(from, to_here)? {
                return Ok(false);
            }
            (from, to) = (to_here, to_here + PIECE);
        }
        Ok(true)
    }

    /// Grid blocks.
    pub fn blocks(&self, grid: Grid) -> u64 {
        grid.blocks(self.length)
    }

    /// The whole lines that start in a block. The last one may lack its newline, at the end of the file or where it is
    /// too long. Where the first or the last is a part of a longer line, lines that may be others come along. `room` is
    /// what [another stretch](Stretch::into_room) left, or empty.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn block(
        &self,
        number: u64,
        grid: Grid,
        part_of: PartOf,
        room: Vec<u8>,
    ) -> io::Result<Stretch> {
        let (start, end) = self.span(number, grid);
        self.joined(self.within(start, end, room)?, part_of)
    }

    /// The same, some lines after the other: as many at once as are near at hand to whoever looks at them.
    ///
    /// # Errors
    /// When the file cannot be read, or what `each` returns.
    pub fn pieces(
        &self,
        number: u64,
        grid: Grid,
        part_of: PartOf,
        room: &mut Vec<u8>,
        mut each: impl FnMut(Lines) -> io::Result<()>,
    ) -> io::Result<()> {
        let (mut from, end) = self.span(number, grid);
        while from < end {
            let mut to = (from + AT_ONCE).min(end);
            let mut stretch = self.within(from, to, std::mem::take(room))?;
            // Lines that are cut in parts are read all at once.
            if to < end && parts::edges(stretch.lines().bytes, part_of).contains(&true) {
                to = end;
                stretch = self.within(from, to, stretch.into_room())?;
            }
            let stretch = self.joined(stretch, part_of)?;
            each(stretch.lines())?;
            *room = stretch.into_room();
            from = to;
        }
        Ok(())
    }

    /// Where a block begins and ends.
    fn span(&self, number: u64, grid: Grid) -> (u64, u64) {
        (grid.start(number), grid.start(number + 1).min(self.length))
    }

    /// With lines around it, where the first or the last line is a part.
    fn joined(&self, stretch: Stretch, part_of: PartOf) -> io::Result<Stretch> {
        let Lines {
            offset, bytes: own, ..
        } = stretch.lines();
        let [first, last] = parts::edges(stretch.lines().bytes, part_of);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        if last {
            let end = offset + own.len() as u64;
            // Lines that start near enough, each with as much as tells that it is too long.
            let reach = 2 * LONGEST_LINE as u64 + 2;
            after = self.range(end, (end + reach).min(self.length))?;
        }
        if first {
            let from = offset.saturating_sub(LONGEST_LINE as u64 + 1);
            before = self.range(from, offset)?;
            if from > 0 {
                before.drain(..memchr(b'\n', &before).map_or(before.len(), |at| at + 1));
            }
        }
        Ok(stretch.between(&before, &after))
    }

    /// The whole lines that start between two offsets.
    fn within(&self, start: u64, end: u64, mut bytes: Vec<u8>) -> io::Result<Stretch> {
        // One byte before, to know whether a line starts at the edge; one line behind.
        let from = start.saturating_sub(1);
        let expected = usize::try_from(end.saturating_sub(from) + LINE + PAGE).unwrap_or_default();
        bytes.reserve(expected.saturating_sub(bytes.len()));
        let padding = padding(&bytes, from);
        // With what most likely holds the end of the last line: to ask for that by itself costs more than to read it.
        let reach = (end + LINE).min(self.length);
        self.fill(&mut bytes, padding, from, reach)?;
        let edge = bytes.len().min(padding + (end - from) as usize);
        let skip = if start == 0 {
            Some(padding)
        } else {
            memchr(b'\n', &bytes[padding..edge]).map(|at| padding + at + 1)
        };
        let Some(skip) = skip.filter(|skip| *skip < edge) else {
            bytes.clear();
            return Ok(Stretch::of(end, bytes, 0));
        };
        match memchr(b'\n', &bytes[edge - 1..]) {
            Some(at) => bytes.truncate(edge + at),
            None => {
                bytes.truncate(edge);
                bytes.extend_from_slice(&self.rest_of_line(end)?);
            }
        }
        Ok(Stretch::of(from + (skip - padding) as u64, bytes, skip))
    }

    /// What is left of a line from an offset on, with its newline, as far as it is read.
    fn rest_of_line(&self, from: u64) -> io::Result<Vec<u8>> {
        // One byte more than is read tells that the line was too long.
        let reach = from + LONGEST_LINE as u64 + 1;
        let mut rest = self.range(from, reach.min(self.length))?;
        let end = memchr(b'\n', &rest).map_or(rest.len(), |at| at + 1);
        rest.truncate(end);
        Ok(rest)
    }

    /// Up to `reach` bytes before an offset.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn before(&self, offset: u64, reach: u64) -> io::Result<Vec<u8>> {
        self.range(offset.saturating_sub(reach), offset)
    }

    /// Up to `reach` bytes to either side of an offset.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn around(&self, offset: u64, reach: u64) -> io::Result<Vec<u8>> {
        self.range(
            offset.saturating_sub(reach),
            (offset + reach).min(self.length),
        )
    }

    fn range(&self, from: u64, to: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.fill(&mut bytes, 0, from, to)?;
        Ok(bytes)
    }

    /// Puts a range into `bytes` behind `padding`, whatever stood there: what is overwritten needs no zeros first.
    fn fill(&self, bytes: &mut Vec<u8>, padding: usize, from: u64, to: u64) -> io::Result<()> {
        let length = usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX);
        bytes.resize(padding.saturating_add(length), 0);
        let mut filled = padding;
        while filled < bytes.len() {
            let at = from + (filled - padding) as u64;
            match self.file.read_at(&mut bytes[filled..], at) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        bytes.truncate(filled);
        Ok(())
    }
}

/// Refuses what begins with the header of an archive.
pub(super) fn not_an_archive(name: &str, head: &[u8]) -> Result<(), Unreadable> {
    let (at, magic) = USTAR;
    if head.get(at..).is_some_and(|rest| rest.starts_with(magic)) {
        let hint = "name the logs in it, unpacked, or read them all: tar -xOf FILE | hapline … -";
        return Err(Unreadable::new(name, "is a tar archive, not a log", hint));
    }
    Ok(())
}

/// The hint where the process, or the machine, has no room for another open file.
pub(super) const TOO_MANY: &str =
    "each log is kept open: allow more (ulimit -n 4096), or pipe them in: cat FILE… | hapline … -";

/// The system's numbers for it (Linux, the BSDs and macOS): `ENFILE` and `EMFILE`.
pub(super) fn is_too_many(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(23 | 24))
}

fn cannot_open(name: &str, error: &io::Error) -> Unreadable {
    match error.kind() {
        _ if is_too_many(error) => Unreadable::new(name, error, TOO_MANY),
        io::ErrorKind::NotFound => {
            let hint = "check the path; rotated logs often end in .1 or .gz";
            Unreadable::new(name, "no such file", hint)
        }
        io::ErrorKind::PermissionDenied => {
            let hint = "read it as a member of its group (often adm), or pipe it in: sudo cat FILE | hapline … -";
            Unreadable::new(name, "permission denied", hint)
        }
        _ => Unreadable::new(name, error, "check the path"),
    }
}
