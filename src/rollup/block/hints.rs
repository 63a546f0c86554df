//! Bits that tell the rows of a block apart.
//!
//! At one moment, processes and frontends are few, and the clock shows two or three seconds.

use std::hash::{Hash, Hasher};

use super::CellKey;
use crate::rollup::cell::Place;
use crate::rollup::clock::Clock;
use crate::rollup::names::Id;
use crate::rollup::rows::{Hinted, spread};
use crate::rollup::timers::Ending;
use crate::words::termination::Symptom;

impl Hinted for Clock {
    #[inline]
    fn hint(&self) -> u64 {
        spread([Clock::hint(*self), 0, 0])
    }
}

impl Hinted for Place {
    #[inline]
    fn hint(&self) -> u64 {
        spread([self.backend << 10 ^ self.server, self.host, 0])
    }
}

impl Hinted for CellKey {
    #[inline]
    fn hint(&self) -> u64 {
        let outcome = &self.outcome;
        let ending = u32::from(outcome.term[0]) << 9 ^ u32::from(outcome.status.cast_unsigned());
        spread([self.place, ending, self.moment])
    }
}

/// All of it in two numbers: field by field, hashing a key costs as much as parsing a third of a line.
impl Hash for CellKey {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let outcome = &self.outcome;
        let term = u64::from(u32::from_le_bytes(outcome.term)) << 32;
        let status = u64::from(outcome.status.cast_unsigned()) << 16;
        let rest = (outcome.symptom as u64) << 1 | u64::from(outcome.tunnel);
        state.write_u64(u64::from(self.moment) << 32 | u64::from(self.place));
        state.write_u64(term | status | rest);
    }
}

impl Hinted for (u32, u32, Ending) {
    fn hint(&self) -> u64 {
        let (minute, place, ending) = self;
        let ending = u32::from(ending.term[0]) << 1 ^ u32::from(ending.failed);
        spread([*place, ending, *minute])
    }
}

impl Hinted for (u32, Id, Option<Symptom>) {
    fn hint(&self) -> u64 {
        let (minute, backend, symptom) = self;
        let symptom = symptom.map_or(u32::MAX, |symptom| symptom as u32);
        spread([*backend, symptom, *minute])
    }
}
