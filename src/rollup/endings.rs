//! How requests ended; the endings of the lines before are known, by a few bits of them.
//!
//! Enters: traffic records of any format. Leaves: the [`Outcome`] of each, the same whatever came before. Must not know:
//! where it is counted.

use super::cell::Outcome;
use super::inferred;
use crate::line::{FieldSet, Mode, Traffic};

/// See the module.
#[derive(Clone, Copy, Default)]
pub struct Endings([Option<(Ending, Outcome)>; 8]);

/// All that decides about an outcome where the termination state is logged.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ending {
    term: [u8; 4],
    status: i16,
    mode: Mode,
    no_server: bool,
}

impl Endings {
    /// How a request ended.
    #[inline]
    pub fn outcome(&mut self, traffic: &Traffic) -> Outcome {
        if !traffic.fields.has(FieldSet::TERM) {
            return outcome(traffic);
        }
        let ending = Ending {
            term: traffic.term,
            status: traffic.status,
            mode: traffic.mode,
            no_server: inferred::has_no_server(traffic),
        };
        let bits = usize::from(traffic.term[0]) ^ usize::from(traffic.status.cast_unsigned());
        let known = &mut self.0[bits % 8];
        match known {
            Some((before, outcome)) if *before == ending => *outcome,
            _ => known.insert((ending, outcome(traffic))).1,
        }
    }
}

fn outcome(traffic: &Traffic) -> Outcome {
    Outcome {
        term: traffic.term,
        status: traffic.status,
        symptom: inferred::symptom(traffic),
    }
}
