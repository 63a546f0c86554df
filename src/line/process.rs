//! What HAProxy's processes say of themselves (`mworker.c`, `haproxy.c`, `proxy.c`), and what is known and changes
//! nothing.
//!
//! Enters: a message that its wrapping attributes to HAProxy. Leaves: an [`Event`], or `None`.
//! Must not know: which exits were asked for.

use super::event::{Event, ProcessEvent};

/// How a message begins and what it tells; the longer before those they begin with.
const MESSAGES: [(&str, ProcessEvent); 13] = [
    // 1.9 to 2.4 number their workers: `New worker #1 (1234) forked`.
    ("New worker ", ProcessEvent::WorkerStarted),
    ("Initializing new worker ", ProcessEvent::WorkerStarted),
    // Until 2.4: the master found the new configuration unusable.
    (
        "Reexecuting Master process in waitpid mode",
        ProcessEvent::ReloadFailed,
    ),
    ("Reexecuting Master process", ProcessEvent::Reloading),
    ("Reloading HAProxy", ProcessEvent::Reloading),
    ("Loading success.", ProcessEvent::ReloadOk),
    ("Loading failure!", ProcessEvent::ReloadFailed),
    ("Failed to load worker", ProcessEvent::ReloadFailed),
    (
        "Master failed to load new configuration",
        ProcessEvent::ReloadFailed,
    ),
    ("All workers exited. Exiting...", ProcessEvent::Exiting),
    ("All workers are left. Leaving...", ProcessEvent::Exiting),
    ("Exiting Master process", ProcessEvent::Exiting),
    (
        "soft-stop running for too long, performing a hard-stop",
        ProcessEvent::HardStop,
    ),
];

/// What an exit code makes of a worker.
type Exit = fn(i32) -> ProcessEvent;

/// How a message about a dead worker begins, and which it was.
const EXITS: [(&str, Exit); 2] = [
    ("Former worker ", |code| ProcessEvent::FormerWorkerExited {
        code,
    }),
    ("Current worker ", |code| ProcessEvent::WorkerDied { code }),
];

/// What stands before the exit code; the second is 1.8's.
const EXIT_CODES: [&str; 2] = [" exited with code ", " left with exit code "];

/// Beginnings of messages that change nothing.
const NOTICES: [&str; 39] = [
    "haproxy version is ",
    "path to executable is ",
    "config : ",
    "parsing [",
    "[/",
    "'server ",
    "'server-template ",
    "FD limit (",
    "Cannot raise FD limit to ",
    "Cannot fix MEM limit to ",
    "Automatically setting global.maxconn to ",
    "Former program ",
    "Current program ",
    "exit-on-failure: killing every ",
    "A worker process unexpectedly died ",
    "Failed to get the sockets from the old process",
    "Scheduling a soft-stop in ",
    "Grace period expired, proceeding with soft-stop now",
    "Some tasks resisted to hard-stop, exiting now",
    "Some proxies refused to pause",
    "Some proxies refused to resume",
    "socket(): not enough free sockets",
    "Cannot set client socket to non blocking mode",
    "Cannot set CLOEXEC on client socket",
    "haproxy: openssl returns too many async fds",
    "SIGHUP: Server ",
    "backend ID mismatch: ",
    "backend name mismatch: ",
    "can't find server ",
    "server-state application failed for server ",
    "Internal error: ",
    "stick table: ",
    "SPOE: [",
    "<OCSP-UPDATE> ",
    "acme: ",
    "preconnect ",
    "DNS : ",
    "could not generate a query id for ",
    "can not build the query message for ",
];

/// Reads a message of a process.
pub(super) fn read(message: &[u8]) -> Option<Event<'_>> {
    let begins = |text: &str| message.starts_with(text.as_bytes());
    if let Some((_, event)) = EXITS.iter().find(|(text, _)| begins(text)) {
        let exit = exit_code(message).map_or(ProcessEvent::Notice, event);
        return Some(Event::Process(exit));
    }
    if let Some((_, event)) = MESSAGES.iter().find(|(text, _)| begins(text)) {
        return Some(Event::Process(*event));
    }
    NOTICES
        .iter()
        .any(|text| begins(text))
        .then_some(Event::Process(ProcessEvent::Notice))
}

/// The exit code of a worker; `None` when the message ends before it is complete.
fn exit_code(message: &[u8]) -> Option<i32> {
    let code = EXIT_CODES.iter().find_map(|text| {
        let at = memchr::memmem::find(message, text.as_bytes())?;
        Some(&message[at + text.len()..])
    })?;
    let (_, code) = nom::character::complete::i32::<_, nom::error::Error<&[u8]>>(code).ok()?;
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_hides_a_later_one() {
        for (at, (text, _)) in MESSAGES.iter().enumerate() {
            let hidden = MESSAGES[at + 1..]
                .iter()
                .find(|(later, _)| later.starts_with(text));
            assert_eq!(hidden, None, "{text}");
        }
    }
}
