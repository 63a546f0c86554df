//! Health and agent checks as `option log-health-checks` logs them (`check.c`, `set_server_check_status`).
//!
//! Enters: a message. Leaves: an [`Event`], or `None` when it is no check's.
//! Must not know: whether the server changed its state; that has a message of its own.

use super::event::{CheckEvent, CheckResult, Event};
use super::phrase::{check_result, place};
use super::told::{Fact, Facts};
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::{char, u32};
use nom::combinator::{consumed, opt, value};
use nom::sequence::{preceded, separated_pair};
use nom::{IResult, Parser};

/// `<Health|Agent> check for [backup ]server <backend>/<server> [conditionally ]<succeeded|failed>, reason: …`
pub(super) fn read(message: &[u8]) -> Option<Event<'_>> {
    let (_, logged) = check(message).ok()?;
    Some(Event::Check(logged.event))
}

/// What it says, by name.
pub(super) fn facts(message: &[u8]) -> Option<Facts<'_>> {
    let (_, logged) = check(message).ok()?;
    let event = &logged.event;
    let name: &[u8] = if event.passed {
        b"check_ok"
    } else {
        b"check_failed"
    };
    let mut facts = vec![("event", Fact::Text(name))];
    facts.extend(logged.backup.then_some(("backup_server", Fact::Yes)));
    facts.extend(logged.conditional.then_some(("conditional", Fact::Yes)));
    facts.push(("backend", Fact::Text(event.backend)));
    facts.push(("server", Fact::Text(event.server)));
    if !event.result.text.is_empty() {
        event.result.facts(&mut facts);
    }
    if let Some((health, state)) = logged.status {
        facts.push(("health", Fact::Text(health)));
        facts.push(("state", Fact::Text(state)));
    }
    facts.extend(event.agent.then_some(("agent", Fact::Yes)));
    Some(facts)
}

impl<'a> CheckResult<'a> {
    /// What it says, by name.
    pub(super) fn facts(&self, facts: &mut Facts<'a>) {
        facts.push(("reason", Fact::Text(self.text)));
        facts.extend(
            self.code
                .map(|code| ("check", Fact::Text(code.name().as_bytes()))),
        );
        facts.extend(self.status.map(|code| ("code", Fact::Number(code.into()))));
        facts.extend(self.info.map(|info| ("info", Fact::Escaped(info))));
        facts.extend(
            self.duration
                .map(|ms| ("duration_ms", Fact::Number(ms.into()))),
        );
    }
}

/// A logged check, with what is only printed.
struct Logged<'a> {
    event: CheckEvent<'a>,
    backup: bool,
    conditional: bool,
    /// The counter and the state, as written.
    status: Option<(&'a [u8], &'a [u8])>,
}

fn check(message: &[u8]) -> IResult<&[u8], Logged<'_>> {
    let (rest, agent) =
        alt((value(false, tag("Health")), value(true, tag("Agent")))).parse(message)?;
    let (rest, (_, backup, _)) =
        (tag(" check for "), opt(tag("backup ")), tag("server ")).parse(rest)?;
    let (rest, (backend, server)) = place(rest)?;
    let (rest, conditional) = preceded(tag(" "), opt(tag("conditionally "))).parse(rest)?;
    let (rest, passed) =
        alt((value(true, tag("succeeded")), value(false, tag("failed")))).parse(rest)?;
    let (rest, result) = opt(preceded(tag(", reason: "), check_result)).parse(rest)?;
    let (rest, status) = opt(preceded(tag(", status: "), status)).parse(rest)?;
    let event = CheckEvent {
        backend,
        server,
        agent,
        passed,
        result: result.unwrap_or(CheckResult {
            code: None,
            text: b"",
            status: None,
            info: None,
            duration: None,
        }),
        status: status.map(|(_, _, read)| read),
    };
    let logged = Logged {
        event,
        backup: backup.is_some(),
        conditional: conditional.is_some(),
        status: status.map(|(health, state, _)| (health, state)),
    };
    Ok((rest, logged))
}

/// The counter and the state as written, and as [`CheckEvent::status`] has them.
type Status<'a> = (&'a [u8], &'a [u8], (u32, u32, bool));

/// `<cur>/<max> <UP|DOWN|DRAIN>`: both parts as written, and what they say; a server without weight (`DRAIN`) is up.
fn status(text: &[u8]) -> IResult<&[u8], Status<'_>> {
    let counter = consumed(separated_pair(u32, char('/'), u32));
    let state = alt((tag("UP"), tag("DRAIN"), tag("DOWN")));
    let (rest, ((health, (current, end)), state)) =
        separated_pair(counter, char(' '), state).parse(text)?;
    Ok((rest, (health, state, (current, end, state != b"DOWN"))))
}
