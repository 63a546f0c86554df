//! Documents as JSON: what their schema is named for.
//!
//! Enters: a document. Leaves: one indented object and a newline. Text of the log keeps its value, but
//! what a terminal would obey or hide is written in JSON's escapes. Must not know: people.

use std::io::{self, Write};

use serde::Serialize;

use super::escape;

/// Writes `doc` as one indented JSON object, then a newline. Fails as `out` fails.
pub fn write(doc: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(doc)?;
    writeln!(out, "{}", escape::json(&text))
}

/// Writes `doc` as one JSON object on one line, then a newline. Fails as `out` fails.
pub fn write_line(doc: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string(doc)?;
    writeln!(out, "{}", escape::json(&text))
}
