//! Health and agent checks as `option log-health-checks` logs them (`check.c`, `set_server_check_status`).
//!
//! Enters: a message. Leaves: an [`Event`], or `None` when it is no check's.
//! Must not know: whether the server changed its state; that has a message of its own.

use super::event::{CheckEvent, CheckResult, Event};
use super::phrase::{check_result, place};
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::{char, u32};
use nom::combinator::{opt, value};
use nom::sequence::{preceded, separated_pair};
use nom::{IResult, Parser};

/// `<Health|Agent> check for [backup ]server <backend>/<server> [conditionally ]<succeeded|failed>, reason: …`
pub(super) fn read(message: &[u8]) -> Option<Event<'_>> {
    let (_, check) = check(message).ok()?;
    Some(Event::Check(check))
}

fn check(message: &[u8]) -> IResult<&[u8], CheckEvent<'_>> {
    let (rest, agent) =
        alt((value(false, tag("Health")), value(true, tag("Agent")))).parse(message)?;
    let (rest, _) = (tag(" check for "), opt(tag("backup ")), tag("server ")).parse(rest)?;
    let (rest, (backend, server)) = place(rest)?;
    let (rest, _) = (tag(" "), opt(tag("conditionally "))).parse(rest)?;
    let (rest, passed) =
        alt((value(true, tag("succeeded")), value(false, tag("failed")))).parse(rest)?;
    let (rest, result) = opt(preceded(tag(", reason: "), check_result)).parse(rest)?;
    let (rest, status) = opt(preceded(tag(", status: "), status)).parse(rest)?;
    let check = CheckEvent {
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
        status,
    };
    Ok((rest, check))
}

/// `<cur>/<max> <UP|DOWN|DRAIN>`; a server without weight (`DRAIN`) is up.
fn status(text: &[u8]) -> IResult<&[u8], (u32, u32, bool)> {
    let (rest, (current, end)) = separated_pair(u32, char('/'), u32).parse(text)?;
    let up = alt((value(true, tag("UP")), value(true, tag("DRAIN"))));
    let (rest, up) = preceded(char(' '), up.or(value(false, tag("DOWN")))).parse(rest)?;
    Ok((rest, (current, end, up)))
}
