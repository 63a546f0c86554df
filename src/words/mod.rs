//! HAProxy's vocabulary, kept as data.
//!
//! Enters: nothing. Leaves: what each word means, who caused it, which keyword governs it.
//! Must not know: any particular log.

pub mod cause;
pub mod checks;
