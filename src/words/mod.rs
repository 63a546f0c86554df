//! HAProxy's vocabulary, kept as data.
//!
//! Enters: nothing. Leaves: what each word means, who caused it, which keyword governs it.
//! Must not know: any particular log.

pub mod cause;
pub mod checks;
pub mod explanation;
pub mod fields;
pub mod folklore;
pub mod keywords;
pub mod lookup;
pub mod near;
pub mod numbers;
pub mod phrases;
pub mod sight;
pub mod states;
pub mod termination;
pub mod timers;
pub mod values;
