//! A compressed file that is to be unpacked.
//!
//! Enters: an open file. Leaves: one of its text. Must not know: what stands in it.

use super::file::{TOO_MANY, is_too_many};
use super::page::Room;
use super::unpack::{self, Flaw, Packing, Stopped};
use super::{LogFile, Observer, Unreadable};

/// See the module.
#[derive(Debug)]
pub struct Packed {
    file: LogFile,
    packing: Packing,
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

    /// Unpacks it. All of its text goes through `each` on the way, which gives an empty room back.
    ///
    /// # Errors
    /// When it is damaged from the beginning, an archive, or not readable, when there is no room for what it holds, and when
    /// it is not to be unpacked to its end.
    pub fn unpack(
        self,
        observer: &dyn Observer,
        each: impl FnMut(Room) -> Room,
    ) -> Result<LogFile, Unreadable> {
        let Self { file, packing } = self;
        let unreadable =
            |problem: String, hint: String| Unreadable::new(file.name(), problem, hint);
        observer.expect(file.length());
        let text = unpack::into_file(packing, &file.file, observer, each);
        let text = text.map_err(|stopped| match stopped {
            Stopped::Asked => {
                let problem = "was not unpacked to its end";
                unreadable(problem.to_owned(), "read it again".to_owned())
            }
            Stopped::Reading(error) | Stopped::Writing(error) if is_too_many(&error) => {
                unreadable(error.to_string(), TOO_MANY.to_owned())
            }
            Stopped::Reading(error) => {
                unreadable(error.to_string(), "check the disk it is on".to_owned())
            }
            Stopped::Writing(error) => unreadable(
                format!("cannot be unpacked to {}: {error}", std::env::temp_dir().display()),
                "name a directory with room for it (TMPDIR=DIR hapline …), or do without: hapline … - < FILE"
                    .to_owned(),
            ),
        })?;
        match &text.flaw {
            Some(Flaw::Damaged(problem)) if text.length == 0 => Err(unreadable(
                format!("cannot be unpacked: {problem}"),
                format!(
                    "see what its own program makes of it: {} FILE | hapline … -",
                    packing.program()
                ),
            )),
            _ => file.with_text(text),
        }
    }
}
