//! The backends and servers that lines name, under numbers.
//!
//! Enters: names, or the number of a line's route. Leaves: a small number for a server, and one for its backend. Must not
//! know: what is counted of them.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::line::Traffic;

/// See the module.
#[derive(Debug, Default)]
pub struct Places {
    servers: HashMap<Vec<u8>, u32, RandomState>,
    backends: HashMap<Vec<u8>, u32, RandomState>,
    known: Vec<Place>,
    backend_names: Vec<Vec<u8>>,
    /// The number of a place by that of a route, and one more; 0: not known.
    routes: Vec<u32>,
    /// Where keys are put together.
    room: Vec<u8>,
}

/// A server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The number of its backend.
    pub backend: u32,
    /// Its name.
    pub server: Vec<u8>,
}

/// Stands between the two names; neither has it.
const BETWEEN: u8 = 0;

impl Places {
    /// The number of the server that a line names; `route` is the line's, or 0.
    #[inline]
    pub fn of(&mut self, route: u32, traffic: &Traffic) -> u32 {
        match self.routes.get(route as usize) {
            Some(place) if *place > 0 => place - 1,
            _ => self.note(route, traffic),
        }
    }

    #[inline(never)]
    fn note(&mut self, route: u32, traffic: &Traffic) -> u32 {
        // Before there is a request, there is a frontend.
        let backend = match traffic.backend {
            [] => traffic.frontend,
            backend => backend,
        };
        let place = self.named(backend, traffic.server);
        if route > 0 {
            let nth = route as usize;
            if self.routes.len() <= nth {
                self.routes.resize(nth + 1, 0);
            }
            self.routes[nth] = place + 1;
        }
        place
    }

    /// The number of a server.
    pub fn named(&mut self, backend: &[u8], server: &[u8]) -> u32 {
        self.room.clear();
        self.room.extend_from_slice(backend);
        self.room.push(BETWEEN);
        self.room.extend_from_slice(server);
        if let Some(place) = self.servers.get(self.room.as_slice()) {
            return *place;
        }
        let number = self.known.len() as u32;
        let backend = self.backend(backend);
        self.known.push(Place {
            backend,
            server: server.to_vec(),
        });
        self.servers.insert(self.room.clone(), number);
        number
    }

    /// The number of a backend.
    pub fn backend(&mut self, name: &[u8]) -> u32 {
        if let Some(number) = self.backends.get(name) {
            return *number;
        }
        let number = self.backend_names.len() as u32;
        self.backend_names.push(name.to_vec());
        self.backends.insert(name.to_vec(), number);
        number
    }

    /// How many backends there are.
    pub fn backends(&self) -> u32 {
        self.backend_names.len() as u32
    }

    /// The name of a backend.
    pub fn backend_name(&self, number: u32) -> &[u8] {
        &self.backend_names[number as usize]
    }

    /// A server.
    pub fn place(&self, number: u32) -> &Place {
        &self.known[number as usize]
    }

    /// Routes are numbered anew.
    pub fn forget_routes(&mut self) {
        self.routes.clear();
    }

    /// Takes the other's names in, and tells the number here of each of its servers.
    pub fn adopt(&mut self, other: &Self) -> Vec<u32> {
        let servers = other.known.iter();
        servers
            .map(|place| self.named(other.backend_name(place.backend), &place.server))
            .collect()
    }
}
