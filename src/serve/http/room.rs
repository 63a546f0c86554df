//! Room for so many connections at a time.
//!
//! Enters: connections as they come, and when each of them asks and is answered. Leaves: a place for each. Where there is none,
//! whoever waits for longest without asking makes room. Must not know: what is asked.
//!
//! Who says nothing, or says it byte by byte, or has asked and stays, must not keep others from `/healthz` and `/metrics`. A
//! client whose connection is closed between two requests connects again (RFC 9112, 9.3.1); one that is being answered, or reads
//! a feed, keeps its place.

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
    /// Who asks nothing, in the order in which they began to.
    idle: BTreeMap<u64, CancellationToken>,
}

/// A connection's place. It is free again when this is dropped, unless somebody else has it by then.
#[derive(Debug)]
pub struct Place {
    room: Arc<Room>,
    turn: Mutex<Turn>,
    is_lost: CancellationToken,
}

/// Whose turn it is to say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The peer's, which is idle since then.
    Peer(u64),
    /// An answer is made.
    Answer,
    /// The answer is made, and part of it may wait to be sent.
    Sending,
}

/// Somebody is being answered, until this is dropped.
#[derive(Debug)]
pub struct Answering(Arc<Place>);

impl Room {
    /// For so many.
    pub fn of(places: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Places {
            free: places,
            next: 0,
            idle: BTreeMap::new(),
        })))
    }

    /// A place for one more, unless everybody who has one is being answered.
    pub fn enter(self: &Arc<Self>) -> Option<Arc<Place>> {
        let mut places = self.places();
        if places.free > 0 {
            places.free -= 1;
        } else {
            let (_, is_lost) = places.idle.pop_first()?;
            is_lost.cancel();
        }
        let is_lost = CancellationToken::new();
        let turn = Mutex::new(places.idle_from_now(&is_lost));
        let room = self.clone();
        Some(Arc::new(Place {
            room,
            turn,
            is_lost,
        }))
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    fn idle_from_now(&mut self, is_lost: &CancellationToken) -> Turn {
        let number = self.next;
        self.next += 1;
        self.idle.insert(number, is_lost.clone());
        Turn::Peer(number)
    }
}

impl Place {
    /// Something is asked: nobody else is given it until that is answered, and the answer sent.
    pub fn ask(self: &Arc<Self>) -> Answering {
        let turn = std::mem::replace(&mut *self.turn(), Turn::Answer);
        if let Turn::Peer(number) = turn {
            self.room.places().idle.remove(&number);
        }
        Answering(self.clone())
    }

    /// All that was answered so far is sent.
    pub fn sent(&self) {
        let mut turn = self.turn();
        if *turn == Turn::Sending {
            *turn = self.room.places().idle_from_now(&self.is_lost);
        }
    }

    /// Waits until somebody else has it.
    pub async fn lost(&self) {
        self.is_lost.cancelled().await;
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        *self.0.turn() = Turn::Sending;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let turn = *self.turn();
        let mut places = self.room.places();
        if let Turn::Peer(number) = turn {
            places.idle.remove(&number);
        }
        places.free += usize::from(!self.is_lost.is_cancelled());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enter<const N: usize>(room: &Arc<Room>) -> [Arc<Place>; N] {
        [(); N].map(|()| room.enter().expect("a place"))
    }

    fn lost<const N: usize>(places: &[Arc<Place>; N]) -> [bool; N] {
        places.each_ref().map(|place| place.is_lost.is_cancelled())
    }

    #[test]
    fn who_has_asked_nothing_for_longest_makes_room() {
        let room = Room::of(3);
        let places = enter::<3>(&room);
        let answer = places[0].ask();
        let [fourth] = enter(&room);
        assert_eq!(lost(&places), [false, true, false]);
        // The second one's place is not free twice.
        drop((places, answer));
        let others = enter::<3>(&room);
        assert!(fourth.is_lost.is_cancelled());
        let _answers = others.each_ref().map(Place::ask);
        assert!(room.enter().is_none(), "everybody is being answered");
    }

    #[test]
    fn who_was_answered_and_stays_makes_room_once_the_answer_is_sent() {
        let room = Room::of(3);
        let places = enter::<3>(&room);
        let answers = places.each_ref().map(Place::ask);
        let [first, second, third] = answers;
        // What is sent between is part of an answer.
        places.iter().for_each(|place| place.sent());
        assert!(room.enter().is_none());
        drop((second, first));
        assert!(room.enter().is_none(), "the answers wait to be sent");
        places[1].sent();
        places[0].sent();
        let _fourth = room.enter().expect("the second one's place");
        assert_eq!(lost(&places), [false, true, false]);
        let again = places[0].ask();
        let _fifth = room.enter().expect("the fourth one's place");
        assert_eq!(lost(&places), [false, true, false], "it asks again");
        drop((again, third));
    }
}
