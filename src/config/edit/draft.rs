//! The files while they are changed: which lines are as they were, which are new.
//!
//! Enters: a configuration, then [`Edit`]s of lines. Leaves: the texts, and which line was which.
//! Must not know: keywords.

use super::super::{Config, File};
use super::diff::Edited;

/// An edit of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    /// Number of the file.
    pub(super) file: usize,
    /// Number of the line in it, from 0.
    pub(super) line: usize,
    /// What is done.
    pub(super) how: How,
}

/// What is done with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum How {
    /// These bytes stand there now, line end included.
    Replace(Vec<u8>),
    /// These bytes, a line with its end, stand after it.
    Append(Vec<u8>),
    /// These lines stand before the first of the file; the second of them is the one that counts.
    Begin(Vec<Vec<u8>>),
}

impl Edit {
    /// The line that was written, from 1.
    pub(super) fn new_line(&self) -> usize {
        match self.how {
            How::Replace(_) => self.line + 1,
            How::Append(_) => self.line + 2,
            How::Begin(_) => 2,
        }
    }
}

/// A line of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DraftLine {
    /// Its bytes, line end included.
    pub(super) now: Vec<u8>,
    /// What it was; `None`: it is new.
    pub(super) was: Option<Vec<u8>>,
}

impl DraftLine {
    pub(super) fn is_changed(&self) -> bool {
        self.was.as_ref() != Some(&self.now)
    }
}

/// The files of a configuration as they shall be.
#[derive(Debug, Clone)]
pub(super) struct Draft(Vec<(String, Vec<DraftLine>)>);

impl Draft {
    pub(super) fn of(config: &Config) -> Self {
        let lines = |file: &File| {
            let lines = file.syntax().text().split_inclusive(|byte| *byte == b'\n');
            lines
                .map(|line| DraftLine {
                    now: line.to_vec(),
                    was: Some(line.to_vec()),
                })
                .collect()
        };
        let files = config.files().iter();
        Self(
            files
                .map(|file| (file.name().to_owned(), lines(file)))
                .collect(),
        )
    }

    /// The draft with one more edit.
    pub(super) fn with(&self, edit: &Edit) -> Self {
        let mut draft = self.clone();
        let Some((_, lines)) = draft.0.get_mut(edit.file) else {
            return draft;
        };
        match &edit.how {
            How::Replace(bytes) => {
                if let Some(line) = lines.get_mut(edit.line) {
                    line.now.clone_from(bytes);
                }
            }
            How::Append(bytes) => append(lines, edit.line, bytes.clone()),
            How::Begin(new) => {
                let new = new.iter().map(|line| DraftLine {
                    now: line.clone(),
                    was: None,
                });
                lines.splice(0..0, new);
            }
        }
        draft
    }

    /// Names and texts.
    pub(super) fn texts(&self) -> Vec<(String, Vec<u8>)> {
        let text = |lines: &[DraftLine]| lines.iter().flat_map(|line| line.now.clone()).collect();
        let files = self.0.iter();
        files
            .map(|(name, lines)| (name.clone(), text(lines)))
            .collect()
    }

    /// The files that are not as they were.
    pub(super) fn edited(self) -> Vec<Edited> {
        let changed = self.0.into_iter();
        changed
            .filter(|(_, lines)| lines.iter().any(DraftLine::is_changed))
            .map(|(name, lines)| Edited::new(name, lines))
            .collect()
    }
}

/// A file whose last line has no end keeps that.
fn append(lines: &mut Vec<DraftLine>, after: usize, mut bytes: Vec<u8>) {
    let Some(line) = lines.get_mut(after) else {
        return;
    };
    if !line.now.ends_with(b"\n") {
        let end = if bytes.ends_with(b"\r\n") { 2 } else { 1 };
        let end = bytes.split_off(bytes.len().saturating_sub(end));
        line.now.extend(end);
    }
    let new = DraftLine {
        now: bytes,
        was: None,
    };
    lines.insert(after + 1, new);
}
