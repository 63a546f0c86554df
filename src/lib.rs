//! hapline turns HAProxy logs into incident timelines and tuning advice.
//!
//! The modules stand in the order of the data's way; each knows only what is above it.
#![forbid(unsafe_code)]

/// Says a line beside the output. Where standard error cannot be written, the output still counts.
macro_rules! aside {
    ($($said:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($said)*);
    }};
}

// What to expect: HAProxy's vocabulary, its two clocks, its configuration.
pub mod words;

pub mod time;

pub mod config;

// What a HAProxy that runs says of itself.
pub mod runtime;

// Bytes become lines, lines become records.
pub mod source;

pub mod envelope;

pub mod line;

pub mod record;

pub mod filter;

// Records become counts, counts become a timeline, the timeline becomes advice.
pub mod rollup;

// The same records counted otherwise: what people ask for in tables.
pub mod stats;

pub mod incident;

pub mod advice;

// One document, and its faces.
pub mod report;

// The spine as one machine.
pub mod engine;

// What outlives a restart.
// What is kept over restarts.
pub mod store;

// Around it: what a person types, and what listens.
pub mod serve;

// A terminal full of what goes on.
pub mod top;

pub mod cli;
