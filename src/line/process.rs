//! What HAProxy's processes say of themselves (`mworker.c`, `haproxy.c`, `proxy.c`), and what is known and changes
//! nothing.
//!
//! Enters: a message that its wrapping attributes to HAProxy. Leaves: an [`Event`], or `None`.
//! Must not know: which exits were asked for.

use super::event::{Event, ProcessEvent};
use super::told::{Fact, Facts, by_wording};

/// How a message begins, the name of the event, and what it tells; the longer before those they begin with.
const MESSAGES: [(&str, &str, ProcessEvent); 13] = [
    // 1.9 to 2.4 number their workers: `New worker #1 (1234) forked`.
    ("New worker ", "worker_started", ProcessEvent::WorkerStarted),
    (
        "Initializing new worker ",
        "worker_started",
        ProcessEvent::WorkerStarted,
    ),
    // Until 2.4: the master found the new configuration unusable.
    (
        "Reexecuting Master process in waitpid mode",
        "reload_failed",
        ProcessEvent::ReloadFailed,
    ),
    (
        "Reexecuting Master process",
        "reload_started",
        ProcessEvent::Reloading,
    ),
    (
        "Reloading HAProxy",
        "reload_started",
        ProcessEvent::Reloading,
    ),
    ("Loading success.", "reload_ok", ProcessEvent::ReloadOk),
    (
        "Loading failure!",
        "reload_failed",
        ProcessEvent::ReloadFailed,
    ),
    (
        "Failed to load worker",
        "reload_failed",
        ProcessEvent::ReloadFailed,
    ),
    (
        "Master failed to load new configuration",
        "reload_failed",
        ProcessEvent::ReloadFailed,
    ),
    (
        "All workers exited. Exiting...",
        "master_exiting",
        ProcessEvent::Exiting,
    ),
    (
        "All workers are left. Leaving...",
        "master_exiting",
        ProcessEvent::Exiting,
    ),
    (
        "Exiting Master process",
        "master_exiting",
        ProcessEvent::Exiting,
    ),
    (
        "soft-stop running for too long, performing a hard-stop",
        "hard_stop",
        ProcessEvent::HardStop,
    ),
];

/// What an exit code makes of a worker.
type Exit = fn(i32) -> ProcessEvent;

/// How a message about a dead worker begins, the name of the event, and which it was.
const EXITS: [(&str, &str, Exit); 2] = [
    ("Former worker ", "worker_exited", |code| {
        ProcessEvent::FormerWorkerExited { code }
    }),
    ("Current worker ", "worker_died", |code| {
        ProcessEvent::WorkerDied { code }
    }),
];

/// What stands before the exit code; the second is 1.8's.
const EXIT_CODES: [&str; 2] = [" exited with code ", " left with exit code "];

/// Beginnings of messages that change nothing, and the name of the event.
const NOTICES: [(&str, &str); 40] = [
    ("haproxy version is ", "version"),
    ("path to executable is ", "executable"),
    ("config : ", "config_notice"),
    // How such a notice goes on.
    ("| ", "config_notice"),
    ("parsing [", "config_notice"),
    ("[/", "config_notice"),
    ("'server ", "config_notice"),
    ("'server-template ", "config_notice"),
    ("FD limit (", "limit_notice"),
    ("Cannot raise FD limit to ", "limit_notice"),
    ("Cannot fix MEM limit to ", "limit_notice"),
    ("Automatically setting global.maxconn to ", "limit_notice"),
    ("Former program ", "program_exited"),
    ("Current program ", "program_died"),
    ("exit-on-failure: killing every ", "exit_on_failure"),
    ("A worker process unexpectedly died ", "crash_notice"),
    (
        "Failed to get the sockets from the old process",
        "sockets_not_inherited",
    ),
    ("Scheduling a soft-stop in ", "soft_stop_scheduled"),
    (
        "Grace period expired, proceeding with soft-stop now",
        "soft_stop",
    ),
    (
        "Some tasks resisted to hard-stop, exiting now",
        "hard_stop_incomplete",
    ),
    ("Some proxies refused to pause", "proxy_pause_failed"),
    ("Some proxies refused to resume", "proxy_resume_failed"),
    ("socket(): not enough free sockets", "client_socket_failed"),
    (
        "Cannot set client socket to non blocking mode",
        "client_socket_failed",
    ),
    (
        "Cannot set CLOEXEC on client socket",
        "client_socket_failed",
    ),
    (
        "haproxy: openssl returns too many async fds",
        "async_engine_failed",
    ),
    ("SIGHUP: Server ", "sighup_server"),
    ("backend ID mismatch: ", "state_file_mismatch"),
    ("backend name mismatch: ", "state_file_mismatch"),
    ("can't find server ", "state_file_mismatch"),
    (
        "server-state application failed for server ",
        "state_file_mismatch",
    ),
    ("Internal error: ", "internal_error"),
    ("stick table: ", "stick_table_error"),
    ("SPOE: [", "spoe"),
    ("<OCSP-UPDATE> ", "ocsp_update"),
    ("acme: ", "acme"),
    ("preconnect ", "reverse_http"),
    ("DNS : ", "dns_error"),
    ("could not generate a query id for ", "dns_error"),
    ("can not build the query message for ", "dns_error"),
];

/// Wordings of whole messages that say more, the longer before those they begin with.
const WORDINGS: [&str; 16] = [
    "Current worker ({worker_pid:n}) exited with code {code:n} ({signal:text})",
    "Current worker ({worker_pid:n}) exited with code {code:n}",
    "Current worker #{worker:n} ({worker_pid:n}) exited with code {code:n} ({signal:text})",
    "Current worker {worker_pid:n} left with exit code {code:n}",
    "Former worker ({worker_pid:n}) exited with code {code:n} ({signal:text})",
    "Former worker ({worker_pid:n}) exited with code {code:n}",
    "Former worker #{worker:n} ({worker_pid:n}) exited with code {code:n} ({signal:text})",
    "Former worker {worker_pid:n} left with exit code {code:n}",
    "Current program '{program:word}' ({worker_pid:n}) exited with code {code:n} ({signal:text})",
    "Former program '{program:word}' ({worker_pid:n}) exited with code {code:n} ({signal:text})",
    "Failed to load worker ({worker_pid:n}) exited with code {code:n} ({signal:text})",
    "New worker ({worker_pid:n})",
    "New worker #{worker:n} ({worker_pid:n})",
    "Initializing new worker ({worker_pid:n})",
    "All workers exited. Exiting... ({code:n})",
    "SIGHUP: Server {place} is {state:word}. Conn: {active_conns:n} act, {pending:n} pend, {total:n} tot.",
];

/// Reads a message of a process.
pub(super) fn read(message: &[u8]) -> Option<Event<'_>> {
    let begins = |text: &str| message.starts_with(text.as_bytes());
    if let Some((_, _, event)) = EXITS.iter().find(|(text, ..)| begins(text)) {
        let exit = exit_code(message).map_or(ProcessEvent::Notice, event);
        return Some(Event::Process(exit));
    }
    if let Some((_, _, event)) = MESSAGES.iter().find(|(text, ..)| begins(text)) {
        return Some(Event::Process(*event));
    }
    NOTICES
        .iter()
        .any(|(text, _)| begins(text))
        .then_some(Event::Process(ProcessEvent::Notice))
}

/// What it says, by name; a message of which nothing else is known says itself.
pub(super) fn facts(message: &[u8]) -> Option<Facts<'_>> {
    let exits = EXITS.iter().map(|(text, event, _)| (text, event));
    let messages = MESSAGES.iter().map(|(text, event, _)| (text, event));
    let notices = NOTICES.iter().map(|(text, event)| (text, event));
    let (_, event) = exits
        .chain(messages)
        .chain(notices)
        .find(|(text, _)| message.starts_with(text.as_bytes()))?;
    let mut facts = by_wording(event, &WORDINGS, message);
    let is_notice = matches!(read(message), Some(Event::Process(ProcessEvent::Notice)));
    if is_notice && facts.len() == 1 {
        facts.push(("message", Fact::Text(message)));
    }
    Some(facts)
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
        for (at, (text, ..)) in MESSAGES.iter().enumerate() {
            let hidden = MESSAGES[at + 1..]
                .iter()
                .find(|(later, ..)| later.starts_with(text));
            assert_eq!(hidden, None, "{text}");
        }
    }
}
