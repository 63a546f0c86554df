//! A changed file as a unified diff, as `patch` takes it.
//!
//! Enters: lines, each with what it was. Leaves: bytes. Must not know: what the lines mean.
//!
//! Which line became which is known here, so that no lines have to be compared.

use std::ops::Range;
use std::path::{Component, Path};

use super::draft::DraftLine;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// How `patch` finds a file by its name in the diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// `patch -p0`, in the folder that the name is relative to.
    Here,
    /// `patch -p0 -d /`: the name begins at the root.
    FromRoot,
    /// `patch NAME`: `patch` takes no name with `..` from a diff.
    ByName,
}

/// A file that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    name: String,
    lines: Vec<DraftLine>,
}

impl Edited {
    pub(super) fn new(name: String, lines: Vec<DraftLine>) -> Self {
        Self { name, lines }
    }

    /// Its name, as given when it was read.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How `patch` finds it.
    pub fn way(&self) -> Way {
        let path = Path::new(&self.name);
        let goes_up = path.components().any(|part| part == Component::ParentDir);
        match (goes_up, path.is_absolute()) {
            (true, _) => Way::ByName,
            (false, true) => Way::FromRoot,
            (false, false) => Way::Here,
        }
    }

    /// Its text with the changes.
    pub fn text(&self) -> Vec<u8> {
        let lines = self.lines.iter();
        lines.flat_map(|line| line.now.iter().copied()).collect()
    }

    /// Its unified diff, with three lines of context and the file's own name on both sides.
    pub fn diff(&self) -> Vec<u8> {
        let name = self.shown_name();
        let mut out = format!("--- {name}\n+++ {name}\n").into_bytes();
        for hunk in self.hunks() {
            self.write(hunk, &mut out);
        }
        out
    }

    /// Ranges of lines around changes; those that touch are one.
    fn hunks(&self) -> Vec<Range<usize>> {
        let mut hunks: Vec<Range<usize>> = Vec::new();
        for (index, line) in self.lines.iter().enumerate() {
            if !line.is_changed() {
                continue;
            }
            let start = index.saturating_sub(CONTEXT);
            let end = self.lines.len().min(index + CONTEXT + 1);
            match hunks.last_mut() {
                Some(last) if start <= last.end => last.end = end,
                _ => hunks.push(start..end),
            }
        }
        hunks
    }

    fn write(&self, hunk: Range<usize>, out: &mut Vec<u8>) {
        let (before, lines) = self.lines.split_at_checked(hunk.start).unwrap_or_default();
        let lines = lines.get(..hunk.len()).unwrap_or(lines);
        let old = |lines: &[DraftLine]| lines.iter().filter(|line| line.was.is_some()).count();
        let side =
            |start: usize, count: usize| format!("{},{count}", start + usize::from(count > 0));
        let head = format!(
            "@@ -{} +{} @@\n",
            side(old(before), old(lines)),
            side(before.len(), lines.len())
        );
        out.extend(head.into_bytes());
        for run in lines.chunk_by(|left, right| left.is_changed() == right.is_changed()) {
            if run.iter().any(DraftLine::is_changed) {
                run.iter()
                    .filter_map(|line| line.was.as_ref())
                    .for_each(|was| put(b'-', was, out));
                run.iter().for_each(|line| put(b'+', &line.now, out));
            } else {
                run.iter().for_each(|line| put(b' ', &line.now, out));
            }
        }
    }

    /// As `patch` reads names: one that could be read otherwise in quotes, one with blanks before a tab.
    fn shown_name(&self) -> String {
        let is_odd = |byte: u8| byte < b' ' || matches!(byte, b'"' | b'\\' | 0x7f);
        if self.name.bytes().any(is_odd) {
            let quoted: String = self.name.bytes().map(escaped).collect();
            return format!("\"{quoted}\"");
        }
        match self.name.contains(' ') {
            true => format!("{}\t", self.name),
            false => self.name.clone(),
        }
    }
}

fn escaped(byte: u8) -> String {
    match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\{byte:03o}"),
    }
}

fn put(mark: u8, line: &[u8], out: &mut Vec<u8>) {
    out.push(mark);
    out.extend(line);
    if !line.ends_with(b"\n") {
        out.extend(b"\n\\ No newline at end of file\n");
    }
}
