//! The seconds of a minute.
//!
//! Enters: what is told of each. Leaves: those of which anything was. Must not know: what.

use super::minute::Slot;
use super::shelves::Tallies;

/// See the module.
pub struct Seconds {
    start: i64,
    slots: [Option<Slot>; 60],
}

impl Seconds {
    /// Of the minute that begins then; s since 1970 UTC.
    pub fn of(start: i64) -> Self {
        Self {
            start,
            slots: [const { None }; 60],
        }
    }

    /// Makes room for the cells of all these; minutes are kept for long, and what grows by doubling is half empty.
    pub fn reserve<'a>(&mut self, places: impl Iterator<Item = &'a Tallies>) {
        let mut many = [0; 60];
        for second in places.flat_map(Tallies::seconds) {
            many[self.nth(second)] += 1;
        }
        for (second, many) in (self.start..).zip(many) {
            if many > 0 {
                self.slot(second).cells.reserve_exact(many);
            }
        }
    }

    /// What is told of a second.
    pub fn slot(&mut self, second: i64) -> &mut Slot {
        let nth = self.nth(second);
        self.slots[nth].get_or_insert_with(|| Slot {
            second,
            ..Slot::default()
        })
    }

    fn nth(&self, second: i64) -> usize {
        (second - self.start).rem_euclid(60) as usize
    }

    /// The seconds of which anything was told, in order.
    pub fn into_slots(self) -> Vec<Slot> {
        let mut slots: Vec<Slot> = self.slots.into_iter().flatten().collect();
        slots.iter_mut().for_each(|slot| slot.pulses.sort());
        slots
    }
}
