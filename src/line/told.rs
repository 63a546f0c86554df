//! What a message of HAProxy's says, by name: the name of the event, and all that stands in it.
//!
//! Enters: an operational message. Leaves: [`Facts`], which only printing and filters ask for.
//! Must not know: what changes by it; that is [`super::Event`]'s.

use super::phrase::slots;
use super::{address, check, process, proxy, server};

/// One thing that a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact<'a> {
    /// It says so, and without it the message is silent.
    Yes,
    /// Counts, ms, exit codes, process ids.
    Number(i64),
    /// Text as written.
    Text(&'a [u8]),
    /// Text in which HAProxy wrote some bytes as `#hh`.
    Escaped(&'a [u8]),
}

/// Names, and what stands there.
pub type Facts<'a> = Vec<(&'static str, Fact<'a>)>;

/// What an operational message says; empty when it is none.
///
/// `from_haproxy` as in [`super::read`].
pub fn facts(message: &[u8], from_haproxy: bool) -> Facts<'_> {
    server::facts(message)
        .or_else(|| address::facts(message))
        .or_else(|| check::facts(message))
        .or_else(|| proxy::facts(message))
        .or_else(|| process::facts(message).filter(|_| from_haproxy))
        .unwrap_or_default()
}

/// The facts of the first of these wordings that a message has, behind the name of its event.
pub(super) fn by_wording<'a>(
    event: &'static str,
    wordings: &[&'static str],
    message: &'a [u8],
) -> Facts<'a> {
    let found = wordings
        .iter()
        .find_map(|wording| Some(slots(wording, message)?.0));
    let mut facts = vec![("event", Fact::Text(event.as_bytes()))];
    facts.extend(found.unwrap_or_default());
    facts
}
