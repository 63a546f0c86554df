//! The files that were named, each text once.
//!
//! Enters: paths. Leaves: open files, and which ones were left out because another one holds all of their text: a
//! file that was named twice, or a rotated log beside what has been compressed of it.
//! Must not know: lines. What overlaps in part is told apart later, by what the lines say.

use std::cmp::Reverse;
use std::io;
use std::path::PathBuf;

use rayon::prelude::*;

use super::{Caveat, LogFile, Observer, Unreadable};

/// See the module.
#[derive(Debug)]
pub struct Opened {
    /// The files, longest first.
    pub files: Vec<LogFile>,
    /// Those that were not needed.
    pub left_out: Vec<Caveat>,
}

/// Why files cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum CannotOpen {
    /// One of them is no good.
    #[error(transparent)]
    File(#[from] Unreadable),
    /// The machine is short of something.
    #[error(transparent)]
    Machine(#[from] io::Error),
}

impl Opened {
    /// Opens files, unpacking as many at a time as there are threads (0: one for each core). Which of several equal
    /// ones is kept goes by their names and not by their order.
    ///
    /// # Errors
    /// When one of them cannot be read or unpacked, or the observer stops it.
    pub fn new(
        paths: &[PathBuf],
        threads: usize,
        observer: &dyn Observer,
    ) -> Result<Self, CannotOpen> {
        let mut paths: Vec<&PathBuf> = paths.iter().collect();
        paths.sort();
        let open = |path: &&PathBuf| LogFile::open_observed(path, observer);
        let opened: Vec<_> = match &*paths {
            // To start threads takes longer than to open it.
            [path] => vec![open(path)],
            paths => {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
                let pool = pool.build().map_err(io::Error::other)?;
                pool.install(|| paths.par_iter().map(open).collect())
            }
        };
        let mut files = opened.into_iter().collect::<Result<Vec<LogFile>, _>>()?;
        files.sort_by_key(|file| Reverse(file.length()));
        let mut opened = Self {
            files: Vec::with_capacity(files.len()),
            left_out: Vec::new(),
        };
        for file in files {
            opened.keep(file)?;
        }
        Ok(opened)
    }

    /// Keeps a file unless one that is kept, and is no shorter, begins with its text.
    fn keep(&mut self, file: LogFile) -> io::Result<()> {
        for kept in &self.files {
            if file.length() > 0 && (kept.is_same_file(&file) || kept.begins_with(&file)?) {
                self.left_out.push(Caveat::LeftOut {
                    name: file.name().to_owned(),
                    kept: kept.name().to_owned(),
                });
                return Ok(());
            }
        }
        self.files.push(file);
        Ok(())
    }
}
