//! What changed, while it changes: one notice a line.
//!
//! Enters: a [`Notice`]. Leaves: one line for people, or one line of JSON (`hapline.notice/1`). Must not
//! know: when to give notice.

use std::io::{self, Write};

use serde::Serialize;

use super::document::{Incident, Time};
use super::text::Style;
use super::text::page::{self, Ink, Page, Row};
use super::{clock, escape, numbers, phrase};

/// The value of [`Notice::schema`].
pub const SCHEMA: &str = "hapline.notice/1";

/// Columns where transition, severity and headline begin.
const COLUMNS: [usize; 3] = [10, 19, 29];
/// Servers that are named.
const SERVERS: usize = 3;
/// A headline or a change is cut to this many columns, so that a line stays one to read.
const SENTENCE: usize = 100;
/// A name or an id is cut to this many columns.
const NAME: usize = 32;

/// An incident at the moment something about it changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notice {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// What changed.
    pub transition: Transition,
    /// Log time of the evidence, RFC 3339.
    pub at: Time,
    /// In words, where the incident's headline does not say it; null when it does.
    pub text: Option<String>,
    /// The incident as it stands now.
    pub incident: Incident,
}

/// What changed about an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    /// It is new.
    Opened,
    /// Its severity rose, or it hit more.
    Worsened,
    /// Another cause is more likely now.
    CauseRevised,
    /// It turned out to be part of another.
    Merged,
    /// It is over.
    Closed,
    /// It was over, and is not.
    Reopened,
}

impl Transition {
    /// One short word in capitals.
    fn word(self) -> &'static str {
        match self {
            Self::Opened => "OPENED",
            Self::Worsened => "WORSE",
            Self::CauseRevised => "REVISED",
            Self::Merged => "MERGED",
            Self::Closed => "CLOSED",
            Self::Reopened => "REOPENED",
        }
    }

    fn ink(self) -> Ink {
        match self {
            Self::Opened | Self::Worsened | Self::Reopened => Ink::Bad,
            Self::CauseRevised | Self::Merged => Ink::Warn,
            Self::Closed => Ink::Good,
        }
    }
}

/// Writes `notice` as exactly one line. It may be wider than the page: what scrolls by should be whole.
/// Fails as `out` fails.
pub fn write_text(notice: &Notice, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let incident = &notice.incident;
    let [transition, severity, headline] = COLUMNS;
    let row = Row::default()
        .put(Ink::Plain, clock::second_of_day(&notice.at))
        .to(transition)
        .put(notice.transition.ink(), notice.transition.word())
        .to(severity)
        .put(
            Ink::of(incident.severity),
            &phrase::severity(incident.severity),
        )
        .to(headline)
        .put(Ink::Plain, &said(notice).join(" · "))
        .put(Ink::Plain, "   ")
        .put(Ink::Dim, &format!("[{}]", page::cut(&incident.id, NAME)));
    Page::new(style, out).whole_row(&row)
}

/// Writes `notice` as one line of JSON. Fails as `out` fails.
pub fn write_json(notice: &Notice, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string(notice)?;
    writeln!(out, "{}", escape::json(&text))
}

/// Headline, change, cause, cost and servers.
fn said(notice: &Notice) -> Vec<String> {
    let incident = &notice.incident;
    let mut parts = vec![page::cut(&incident.headline, SENTENCE)];
    parts.extend(notice.text.as_deref().map(|text| page::cut(text, SENTENCE)));
    parts.extend(phrase::cause(&incident.cause));
    let over = incident.end.as_deref();
    if incident.failed_requests > 0 {
        let so_far = if over.is_none() { " so far" } else { "" };
        parts.push(format!(
            "{} failed{so_far}",
            numbers::count(incident.failed_requests)
        ));
    }
    parts.extend(over.and_then(|end| clock::between(&incident.start, end)));
    let servers: Vec<&String> = incident
        .servers
        .iter()
        .chain(&incident.affected_servers)
        .collect();
    let named: Vec<String> = servers
        .iter()
        .take(SERVERS)
        .map(|name| page::cut(name, NAME))
        .collect();
    let more = match servers.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    if !named.is_empty() {
        parts.push(format!("{}{more}", named.join(", ")));
    }
    parts
}
