//! One followed name, through its generations.
//!
//! Enters: a name, and marks of what was read before. Leaves: arrivals, older generations first. Must not know: other names,
//! when to look.
//!
//! A generation has ended when something newer has content, and it was read to its end after that was seen: whoever writes
//! there has turned to the newer one by then.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use memchr::memrchr;

use super::From;
use super::generation::{self, ALL, Generation, identity, read_at};
use super::reader::{Reader, Step};
use crate::serve::arrival::{Arrival, Lack, Mark};
use crate::source::{Caveat, LONGEST_LINE};

/// Generations of which it is remembered that they were read.
const KNOWN: usize = 64;

/// See the module.
pub struct Log {
    path: PathBuf,
    /// What was read, or is not to be read.
    known: Vec<Mark>,
    from: From,
    is_begun: bool,
    current: Option<Reader>,
    /// The one that ended last. It is held open, as long as no other file is to have its number.
    ended: Option<(Mark, File)>,
    /// What follows, and from where on, oldest first.
    next: VecDeque<(Generation, u64)>,
}

impl Log {
    /// One that goes on at these marks; without any, at the beginning or the end of what is there.
    pub fn new(path: PathBuf, marks: Vec<Mark>, from: From) -> Self {
        Self {
            path,
            known: marks,
            from,
            is_begun: false,
            current: None,
            ended: None,
            next: VecDeque::new(),
        }
    }

    /// The name it is followed by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All that is known of what was read, to go on some other time.
    pub fn into_marks(self) -> Vec<Mark> {
        let own = self.current.map(|reader| reader.mark(&self.path));
        self.known.into_iter().chain(own).collect()
    }

    /// Looks once, and adds what came. Whether there may be more at once.
    ///
    /// # Errors
    /// When something cannot be read.
    pub fn look(&mut self, arrivals: &mut Vec<Arrival>) -> io::Result<bool> {
        if !self.is_begun {
            self.begin(arrivals)?;
            self.is_begun = true;
            return Ok(true);
        }
        let Some(reader) = &mut self.current else {
            return self.turn_to_next();
        };
        if reader.has_begun()? {
            // It was empty until now; perhaps because what was written meanwhile has been copied away.
            self.current = None;
            self.next = self.unread(generation::all(&self.path)?);
            return Ok(true);
        }
        match reader.step()? {
            Step::Read(bytes) => {
                if !bytes.is_empty() {
                    let mark = reader.mark(&self.path);
                    arrivals.push(Arrival::Followed { mark, bytes });
                }
                Ok(true)
            }
            Step::Nothing => self.at_end(arrivals),
            Step::Emptied => self.emptied(arrivals),
        }
    }

    /// Finds out where to begin.
    fn begin(&mut self, arrivals: &mut Vec<Arrival>) -> io::Result<()> {
        let found = generation::all(&self.path)?;
        if self.known.is_empty() {
            return self.first_sight(found, arrivals);
        }
        let is_known = found
            .iter()
            .any(|found| found.offset(&self.known).is_some());
        let was_read = self.known.iter().any(|mark| mark.offset > 0);
        if was_read && !is_known && !found.is_empty() {
            arrivals.push(Arrival::Missing(Lack::Text(format!(
                "{} has been rotated away from where reading stopped: what stood there is missing, and reading goes on \
                 with the oldest generation that is left",
                self.path.display()
            ))));
        }
        self.next = self.unread(found);
        Ok(())
    }

    /// What is there is read, but no older generations: they are nobody's news.
    fn first_sight(
        &mut self,
        mut found: Vec<Generation>,
        arrivals: &mut Vec<Arrival>,
    ) -> io::Result<()> {
        let youngest = found.pop_if(|last| last.is_youngest());
        let older = found.iter();
        self.known = older.map(|older| older.mark(&self.path, ALL)).collect();
        // A restart goes on behind it, too.
        arrivals.extend(
            self.known
                .last()
                .map(|mark| Arrival::Ended { mark: mark.clone() }),
        );
        let Some(youngest) = youngest else {
            return Ok(());
        };
        let offset = match self.from {
            From::Beginning => 0,
            From::End => last_line_end(&youngest)?,
        };
        let mark = youngest.mark(&self.path, offset);
        let bytes = Vec::new();
        arrivals.push(Arrival::Followed { mark, bytes });
        self.next.push_back((youngest, offset));
        Ok(())
    }

    /// What is to be read: from the youngest generation on that is known.
    fn unread(&self, mut found: Vec<Generation>) -> VecDeque<(Generation, u64)> {
        let newest = found
            .iter()
            .rposition(|found| found.offset(&self.known).is_some());
        found.drain(..newest.unwrap_or(0));
        let offset = |found: &Generation| found.offset(&self.known).unwrap_or(0);
        let with_offset = found.into_iter().map(|found| {
            let offset = offset(&found);
            (found, offset)
        });
        with_offset.collect()
    }

    fn turn_to_next(&mut self) -> io::Result<bool> {
        let is_last = |(next, _): &(Generation, u64)| next.is_youngest();
        match &self.ended {
            // Reading what came before may have taken long.
            Some((ended, _)) if self.next.front().is_some_and(is_last) => {
                self.next = self.newer(ended)?;
            }
            _ if self.next.is_empty() && self.path.exists() => {
                self.next = self.unread(generation::all(&self.path)?);
            }
            _ => {}
        }
        let Some((generation, offset)) = self.next.pop_front() else {
            return Ok(false);
        };
        self.current = Some(Reader::new(generation, offset)?);
        self.ended = None;
        Ok(true)
    }

    /// All that there is of it was read: turns to what is newer, if that is where lines go now.
    fn at_end(&mut self, arrivals: &mut Vec<Arrival>) -> io::Result<bool> {
        let Some(reader) = &self.current else {
            return Ok(false);
        };
        let is_followed = |(next, _): &(Generation, u64)| next.has_content();
        if self.next.iter().any(is_followed) || reader.generation.is_packed {
            self.end(arrivals);
            return Ok(true);
        }
        // Without something newer, it may still be written to, by whatever name.
        let here = fs::metadata(&self.path).map(|found| identity(&found));
        if here.is_ok_and(|here| here == reader.generation.identity) {
            return Ok(false);
        }
        let own = reader.mark(&self.path);
        if !reader.generation.has_content() {
            // What was written to it may have been copied away before it was renamed.
            let next = self.unread(generation::all(&self.path)?);
            let is_it = |(next, _): &(Generation, u64)| next.identity == reader.generation.identity;
            if next.front().is_some_and(|front| !is_it(front)) {
                self.current = None;
                self.next = next;
                return Ok(true);
            }
        }
        let newer = self.newer(&own)?;
        // What was written anew as a whole, as an editor does, goes on where it was read to.
        let is_replaced = newer
            .front()
            .is_some_and(|(next, _)| next.is_youngest() && next.is_of(&own) && next.has_content());
        if is_replaced {
            self.current = None;
        }
        self.next = newer;
        Ok(is_replaced || self.next.iter().any(is_followed))
    }

    /// What is newer than the generation of a mark.
    fn newer(&self, own: &Mark) -> io::Result<VecDeque<(Generation, u64)>> {
        let found = generation::all(&self.path)?;
        let is_it = |found: &Generation| {
            let is_same = found.identity == (own.device, own.inode);
            is_same || (found.is_of(own) && !found.is_youngest())
        };
        let place = found.iter().rposition(is_it);
        let known = self.known_and(own);
        let mut marked: VecDeque<_> = found
            .into_iter()
            .map(|found| {
                let offset = found.offset(&known);
                (found, offset)
            })
            .collect();
        let newest = marked.iter().rposition(|(_, offset)| offset.is_some());
        let first = match (place, newest) {
            (Some(place), _) => place + 1,
            // A copy of it, to go on with.
            (None, Some(newest)) if marked[newest].0.is_youngest() => newest,
            (None, Some(newest)) => newest + 1,
            (None, None) => 0,
        };
        marked.drain(..first);
        let offset = |(found, offset): (Generation, Option<u64>)| (found, offset.unwrap_or(0));
        Ok(marked.into_iter().map(offset).collect())
    }

    fn known_and(&self, own: &Mark) -> Vec<Mark> {
        let mut known = self.known.clone();
        known.push(own.clone());
        known
    }

    /// Emptied in place: what was written before that stands in a copy, if one was made.
    fn emptied(&mut self, arrivals: &mut Vec<Arrival>) -> io::Result<bool> {
        let Some(reader) = &self.current else {
            return Ok(false);
        };
        let own = reader.mark(&self.path);
        let mut found = generation::all(&self.path)?;
        let copy = found.iter().rposition(|found| found.is_of(&own));
        match copy {
            Some(copy) => {
                found.drain(..copy);
                self.current = None;
                let known = self.known_and(&own);
                self.next = found
                    .into_iter()
                    .map(|found| {
                        let offset = found.offset(&known).unwrap_or(0);
                        (found, offset)
                    })
                    .collect();
            }
            None => {
                self.end(arrivals);
                self.ended = None;
                self.next = self.unread(found);
            }
        }
        Ok(true)
    }

    /// The current generation has ended.
    fn end(&mut self, arrivals: &mut Vec<Arrival>) {
        let Some(mut reader) = self.current.take() else {
            return;
        };
        let bytes = reader.finish();
        let mark = reader.mark(&self.path);
        if !bytes.is_empty() {
            let mark = mark.clone();
            arrivals.push(Arrival::Followed { mark, bytes });
        }
        if self.known.len() >= KNOWN {
            self.known.remove(0);
        }
        self.known.push(mark.clone());
        let file = reader.generation.file.try_clone();
        self.ended = file.ok().map(|file| (mark.clone(), file));
        if mark.offset > 0 {
            arrivals.push(Arrival::Ended { mark });
        }
        let name = reader.generation.name.display().to_string();
        if let Some(flaw) = reader.flaw() {
            let caveat = Caveat::EndMissing { name, flaw };
            arrivals.push(Arrival::Missing(Lack::Caveat(caveat)));
        }
    }
}

/// Where the last line begins that has no end yet; else the end.
fn last_line_end(generation: &Generation) -> io::Result<u64> {
    let length = generation.file.metadata()?.len();
    let from = length.saturating_sub(LONGEST_LINE as u64);
    let bytes = read_at(&generation.file, from, LONGEST_LINE)?;
    let end = memrchr(b'\n', &bytes).map_or(0, |at| at as u64 + 1);
    Ok(from + end)
}
