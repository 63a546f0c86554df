//! One generation of a log: a file as it is found, whatever it is called now.
//!
//! Enters: a path, or a directory. Leaves: open files, oldest first, and by which marks they are known. Must not know: lines.

use std::cmp::Reverse;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::rotation::{self, Age};
use crate::rollup::hash;
use crate::serve::arrival::Mark;
use crate::source::Unpacking;
use crate::source::unpack::{HEAD, Packing};

/// Bytes at the beginning by which a generation is known again.
pub const COVERED: usize = 1 << 10;

/// The offset in a generation of which nothing is to be read. Databases have signed numbers.
pub const ALL: u64 = i64::MAX.cast_unsigned();

/// How often a directory is read again, when it changed meanwhile.
const TRIES: usize = 5;

/// See the module.
#[derive(Debug)]
pub struct Generation {
    /// What it was called when it was opened.
    pub name: PathBuf,
    pub(super) file: File,
    pub(super) identity: (u64, u64),
    /// Its content is compressed.
    pub is_packed: bool,
    /// The first bytes of its content.
    pub(super) head: Vec<u8>,
    /// None for what stands under the log's own name.
    age: Option<Age>,
    modified: SystemTime,
}

/// Device and number of a file.
pub fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

impl Generation {
    /// Opens a file. `None` when there is none, or something else than a file.
    fn open(path: &Path, age: Option<Age>) -> io::Result<Option<Self>> {
        // A pipe is not opened: that would wait for a writer.
        let opened = fs::metadata(path).and_then(|found| match found.is_file() {
            true => File::open(path).map(Some),
            false => Ok(None),
        });
        let mut file = match opened {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Ok(None) => return Ok(None),
            Ok(Some(file)) => file,
            Err(error) => return Err(error),
        };
        let metadata = file.metadata()?;
        let beginning = read_at(&file, 0, COVERED)?;
        let is_packed = Packing::of(beginning.get(..HEAD).unwrap_or_default()).is_some();
        let head = match is_packed {
            false => beginning,
            true => {
                let mut head = Vec::new();
                let plain = Unpacking::stream(&file)?;
                plain.take(COVERED as u64).read_to_end(&mut head)?;
                file.rewind()?;
                head
            }
        };
        Ok(Some(Self {
            name: path.to_owned(),
            identity: identity(&metadata),
            modified: metadata.modified()?,
            file,
            is_packed,
            head,
            age,
        }))
    }

    /// Whether something was written to it.
    pub fn has_content(&self) -> bool {
        !self.head.is_empty()
    }

    /// It stood under the log's own name.
    pub fn is_youngest(&self) -> bool {
        self.age.is_none()
    }

    /// Whether this is what a mark is of: the same content, or a copy of it, and at least as long.
    pub fn is_of(&self, mark: &Mark) -> bool {
        let covered = self.head.get(..mark.covers as usize);
        let begins = covered.is_some_and(|head| hash::bytes(head) == mark.head);
        let length = || match self.is_packed {
            true => Some(u64::MAX),
            false => self.file.metadata().ok().map(|metadata| metadata.len()),
        };
        let is_long = || mark.offset == ALL || length().is_some_and(|length| length >= mark.offset);
        // What was empty may be anything by now.
        begins && mark.covers > 0 && is_long()
    }

    /// How far marks say that it was read, if one of them is of it.
    pub fn offset(&self, marks: &[Mark]) -> Option<u64> {
        let of_it = marks.iter().filter(|mark| self.is_of(mark));
        of_it.map(|mark| mark.offset).max()
    }

    /// A mark in it.
    pub fn mark(&self, log: &Path, offset: u64) -> Mark {
        mark(log, self.identity, &self.head, offset)
    }

    /// What the other one begins with begins this one too.
    fn is_copy(&self, other: &Self) -> bool {
        let (short, long) = match self.head.len() < other.head.len() {
            true => (&self.head, &other.head),
            false => (&other.head, &self.head),
        };
        !short.is_empty() && long.starts_with(short)
    }
}

/// A mark in a generation with this head.
pub fn mark(log: &Path, identity: (u64, u64), head: &[u8], offset: u64) -> Mark {
    Mark {
        path: log.to_owned(),
        device: identity.0,
        inode: identity.1,
        head: hash::bytes(head),
        covers: u32::try_from(head.len()).unwrap_or(u32::MAX),
        offset,
    }
}

/// Up to so many bytes from an offset on.
pub fn read_at(file: &File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let mut filled = 0;
    while filled < length {
        match file.read_at(&mut bytes[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// All generations of a log, oldest first; what stands under its own name is the last. Of copies, one is there: that
/// which is written to, or else that which is not packed.
///
/// # Errors
/// When a directory or a file cannot be read.
pub fn all(log: &Path) -> io::Result<Vec<Generation>> {
    let mut found = open_all(log)?;
    for _ in 1..TRIES {
        let again = open_all(log)?;
        let list = |generations: &[Generation]| -> Vec<_> {
            let pairs = generations.iter();
            pairs
                .map(|generation| (generation.name.clone(), generation.identity))
                .collect()
        };
        if list(&found) == list(&again) {
            break;
        }
        found = again;
    }
    Ok(ordered(found))
}

fn open_all(log: &Path) -> io::Result<Vec<Generation>> {
    let mut found = Vec::new();
    let own = log.file_name().map(|name| name.to_string_lossy());
    let directory = match log.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return Ok(found),
    };
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let name = entry?.file_name();
        let age = own
            .as_ref()
            .and_then(|own| rotation::age(own, &name.to_string_lossy()));
        if age.is_some() {
            found.extend(Generation::open(&log.with_file_name(name), age)?);
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found.extend(Generation::open(log, None)?);
    Ok(found)
}

fn ordered(mut found: Vec<Generation>) -> Vec<Generation> {
    let youngest = found.pop_if(|last| last.is_youngest());
    let are_numbers = |wanted: bool| {
        let ages = found.iter();
        ages.clone()
            .all(|found| matches!(found.age, Some(Age::Number(_))) == wanted)
    };
    match (are_numbers(true), are_numbers(false)) {
        (true, _) => found.sort_by_key(|found| Reverse(found.age.clone())),
        (_, true) => found.sort_by_key(|found| found.age.clone()),
        // Both ways by turns: only the time of the last line tells.
        _ => found.sort_by_key(|found| found.modified),
    }
    found.extend(youngest);
    let mut kept: Vec<Generation> = Vec::new();
    for next in found {
        match kept.iter().position(|kept| kept.is_copy(&next)) {
            Some(at) if next.is_youngest() => {
                kept.remove(at);
                kept.push(next);
            }
            Some(at) if kept[at].is_packed && !next.is_packed => kept[at] = next,
            Some(_) => {}
            None if next.is_packed && !next.has_content() => {}
            None => kept.push(next),
        }
    }
    kept
}
