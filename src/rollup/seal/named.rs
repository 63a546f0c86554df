//! The places of a block by their names.
//!
//! Enters: a block's places. Leaves: for the number of each the place and its server, shared with other blocks.
//! Must not know: what happened there.

use std::cell::RefCell;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::directory::{Directory, Shared};
use super::minute::{Origin, PlaceName, ServerName};
use crate::rollup::block::Block;
use crate::rollup::names::{self, Names};

/// The names of all blocks.
#[derive(Debug, Clone, Default)]
pub struct Register {
    places: Directory<PlaceName>,
    servers: Directory<ServerName>,
}

thread_local! {
    /// Where names that are read in are held.
    static HELD: RefCell<Register> = RefCell::default();
}

/// Lets `read` read something in. Names that are told apart by where they are held are held once, in the register that
/// comes with it; so are all others.
pub fn held_once<T>(read: impl FnOnce() -> T) -> (T, Register) {
    let before = HELD.take();
    let done = names::held_once(read);
    (done, HELD.replace(before))
}

/// A place that is read in.
fn place(name: PlaceName) -> Shared<PlaceName> {
    HELD.with_borrow_mut(|held| held.places.share(name))
}

impl Serialize for Shared<PlaceName> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PlaceName::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Shared<PlaceName> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PlaceName::deserialize(deserializer).map(place)
    }
}

impl Serialize for Shared<ServerName> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ServerName::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Shared<ServerName> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = ServerName::deserialize(deserializer)?;
        Ok(HELD.with_borrow_mut(|held| held.servers.share(name)))
    }
}

/// See the module.
pub struct Named(Vec<(Shared<PlaceName>, Shared<ServerName>)>);

impl Named {
    /// Of a block.
    pub fn of(block: &Block, names: &Names, register: &mut Register) -> Self {
        let places = block.places.iter().map(|(place, _)| {
            let server = ServerName {
                backend: names.name(place.backend),
                server: names.name(place.server),
            };
            let place = PlaceName {
                origin: Origin {
                    host: names.name(place.host),
                    tag: names.name(place.tag),
                },
                backend: server.backend.clone(),
                server: server.server.clone(),
                tcp: place.tcp,
                at_frontend: place.at_frontend,
            };
            (register.places.share(place), register.servers.share(server))
        });
        Self(places.collect())
    }

    /// The place with a number.
    pub fn place(&self, number: u32) -> &Shared<PlaceName> {
        &self.0[number as usize].0
    }

    /// Its server.
    pub fn server(&self, number: u32) -> &Shared<ServerName> {
        &self.0[number as usize].1
    }
}
