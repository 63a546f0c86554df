//! The lines of one section, and what may be done with them.
//!
//! Enters: the line that begins it. Leaves: its lines with their words, and edited ones. Must not know: keywords.

use std::ops::Range;

use super::super::Config;
use super::super::preprocess::depths;
use super::super::setting::Place;
use super::super::syntax::{Line, Piece, Word};
use super::draft::{Edit, How};
use super::refusal::{Refusal, shown};

/// A section of a file.
pub(super) struct Lines<'a> {
    config: &'a Config,
    file: usize,
    /// The first is the one that begins the section.
    range: Range<usize>,
    all: &'a [Line],
    depths: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// The section that begins at a place; refused if it stands in a condition.
    pub(super) fn of_section(config: &'a Config, at: &Place) -> Result<Self, Refusal> {
        let all = config
            .files()
            .get(at.file)
            .map(|file| file.syntax().lines())
            .unwrap_or_default();
        let start = at.line.saturating_sub(1);
        let opens = |line: &Line| line.words().next().is_some_and(Word::opens_section);
        let rest = all.iter().skip(start + 1);
        let range = start..start + 1 + rest.take_while(|line| !opens(line)).count();
        let lines = Self {
            config,
            file: at.file,
            range,
            all,
            depths: depths(all),
        };
        lines.must_be_unconditional(start)?;
        Ok(lines)
    }

    /// The number of the line that begins the section.
    pub(super) fn head(&self) -> usize {
        self.range.start
    }

    /// Numbers and words of the lines below the first that have any.
    pub(super) fn body(&self) -> impl DoubleEndedIterator<Item = (usize, Vec<&'a Word>)> + '_ {
        let lines = (self.range.start + 1..self.range.end).map(|index| (index, self.words(index)));
        lines.filter(|(_, words)| !words.is_empty())
    }

    pub(super) fn words(&self, index: usize) -> Vec<&'a Word> {
        self.all
            .get(index)
            .into_iter()
            .flat_map(Line::words)
            .collect()
    }

    pub(super) fn is_conditional(&self, index: usize) -> bool {
        self.depths.get(index).is_some_and(|depth| *depth > 0)
    }

    pub(super) fn must_be_unconditional(&self, index: usize) -> Result<(), Refusal> {
        match self.words(index).first() {
            Some(word) if self.is_conditional(index) => {
                Err(Refusal::in_condition(self.config, &word.at))
            }
            _ => Ok(()),
        }
    }

    /// Refuses what depends on the environment.
    pub(super) fn must_be_written(&self, words: &[&Word]) -> Result<(), Refusal> {
        match words.iter().find(|word| word.is_unexpanded()) {
            Some(word) => Err(Refusal::Variable {
                at: shown(self.config, &word.at),
                text: word.text().escape_debug().to_string(),
            }),
            None => Ok(()),
        }
    }

    /// Writes `text` over some bytes of the file, all on one line.
    pub(super) fn replace(&self, index: usize, span: Range<usize>, text: &str) -> Edit {
        let line = self.span(index);
        let file = self.text();
        let part = |range: Range<usize>| file.get(range).unwrap_or_default();
        let bytes = [
            part(line.start..span.start),
            text.as_bytes(),
            part(span.end..line.end),
        ];
        Edit {
            file: self.file,
            line: index,
            how: How::Replace(bytes.concat()),
        }
    }

    /// Writes a new line after another, indented and ended as its neighbours.
    pub(super) fn append(&self, index: usize, keyword: &str, value: &str) -> Edit {
        let (before, blank) = self.style(index, keyword);
        let blank = if value.is_empty() {
            String::new()
        } else {
            blank
        };
        let line = format!("{before}{keyword}{blank}{value}{}", line_end(self.text()));
        Edit {
            file: self.file,
            line: index,
            how: How::Append(line.into_bytes()),
        }
    }

    /// What stands before the keyword, and between it and its value: of the line above, if it is of the section's body,
    /// else of the nearest below, else of any in the file.
    fn style(&self, index: usize, keyword: &str) -> (String, String) {
        let below = self
            .body()
            .map(|(line, _)| line)
            .filter(|line| *line > self.head());
        let mut near: Vec<usize> = below.collect();
        near.sort_by_key(|line| (line.abs_diff(index), *line));
        let elsewhere = 0..self.all.len();
        let is_body = |line: &usize| {
            let first = self.words(*line).first().copied();
            let is_line = |word: &Word| !word.opens_section() && !word.value.starts_with(b".");
            first.is_some_and(is_line)
        };
        let Some(model) = near.into_iter().chain(elsewhere).find(is_body) else {
            return ("    ".to_owned(), " ".to_owned());
        };
        let blank = |at: usize| {
            let pieces = self.all.get(model).map(|line| line.pieces.as_slice());
            match pieces.and_then(|pieces| pieces.get(at)) {
                Some(Piece::Blank(span)) => self.text_of(span.clone()),
                _ => String::new(),
            }
        };
        let before = blank(0);
        (before.clone(), self.column(model, &before, keyword))
    }

    /// Blanks that bring the value to the column of the model's.
    fn column(&self, model: usize, before: &str, keyword: &str) -> String {
        let words = self.words(model);
        let count = keyword.split(' ').count();
        let pair = words.get(count - 1).zip(words.get(count));
        let Some((last, value)) = pair else {
            return " ".to_owned();
        };
        let gap = self.text_of(last.at.span.end..value.at.span.start);
        let is_alike = words
            .first()
            .is_some_and(|word| keyword.starts_with(&word.text()));
        match gap.len() {
            2.. if is_alike && gap.bytes().all(|byte| byte == b' ') => {
                let column = value.at.column - 1;
                " ".repeat(column.saturating_sub(before.len() + keyword.len()).max(1))
            }
            1.. if is_alike => gap,
            _ => " ".to_owned(),
        }
    }

    fn span(&self, index: usize) -> Range<usize> {
        let pieces = self.all.get(index).map(|line| line.pieces.as_slice());
        match pieces.unwrap_or_default() {
            [first, .., last] => first.span().start..last.span().end,
            [only] => only.span(),
            [] => 0..0,
        }
    }

    fn text(&self) -> &'a [u8] {
        let file = self.config.files().get(self.file);
        file.map(|file| file.syntax().text()).unwrap_or_default()
    }

    fn text_of(&self, span: Range<usize>) -> String {
        let bytes = self.text().get(span).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    }
}

/// The line end of a file, as its first line has it.
pub(super) fn line_end(text: &[u8]) -> &'static str {
    let first = text.split_inclusive(|byte| *byte == b'\n').next();
    match first.is_some_and(|line| line.ends_with(b"\r\n")) {
        true => "\r\n",
        false => "\n",
    }
}
