//! What HAProxy says about one server: its state (`server.c`, `srv_append_status` and the messages around it) and its
//! address.
//!
//! Enters: a message. Leaves: an [`Event`], or `None` when it speaks of something else.
//! Must not know: the state before.
//!
//! A sentence is `[Backup ]Server <backend>/<server>[ ('<host>')] <change>[<cause>][ via <backend>/<server>][. <counts>].`
//! Only its beginning is required: unknown causes, more text and a missing end are no reason to lose an outage.

use super::event::{Event, ServerChange, ServerEvent, Why};
use super::phrase::{check_result, place, until};
use nom::bytes::complete::tag;
use nom::character::complete::u32;
use nom::combinator::opt;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

/// The changes as they are written, the longer before those they begin with. Where a text reaches into the cause in
/// parentheses, that cause is still read as one.
const CHANGES: [(&str, ServerChange); 20] = [
    ("is going DOWN for maintenance", ServerChange::Maintenance),
    (
        "was DOWN and now enters maintenance",
        ServerChange::Maintenance,
    ),
    // 1.4
    ("is DOWN for maintenance", ServerChange::Maintenance),
    ("is UP/READY", ServerChange::ReadyUp),
    ("is DOWN/READY", ServerChange::ReadyDown),
    ("is UP/DRAIN", ServerChange::ReadyDrain),
    ("is DOWN/DRAIN", ServerChange::ReadyDrain),
    ("is UP (leaving", ServerChange::ReadyUp),
    ("is DOWN (leaving", ServerChange::ReadyDown),
    ("enters drain state", ServerChange::Drain),
    (
        "is leaving forced maintenance but remains in maintenance",
        ServerChange::Unchanged,
    ),
    // 1.5
    (
        "is leaving forced drain but remains in drain mode",
        ServerChange::Unchanged,
    ),
    (
        "resolves again but remains in maintenance",
        ServerChange::Unchanged,
    ),
    ("remains in forced maintenance", ServerChange::Unchanged),
    ("remains in forced drain mode", ServerChange::Unchanged),
    ("remains in drain mode", ServerChange::Unchanged),
    // The state itself has been told by `is UP/READY (resolves again)`.
    ("administratively READY", ServerChange::Unchanged),
    ("is stopping", ServerChange::Stopping),
    ("is DOWN", ServerChange::Down),
    ("is UP", ServerChange::Up),
];

/// What follows `<backend>/<server>` when its address changed.
const ADDRESS_CHANGES: [&str; 4] = [
    ": IP changed from ",
    ": port changed from ",
    // Until 2.9.
    " changed its IP from ",
    " changed its FQDN from ",
];

/// Reads a sentence about a server.
pub(super) fn read(message: &[u8]) -> Option<Event<'_>> {
    let (backup, sentence) = match message.strip_prefix(b"Backup ") {
        Some(sentence) => (true, sentence),
        None => (false, message),
    };
    let Some(sentence) = sentence.strip_prefix(b"Server ") else {
        return address(message);
    };
    let (rest, (backend, server)) = place(sentence).ok()?;
    let rest = without_host(rest.strip_prefix(b" ")?);
    if rest.starts_with(b"reached maxconn") {
        return Some(Event::ServerFull { backend, server });
    }
    let (change, rest) = CHANGES
        .iter()
        .find_map(|(text, change)| Some((*change, after_change(text, rest)?)))?;
    let (rest, why) = why(rest).ok()?;
    let (rest, via) = opt(preceded(tag(" via "), place)).parse(rest).ok()?;
    let (rest, (active, backups)) = match opt(counts).parse(until(rest, &[". "]).1).ok()? {
        (rest, Some((active, backups))) => (rest, (Some(active), Some(backups))),
        (rest, None) => (rest, (None, None)),
    };
    Some(Event::Server(ServerEvent {
        backend,
        server,
        backup,
        change,
        why,
        via,
        active,
        backups,
        on_backup: until(rest, &["."]).1.starts_with(b". Running on backup."),
    }))
}

/// `('app.example.org') `, the name a server's address is resolved from.
fn without_host(text: &[u8]) -> &[u8] {
    if !text.starts_with(b"('") {
        return text;
    }
    let end = memchr::memmem::find(text, b"') ");
    end.map_or(text, |end| &text[end + 3..])
}

/// What follows a change, beginning with the cause; a longer word is another change.
fn after_change<'a>(change: &str, text: &'a [u8]) -> Option<&'a [u8]> {
    let rest = text.strip_prefix(change.as_bytes())?;
    if rest.first().is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    Some(&text[change.find(" (").unwrap_or(change.len())..])
}

/// `, reason: …`, ` (<cause>)`, `, changed from …`, or nothing.
fn why(text: &[u8]) -> IResult<&[u8], Why<'_>> {
    if let Some(reason) = text.strip_prefix(b", reason: ") {
        return check_result.map(Why::Check).parse(reason);
    }
    if let Some(cause) = text.strip_prefix(b" (") {
        let (cause, rest) = until(cause, &[")"]);
        let rest = rest.strip_prefix(b")").unwrap_or(rest);
        return Ok((rest, Why::Said(cause.trim_ascii())));
    }
    if let Some(cause) = text.strip_prefix(b", ") {
        let (cause, rest) = until(cause, &[". ", " via "]);
        return Ok((rest, Why::Said(cause)));
    }
    Ok((text, Why::Unsaid))
}

/// `. <n> active and <n> backup servers left` (or `online`)
fn counts(text: &[u8]) -> IResult<&[u8], (u32, u32)> {
    (
        preceded(tag(". "), u32),
        delimited(tag(" active and "), u32, tag(" backup servers ")),
    )
        .parse(text)
}

fn address(message: &[u8]) -> Option<Event<'_>> {
    ADDRESS_CHANGES.iter().find_map(|change| {
        let end = memchr::memmem::find(message, change.as_bytes())?;
        let (rest, (backend, server)) = place(&message[..end]).ok()?;
        rest.is_empty()
            .then_some(Event::Address { backend, server })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_hides_a_later_one() {
        for (at, (text, _)) in CHANGES.iter().enumerate() {
            let hidden = CHANGES[at + 1..]
                .iter()
                .find(|(later, _)| later.starts_with(text));
            assert_eq!(hidden, None, "{text}");
        }
    }
}
