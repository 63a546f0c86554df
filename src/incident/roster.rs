//! The names that are kept apart; there is room for those of a large installation, and no more.
//!
//! Enters: minutes, and what messages speak of. Leaves: the same minutes with the requests of other names put
//! aside, and how many lines that were. Must not know: what is made of them.
//!
//! Names come from the log, and whoever may write a line may make up a new one in each. Those that came first stay, of those
//! that come in one minute first the ones of which most is said, and names that have not been heard of for long make room.

use std::cmp::Reverse;
use std::sync::Arc;

use hashbrown::{Equivalent, HashMap};
use serde::{Deserialize, Serialize};

use crate::line::Event;
use crate::rollup::Name;
use crate::rollup::hash::FrozenKey;
use crate::rollup::seal::{Minute, Origin, PlaceName};

/// HAProxys: log hosts and program names.
const ORIGINS: usize = 1_024;

/// Backends, and frontends that answered themselves.
const BACKENDS: usize = 4_096;

/// Servers.
const SERVERS: usize = 16_384;

/// Seconds without a word after which a name makes room for another one.
const IDLE: i64 = 3_600;

/// When each was last heard of.
type Heard<K> = HashMap<K, i64, foldhash::fast::RandomState>;

/// The same as bytes, in the order of the names.
mod heard {
    use std::collections::BTreeMap;
    use std::hash::Hash;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Heard;

    pub fn serialize<K, S>(heard: &Heard<K>, to: S) -> Result<S::Ok, S::Error>
    where
        K: Ord + Serialize,
        S: Serializer,
    {
        heard.iter().collect::<BTreeMap<_, _>>().serialize(to)
    }

    pub fn deserialize<'de, K, D>(from: D) -> Result<Heard<K>, D::Error>
    where
        K: Hash + Ord + Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let heard = BTreeMap::<K, i64>::deserialize(from)?;
        Ok(heard.into_iter().collect())
    }
}

/// Names of one sort, and when each was last heard of.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known<K> {
    #[serde(
        with = "heard",
        bound(
            serialize = "K: Ord + Serialize",
            deserialize = "K: std::hash::Hash + Ord + Deserialize<'de>"
        )
    )]
    heard: Heard<K>,
    most: usize,
    /// When it was last looked for names that make room.
    cleared: i64,
}

impl<K: std::hash::Hash + Eq> Known<K> {
    fn new(most: usize) -> Self {
        Self {
            heard: HashMap::default(),
            most,
            cleared: i64::MIN,
        }
    }

    /// Notes a name, unless there is no room for it; `own` makes it one to be kept.
    fn note<Q>(&mut self, name: &Q, now: i64, own: impl FnOnce() -> K) -> bool
    where
        Q: std::hash::Hash + Equivalent<K> + ?Sized,
    {
        if let Some(heard) = self.heard.get_mut(name) {
            *heard = now;
            return true;
        }
        if self.heard.len() >= self.most {
            if !self.may_clear(now) {
                return false;
            }
            self.heard.retain(|_, heard| *heard >= now - IDLE);
            self.cleared = now;
            if self.heard.len() >= self.most {
                return false;
            }
        }
        self.heard.insert(own(), now);
        true
    }

    /// A name that is known was heard of then, too.
    fn hear<Q>(&mut self, name: &Q, then: i64)
    where
        Q: std::hash::Hash + Equivalent<K> + ?Sized,
    {
        if let Some(heard) = self.heard.get_mut(name) {
            *heard = then.max(*heard);
        }
    }

    /// There is room for so many more.
    fn has_room(&self, more: usize) -> bool {
        self.heard.len() + more <= self.most
    }

    /// The next name that is not known may make others go.
    fn may_clear(&self, now: i64) -> bool {
        self.heard.len() >= self.most && self.cleared <= now - 60
    }

    fn knows<Q>(&self, name: &Q) -> bool
    where
        Q: std::hash::Hash + Equivalent<K> + ?Sized,
    {
        self.heard.contains_key(name)
    }
}

/// A backend and one of its servers, to look for; it hashes as those that are kept do.
#[derive(Hash)]
struct Pair<'a>(&'a Name, &'a Name);

impl Equivalent<(Name, Name)> for Pair<'_> {
    fn equivalent(&self, (backend, server): &(Name, Name)) -> bool {
        self.0 == backend && self.1 == server
    }
}

/// Places that were met in a minute, where each stands, and when it was last: their names are known by then.
type Met = HashMap<*const PlaceName, (Arc<PlaceName>, i64), foldhash::fast::RandomState>;

/// Places of a minute: in which second each came first, and how many lines it has.
type Spoken<'a> = HashMap<*const PlaceName, (&'a PlaceName, i64, u64), foldhash::fast::RandomState>;

/// See the module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Roster {
    origins: Known<Origin>,
    backends: Known<Name>,
    servers: Known<(Name, Name)>,
    /// Requests that were put aside.
    pub aside: u64,
    /// Messages that were passed over.
    pub unheard: u64,
}

impl Default for Roster {
    fn default() -> Self {
        Self {
            origins: Known::new(ORIGINS),
            backends: Known::new(BACKENDS),
            servers: Known::new(SERVERS),
            aside: 0,
            unheard: 0,
        }
    }
}

impl Roster {
    /// Puts aside what there is no room for.
    pub fn keep(&mut self, mut minute: Minute) -> Minute {
        let mut met = Met::default();
        self.introduce(&minute);
        for slot in &mut minute.slots {
            let (second, aside) = (slot.second, &mut slot.aside);
            // Cells of one place stand together.
            let mut last: Option<(*const PlaceName, bool)> = None;
            slot.cells.retain(|cell| {
                let place = Arc::as_ptr(&cell.place);
                let known = match last {
                    Some((same, known)) if same == place => known,
                    _ => self.meet(&cell.place, second, &mut met),
                };
                last = Some((place, known));
                if !known {
                    aside.count(cell.outcome, cell.tally.n);
                    self.aside += u64::from(cell.outcome.symptom.is_request()) * cell.tally.n;
                }
                known
            });
            if self.may_clear(second) {
                self.catch_up(&mut met);
            }
            slot.pulses
                .retain(|pulse| self.origin(&pulse.origin, second));
            slot.cells.shrink_to_fit();
            slot.pulses.shrink_to_fit();
        }
        self.catch_up(&mut met);
        minute
            .timers
            .retain(|row| self.servers.knows(&Pair(&row.backend, &row.server)));
        minute
            .victims
            .retain(|row| self.backends.knows(&row.backend));
        minute.timers.shrink_to_fit();
        minute.victims.shrink_to_fit();
        minute
    }

    /// Where there is no room for all, those come first of which most is said.
    fn introduce(&mut self, minute: &Minute) {
        let mut said = Spoken::default();
        for slot in &minute.slots {
            for cell in &slot.cells {
                let first = (&*cell.place, slot.second, 0);
                let (.., lines) = said.entry(Arc::as_ptr(&cell.place)).or_insert(first);
                *lines += cell.tally.n;
            }
        }
        let is_room = self.origins.has_room(said.len())
            && self.backends.has_room(said.len())
            && self.servers.has_room(said.len());
        if is_room {
            return;
        }
        let mut said: Vec<(&PlaceName, i64, u64)> = said.into_values().collect();
        said.sort_by_cached_key(|(place, _, lines)| (Reverse(*lines), place.frozen(), *place));
        for (place, second, _) in said {
            self.place(place, second);
        }
    }

    /// Notes a place, by its names when it is met for the first time.
    fn meet(&mut self, place: &Arc<PlaceName>, now: i64, met: &mut Met) -> bool {
        if let Some((_, last)) = met.get_mut(&Arc::as_ptr(place)) {
            *last = now;
            return true;
        }
        if self.may_clear(now) {
            self.catch_up(met);
        }
        let known = self.place(place, now);
        if known {
            met.insert(Arc::as_ptr(place), (place.clone(), now));
        }
        known
    }

    /// Names may have to make room.
    fn may_clear(&self, now: i64) -> bool {
        self.origins.may_clear(now) || self.backends.may_clear(now) || self.servers.may_clear(now)
    }

    /// Notes when the names of places were last heard of.
    fn catch_up(&mut self, met: &mut Met) {
        for (_, (place, last)) in met.drain() {
            self.origins.hear(&place.origin, last);
            self.backends.hear(&place.backend, last);
            self.servers
                .hear(&Pair(&place.backend, &place.server), last);
        }
    }

    fn place(&mut self, place: &PlaceName, now: i64) -> bool {
        self.origin(&place.origin, now)
            && self.backend(&place.backend, now)
            && self.server(&place.backend, &place.server, now)
    }

    fn origin(&mut self, origin: &Origin, now: i64) -> bool {
        self.origins.note(origin, now, || origin.clone())
    }

    fn backend(&mut self, backend: &Name, now: i64) -> bool {
        self.backends.note(backend, now, || backend.clone())
    }

    fn server(&mut self, backend: &Name, server: &Name, now: i64) -> bool {
        let own = || (backend.clone(), server.clone());
        self.servers.note(&Pair(backend, server), now, own)
    }

    /// Whether there is room for those that a message speaks of.
    pub fn admits(&mut self, origin: &Origin, event: &Event, now: i64) -> bool {
        let (backend, server) = event.place().unzip();
        let backend = backend.map(Name::from);
        let known = self.origin(origin, now)
            && backend
                .as_ref()
                .is_none_or(|backend| self.backend(backend, now))
            && backend
                .zip(server.flatten().map(Name::from))
                .is_none_or(|(backend, server)| self.server(&backend, &server, now));
        self.unheard += u64::from(!known);
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_came_first_stay_until_they_are_silent() {
        let mut known = Known::new(2);
        let mut note = |name: &'static str, now| known.note(name, now, || name);
        assert!(note("a", 0) && note("b", 0));
        assert!(!note("c", IDLE), "there is no room");
        assert!(note("a", IDLE), "it is known");
        assert!(note("c", IDLE + 60), "b is silent for long");
        assert!(!note("b", IDLE + 61));
    }
}
