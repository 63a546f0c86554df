//! A compressed file.
//!
//! Enters: an open file. Leaves: its text, as it is unpacked, or in a file without a name. Must not know: what stands in it.
//!
//! What unpacks to a hundred times its size fills a disk, not the memory.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;

use super::file::{self, HEADER, TOO_MANY, is_too_many};
use super::unpack::{Flaw, Packing};
use super::{LogFile, Observer, Unpacking, Unreadable};

/// Bytes written at a time.
const PIECE: usize = 1 << 18;

/// See the module.
#[derive(Debug)]
pub struct Packed {
    file: LogFile,
    packing: Packing,
}

/// A compressed file that is read from its beginning, and tells of each byte.
struct Observed<'a> {
    packed: &'a File,
    offset: u64,
    observer: &'a dyn Observer,
}

impl Read for Observed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.packed.read_at(buffer, self.offset)?;
        self.offset += read as u64;
        self.observer.read(read as u64);
        Ok(read)
    }
}

impl Packed {
    /// What holds a log in this way.
    pub(super) fn of(file: LogFile, packing: Packing) -> Self {
        Self { file, packing }
    }

    /// The path, as given.
    pub fn name(&self) -> &str {
        self.file.name()
    }

    /// When it was written last; s since 1970 UTC.
    pub fn modified(&self) -> i64 {
        self.file.modified()
    }

    /// Begins to unpack it.
    ///
    /// # Errors
    /// When it is damaged from the beginning, an archive, or not readable.
    pub fn text<'a>(&'a self, observer: &'a dyn Observer) -> Result<Unpacking<'a>, Unreadable> {
        observer.expect(self.file.length());
        let observed = Observed {
            packed: &self.file.file,
            offset: 0,
            observer,
        };
        let unreadable = |error| self.unreadable(&error);
        let mut text = Unpacking::of(self.packing, observed).map_err(unreadable)?;
        let head = text.head(HEADER).map_err(unreadable)?;
        if let (true, Some(Flaw::Damaged(problem))) = (head.is_empty(), text.flaw()) {
            return Err(Unreadable::new(
                self.name(),
                format!("cannot be unpacked: {problem}"),
                format!(
                    "see what its own program makes of it: {} FILE | hapline … -",
                    self.packing.program()
                ),
            ));
        }
        file::not_an_archive(self.name(), &head)?;
        Ok(text)
    }

    /// Why its text cannot be read.
    pub fn unreadable(&self, error: &io::Error) -> Unreadable {
        Unreadable::new(self.name(), error, "check the disk it is on")
    }

    /// Unpacks it into a file without a name, which is gone when it is closed, in the directory for temporary ones
    /// (`TMPDIR`).
    ///
    /// # Errors
    /// As [`text`](Self::text); and when there is no room for what it holds, or it is not to be unpacked to its end.
    pub fn unpack(self, observer: &dyn Observer) -> Result<LogFile, Unreadable> {
        let mut text = self.text(observer)?;
        let no_room = |error| self.no_room(&error);
        let mut file = tempfile::tempfile().map_err(no_room)?;
        let (mut buffer, mut length) = (vec![0; PIECE], 0);
        loop {
            if observer.is_stopped() {
                let problem = "was not unpacked to its end";
                return Err(Unreadable::new(self.name(), problem, "read it again"));
            }
            let read = match text.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read.map_err(|error| self.unreadable(&error))?,
            };
            if read == 0 {
                break;
            }
            file.write_all(&buffer[..read]).map_err(no_room)?;
            length += read as u64;
        }
        let flaw = text.flaw().cloned();
        drop(text);
        Ok(self.file.with_text(file, length, flaw))
    }

    fn no_room(&self, error: &io::Error) -> Unreadable {
        if is_too_many(error) {
            return Unreadable::new(self.name(), error, TOO_MANY);
        }
        let directory = std::env::temp_dir();
        Unreadable::new(
            self.name(),
            format!("cannot be unpacked to {}: {error}", directory.display()),
            "name a directory with room for it (TMPDIR=DIR hapline …), or do without: hapline … - < FILE",
        )
    }
}
