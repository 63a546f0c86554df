//! What loggers between HAProxy and the file say that they dropped.
//!
//! Enters: a message of another program. Leaves: which logger dropped lines, and how many of them it tells.
//! Must not know: when, or what stood in them.
//!
//! The table is what a newcomer extends: a row is how a notice begins, words that stand behind, who writes it, and
//! what makes it stop.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A logger that drops lines and says so.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Logger {
    begins: &'static str,
    says: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The setting that makes it stop.
    pub remedy: &'static str,
}

/// rsyslog's inputs (`ratelimit.c`; `imuxsock.c` until version 6 in other words), journald (`journald-server.c`).
static LOGGERS: [Logger; 6] = [
    rsyslog(
        "imuxsock",
        "module(load=\"imuxsock\" SysSock.RateLimit.Interval=\"0\") in rsyslog.conf",
    ),
    rsyslog(
        "imjournal",
        "module(load=\"imjournal\" Ratelimit.Interval=\"0\") in rsyslog.conf",
    ),
    rsyslog(
        "imudp",
        "RateLimit.Interval=\"0\" of its input in rsyslog.conf",
    ),
    rsyslog(
        "imtcp",
        "RateLimit.Interval=\"0\" of its input in rsyslog.conf",
    ),
    rsyslog(
        "imptcp",
        "RateLimit.Interval=\"0\" of its input in rsyslog.conf",
    ),
    Logger {
        begins: "Suppressed ",
        says: " messages from ",
        name: "journald",
        remedy: "RateLimitIntervalSec=0 in journald.conf",
    },
];

const fn rsyslog(input: &'static str, remedy: &'static str) -> Logger {
    Logger {
        begins: input,
        says: " due to rate-limiting",
        name: "rsyslog",
        remedy,
    }
}

impl Serialize for Logger {
    /// As the number of its row.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = LOGGERS.iter().position(|logger| logger == self);
        row.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for &'static Logger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let row = Option::<usize>::deserialize(deserializer)?;
        row.and_then(|row| LOGGERS.get(row))
            .ok_or_else(|| D::Error::custom("no such logger"))
    }
}

/// What stands before the program, unit or process whose lines were dropped, where it is told.
const WHOSE: [&str; 3] = ["name: ", "from <", "messages from /"];

/// Reads a notice: who dropped lines, and how many as far as it tells; `None` for anything else, and where the lines
/// were another program's.
pub fn read(message: &[u8]) -> Option<(&'static Logger, u64)> {
    let begins = |logger: &&Logger| message.starts_with(logger.begins.as_bytes());
    let logger = LOGGERS.iter().find(begins)?;
    memchr::memmem::find(message, logger.says.as_bytes())?;
    may_be_of_haproxy(message).then(|| (logger, lines(message)))
}

/// The lines are HAProxy's, or it is not said whose they are.
fn may_be_of_haproxy(message: &[u8]) -> bool {
    let behind = |word: &str| {
        let at = memchr::memmem::find(message, word.as_bytes())?;
        Some(&message[at + word.len()..])
    };
    let told = WHOSE.iter().find_map(|word| behind(word));
    // journald names a unit; `/` is everything that is in none.
    let told = told.or_else(|| behind("messages from ").filter(|unit| !unit.starts_with(b"pid ")));
    told.is_none_or(|whose| {
        let names = ["haproxy", "hapee"];
        let named = |name: &&str| memchr::memmem::find(whose, name.as_bytes()).is_some();
        whose.is_empty() || names.iter().any(named)
    })
}

/// The number before the word `messages`; 0 where there is none.
fn lines(message: &[u8]) -> u64 {
    let Some(end) = memchr::memmem::find(message, b" messages") else {
        return 0;
    };
    let digits = message[..end].rsplit(|byte| !byte.is_ascii_digit()).next();
    let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_of_loggers() {
        for (message, expected) in [
            (
                "imuxsock lost 516 messages from pid 159386 due to rate-limiting",
                Some(("rsyslog", 516)),
            ),
            (
                "imuxsock begins to drop messages from pid 159386 due to rate-limiting",
                Some(("rsyslog", 0)),
            ),
            (
                "imuxsock[pid 22830]: begin to drop messages due to rate-limiting",
                Some(("rsyslog", 0)),
            ),
            (
                "imuxsock[pid: 57, name: /usr/sbin/haproxy]: 488 messages lost due to rate-limiting (200 allowed within 5 \
                 seconds)",
                Some(("rsyslog", 488)),
            ),
            (
                "imuxsock[pid: 57, name: /usr/bin/orchagent]: 488 messages lost due to rate-limiting",
                None,
            ),
            (
                "imjournal: 406 messages lost due to rate-limiting",
                Some(("rsyslog", 406)),
            ),
            (
                "imjournal from <lb1:haproxy>: begin to drop messages due to rate-limiting",
                Some(("rsyslog", 0)),
            ),
            (
                "imjournal from <lb1:cron>: begin to drop messages due to rate-limiting",
                None,
            ),
            (
                "Suppressed 917 messages from haproxy.service",
                Some(("journald", 917)),
            ),
            (
                "Suppressed 917 messages from /system.slice/haproxy.service",
                Some(("journald", 917)),
            ),
            ("Suppressed 917 messages from /", Some(("journald", 917))),
            ("Suppressed 917 messages from nginx.service", None),
            (
                "imuxsock: Acquired UNIX socket '/run/systemd/journal/syslog' (fd 3) from systemd.",
                None,
            ),
            ("GET /?imuxsock lost 5 messages due to rate-limiting", None),
        ] {
            let read = read(message.as_bytes()).map(|(logger, lines)| (logger.name, lines));
            assert_eq!(read, expected, "{message}");
        }
    }
}
