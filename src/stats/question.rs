//! What is asked of a log.
//!
//! Enters: names and numbers as they were typed. Leaves: a [`Question`] that can be answered. Must not know: lines.

use std::str::FromStr;

use foldhash::fast::RandomState;

use super::sheet::Heading;
use super::tables;

/// What rows are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// One of a server.
    Servers,
    /// One of an HTTP status.
    Status,
    /// One of how requests ended.
    Terms,
    /// One of what became of persistence cookies.
    Cookies,
    /// One of a percentile, with the value of each timer.
    Percentiles,
    /// One of a URL.
    Urls,
    /// One of a client.
    Clients,
    /// One of a value of a captured header.
    Headers,
    /// One of a server, about waiting for it.
    Queues,
    /// One of an hour.
    Hours,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Servers,
        Self::Status,
        Self::Terms,
        Self::Cookies,
        Self::Percentiles,
        Self::Urls,
        Self::Clients,
        Self::Headers,
        Self::Queues,
        Self::Hours,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Servers => "servers",
            Self::Status => "status",
            Self::Terms => "terms",
            Self::Cookies => "cookies",
            Self::Percentiles => "percentiles",
            Self::Urls => "urls",
            Self::Clients => "clients",
            Self::Headers => "headers",
            Self::Queues => "queues",
            Self::Hours => "hours",
        }
    }

    /// Its columns, without those that [`By`] puts before them.
    pub fn headings(self) -> &'static [Heading] {
        tables::headings(self)
    }

    /// Whether it has as many rows as clients like.
    pub fn is_endless(self) -> bool {
        matches!(self, Self::Urls | Self::Clients | Self::Headers)
    }

    /// Whether its rows have the name of a server.
    pub(super) fn is_by_server(self) -> bool {
        matches!(self, Self::Servers | Self::Queues)
    }
}

/// What a table is parted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The hour of the accept date.
    Hour,
    /// The backend.
    Backend,
}

/// A part of requests by their date, in ms since 1970 of the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Its first ms.
    pub since: Option<i64>,
    /// The first ms behind it.
    pub until: Option<i64>,
}

impl Span {
    /// Whether it is all of time.
    pub fn is_all(self) -> bool {
        self == Self::default()
    }

    /// Whether a date is in it.
    pub fn has(self, ms: i64) -> bool {
        self.since.is_none_or(|since| since <= ms) && self.until.is_none_or(|until| ms < until)
    }
}

/// A captured header, by the number of its block and of its place in that, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capture {
    /// The block.
    pub block: u8,
    /// The place.
    pub field: u8,
}

/// What names no capture.
#[derive(Debug, thiserror::Error)]
#[error("a capture is BLOCK:FIELD, both from 1, as 1:2 for the second one of the first block")]
pub struct CapturedWhere;

impl FromStr for Capture {
    type Err = CapturedWhere;

    fn from_str(text: &str) -> Result<Self, CapturedWhere> {
        let number = |text: &str| text.parse().ok().filter(|number: &u8| *number > 0);
        let (block, field) = text.split_once(':').ok_or(CapturedWhere)?;
        match (number(block), number(field)) {
            (Some(block), Some(field)) => Ok(Self { block, field }),
            _ => Err(CapturedWhere),
        }
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Question {
    /// What is asked for.
    pub table: Table,
    /// What it is parted by, each once, in their order.
    pub by: Vec<By>,
    /// The requests that count. Those whose date is not known count where it is all of time.
    pub span: Span,
    /// URLs are told apart by their parameters, too.
    pub keeps_query: bool,
    /// The only capture that counts.
    pub capture: Option<Capture>,
    /// Percentiles, in tenths of a percent, in order.
    pub permille: Vec<u16>,
    /// One for all folds of a run: keys come from strangers, and hash alike in each of them.
    pub(super) hasher: RandomState,
}

/// The percentiles that are told where none are asked for, in tenths of a percent.
const PERMILLE: [u16; 12] = [10, 50, 100, 250, 500, 750, 900, 950, 990, 995, 999, 1000];

/// Why a table cannot be parted so.
#[derive(Debug, thiserror::Error)]
#[error("{} {why}", table.name())]
pub struct Unfit {
    table: Table,
    why: &'static str,
}

impl Question {
    /// One for all requests.
    ///
    /// # Errors
    /// When the table has the parts in its rows already.
    pub fn new(table: Table, by: &[By]) -> Result<Self, Unfit> {
        let unfit = |why| Err(Unfit { table, why });
        if table.is_by_server() && by.contains(&By::Backend) {
            return unfit("has a row for each server of each backend already");
        }
        if table == Table::Hours && by.contains(&By::Hour) {
            return unfit("has a row for each hour already");
        }
        let own = (table == Table::Hours).then_some(By::Hour);
        let mut by: Vec<By> = by.iter().copied().chain(own).collect();
        by.sort_unstable();
        by.dedup();
        Ok(Self {
            table,
            by,
            span: Span::default(),
            keeps_query: false,
            capture: None,
            permille: PERMILLE.to_vec(),
            hasher: RandomState::default(),
        })
    }

    /// Names of all columns of its sheet.
    pub fn columns(&self) -> impl Iterator<Item = Heading> {
        let parts = self.by.iter().map(|by| match by {
            By::Hour => HOUR,
            By::Backend => BACKEND,
        });
        parts.chain(self.table.headings().iter().copied())
    }

    /// Whether lines must be told apart by their servers.
    pub(super) fn needs_places(&self) -> bool {
        self.table.is_by_server() || self.by.contains(&By::Backend)
    }

    /// Whether lines must be dated.
    pub(super) fn needs_dates(&self) -> bool {
        self.by.contains(&By::Hour) || !self.span.is_all()
    }
}

const HOUR: Heading = Heading::name("hour", "hour of the accept date, in the zone of the log");
const BACKEND: Heading = Heading::name("backend", "backend");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captures_are_numbered_from_one() {
        let capture = |block, field| Some(Capture { block, field });
        for (text, expected) in [
            ("1:2", capture(1, 2)),
            ("2:10", capture(2, 10)),
            ("0:1", None),
            ("1:0", None),
            ("1", None),
            ("1:", None),
            ("1:256", None),
            ("a:b", None),
        ] {
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
    }

    #[test]
    fn a_table_is_not_parted_by_what_it_tells_anyway() {
        for (table, by, is_fit) in [
            (Table::Servers, &[By::Hour][..], true),
            (Table::Servers, &[By::Backend], false),
            (Table::Queues, &[By::Backend], false),
            (Table::Hours, &[By::Backend], true),
            (Table::Hours, &[By::Hour], false),
            (Table::Urls, &[By::Backend, By::Hour, By::Backend], true),
        ] {
            assert_eq!(Question::new(table, by).is_ok(), is_fit, "{table:?} {by:?}");
        }
    }
}
