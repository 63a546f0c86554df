//! Answers to `--what-if`, as Markdown.
//!
//! Enters: a [`Document`]. Leaves: headings and lists, all text of the log escaped. Must not know: how an answer is found.

use std::io::{self, Write};

use crate::report::escape::markdown;
use crate::report::what_if::Document;

/// Writes `doc` as one Markdown document. Fails as `out` fails.
pub fn write(doc: &Document, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# What if\n")?;
    for answer in &doc.answers {
        let mut said = answer.said.iter();
        let question = said.next().map(|text| markdown(text)).unwrap_or_default();
        writeln!(out, "## {question}\n")?;
        for sentence in said {
            writeln!(out, "- {}", markdown(sentence))?;
        }
        writeln!(out)?;
    }
    Ok(())
}
