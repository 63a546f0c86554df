//! The files of a configuration, in the order in which HAProxy reads them (HAProxy management guide 3, `-f`).
//!
//! Enters: paths of files and directories, or texts. Leaves: [`File`]s. Must not know: what stands in them.

use std::path::{Path, PathBuf};

use super::error::{ConfigError, Problem};
use super::syntax::Syntax;

/// One file of a configuration.
#[derive(Debug, Clone)]
pub struct File {
    name: String,
    syntax: Syntax,
}

impl File {
    /// Cuts the file number `number` into lines and words; fails as [`Syntax::parse`] does.
    pub(super) fn parse(number: usize, name: &str, text: &[u8]) -> Result<Self, ConfigError> {
        let syntax = Syntax::of_file(number, text)
            .map_err(|error| error_at(name, error.line, error.column, error.problem))?;
        Ok(Self {
            name: name.to_owned(),
            syntax,
        })
    }

    /// Its name, as given when it was read.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its lines and words; [`Syntax::text`] has the bytes that its places point into.
    pub fn syntax(&self) -> &Syntax {
        &self.syntax
    }
}

/// Names and texts of all files that `-f` with each of these paths would read: of a directory its files `*.cfg` that are
/// not hidden, by the bytes of their names.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>, ConfigError> {
    let mut texts = Vec::new();
    for path in paths {
        let files = if path.is_dir() {
            of_directory(path).map_err(|source| unreadable(path, source))?
        } else {
            vec![path.clone()]
        };
        for file in files {
            let text = std::fs::read(&file).map_err(|source| unreadable(&file, source))?;
            texts.push((file.display().to_string(), text));
        }
    }
    Ok(texts)
}

/// Fails on a NUL byte.
pub(super) fn must_be_text(name: &str, text: &[u8]) -> Result<(), ConfigError> {
    let Some(offset) = memchr::memchr(0, text) else {
        return Ok(());
    };
    let before = text.get(..offset).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    Err(error_at(
        name,
        line,
        offset - line_start + 1,
        Problem::NotText,
    ))
}

/// An error in a file that is not read yet.
pub(super) fn error_at(name: &str, line: usize, column: usize, problem: Problem) -> ConfigError {
    ConfigError::At {
        file: name.to_owned(),
        line,
        column,
        problem,
    }
}

fn of_directory(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let name = name.as_encoded_bytes();
        if name.ends_with(b".cfg") && !name.starts_with(b".") && path.is_file() {
            files.push(path);
        }
    }
    files.sort_by(|left, right| {
        let bytes = |path: &Path| path.as_os_str().as_encoded_bytes().to_vec();
        bytes(left).cmp(&bytes(right))
    });
    Ok(files)
}

fn unreadable(path: &Path, source: std::io::Error) -> ConfigError {
    ConfigError::Unreadable {
        file: path.display().to_string(),
        source,
    }
}
