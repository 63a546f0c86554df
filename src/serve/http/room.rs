//! Room for so many connections at a time.
//!
//! Enters: connections as they come, and that one of them asks something. Leaves: a place for each. Where there is none,
//! whoever has asked nothing for longest makes room. Must not know: what is asked.
//!
//! Who says nothing, or says it byte by byte, must not keep others from `/healthz` and `/metrics`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// See the module.
#[derive(Debug)]
pub struct Room(Mutex<Places>);

#[derive(Debug)]
struct Places {
    free: usize,
    next: u64,
    /// Who has asked nothing yet, in the order in which they came.
    silent: BTreeMap<u64, CancellationToken>,
}

/// A connection's place. It is free again when this is dropped, unless somebody else has it by then.
#[derive(Debug)]
pub struct Place {
    room: Arc<Room>,
    number: u64,
    is_lost: CancellationToken,
}

impl Room {
    /// For so many.
    pub fn of(places: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Places {
            free: places,
            next: 0,
            silent: BTreeMap::new(),
        })))
    }

    /// A place for one more, unless everybody who has one has asked something.
    pub fn enter(self: &Arc<Self>) -> Option<Place> {
        let mut places = self.places();
        if places.free > 0 {
            places.free -= 1;
        } else {
            let (_, is_lost) = places.silent.pop_first()?;
            is_lost.cancel();
        }
        let (number, is_lost) = (places.next, CancellationToken::new());
        places.next += 1;
        places.silent.insert(number, is_lost.clone());
        let room = self.clone();
        Some(Place {
            room,
            number,
            is_lost,
        })
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Something is asked: from now on, nobody else is given it.
    pub fn ask(&self) {
        self.room.places().silent.remove(&self.number);
    }

    /// Waits until somebody else has it.
    pub async fn lost(&self) {
        self.is_lost.cancelled().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.room.places();
        places.silent.remove(&self.number);
        places.free += usize::from(!self.is_lost.is_cancelled());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_asked_nothing_for_longest_makes_room() {
        let room = Room::of(3);
        let places = [(); 3].map(|()| room.enter().expect("a place"));
        places[0].ask();
        let fourth = room.enter().expect("the second one's place");
        let lost = places.each_ref().map(|place| place.is_lost.is_cancelled());
        assert_eq!(lost, [false, true, false]);
        // The second one's place is not free twice.
        drop(places);
        let others: Vec<Place> = std::iter::from_fn(|| {
            let place = room.enter()?;
            place.ask();
            Some(place)
        })
        .collect();
        assert_eq!(others.len(), 3);
        assert!(fourth.is_lost.is_cancelled());
        assert!(room.enter().is_none(), "everybody has asked something");
    }
}
