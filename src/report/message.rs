//! A notice as a message for people who are elsewhere: what broke, since when, why, what it cost, what to look at first.
//!
//! Enters: a [`Notice`]. Leaves: words, each of them one line without an invisible character. Must not know: who is
//! told, or in which format; each format still has to escape what it would take as its own.

use serde::{Deserialize, Serialize};

use super::clock::Clock;
use super::document::{Incident, Phase};
use super::escape;
use super::feed::Notice;
use super::phrase;
use super::text::page;

/// Columns of a headline, or of a fact.
const SENTENCE: usize = 200;
/// Columns of a name.
const NAME: usize = 64;
/// Servers that are named.
const SERVERS: usize = 8;
/// Bytes of a command. A longer one is left out: half a command is none.
const COMMAND: usize = 1000;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// `be_app had no server`.
    pub headline: String,
    /// What is known, the most important first.
    pub facts: Vec<Fact>,
    /// What to type first, safely quoted.
    pub command: Option<String>,
}

/// A fact with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// `When`.
    pub name: String,
    /// `since 14 Mar 09:12:01.6+01:00, still going on (5 s so far)`.
    pub value: String,
}

impl Message {
    /// What a notice says.
    pub fn of(notice: &Notice) -> Self {
        let incident = &notice.incident;
        let span = phrase::span(incident, Some(&notice.at), &Clock::elsewhere());
        let cost = phrase::cost(incident);
        let facts = [
            ("Now", notice.text.clone()),
            ("When", Some(span)),
            ("Cause", phrase::cause(&incident.cause)),
            ("Cost", (!cost.is_empty()).then(|| cost.join(", "))),
            ("Servers", servers(incident)),
        ];
        let fact = |(name, value): (&str, Option<String>)| {
            Some(Fact {
                name: name.to_owned(),
                value: page::cut(&value?, SENTENCE),
            })
        };
        Self {
            headline: page::cut(&incident.headline, SENTENCE),
            facts: facts.into_iter().filter_map(fact).collect(),
            command: command(incident),
        }
    }
}

/// The first command that looks.
fn command(incident: &Incident) -> Option<String> {
    let commands = incident.runbook.of(Phase::Diagnose);
    let first = commands.filter_map(|step| step.command.as_deref()).next()?;
    (first.len() <= COMMAND).then(|| escape::terminal(first).into_owned())
}

/// Those where the cause was, then those dragged along.
fn servers(incident: &Incident) -> Option<String> {
    let all = incident.servers.iter().chain(&incident.affected_servers);
    let all: Vec<&String> = all.collect();
    let named = all.iter().take(SERVERS).map(|name| page::cut(name, NAME));
    let named = named.collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(SERVERS) {
        _ if all.is_empty() => None,
        0 => Some(named),
        more => Some(format!("{named} and {more} more")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    fn told(message: &Message) -> String {
        let facts = message.facts.iter();
        let facts = facts.map(|fact| format!("{}: {}\n", fact.name, fact.value));
        let command = message.command.as_deref().unwrap_or("-");
        format!(
            "{}\n{}$ {command}",
            message.headline,
            facts.collect::<String>()
        )
    }

    #[test]
    fn what_broke_since_when_why_and_what_to_type() {
        let notices = fixture::notices();
        insta::assert_snapshot!(told(&Message::of(&notices[1])), @r"
        be_app had no server
        Now: no server left
        When: since 14 Mar 09:12:01.6+01:00, still going on (6.4 s so far)
        Cause: service not listening (sure)
        Cost: 498 of 9,304 failed, 122 retried, 40 sent to another server, about 2,310 clients
        Servers: app1, app2
        $ curl -v http://10.0.0.11:8080/healthz
        ");
        insta::assert_snapshot!(told(&Message::of(&notices[4])), @r"
        be_app had no server
        When: 14 Mar 09:12:01.6+01:00 to 09:18:17 (6 m 15 s)
        Cause: service not listening (sure)
        Cost: 9,120 of 9,304 failed, 122 retried, 40 sent to another server, about 2,310 clients
        Servers: app1, app2
        $ curl -v http://10.0.0.11:8080/healthz
        ");
    }

    #[test]
    fn a_hostile_text_stays_one_visible_line() {
        let notice = fixture::hostile_notice("\x1b[2J\u{202e}a\nb");
        let message = Message::of(&notice);
        let shown = format!("{message:?}");
        assert!(!shown.contains('\x1b') && !shown.contains('\u{202e}'));
        let values = message.facts.iter().map(|fact| &fact.value);
        let lines = values.chain([&message.headline]).chain(&message.command);
        for line in lines {
            assert!(!line.contains('\n'), "{line}");
        }
    }

    #[test]
    fn a_long_command_is_left_out_whole() {
        let mut notice = fixture::notices().swap_remove(0);
        notice.incident.runbook.steps[0].command = Some("x".repeat(COMMAND + 1));
        assert_eq!(Message::of(&notice).command, None);
    }

    #[test]
    fn many_servers_are_counted() {
        let mut notice = fixture::notices().swap_remove(0);
        notice.incident.affected_servers = (0..9).map(|n| format!("s{n}")).collect();
        let message = Message::of(&notice);
        let servers = message.facts.iter().find(|fact| fact.name == "Servers");
        let expected = "app1, app2, s0, s1, s2, s3, s4, s5 and 3 more";
        assert_eq!(servers.map(|fact| fact.value.as_str()), Some(expected));
    }
}
