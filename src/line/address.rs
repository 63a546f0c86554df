//! What HAProxy says about a server's address (`server.c`, `srv_update_addr_port`; DNS).
//!
//! Enters: a message. Leaves: an [`Event`], or `None` when it speaks of something else.
//! Must not know: the address before.

use super::event::Event;
use super::phrase::place;
use super::told::{Facts, by_wording};

/// What follows `<backend>/<server>` when its address changed.
const ADDRESS_CHANGES: [&str; 4] = [
    ": IP changed from ",
    ": port changed from ",
    // Until 2.9.
    " changed its IP from ",
    " changed its FQDN from ",
];

/// The wordings of address changes, the longer before those they begin with.
const ADDRESSES: [&str; 8] = [
    "{place}: IP changed from '{from_ip:word}' to '{to_ip:word}', port changed from '{from_port:word}' to '{to_port:word}' by '{by:text}'",
    "{place}: IP changed from '{from_ip:word}' to '{to_ip:word}', port changed from '{from_port:word}' to '{to_port:word}'",
    "{place}: IP changed from '{from_ip:word}' to '{to_ip:word}' by '{by:text}'",
    "{place}: IP changed from '{from_ip:word}' to '{to_ip:word}'",
    "{place}: port changed from '{from_port:word}' to '{to_port:word}' by '{by:text}'",
    "{place}: port changed from '{from_port:word}' to '{to_port:word}'",
    "{place} changed its IP from {from_ip:word} to {to_ip:word} by {by:text}.",
    "{place} changed its FQDN from {from_fqdn:word} to {to_fqdn:word} by '{by:text}'",
];

/// Reads a message about a server's address.
pub(super) fn read(message: &[u8]) -> Option<Event<'_>> {
    ADDRESS_CHANGES.iter().find_map(|change| {
        let end = memchr::memmem::find(message, change.as_bytes())?;
        let (rest, (backend, server)) = place(&message[..end]).ok()?;
        rest.is_empty()
            .then_some(Event::Address { backend, server })
    })
}

/// What it says, by name.
pub(super) fn facts(message: &[u8]) -> Option<Facts<'_>> {
    read(message).map(|_| by_wording("server_addr_change", &ADDRESSES, message))
}
