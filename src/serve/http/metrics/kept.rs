//! Names that have series of their own.
//!
//! Enters: names with what they weigh. Leaves: each as a label, or `other`. Must not know: what is counted.
//!
//! What has a series keeps it, as a counter must not end and begin again. Those of the configuration come first, then
//! those that weigh most when they are first met.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::hash::Hash;

use super::family::label;
use crate::serve::view::View;

/// Stands for what has no series.
pub const OTHER: &str = "other";

/// Names of one sort.
#[derive(Debug)]
pub struct Kept<K> {
    names: HashSet<K>,
    most: usize,
}

impl<K: Ord + Hash + Clone> Kept<K> {
    /// Room for so many.
    pub fn new(most: usize) -> Self {
        Self {
            names: HashSet::new(),
            most,
        }
    }

    /// Takes in those that weigh most, as far as there is room.
    pub fn meet(&mut self, met: impl IntoIterator<Item = (K, u64)>) {
        let room = self.most.saturating_sub(self.names.len());
        let is_new = |(name, _): &(K, u64)| !self.names.contains(name);
        let mut new: Vec<(K, u64)> = met.into_iter().filter(is_new).collect();
        new.sort_unstable_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
        let taken = new.into_iter().take(room).map(|(name, _)| name);
        self.names.extend(taken);
    }

    /// Whether it has a series.
    pub fn has(&self, name: &K) -> bool {
        self.names.contains(name)
    }
}

/// Endings of requests that are told of each server, at most, on average.
const ENDINGS: usize = 16;

/// Backends and servers.
#[derive(Debug)]
pub struct Places {
    backends: Kept<String>,
    servers: Kept<(String, String)>,
    /// Series of requests: backend, server, code, termination state.
    pub endings: Kept<[String; 4]>,
}

impl Places {
    /// Room for so many.
    pub fn new(backends: usize, servers: usize) -> Self {
        Self {
            backends: Kept::new(backends),
            servers: Kept::new(servers),
            endings: Kept::new(servers.saturating_mul(ENDINGS)),
        }
    }

    /// Takes in the names of the configuration, and those of the log by their requests.
    pub fn meet(&mut self, view: &View) {
        for proxy in view.config.iter().flat_map(|config| config.proxies()) {
            let backend = label(proxy.name.as_bytes());
            let servers = proxy.servers().iter();
            let servers =
                servers.map(|server| ((backend.clone(), label(server.name.as_bytes())), 1));
            self.servers.meet(servers);
            self.backends.meet([(backend, 1)]);
        }
        let scanned = view.engine.scanned();
        let mut servers: BTreeMap<(String, String), u64> = BTreeMap::new();
        for (backend, server, _, n) in scanned.ended().iter() {
            *servers.entry((label(backend), label(server))).or_default() += n;
        }
        for (_, backend, server, _) in scanned.states().iter() {
            servers.entry((label(backend), label(server))).or_default();
        }
        let mut backends: BTreeMap<String, u64> = BTreeMap::new();
        for ((backend, _), n) in &servers {
            *backends.entry(backend.clone()).or_default() += n;
        }
        self.backends.meet(backends);
        self.servers.meet(servers);
    }

    /// A backend's label.
    pub fn backend(&self, name: &[u8]) -> String {
        let name = label(name);
        match self.backends.has(&name) {
            true => name,
            false => OTHER.to_owned(),
        }
    }

    /// A server's labels.
    pub fn server(&self, backend: &[u8], server: &[u8]) -> (String, String) {
        let (backend, server) = (self.backend(backend), label(server));
        let place = (backend, server);
        match self.servers.has(&place) {
            true => place,
            false => (place.0, OTHER.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_weighs_most_comes_first_and_whatever_is_there_stays() {
        let mut kept = Kept::new(3);
        kept.meet([("a", 1), ("b", 5), ("c", 3), ("d", 4)]);
        let have =
            |kept: &Kept<&'static str>| ["a", "b", "c", "d", "e"].map(|name| kept.has(&name));
        assert_eq!(have(&kept), [false, true, true, true, false]);
        kept.meet([("a", 100), ("e", 200)]);
        assert_eq!(have(&kept), [false, true, true, true, false]);
    }
}
