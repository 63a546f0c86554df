//! Requests counted by what people ask a log for: servers, statuses, URLs, and whatever else makes a table.
//!
//! Enters: pieces of whole lines, and a [`Question`]. Leaves: a [`Fold`] of them, and from that a [`Sheet`]: columns, and rows
//! in their order. Must not know: incidents, files, or how a table is printed.
//!
//! A fold is a monoid like the rollup, of which it is independent: any cut of the input, merged in any order, makes the same
//! sheet. Where the rollup samples URLs and clients, here all of them are counted: memory grows with what is distinct.

mod fold;
mod group;
mod keyed;
mod line;
mod places;
mod question;
mod seen;
mod sheet;
mod spread;
mod tables;

pub use fold::Fold;
pub use question::{By, Capture, CapturedWhere, Question, Span, Table, Unfit};
pub use seen::Seen;
pub use sheet::{Cell, Heading, Sheet};
