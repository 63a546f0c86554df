//! One document and its faces; and the faces of a single line.
//!
//! Enters: a timeline, advice and coverage. Leaves: `hapline.report/1` as JSON, text or Markdown, and
//! single notices of what changed. Must not know: log lines (`records` prints one), sources, or how anything in the document
//! was found. Faces compute nothing.

pub mod assemble;
pub mod document;
pub mod grid;

// What is added and left out before any face sees it.
pub mod now;
pub mod patch;
pub mod redact;
pub mod telling;

mod top;

// What every face needs: text made harmless, times and numbers in words.
pub mod escape;

mod clock;
mod full;
mod numbers;
mod phrase;

// What to do about an incident.
pub mod runbook;

// The faces.
pub mod change;
pub mod feed;
pub mod html;
pub mod json;
pub mod markdown;
pub mod message;
pub mod records;
pub mod review;
pub mod screen;
pub mod slack;
pub mod table;
pub mod text;
pub mod what_if;

#[cfg(test)]
mod fixture;

#[cfg(test)]
mod tests;
