//! The files of a store: itself, those that SQLite keeps beside it, and the lock.
//!
//! Enters: a path. Leaves: that path made plain, a lock on it, and a damaged store out of the way. Must not know: SQL.
//!
//! The store's own file is never opened here: closing it would take SQLite's locks on it away, which belong to the
//! whole process (fcntl(2)).

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::problem::{CannotStore, Problem};

/// As for logs: clients' addresses are nobody else's business.
const MODE: u32 = 0o640;

/// Held for as long as a store may be written. The kernel takes it back when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
    /// A hapline wrote here before: what is at the path was a store.
    pub was_a_store: bool,
}

impl Lock {
    /// Takes it, or says who has it.
    pub fn take(store: &Path) -> Result<Self, CannotStore> {
        let path = beside(store, ".lock");
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(MODE)
            .open(&path)
            .map_err(|error| CannotStore::io(store, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self {
                was_a_store: owner(&mut file).is_some(),
                file,
                path,
            }),
            Err(TryLockError::WouldBlock) => {
                Err(CannotStore::new(store, Problem::Locked(owner(&mut file))))
            }
            Err(TryLockError::Error(error)) => Err(CannotStore::io(store, &error)),
        }
    }

    /// Names this process in it: what is at the path is a store. The lock holds without that, too.
    pub fn sign(&mut self) {
        let _ = sign(&mut self.file);
    }

    /// Leaves nothing at a path that is no store.
    pub fn withdraw(self) {
        if !self.was_a_store {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing is not enough: a child that is just being started, such as a command that is told of an incident, has a
        // copy of the descriptor until it becomes its own program, and the lock with it.
        let _ = self.file.unlock();
    }
}

fn owner(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(64).read_to_string(&mut text).ok()?;
    text.trim().strip_prefix("hapline ")?.parse().ok()
}

fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "hapline {}", std::process::id())
}

/// Makes the file, empty, where there is none. SQLite gives those beside it the same mode.
pub fn make(path: &Path) -> Result<(), CannotStore> {
    match File::options()
        .create_new(true)
        .write(true)
        .mode(MODE)
        .open(path)
    {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(CannotStore::io(path, &error)),
    }
}

/// The path without links, as SQLite sees it: its other files stand beside the real one.
pub fn real(path: &Path) -> Result<PathBuf, CannotStore> {
    if let Ok(real) = fs::canonicalize(path) {
        return if real.is_dir() {
            Err(CannotStore::new(path, Problem::IsDirectory))
        } else {
            Ok(real)
        };
    }
    let path = std::path::absolute(path).map_err(|error| CannotStore::io(path, &error))?;
    let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(CannotStore::new(&path, Problem::IsDirectory));
    };
    match fs::canonicalize(directory) {
        Ok(directory) => Ok(directory.join(name)),
        Err(error) => Err(CannotStore::io(&path, &error)),
    }
}

/// The file with this ending behind the store's whole name.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// What tells the file at a path from another one that is put there; none: nothing is there.
pub fn identity(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

/// Bytes of its log.
pub fn log(path: &Path) -> u64 {
    length(&beside(path, "-wal"))
}

/// Bytes of a file; 0 where there is none.
pub fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

/// Moves a store that cannot be used out of the way, with its log, and says where to. Who reads it goes on reading it;
/// nobody may have it open for writing.
pub fn set_aside(path: &Path) -> Result<PathBuf, CannotStore> {
    let date = jiff::Timestamp::now().strftime("%Y-%m-%dT%H-%M-%SZ");
    let kept = (0..)
        .map(|nth| match nth {
            0 => beside(path, &format!(".corrupt-{date}")),
            nth => beside(path, &format!(".corrupt-{date}-{nth}")),
        })
        .find(|kept| !kept.exists() && !beside(kept, "-wal").exists())
        .unwrap_or_else(|| beside(path, ".corrupt"));
    let moved = fs::rename(path, &kept)
        .or_else(ignore_missing)
        // A new store would take the old log for its own, and delete it.
        .and_then(|()| {
            fs::rename(beside(path, "-wal"), beside(&kept, "-wal")).or_else(ignore_missing)
        })
        // An index of the log, which any reader makes again.
        .and_then(|()| fs::remove_file(beside(path, "-shm")).or_else(ignore_missing));
    match moved {
        Ok(()) => Ok(kept),
        Err(error) => Err(CannotStore::io(path, &error)),
    }
}

fn ignore_missing(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_given_back_though_a_child_has_a_copy_of_its_descriptor() {
        let directory = tempfile::tempdir().unwrap();
        let store = directory.path().join("store.sqlite");
        let lock = Lock::take(&store).unwrap();
        let copy = lock.file.try_clone().unwrap();
        assert!(Lock::take(&store).is_err(), "it is held");
        drop(lock);
        Lock::take(&store).unwrap();
        drop(copy);
    }
}
