//! Answers to `--what-if`, a paragraph each.
//!
//! Enters: a [`Document`] and a [`Style`]. Leaves: lines. Must not know: how an answer is found.

use std::io::{self, Write};

use super::Style;
use super::page::{Ink, Page, Row};
use crate::report::what_if::Document;

const INDENT: usize = 2;

/// Writes `doc` for a terminal of `style`. Fails as `out` fails.
pub fn write(doc: &Document, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    for (nth, answer) in doc.answers.iter().enumerate() {
        if nth > 0 {
            page.blank()?;
        }
        let mut said = answer.said.iter();
        if let Some(question) = said.next() {
            page.paragraph(Row::default(), Ink::Strong, question)?;
        }
        for sentence in said {
            page.paragraph(Row::at(INDENT), Ink::Plain, sentence)?;
        }
    }
    Ok(())
}
