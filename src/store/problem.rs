//! Why a store cannot be used.
//!
//! Enters: errors of SQLite and of the file system. Leaves: what is wrong, where, and what to do. Must not know: who tells it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::settings::SMALLEST;

/// Why a store cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("store {}: {problem}", path.display())]
pub struct CannotStore {
    /// The store's file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// No SQLite file, and never was a store.
    #[error("not a hapline store, nor any other database")]
    NotADatabase,
    /// A database of another program.
    #[error("a database of another program")]
    Foreign,
    /// It was a store, and is damaged.
    #[error("damaged ({0})")]
    Corrupt(String),
    /// Another daemon writes it; with its process number, where that is known.
    #[error("in use by another hapline{}", .0.map_or(String::new(), |pid| format!(" (process {pid})")))]
    Locked(Option<u32>),
    /// Another program holds a lock on the file for longer than is waited for.
    #[error("another program holds a lock on the file")]
    Busy,
    /// Written by a newer hapline.
    #[error("its format is {found}, and this hapline knows up to {known}")]
    Newer {
        /// Version of its format.
        found: u32,
        /// The newest that is known here.
        known: u32,
    },
    /// Written by an older hapline, and only opened for reading.
    #[error("its format is {found}, and this hapline reads {known}")]
    Older {
        /// Version of its format.
        found: u32,
        /// The one that is read here.
        known: u32,
    },
    /// No room on the disk.
    #[error("no space left on the disk")]
    Full,
    /// A file system that is mounted for reading.
    #[error("the file system is read-only")]
    ReadOnly,
    /// Rights are missing.
    #[error("permission denied")]
    Permission,
    /// Rights to read it are missing.
    #[error("permission denied")]
    Unreadable,
    /// Its folder is not there.
    #[error("there is no directory {}", .0.display())]
    NoDirectory(PathBuf),
    /// It is a folder.
    #[error("a directory")]
    IsDirectory,
    /// There is no such file, and it is only to be read.
    #[error("there is no such file")]
    Missing,
    /// Its file was deleted, moved away or replaced while it was in use.
    #[error("its file was deleted or replaced while it was in use")]
    Gone,
    /// So small a limit would leave no room for blocks.
    #[error("a limit of {0} bytes is too small")]
    TooSmall(u64),
    /// Anything else, in the system's words.
    #[error("{0}")]
    Other(String),
}

impl CannotStore {
    pub(super) fn new(path: &Path, problem: Problem) -> Self {
        Self {
            path: path.to_owned(),
            problem,
        }
    }

    /// What SQLite said of this store.
    pub(super) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        Self::new(path, problem(path, error))
    }

    /// What the system said of a file beside it.
    pub(super) fn io(path: &Path, error: &io::Error) -> Self {
        Self::new(path, of_io(path, error))
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        let path = self.path.display();
        match &self.problem {
            Problem::NotADatabase | Problem::Foreign => {
                "nothing was changed in it; give a store a file of its own".to_owned()
            }
            Problem::Corrupt(_) => format!("`sqlite3 {path} .recover` may save what can still be read"),
            Problem::Locked(_) => "two daemons cannot share a store: stop the other one, or give this one another file; \
                                   reading (`hapline report --store`) is possible meanwhile"
                .to_owned(),
            Problem::Busy => format!("`fuser {path}` names who has it open"),
            Problem::Newer { .. } => "run the newer hapline, or give this one another file".to_owned(),
            Problem::Older { .. } => "start `hapline serve` with it once: it brings the store to the newer format".to_owned(),
            Problem::Full => "make room, or lower the store's size limit; what is new waits in memory".to_owned(),
            Problem::ReadOnly => "remount it for writing, or give the store a file elsewhere".to_owned(),
            Problem::Permission => format!(
                "the user that hapline runs as must be able to write {path} and its directory, \
                 because SQLite keeps two more files beside it"
            ),
            Problem::Unreadable => {
                format!("read it as the user that hapline serve runs as, or one of its group: `ls -l {path}*`")
            }
            Problem::NoDirectory(directory) => format!("mkdir -p {}", directory.display()),
            Problem::IsDirectory => format!("name a file in it, like {path}/store.sqlite"),
            Problem::Missing => "`hapline serve` with this store makes it".to_owned(),
            Problem::Gone => "a new one is begun at its place; what the old one held is where it was moved".to_owned(),
            Problem::TooSmall(_) => format!("at least {SMALLEST} bytes"),
            Problem::Other(_) => "see the system's log for trouble with the disk".to_owned(),
        }
    }

    /// It is no usable store any more, and only another file can help.
    pub(super) fn is_damage(&self) -> bool {
        matches!(self.problem, Problem::Corrupt(_) | Problem::NotADatabase)
    }
}

fn problem(path: &Path, error: &rusqlite::Error) -> Problem {
    let said = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => Problem::NotADatabase,
        Some(ErrorCode::DatabaseCorrupt) => Problem::Corrupt(said),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Problem::Busy,
        Some(ErrorCode::DiskFull) => Problem::Full,
        Some(ErrorCode::PermissionDenied) => Problem::Permission,
        // SQLite says the same of several troubles; the system tells them apart.
        Some(code @ (ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::SystemIoFailure)) => {
            match (probe(path), code) {
                (Err(error), _) => of_io(path, &error),
                (Ok(()), ErrorCode::SystemIoFailure) => Problem::Other(said),
                (Ok(()), _) => Problem::Permission,
            }
        }
        _ => Problem::Other(said),
    }
}

/// A page's worth of room for a file without a name, beside the store.
fn probe(path: &Path) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    tempfile::tempfile_in(directory)?.write_all(&[1; 4096])
}

fn of_io(path: &Path, error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            Problem::NoDirectory(path.parent().unwrap_or(Path::new("/")).to_owned())
        }
        io::ErrorKind::PermissionDenied => Problem::Permission,
        io::ErrorKind::ReadOnlyFilesystem => Problem::ReadOnly,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Problem::Full,
        io::ErrorKind::IsADirectory => Problem::IsDirectory,
        _ => Problem::Other(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_has_a_name() {
        let path = Path::new("/srv/a/store.sqlite");
        let said = |kind: io::ErrorKind| CannotStore::io(path, &kind.into()).to_string();
        assert_eq!(
            said(io::ErrorKind::ReadOnlyFilesystem),
            "store /srv/a/store.sqlite: the file system is read-only"
        );
        assert_eq!(
            said(io::ErrorKind::StorageFull),
            "store /srv/a/store.sqlite: no space left on the disk"
        );
        assert_eq!(
            said(io::ErrorKind::NotFound),
            "store /srv/a/store.sqlite: there is no directory /srv/a"
        );
    }
}
