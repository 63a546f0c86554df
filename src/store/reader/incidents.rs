//! Incidents, the newest first.
//!
//! Enters: what is asked for. Leaves: a page of incidents, and where the next one begins. Must not know: what they say.

use rusqlite::{OptionalExtension, Row, named_params};

use super::Reader;
use crate::store::problem::CannotStore;
use crate::store::rows::IncidentRow;

/// Which incidents are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Those that had not ended before this, ms since 1970 UTC.
    pub since: i64,
    /// Those that began before this, ms since 1970 UTC.
    pub until: i64,
    /// Those that are at least as severe.
    pub severity: u8,
    /// Those of this backend; none: of all.
    pub backend: Option<String>,
    /// Those that are open, or those that are not; none: both.
    pub open: Option<bool>,
    /// Those behind this place in the order: start and id of the last one of the page before.
    pub after: Option<(i64, String)>,
    /// Rows of a page, at most.
    pub limit: u32,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            since: i64::MIN,
            until: i64::MAX,
            severity: 0,
            backend: None,
            open: None,
            after: None,
            limit: 100,
        }
    }
}

/// Some of the incidents that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// By start, the latest first; of those with the same start the highest id first.
    pub incidents: Vec<IncidentRow>,
    /// What the next page is asked for with ([`Asked::after`]); none: this is the last.
    pub next: Option<(i64, String)>,
}

const COLUMNS: &str = "id, start, ended, severity, backend, json, found";

impl Reader {
    /// A page of incidents.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn incidents(&self, asked: &Asked) -> Result<Page, CannotStore> {
        let mut incidents = self.page(asked).map_err(|error| self.cannot(&error))?;
        let limit = asked.limit as usize;
        let is_more = incidents.len() > limit;
        incidents.truncate(limit);
        let next = incidents
            .last()
            .filter(|_| is_more)
            .map(|last| (last.start, last.id.clone()));
        Ok(Page { incidents, next })
    }

    /// The incident with this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn incident(&self, id: &str) -> Result<Option<IncidentRow>, CannotStore> {
        self.connection
            .query_row(
                &format!("SELECT {COLUMNS} FROM incidents WHERE id = ?1"),
                [id],
                incident,
            )
            .optional()
            .map_err(|error| self.cannot(&error))
    }

    /// One more than a page has, if there is one.
    fn page(&self, asked: &Asked) -> rusqlite::Result<Vec<IncidentRow>> {
        let (start, id) = asked
            .after
            .as_ref()
            .map_or((None, ""), |(start, id)| (Some(start), id));
        self.connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM incidents
                 WHERE start < :until AND (ended IS NULL OR ended >= :since)
                     AND severity >= :severity
                     AND (:backend IS NULL OR backend = :backend)
                     AND (:open IS NULL OR (ended IS NULL) = :open)
                     AND (:start IS NULL OR (start, id) < (:start, :id))
                 ORDER BY start DESC, id DESC LIMIT :limit"
            ))?
            .query_map(
                named_params! {
                    ":until": asked.until, ":since": asked.since, ":severity": asked.severity,
                    ":backend": asked.backend, ":open": asked.open, ":start": start, ":id": id,
                    ":limit": i64::from(asked.limit) + 1,
                },
                incident,
            )?
            .collect()
    }
}

fn incident(row: &Row) -> rusqlite::Result<IncidentRow> {
    Ok(IncidentRow {
        id: row.get(0)?,
        start: row.get(1)?,
        end: row.get(2)?,
        severity: row.get(3)?,
        backend: row.get(4)?,
        json: row.get(5)?,
        found: row.get(6)?,
    })
}
