//! What the running HAProxy says of servers, as lines of a source of its own.
//!
//! Enters: answers of its `stats socket`. Leaves: a line for each server that it has out of rotation at the first answer, and
//! one when it says that such a server is back. Must not know: what is made of lines.
//!
//! A daemon that begins in the middle of an outage has no line that tells of it. Everything that changes later, HAProxy
//! logs; but a line that tells of a return may be lost.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::asker::Asker;
use crate::incident::state::{Rotation, States};
use crate::rollup::seal::Origin;
use crate::runtime::{Answer, Server};

/// The name of the source.
pub const SOURCE: &str = "stats socket";

/// See the module.
#[derive(Debug)]
pub struct Known {
    asker: Asker,
    /// When the last answer came that was looked at; s since 1970 UTC.
    seen: Option<i64>,
    /// Servers that were told to be out, by backend and name.
    out: BTreeMap<(String, String), Rotation>,
}

impl Known {
    /// Of what is asked. Of earlier answers, these states are left.
    pub fn new(asker: Asker, states: &States) -> Self {
        let told = states.iter().filter(|(origin, .., rotation)| {
            **origin == Origin::stats_socket() && *rotation != Rotation::Up
        });
        let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
        let out = told
            .map(|(_, backend, server, rotation)| ((text(backend), text(server)), rotation))
            .collect();
        Self {
            asker,
            seen: None,
            out,
        }
    }

    /// Lines of what a new answer says, none of them before `frontier` (s since 1970 UTC).
    pub fn lines(&mut self, frontier: Option<i64>) -> Vec<u8> {
        let answer = self.asker.last();
        let fresh = answer.filter(|answer| self.seen != Some(answer.at));
        let Some(answer) = fresh else {
            return Vec::new();
        };
        let is_first = self.seen.replace(answer.at).is_none();
        let mut said: Vec<(i64, String)> = Vec::new();
        for server in &answer.servers {
            let key = (server.backend.clone(), server.name.clone());
            let before = self.out.get(&key).copied();
            let now = rotation(server);
            let is_news = match now {
                Some(Rotation::Up) => before.is_some(),
                Some(out) => is_first && before != Some(out),
                None => false,
            };
            let Some(now) = now.filter(|_| is_news && is_plain(server)) else {
                continue;
            };
            match now {
                Rotation::Up => drop(self.out.remove(&key)),
                out => drop(self.out.insert(key, out)),
            }
            let since = server.since.and_then(|ago| i64::try_from(ago).ok());
            let since = answer.at.saturating_sub(since.unwrap_or(0)).max(0);
            let second = since.max(frontier.unwrap_or(since));
            said.push((second, sentence(&answer, server, now)));
        }
        said.sort();
        let mut lines = String::new();
        for (second, sentence) in said {
            let Ok(time) = jiff::Timestamp::from_second(second) else {
                continue;
            };
            // A text never fails to take more.
            let _ = writeln!(
                lines,
                "<133>1 {time} - {} - - - {sentence}",
                Origin::STATS_SOCKET
            );
        }
        lines.into_bytes()
    }
}

/// Where a server stands; none where it is neither in nor surely out.
fn rotation(server: &Server) -> Option<Rotation> {
    let state = server.state.as_str();
    match () {
        () if server.is_up => Some(Rotation::Up),
        () if state.starts_with("DOWN") => Some(Rotation::Down),
        () if state.starts_with("MAINT") => Some(Rotation::Maintenance),
        () if state.starts_with("DRAIN") => Some(Rotation::Drain),
        () => None,
    }
}

/// Its names and its check are such as HAProxy has.
fn is_plain(server: &Server) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
    };
    is_name(&server.backend) && is_name(&server.name)
}

/// What HAProxy's own line would say.
fn sentence(answer: &Answer, server: &Server, now: Rotation) -> String {
    let Server { backend, name, .. } = server;
    let (active, backups) = answer.usable.get(backend).copied().unwrap_or_default();
    let counts = match (answer.usable.contains_key(backend), now) {
        (false, _) => String::new(),
        (true, Rotation::Up) => {
            format!(". {active} active and {backups} backup servers online")
        }
        (true, _) => format!(". {active} active and {backups} backup servers left"),
    };
    let change = match now {
        Rotation::Up => "is UP".to_owned(),
        Rotation::Maintenance => "is going DOWN for maintenance".to_owned(),
        Rotation::Drain => "enters drain state".to_owned(),
        _ => match server.check.as_deref().filter(|check| is_text(check)) {
            Some(check) => format!("is DOWN, reason: {check}"),
            None => "is DOWN".to_owned(),
        },
    };
    format!("Server {backend}/{name} {change}{counts}.")
}

fn is_text(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b" -/()".contains(&byte))
}
