//! Requests by HTTP status, as `halog -st` has them.

use super::Count;
use crate::line::{FieldSet, Mode};
use crate::stats::line::Line;
use crate::stats::places::Places;
use crate::stats::question::Question;
use crate::stats::sheet::{Cell, Heading, Rows};

pub const HEADINGS: [Heading; 4] = [
    Heading::name(
        "status",
        "HTTP status; -1 where none was decided, nothing for sessions of mode tcp",
    ),
    Heading::figure("requests", "requests of mode http"),
    Heading::figure("sessions", "sessions of mode tcp"),
    Heading::figure("share", "their share; percent"),
];

/// Statuses that a line can have: -1 to 999.
const MOST: usize = 1_001;

#[derive(Debug, Default)]
pub struct Statuses {
    /// By status and one more.
    requests: Vec<u64>,
    sessions: u64,
}

impl Count for Statuses {
    #[inline]
    fn add(&mut self, line: &Line) {
        let traffic = line.traffic;
        match traffic.mode {
            Mode::Http if line.has(FieldSet::STATUS) => {
                let nth = usize::try_from(traffic.status + 1).unwrap_or_default();
                match self.requests.get_mut(nth) {
                    Some(count) => *count += line.times,
                    None => self.grow(nth, line.times),
                }
            }
            Mode::Tcp => self.sessions += line.times,
            Mode::Http | Mode::Handshake => {}
        }
    }

    fn merge(&mut self, other: Self, _: &[u32]) {
        self.sessions += other.sessions;
        for (nth, count) in other.requests.into_iter().enumerate() {
            self.grow(nth, count);
        }
    }

    fn rows(self, _: &Places, _: &Question) -> Box<dyn Rows> {
        let statuses = (-1..).zip(&self.requests).filter(|(_, count)| **count > 0);
        let rows = statuses.map(|(status, count)| (Some(status), *count));
        let sessions = (self.sessions > 0).then_some((None, self.sessions));
        let rows: Vec<(Option<i64>, u64)> = rows.chain(sessions).collect();
        let all = rows.iter().map(|(_, count)| count).sum();
        Box::new(Shared { rows, all })
    }
}

impl Statuses {
    #[cold]
    fn grow(&mut self, nth: usize, times: u64) {
        if self.requests.is_empty() {
            self.requests.resize(MOST, 0);
        }
        if let Some(count) = self.requests.get_mut(nth) {
            *count += times;
        }
    }
}

struct Shared {
    rows: Vec<(Option<i64>, u64)>,
    all: u64,
}

impl Rows for Shared {
    fn count(&self) -> usize {
        self.rows.len()
    }

    fn show(&self, row: usize, look: &mut dyn FnMut(&[Cell])) {
        let (status, count) = self.rows[row];
        let (requests, sessions) = match status {
            Some(_) => (count, 0),
            None => (0, count),
        };
        let cells: [Cell; HEADINGS.len()] = [
            status.map_or(Cell::Missing, Cell::Number),
            Cell::count(requests),
            Cell::count(sessions),
            Cell::Share(count, self.all),
        ];
        look(&cells);
    }
}
