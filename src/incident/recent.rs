//! What the last minutes brought to each server.
//!
//! Enters: minutes that are kept to look back into. Leaves: requests by backend and server. Must not know: incidents.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashMap;

use super::scan::Scan;
use crate::rollup::seal::{PlaceName, Requests};
use crate::rollup::{Merge, Name};

impl Scan {
    /// Requests of the last `seconds`, at most five minutes, by backend and server as written. Those for which no backend
    /// was chosen are not among them.
    pub fn recent(&self, seconds: i64) -> BTreeMap<(&Name, &Name), Requests> {
        let slots = self.minutes.iter().flat_map(|minute| &minute.slots);
        let lately = slots.filter(|slot| slot.second > self.now - seconds);
        // One place is the same place throughout a minute, and names are long to compare.
        let mut places: HashMap<*const PlaceName, (&PlaceName, Requests)> = HashMap::new();
        for cell in lately.flat_map(|slot| &slot.cells) {
            if !cell.place.at_frontend {
                let place = places.entry(Arc::as_ptr(&cell.place));
                let (_, requests) = place.or_insert((&cell.place, Requests::default()));
                requests.count(cell.outcome, cell.tally.n);
            }
        }
        let mut servers: BTreeMap<(&Name, &Name), Requests> = BTreeMap::new();
        for (place, requests) in places.into_values() {
            let server = servers.entry((&place.backend, &place.server));
            server.or_default().merge(requests);
        }
        servers
    }
}
