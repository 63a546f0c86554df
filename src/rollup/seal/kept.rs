//! A minute as bytes.
//!
//! Enters: minutes, and bytes. Leaves: the other. Must not know: what the bytes are kept for.
//!
//! Most of a minute are its cells, of which many share their place: places are written once, and held once when they are
//! read.

use std::collections::HashMap;
use std::sync::Arc;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::directory::Shared;
use super::minute::{
    Cell, Minute, PlaceName, Pulse, Requests, SealedEvent, Slot, TimerRow, VictimRow,
};
use crate::rollup::cell::Outcome;
use crate::rollup::tally::Tally;

/// A minute as it is written: its places, and what goes by their numbers.
#[derive(Serialize)]
struct Written<'a> {
    start: i64,
    places: Vec<&'a PlaceName>,
    slots: Vec<WrittenSlot<'a>>,
    timers: &'a [TimerRow],
    victims: &'a [VictimRow],
}

#[derive(Serialize)]
struct WrittenSlot<'a> {
    second: i64,
    cells: Vec<(u32, &'a Outcome, &'a Tally)>,
    pulses: &'a [Pulse],
    events: &'a [SealedEvent],
    aside: Requests,
}

/// The same as it is read.
#[derive(Deserialize)]
struct Read {
    start: i64,
    places: Vec<Shared<PlaceName>>,
    slots: Vec<ReadSlot>,
    timers: Vec<TimerRow>,
    victims: Vec<VictimRow>,
}

#[derive(Deserialize)]
struct ReadSlot {
    second: i64,
    cells: Vec<(u32, Outcome, Tally)>,
    pulses: Vec<Pulse>,
    events: Vec<SealedEvent>,
    aside: Requests,
}

/// Numbers of places, in the order in which they come.
#[derive(Default)]
struct Places<'a> {
    numbers: HashMap<*const PlaceName, u32, foldhash::fast::RandomState>,
    list: Vec<&'a PlaceName>,
}

impl<'a> Places<'a> {
    fn number(&mut self, place: &'a Arc<PlaceName>) -> u32 {
        let next = self.list.len() as u32;
        let number = *self.numbers.entry(Arc::as_ptr(place)).or_insert(next);
        if number == next {
            self.list.push(place);
        }
        number
    }
}

impl Serialize for Minute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut places = Places::default();
        let slots = self.slots.iter().map(|slot| WrittenSlot {
            second: slot.second,
            cells: {
                let cells = slot.cells.iter();
                cells
                    .map(|cell| (places.number(&cell.place), &cell.outcome, &cell.tally))
                    .collect()
            },
            pulses: &slot.pulses,
            events: &slot.events,
            aside: slot.aside,
        });
        let slots = slots.collect();
        let written = Written {
            start: self.start,
            places: places.list,
            slots,
            timers: &self.timers,
            victims: &self.victims,
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Minute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(deserializer)?;
        let places = read.places.into_iter().map(Shared::into_arc);
        let places: Vec<Arc<PlaceName>> = places.collect();
        let cell = |(place, outcome, tally): (u32, Outcome, Tally)| {
            let place = places.get(place as usize)?.clone();
            Some(Cell {
                place,
                outcome,
                tally,
            })
        };
        let slot = |slot: ReadSlot| {
            let cells = slot.cells.into_iter().map(cell);
            Some(Slot {
                second: slot.second,
                cells: cells.collect::<Option<_>>()?,
                pulses: slot.pulses,
                events: slot.events,
                aside: slot.aside,
            })
        };
        let slots = read.slots.into_iter().map(slot).collect::<Option<_>>();
        Ok(Self {
            start: read.start,
            // What has no seconds is not looked back into.
            by_minute: false,
            slots: slots.ok_or_else(|| D::Error::custom("a cell without a place"))?,
            timers: read.timers,
            victims: read.victims,
        })
    }
}
