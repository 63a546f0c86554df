//! How the requests of each server ended, counted over the whole log.
//!
//! Enters: minutes. Leaves: requests by backend, server, class of status and termination state. Must not know: incidents,
//! and who asks.
//!
//! There is room for a large installation. Names that came first stay; what goes beyond is counted together.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::rollup::Name;
use crate::rollup::cell::Outcome;
use crate::rollup::seal::{Cell, Minute, PlaceName};

/// Servers that are kept apart.
const SERVERS: usize = 16_384;

/// Endings of all of them that are kept apart.
const ENDINGS: usize = 131_072;

/// How a request ended, as far as it is counted here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ending {
    /// The first digit of its status: 1 to 5; 0 where there was none, or it is not logged.
    pub class: u8,
    /// Its termination state.
    pub term: [u8; 4],
}

/// The class of answers that lead elsewhere.
const REDIRECTION: u8 = 3;

impl Ending {
    fn of(outcome: &Outcome) -> Self {
        let class = u8::try_from(outcome.status / 100).ok();
        Self {
            class: class.filter(|class| (1..=5).contains(class)).unwrap_or(0),
            term: outcome.term,
        }
    }

    /// How the requests of a cell ended.
    fn all(cell: &Cell) -> impl Iterator<Item = (Self, u64)> {
        let ending = Self::of(&cell.outcome);
        let redirections = u64::from(cell.tally.redirections);
        let elsewhere = Self {
            class: REDIRECTION,
            ..ending
        };
        let each = [
            (ending, cell.tally.n.saturating_sub(redirections)),
            (elsewhere, redirections),
        ];
        each.into_iter().filter(|(_, n)| *n > 0)
    }
}

/// A backend and a server; `<NOSRV>` behind a frontend's name where no backend was chosen.
type Place = (Name, Name);

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ended {
    // Whoever looks ahead holds the same, until there is more to count.
    servers: Arc<BTreeMap<Place, BTreeMap<Ending, u64>>>,
    endings: usize,
    others: u64,
}

/// Requests of a minute: one place is the same place throughout.
type Counted<'a> =
    HashMap<(*const PlaceName, Ending), (&'a PlaceName, u64), foldhash::fast::RandomState>;

impl Ended {
    /// Counts a minute's requests.
    pub fn add(&mut self, minute: &Minute) {
        let mut counted = Counted::default();
        for slot in &minute.slots {
            self.others += slot.aside.n;
            let requests = slot.cells.iter();
            for cell in requests.filter(|cell| cell.outcome.symptom.is_request()) {
                for (ending, n) in Ending::all(cell) {
                    let key = (Arc::as_ptr(&cell.place), ending);
                    counted.entry(key).or_insert((&cell.place, 0)).1 += n;
                }
            }
        }
        // Which names are kept must not hang on where they stood.
        let mut counted: Vec<_> = counted
            .into_iter()
            .map(|((_, ending), (place, n))| (place, ending, n))
            .collect();
        counted.sort_unstable();
        for (place, ending, n) in counted {
            self.count(place, ending, n);
        }
    }

    fn count(&mut self, place: &PlaceName, ending: Ending, n: u64) {
        let servers = Arc::make_mut(&mut self.servers);
        let is_full = servers.len() >= SERVERS;
        let key = (place.backend.clone(), place.server.clone());
        let endings = match servers.get_mut(&key) {
            Some(endings) => endings,
            None if is_full => return self.others += n,
            None => servers.entry(key).or_default(),
        };
        if let Some(held) = endings.get_mut(&ending) {
            *held += n;
        } else if self.endings < ENDINGS {
            self.endings += 1;
            endings.insert(ending, n);
        } else {
            self.others += n;
        }
    }

    /// Backend, server and ending with their requests, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Name, Ending, u64)> {
        self.servers
            .iter()
            .flat_map(|((backend, server), endings)| {
                let endings = endings.iter();
                endings.map(move |(ending, n)| (backend, server, *ending, *n))
            })
    }

    /// Requests whose names, or endings, are not kept apart.
    pub fn others(&self) -> u64 {
        self.others
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollup::seal::Slot;
    use crate::rollup::tally::Tally;
    use crate::words::termination::Symptom;

    fn cell(server: &str, status: i16, n: u64) -> Cell {
        let place = PlaceName {
            origin: Default::default(),
            backend: b"app"[..].into(),
            server: server.as_bytes().into(),
            tcp: false,
            at_frontend: false,
        };
        let mut tally = Tally::default();
        tally.n = n;
        Cell {
            place: Arc::new(place),
            outcome: Outcome {
                term: *b"----",
                status,
                symptom: Symptom::Fine,
                tunnel: false,
            },
            tally,
        }
    }

    fn minute(cells: Vec<Cell>) -> Minute {
        Minute {
            by_minute: false,
            start: 0,
            slots: vec![Slot {
                cells,
                ..Slot::default()
            }],
            timers: Vec::new(),
            victims: Vec::new(),
        }
    }

    #[test]
    fn requests_are_counted_by_the_class_of_their_status() {
        let mut ended = Ended::default();
        let statuses = [200, 204, 301, 404, 503, 0, -1, 999, 101];
        let cells = statuses.map(|status| cell("app1", status, 2));
        ended.add(&minute(cells.to_vec()));
        ended.add(&minute(vec![cell("app1", 200, 1)]));
        let counted: Vec<(u8, u64)> = ended.iter().map(|(.., of, n)| (of.class, n)).collect();
        assert_eq!(counted, [(0, 6), (1, 2), (2, 5), (3, 2), (4, 2), (5, 2)]);
    }

    #[test]
    fn redirections_among_good_answers_are_counted_by_their_own_class() {
        let mut cell = cell("app1", 200, 5);
        cell.tally.redirections = 3;
        let mut ended = Ended::default();
        ended.add(&minute(vec![cell]));
        let counted: Vec<(u8, u64)> = ended.iter().map(|(.., of, n)| (of.class, n)).collect();
        assert_eq!(counted, [(2, 2), (3, 3)]);
    }

    #[test]
    fn made_up_names_take_no_more_room_and_are_counted_all_the_same() {
        let mut ended = Ended::default();
        let names = 0..SERVERS + 10;
        let cells = names.map(|nth| cell(&format!("{nth:05}"), 200, 1));
        ended.add(&minute(cells.collect()));
        ended.add(&minute(vec![cell("00000", 200, 1), cell("more", 200, 1)]));
        assert_eq!(ended.iter().count(), SERVERS);
        assert_eq!(ended.iter().next().map(|(.., n)| n), Some(2));
        assert_eq!(ended.others(), 11);
    }

    #[test]
    fn who_looks_ahead_counts_for_himself() {
        let mut ended = Ended::default();
        ended.add(&minute(vec![cell("app1", 200, 1)]));
        let mut ahead = ended.clone();
        ahead.add(&minute(vec![cell("app1", 200, 5)]));
        let count = |ended: &Ended| ended.iter().map(|(.., n)| n).sum::<u64>();
        assert_eq!((count(&ended), count(&ahead)), (1, 6));
    }
}
