//! Reads a line of named members (`%{+json}o`, and `%{+cbor}o` once it is decoded).
//!
//! Enters: the named fields of a format, and a line. Leaves: a filled [`Filling`], or nothing.
//! Must not know: in which order HAProxy writes them.

use super::json::Members;
use super::matching::{Field, evidence};
use super::slot::Filling;

/// Every name must be there, unless the line is cut; members without a known name are let go.
pub(super) fn read<'a>(named: &[(String, Field)], mut filling: Filling<'a>) -> Option<Filling<'a>> {
    let mut members = Members::new(filling.message)?;
    let (mut met, mut expected) = (0, 0);
    let mut in_order = true;
    for (key, value) in members.by_ref() {
        let Some(at) = position(named, key, expected) else {
            continue;
        };
        in_order &= at >= expected;
        (met, expected) = (met + 1, at + 1);
        let (_, field) = named.get(at)?;
        filling.take_value(*field, value)?;
    }
    // In their order none is met twice.
    let has_all = met >= named.len() && (in_order || are_there(named, filling.message));
    if members.broken || (members.complete && !has_all) {
        return None;
    }
    filling.traffic.truncated = !members.complete;
    let known = members.complete || filling.seen.has_any(evidence());
    known.then_some(filling)
}

/// HAProxy writes members in the order of the format, so the next one is looked at first.
fn position(named: &[(String, Field)], key: &[u8], expected: usize) -> Option<usize> {
    let is_key = |(name, _): &(String, Field)| name.as_bytes() == key;
    match named.get(expected) {
        Some(member) if is_key(member) => Some(expected),
        _ => named.iter().position(is_key),
    }
}

fn are_there(named: &[(String, Field)], message: &[u8]) -> bool {
    let is_there = |name: &[u8]| {
        Members::new(message).is_some_and(|mut members| members.any(|(key, _)| key == name))
    };
    named.iter().all(|(name, _)| is_there(name.as_bytes()))
}
