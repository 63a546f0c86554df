//! What a log can show of the limits that a configuration sets: their use, a bound of it, or nothing.
//!
//! Enters: a keyword, and the fields of a line. Leaves: whether the value that the keyword limits is on the line, where,
//! and what would show it. Must not know: how formats are read or written.
//!
//! A format is no more than its fields: the columns of HAProxy's own formats come from the same function as the answer
//! for a `log-format`, so that they cannot differ.

mod connections;
mod facts;
mod formats;
mod servers;
mod timeouts;

pub use facts::facts;
pub use formats::{FORMATS, Format};

/// Stands among the fields where `option log-health-checks` is set: it adds lines of checks to the log.
pub const CHECK_LINES: &str = "option log-health-checks";

/// How much of the value that a keyword limits a log shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum How {
    /// The value is on the line.
    Measured,
    /// The line has an upper or a lower bound of it, or shows it in sum with others.
    Bounded,
    /// Nothing on the line tells.
    Invisible,
}

impl How {
    /// The answer in lower case, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            How::Measured => "measured",
            How::Bounded => "bounded",
            How::Invisible => "invisible",
        }
    }
}

/// What a log whose lines have certain fields shows of a keyword's use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// How much it shows.
    pub how: How,
    /// By what; where it is invisible, why.
    pub by: &'static str,
    /// What to log to see more; `None` where nothing that HAProxy can log shows more.
    pub to_see_it: Option<&'static str>,
}

/// A keyword, or what it limits in one place of the configuration or one phase of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// As in haproxy.cfg, without arguments.
    pub keyword: &'static str,
    /// Which of the keyword's uses, such as `server` for `maxconn`; empty where there is one.
    pub part: &'static str,
    /// What it limits.
    pub value: &'static str,
    /// What a log has when the limit is met: states, check codes, messages; empty where that is silent too.
    pub met: &'static [&'static str],
    /// The best first: the first whose fields the line has holds.
    ways: &'static [Way],
    /// Why it is invisible without any of these.
    otherwise: &'static str,
    /// What makes the best of the ways hold.
    to_see_it: Option<&'static str>,
}

/// One way to see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Way {
    /// All of these have to be on the line, as aliases of log-format without `%`.
    needs: &'static [&'static str],
    how: How,
    by: &'static str,
}

/// Every row, timeouts first.
pub fn limits() -> impl Iterator<Item = &'static Limit> {
    [timeouts::ROWS, connections::ROWS, servers::ROWS]
        .into_iter()
        .flatten()
}

impl Limit {
    /// The keyword and its part, such as `maxconn (server)`.
    pub fn name(&self) -> String {
        match self.part {
            "" => self.keyword.to_owned(),
            part => format!("{} ({part})", self.keyword),
        }
    }

    /// By what it can be seen, the best first, with how much that shows.
    pub fn ways(&self) -> impl Iterator<Item = String> {
        let told = |way: &Way| format!("{} by {}", way.how.as_str(), way.by);
        self.ways.iter().map(told)
    }

    /// What lines with these fields show of it.
    pub fn sight(&self, fields: &[&str]) -> Sight {
        let has = |need: &&str| fields.iter().any(|field| is_field(field, need));
        let found = self.ways.iter().position(|way| way.needs.iter().all(has));
        let (how, by) = match found {
            Some(at) => (self.ways[at].how, self.ways[at].by),
            None => (How::Invisible, self.otherwise),
        };
        Sight {
            how,
            by,
            to_see_it: self.to_see_it.filter(|_| found != Some(0)),
        }
    }
}

/// What lines with these fields show of a keyword: `timeout queue`, `maxconn (frontend)`. Of a keyword with several
/// parts the first one is told if none is named. `None` for a keyword without a row.
///
/// Fields are aliases of log-format (`%Tw`, `Tw`) or sample expressions that print the same
/// (`%[req.timer.queue]`); [`CHECK_LINES`] stands for the lines of checks.
pub fn sight(keyword: &str, fields: &[&str]) -> Option<Sight> {
    let row = limits().find(|row| row.keyword == keyword || row.name() == keyword)?;
    Some(row.sight(fields))
}

/// Whether a field, as a format writes it, is the one that is needed.
fn is_field(field: &str, need: &str) -> bool {
    let field = field.strip_prefix('%').unwrap_or(field);
    let field = field
        .strip_prefix('[')
        .and_then(|expression| expression.strip_suffix(']'))
        .unwrap_or(field);
    field == need || formats::alias_of(field) == Some(need)
}

#[cfg(test)]
mod tests;
