//! The places of a block by their names.
//!
//! Enters: a block's places. Leaves: for the number of each the place and its server, shared with other blocks.
//! Must not know: what happened there.

use super::directory::{Directory, Shared};
use super::minute::{Origin, PlaceName, ServerName};
use crate::rollup::block::Block;
use crate::rollup::names::Names;

/// The names of all blocks.
#[derive(Debug, Clone, Default)]
pub struct Register {
    places: Directory<PlaceName>,
    servers: Directory<ServerName>,
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
