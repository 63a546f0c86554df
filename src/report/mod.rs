//! One document and its faces.
//!
//! Enters: a timeline, advice and coverage. Leaves: `hapline.report/1` as JSON, text or Markdown.
//! Must not know: log lines, sources, or how anything in the document was found. Faces compute nothing.

pub mod document;
