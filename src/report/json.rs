//! The document as JSON: `hapline.report/1` itself.
//!
//! Enters: a [`Document`]. Leaves: one indented object and a newline. JSON's own escapes make control
//! characters harmless; other text of the log stands as it is, for programs. Must not know: people.

use std::io::{self, Write};

use super::document::Document;

/// Writes `doc` as one indented JSON object, then a newline. Fails as `out` fails.
pub fn write(doc: &Document, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, doc)?;
    out.write_all(b"\n")
}
