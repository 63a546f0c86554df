//! The server with fewer slots (`maxconn`) than each of its neighbours.
//!
//! Enters: a section of the configuration. Leaves: that server, if there is one. Must not know: requests, incidents.

use crate::config::{Proxy, Server};

/// The server, and its slots.
pub fn narrowest(proxy: &Proxy) -> Option<(&Server, u32)> {
    let slots = |server| slots(server).map(|slots| slots.filter(|slots| *slots > 0));
    let all: Option<Vec<_>> = proxy.servers().iter().map(slots).collect();
    let all = all?;
    let (at, least) = all
        .iter()
        .enumerate()
        .filter_map(|(at, slots)| Some((at, (*slots)?)))
        .min_by_key(|(_, slots)| *slots)?;
    let alike = all.iter().filter(|slots| **slots == Some(least)).count();
    (alike == 1 && all.len() > 1).then(|| (&proxy.servers()[at], least))
}

/// `maxconn` of a server, if it has one; `None` where that cannot be known.
pub fn slots(server: &Server) -> Option<Option<u32>> {
    let is_unknown = |word| server.unknown.iter().any(|unknown| unknown.keyword == word);
    let is_known = !is_unknown("maxconn") && !is_unknown("server");
    is_known.then(|| server.maxconn.as_ref().map(|setting| setting.value))
}
