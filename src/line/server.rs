//! What HAProxy says about one server's state (`server.c`, `srv_append_status` and the messages around it).
//!
//! Enters: a message. Leaves: an [`Event`], or `None` when it speaks of something else.
//! Must not know: the state before.
//!
//! A sentence is `[Backup ]Server <backend>/<server>[ ('<host>')] <change>[<cause>][ via <backend>/<server>][. <counts>].`
//! Only its beginning is required: unknown causes, more text and a missing end are no reason to lose an outage.

use super::event::{Event, ServerChange, ServerEvent, Why};
use super::phrase::{check_result, place, slots, until};
use super::told::{Fact, Facts};
use nom::bytes::complete::tag;
use nom::character::complete::u32;
use nom::combinator::{consumed, opt};
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

/// The changes as they are written, the longer before those they begin with, and the name of the event. Where a text
/// reaches into the cause in parentheses, that cause is still read as one.
const CHANGES: [(&str, &str, ServerChange); 20] = [
    (
        "is going DOWN for maintenance",
        "server_maint",
        ServerChange::Maintenance,
    ),
    (
        "was DOWN and now enters maintenance",
        "server_maint",
        ServerChange::Maintenance,
    ),
    // 1.4
    (
        "is DOWN for maintenance",
        "server_maint",
        ServerChange::Maintenance,
    ),
    ("is UP/READY", "server_ready", ServerChange::ReadyUp),
    ("is DOWN/READY", "server_ready", ServerChange::ReadyDown),
    ("is UP/DRAIN", "server_drain", ServerChange::ReadyDrain),
    ("is DOWN/DRAIN", "server_drain", ServerChange::ReadyDrain),
    ("is UP (leaving", "server_ready", ServerChange::ReadyUp),
    ("is DOWN (leaving", "server_ready", ServerChange::ReadyDown),
    ("enters drain state", "server_drain", ServerChange::Drain),
    (
        "is leaving forced maintenance but remains in maintenance",
        "server_still_maint",
        ServerChange::Unchanged,
    ),
    // 1.5
    (
        "is leaving forced drain but remains in drain mode",
        "server_still_drain",
        ServerChange::Unchanged,
    ),
    (
        "resolves again but remains in maintenance",
        "server_still_maint",
        ServerChange::Unchanged,
    ),
    (
        "remains in forced maintenance",
        "server_still_maint",
        ServerChange::Unchanged,
    ),
    (
        "remains in forced drain mode",
        "server_still_drain",
        ServerChange::Unchanged,
    ),
    (
        "remains in drain mode",
        "server_still_drain",
        ServerChange::Unchanged,
    ),
    // The state itself has been told by `is UP/READY (resolves again)`.
    (
        "administratively READY",
        "server_resolved",
        ServerChange::Unchanged,
    ),
    ("is stopping", "server_stopping", ServerChange::Stopping),
    ("is DOWN", "server_down", ServerChange::Down),
    ("is UP", "server_up", ServerChange::Up),
];

/// A sentence about a server, with what is only printed.
struct Sentence<'a> {
    event: ServerEvent<'a>,
    name: &'static str,
    host: Option<&'a [u8]>,
    /// From the change on.
    change: &'a [u8],
    /// The tracked server as written.
    via: Option<&'a [u8]>,
    /// Behind the first full stop after the usable servers.
    sessions: &'a [u8],
}

/// Reads a sentence about a server.
pub(super) fn read(message: &[u8]) -> Option<Event<'_>> {
    if let Some(sentence) = sentence(message) {
        return Some(Event::Server(sentence.event));
    }
    full(message)
}

/// What it says, by name.
pub(super) fn facts(message: &[u8]) -> Option<Facts<'_>> {
    if let Some(sentence) = sentence(message) {
        return Some(sentence.facts());
    }
    match read(message)? {
        Event::ServerFull { backend, server } => Some(vec![
            ("event", Fact::Text(b"server_full")),
            ("backend", Fact::Text(backend)),
            ("server", Fact::Text(server)),
        ]),
        _ => None,
    }
}

/// What stands before `Server `, and what follows it.
fn subject(message: &[u8]) -> Option<(bool, &[u8])> {
    let (backup, sentence) = match message.strip_prefix(b"Backup ") {
        Some(sentence) => (true, sentence),
        None => (false, message),
    };
    Some((backup, sentence.strip_prefix(b"Server ")?))
}

fn sentence(message: &[u8]) -> Option<Sentence<'_>> {
    let (backup, sentence) = subject(message)?;
    let (rest, (backend, server)) = place(sentence).ok()?;
    let (host, text) = host(rest.strip_prefix(b" ")?);
    let (change, name, rest) = CHANGES
        .iter()
        .find_map(|(change, name, what)| Some((*what, *name, after_change(change, text)?)))?;
    let (rest, why) = why(rest).ok()?;
    let (rest, via) = opt(preceded(tag(" via "), consumed(place)))
        .parse(rest)
        .ok()?;
    let (rest, (active, backups)) = match opt(counts).parse(until(rest, &[". "]).1).ok()? {
        (rest, Some((active, backups))) => (rest, (Some(active), Some(backups))),
        (rest, None) => (rest, (None, None)),
    };
    let sessions = until(rest, &["."]).1;
    let on_backup = sessions.strip_prefix(b". Running on backup.");
    let event = ServerEvent {
        backend,
        server,
        backup,
        change,
        why,
        via: via.map(|(_, place)| place),
        active,
        backups,
        on_backup: on_backup.is_some(),
    };
    Some(Sentence {
        event,
        name,
        host,
        change: text,
        via: via.map(|(written, _)| written),
        sessions: on_backup
            .or(sessions.strip_prefix(b"."))
            .unwrap_or_default()
            .trim_ascii_start(),
    })
}

impl<'a> Sentence<'a> {
    fn facts(&self) -> Facts<'a> {
        let event = &self.event;
        let mut facts = vec![("event", Fact::Text(self.name.as_bytes()))];
        facts.extend(event.backup.then_some(("backup_server", Fact::Yes)));
        facts.push(("backend", Fact::Text(event.backend)));
        facts.push(("server", Fact::Text(event.server)));
        facts.extend(self.host.map(|host| ("host", Fact::Text(host))));
        self.state(&mut facts);
        match &event.why {
            Why::Unsaid => {}
            Why::Check(result) => result.facts(&mut facts),
            Why::Said(cause) => facts.push(("cause", Fact::Text(cause))),
        }
        facts.extend(self.via.map(|via| ("via", Fact::Text(via))));
        let number = |count: u32| Fact::Number(count.into());
        facts.extend(event.active.map(|count| ("active", number(count))));
        facts.extend(event.backups.map(|count| ("backup", number(count))));
        facts.extend(event.on_backup.then_some(("running_on_backup", Fact::Yes)));
        facts.extend(sessions(self.sessions));
        facts
    }

    /// `is UP/READY (leaving forced maintenance)`: how the checks and how the operators have it now.
    fn state(&self, facts: &mut Facts<'a>) {
        let ready = matches!(
            self.event.change,
            ServerChange::ReadyUp | ServerChange::ReadyDown | ServerChange::ReadyDrain
        );
        let Some(text) = self.change.strip_prefix(b"is ").filter(|_| ready) else {
            return;
        };
        let end = text.iter().position(|byte| !byte.is_ascii_uppercase());
        let (state, rest) = text.split_at(end.unwrap_or(text.len()));
        facts.push(("state", Fact::Text(state)));
        if let Some(admin) = rest.strip_prefix(b"/") {
            let end = admin.iter().position(|byte| !byte.is_ascii_uppercase());
            let (admin, _) = admin.split_at(end.unwrap_or(admin.len()));
            facts.push(("admin", Fact::Text(admin)));
        }
    }
}

/// `12 sessions active, 3 requeued, 0 remaining in queue` or `0 sessions requeued, 0 total in queue`, as much of it as
/// is there.
fn sessions(text: &[u8]) -> Facts<'_> {
    const WORDINGS: [&str; 5] = [
        "{sessions_active:n} sessions active, {requeued:n} requeued, {queued:n} remaining in queue",
        "{sessions_active:n} sessions active, {requeued:n} requeued, ",
        "{sessions_active:n} sessions active, ",
        "{requeued:n} sessions requeued, {queued:n} total in queue",
        "{requeued:n} sessions requeued, ",
    ];
    let found = WORDINGS.iter().find_map(|wording| slots(wording, text));
    found.map(|(facts, _)| facts).unwrap_or_default()
}

/// `('app.example.org') `, the name a server's address is resolved from, and what follows.
fn host(text: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let named = text.strip_prefix(b"('").and_then(|host| {
        let end = memchr::memmem::find(host, b"') ")?;
        Some((Some(&host[..end]), &host[end + 3..]))
    });
    named.unwrap_or((None, text))
}

/// `Server …/… reached maxconn`
fn full(message: &[u8]) -> Option<Event<'_>> {
    let (_, sentence) = subject(message)?;
    let (rest, (backend, server)) = place(sentence).ok()?;
    rest.starts_with(b" reached maxconn")
        .then_some(Event::ServerFull { backend, server })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_hides_a_later_one() {
        for (at, (text, ..)) in CHANGES.iter().enumerate() {
            let hidden = CHANGES[at + 1..]
                .iter()
                .find(|(later, ..)| later.starts_with(text));
            assert_eq!(hidden, None, "{text}");
        }
    }
}
