//! What an API is asked for.
//!
//! Enters: queries. Leaves: the same, understood; or what is wrong with them. Must not know: answers.

use jiff::Timestamp;
use serde::Deserialize;

use super::Problem;
use crate::report::document::Incident;
use crate::words::cause::{Kind, Severity};

/// Rows of a page, unless it is said how many.
const ROWS: usize = 100;

/// Rows of a page, at most.
const MOST: usize = 1_000;

/// A query that may say nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A part of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Page {
    limit: Option<usize>,
    offset: Option<usize>,
}

/// A part of a list, understood.
#[derive(Debug, Clone, Copy)]
pub struct Paged {
    limit: usize,
    offset: usize,
}

/// Rows of a list.
#[derive(Debug)]
pub struct Rows<'a, T> {
    /// How many the list has.
    pub total: usize,
    /// Where the next page begins, unless this is the last one.
    pub next: Option<usize>,
    /// Those of this page.
    pub rows: Vec<&'a T>,
}

impl Page {
    /// Understood.
    pub fn wanted(self) -> Result<Paged, Problem> {
        paged(self.limit, self.offset)
    }
}

fn paged(limit: Option<usize>, offset: Option<usize>) -> Result<Paged, Problem> {
    let limit = limit.unwrap_or(ROWS);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::asked(format!("`limit` is from 1 to {MOST}")));
    }
    let offset = offset.unwrap_or(0);
    Ok(Paged { limit, offset })
}

impl Paged {
    /// The page of a list.
    pub fn of<'a, T>(self, all: impl IntoIterator<Item = &'a T>) -> Rows<'a, T> {
        let all: Vec<&T> = all.into_iter().collect();
        let total = all.len();
        let rows: Vec<&T> = all.into_iter().skip(self.offset).take(self.limit).collect();
        let end = self.offset.saturating_add(rows.len());
        let next = (!rows.is_empty() && end < total).then_some(end);
        Rows { total, next, rows }
    }
}

/// A part of a list, of one backend.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OfBackend {
    backend: Option<String>,
    limit: Option<usize>,
    offset: Option<usize>,
}

/// The same, understood.
#[derive(Debug)]
pub struct OneBackend {
    backend: Option<String>,
    /// Which part of them.
    pub page: Paged,
}

impl OfBackend {
    /// Understood.
    pub fn wanted(self) -> Result<OneBackend, Problem> {
        Ok(OneBackend {
            backend: self.backend,
            page: paged(self.limit, self.offset)?,
        })
    }
}

impl OneBackend {
    /// Whether this backend was asked for.
    pub fn is(&self, backend: &str) -> bool {
        self.backend.as_ref().is_none_or(|asked| asked == backend)
    }
}

/// A span of time, of one backend.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Span {
    since: Option<String>,
    until: Option<String>,
    backend: Option<String>,
}

/// The same, understood; in ms since 1970 UTC.
#[derive(Debug)]
pub struct Spanned {
    /// From here on.
    pub since: Option<i64>,
    /// Up to here.
    pub until: Option<i64>,
    backend: Option<String>,
}

impl Span {
    /// Understood.
    pub fn wanted(self) -> Result<Spanned, Problem> {
        let instant =
            |name, said: Option<String>| said.map(|said| instant(name, &said)).transpose();
        let (since, until) = (instant("since", self.since)?, instant("until", self.until)?);
        if since.zip(until).is_some_and(|(since, until)| until < since) {
            return Err(Problem::asked("`until` is before `since`"));
        }
        Ok(Spanned {
            since,
            until,
            backend: self.backend,
        })
    }
}

impl Spanned {
    /// Whether an incident lies in it.
    pub fn is(&self, incident: &Incident) -> bool {
        let backend = incident.backend.as_deref();
        let is_asked = |asked: &String| backend == Some(asked);
        self.backend.as_ref().is_none_or(is_asked)
            && self.touches(&incident.start, incident.end.as_deref())
    }

    /// Whether what lasts from one time to another (`None`: still) lies in it.
    pub fn touches(&self, from: &str, to: Option<&str>) -> bool {
        let early = self
            .until
            .zip(ms(from))
            .is_some_and(|(until, from)| from > until);
        let late = self
            .since
            .zip(to.and_then(ms))
            .is_some_and(|(since, to)| to < since);
        !early && !late
    }
}

/// Which incidents.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    since: Option<String>,
    until: Option<String>,
    backend: Option<String>,
    severity: Option<String>,
    kind: Option<String>,
    open: Option<bool>,
    limit: Option<usize>,
    offset: Option<usize>,
}

/// The same, understood.
#[derive(Debug)]
pub struct Wanted {
    span: Spanned,
    severities: Option<Vec<Severity>>,
    kinds: Option<Vec<Kind>>,
    open: Option<bool>,
    /// Which part of them.
    pub page: Paged,
}

impl Asked {
    /// Understood.
    pub fn wanted(self) -> Result<Wanted, Problem> {
        let span = Span {
            since: self.since,
            until: self.until,
            backend: self.backend,
        };
        let severities = |said: String| codes("severity", &said, &Severity::ALL, Severity::as_str);
        let kinds = |said: String| codes("kind", &said, &Kind::ALL, Kind::as_str);
        Ok(Wanted {
            span: span.wanted()?,
            severities: self.severity.map(severities).transpose()?,
            kinds: self.kind.map(kinds).transpose()?,
            open: self.open,
            page: paged(self.limit, self.offset)?,
        })
    }
}

impl Wanted {
    /// Whether this incident was asked for.
    pub fn is(&self, incident: &Incident) -> bool {
        let of = |severities: &Vec<Severity>| severities.contains(&incident.severity);
        let like = |kinds: &Vec<Kind>| kinds.contains(&incident.kind);
        self.span.is(incident)
            && self.severities.as_ref().is_none_or(of)
            && self.kinds.as_ref().is_none_or(like)
            && self.open.is_none_or(|open| open == incident.end.is_none())
    }
}

/// Codes of a closed list, with commas between them.
fn codes<T: Copy>(
    name: &str,
    said: &str,
    all: &[T],
    as_str: impl Fn(T) -> &'static str,
) -> Result<Vec<T>, Problem> {
    let known = |code: &str| all.iter().copied().find(|one| as_str(*one) == code);
    let understood = said.split(',').map(known).collect::<Option<Vec<T>>>();
    understood.ok_or_else(|| {
        let all: Vec<&str> = all.iter().map(|one| as_str(*one)).collect();
        Problem::asked(format!("`{name}` is one or more of {}", all.join(",")))
    })
}

/// An instant in ms: RFC 3339 with an offset, or seconds since 1970 UTC.
fn instant(name: &str, said: &str) -> Result<i64, Problem> {
    let seconds = said
        .parse()
        .ok()
        .and_then(|seconds: i64| seconds.checked_mul(1000));
    // In a query, a plus that is not written as %2B is a blank.
    let dated = || ms(&said.replace(' ', "+"));
    seconds.or_else(dated).ok_or_else(|| {
        Problem::asked(format!(
            "`{name}` is a time such as 2026-03-14T09:12:30Z, or seconds since 1970 UTC"
        ))
    })
}

/// Of a time as documents have it.
pub fn ms(time: &str) -> Option<i64> {
    let instant: Timestamp = time.parse().ok()?;
    Some(instant.as_millisecond())
}
