//! What of a line counts in tables.
//!
//! Enters: a record of traffic. Leaves: a [`Line`], and what can be said of its timers. Must not know: which table counts it.

use crate::filter::accepts::accepted;
use crate::line::{FieldSet, Mode, Timers, Traffic};
use crate::record::Record;
use crate::time::Stamp;
use crate::time::zone::Zone;

/// A request, a session, or a handshake that failed.
#[derive(Debug, Clone, Copy)]
pub struct Line<'r, 'a> {
    /// Its fields; what it is counted by is filled.
    pub traffic: &'r Traffic<'a>,
    /// All of it.
    pub record: &'r Record<'a>,
    /// The number of its server, where the table asks for that.
    pub place: u32,
    /// How often it was said.
    pub times: u64,
}

impl Line<'_, '_> {
    /// Whether the line has these fields.
    #[inline]
    pub fn has(&self, fields: FieldSet) -> bool {
        self.traffic.fields.has(fields)
    }

    /// Whether it is a request of `mode http`.
    #[inline]
    pub fn is_request(&self) -> bool {
        self.traffic.mode == Mode::Http
    }

    /// Whether every phase was completed: none of the timers that the line has is -1.
    #[inline]
    pub fn is_complete(&self) -> bool {
        let Timers {
            request,
            queue,
            connect,
            response,
            ..
        } = self.traffic.timers;
        let fields = self.traffic.fields;
        if fields.has(TIMERS) {
            return request | queue | connect | response >= 0;
        }
        let is_there = |field: FieldSet, ms: i64| ms >= 0 || !fields.has(field);
        is_there(FieldSet::REQUEST_TIME, request)
            && is_there(FieldSet::QUEUE_TIME, queue)
            && is_there(FieldSet::CONNECT_TIME, connect)
            && is_there(FieldSet::RESPONSE_TIME, response)
    }
}

const TIMERS: FieldSet = FieldSet::REQUEST_TIME
    .and(FieldSet::QUEUE_TIME)
    .and(FieldSet::CONNECT_TIME)
    .and(FieldSet::RESPONSE_TIME);

/// The accept date of a line, else the time it was written where that has a year; ms since 1970 of the wall clock.
pub fn date(record: &Record, zone: &Zone) -> Option<i64> {
    accepted(record, zone).or(match record.envelope.stamp {
        Stamp::Civil(ms) => Some(ms),
        Stamp::Instant(ms) => Some(zone.civil(ms)),
        Stamp::Absent | Stamp::Yearless { .. } | Stamp::YearDay { .. } => None,
    })
}
