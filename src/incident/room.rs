//! Whether there is room for what is to be told.
//!
//! Enters: nothing; it looks at what a scan has. Leaves: whether a case may be opened. Must not know: what for.
//!
//! Messages name backends and servers, and whoever may write a line may make up a new one in each. A server that answers
//! requests is more than a name: there is more room for it, so that made-up ones do not hide its loss.

use super::place::{Group, Site};
use super::scan::Scan;
use crate::rollup::Name;

/// Cases for which there is room where nothing but messages tells of their place; and as many again.
const CASES: usize = 1_024;

impl Scan {
    /// A server of a backend answered requests.
    pub(super) fn serves(&self, site: &Site, server: &Name) -> bool {
        let watch = self.watches.get(site);
        watch.is_some_and(|watch| watch.has_server(server))
    }

    /// A case is there already, or may be opened. What there is no room for is counted.
    pub(super) fn has_room(&mut self, group: Group, site: &Site, serves: bool) -> bool {
        let most = if serves { 2 * CASES } else { CASES };
        let has_room = self.cases.len() < most || self.cases.get(&(group, site.clone())).is_some();
        self.roster.unheard += u64::from(!has_room);
        has_room
    }
}
