//! Reads a generation on.
//!
//! Enters: a generation, and where to go on. Leaves: its whole lines with the mark after them, or that it was emptied in
//! place. Must not know: what stands under the log's name now.

use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use super::generation::{COVERED, Generation, mark, read_at};
use crate::serve::arrival::Mark;
use crate::serve::whole::Whole;
use crate::source::Unpacking;
use crate::source::unpack::Flaw;

/// Bytes read at a time.
const PIECE: usize = 1 << 18;

/// See the module.
pub struct Reader {
    pub(super) generation: Generation,
    /// Of one that is compressed.
    unpacking: Option<Unpacking<'static>>,
    /// Bytes of its content that were read.
    position: u64,
    whole: Whole,
    /// When it was written last, as far as was looked.
    seen: Option<SystemTime>,
}

/// What a look at it gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Something was read. Lines that are whole; there may be none.
    Read(Vec<u8>),
    /// There is no more, for now or for ever.
    Nothing,
    /// It was emptied, or something else was written over it.
    Emptied,
}

impl Reader {
    /// Goes on at an offset.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn new(generation: Generation, offset: u64) -> io::Result<Self> {
        let mut reader = Self {
            generation,
            unpacking: None,
            position: offset,
            whole: Whole::default(),
            seen: None,
        };
        let file = &reader.generation.file;
        if reader.generation.is_packed {
            let mut unpacking = Unpacking::stream(file.try_clone()?)?;
            let mut passed_over = (&mut unpacking).take(offset);
            reader.position = io::copy(&mut passed_over, &mut io::sink())?;
            reader.unpacking = Some(unpacking);
        } else {
            reader.position = offset.min(file.metadata()?.len());
        }
        Ok(reader)
    }

    /// Where reading goes on after the lines that were given out.
    pub fn mark(&self, log: &Path) -> Mark {
        let offset = self.position - self.whole.unfinished();
        mark(log, self.generation.identity, &self.generation.head, offset)
    }

    /// Whether it was empty when it was found, and is not now.
    ///
    /// # Errors
    /// When it cannot be looked at.
    pub fn has_begun(&self) -> io::Result<bool> {
        let was_empty = !self.generation.is_packed && !self.generation.has_content();
        Ok(was_empty && self.generation.file.metadata()?.len() > 0)
    }

    /// Reads what is there, up to a piece.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn step(&mut self) -> io::Result<Step> {
        let bytes = match &mut self.unpacking {
            None => self.read_plain()?,
            Some(unpacking) => {
                let mut bytes = vec![0; PIECE];
                let read = loop {
                    match unpacking.read(&mut bytes) {
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        read => break read?,
                    }
                };
                bytes.truncate(read);
                Some(bytes)
            }
        };
        let Some(bytes) = bytes else {
            return Ok(Step::Emptied);
        };
        if bytes.is_empty() {
            return Ok(Step::Nothing);
        }
        self.position += bytes.len() as u64;
        let mut lines = Vec::with_capacity(bytes.len());
        self.whole.feed(&bytes, &mut lines);
        Ok(Step::Read(lines))
    }

    /// `None` when it is another content than before.
    fn read_plain(&mut self) -> io::Result<Option<Vec<u8>>> {
        let metadata = self.generation.file.metadata()?;
        let modified = metadata.modified()?;
        if metadata.len() == self.position && self.seen == Some(modified) {
            return Ok(Some(Vec::new()));
        }
        if metadata.len() < self.position || !self.is_same()? {
            return Ok(None);
        }
        let bytes = read_at(&self.generation.file, self.position, PIECE)?;
        // It may have been emptied in the meantime, and written to since.
        let end = self.position + bytes.len() as u64;
        if self.generation.file.metadata()?.len() < end || !self.is_same()? {
            return Ok(None);
        }
        self.seen = Some(modified);
        Ok(Some(bytes))
    }

    /// It begins as before; then more of its beginning is kept.
    fn is_same(&mut self) -> io::Result<bool> {
        let head = read_at(&self.generation.file, 0, COVERED)?;
        let is_same = head.starts_with(&self.generation.head);
        if is_same {
            self.generation.head = head;
        }
        Ok(is_same)
    }

    /// Nothing follows: its last line, if that has no end.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut lines = Vec::new();
        self.whole.finish(&mut lines);
        lines
    }

    /// Why its end is missing, once all is read.
    pub fn flaw(self) -> Option<Flaw> {
        self.unpacking?.flaw().cloned()
    }
}
