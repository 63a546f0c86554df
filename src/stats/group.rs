//! The parts of a table: one an hour, one a backend, one of both, or one in all.
//!
//! Enters: lines with their hour and backend. Leaves: what was counted of each part. Must not know: what is counted.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::line::Line;
use super::places::Places;
use super::question::{By, Question};
use super::sheet::{Cell, Part};
use super::tables::State;
use crate::time::civil::civil_from_days;

const HOUR_MS: i64 = 3_600_000;
const HOURS_A_DAY: i64 = 24;

/// What a part is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Key {
    /// Hours since 1970 of the wall clock; `None` where lines do not tell, or nobody asks.
    hour: Option<i64>,
    /// The number of a backend; 0 where nobody asks.
    backend: u32,
}

/// See the module.
#[derive(Debug)]
pub struct Groups {
    is_by_hour: bool,
    is_by_backend: bool,
    numbers: HashMap<Key, usize, RandomState>,
    held: Vec<(Key, State)>,
    /// The number of the last line's part.
    last: usize,
}

impl Groups {
    /// No part but the one of all, where it is all.
    pub fn new(question: &Question) -> Self {
        let mut groups = Self {
            is_by_hour: question.by.contains(&By::Hour),
            is_by_backend: question.by.contains(&By::Backend),
            numbers: HashMap::default(),
            held: Vec::new(),
            last: 0,
        };
        if question.by.is_empty() {
            groups.number(Key::default(), question);
        }
        groups
    }

    /// Counts a line, whose date is in ms since 1970 of the wall clock.
    #[inline]
    pub fn add(&mut self, line: &Line, date: Option<i64>, places: &Places, question: &Question) {
        if self.is_by_hour || self.is_by_backend {
            self.turn(line, date, places, question);
        }
        self.held[self.last].1.add(line);
    }

    /// Goes to the part of a line.
    #[inline(never)]
    fn turn(&mut self, line: &Line, date: Option<i64>, places: &Places, question: &Question) {
        let hour = date.filter(|_| self.is_by_hour);
        let key = Key {
            hour: hour.map(|ms| ms.div_euclid(HOUR_MS)),
            backend: match self.is_by_backend {
                true => places.place(line.place).backend,
                false => 0,
            },
        };
        if self
            .held
            .get(self.last)
            .is_none_or(|(held, _)| *held != key)
        {
            self.last = self.number(key, question);
        }
    }

    fn number(&mut self, key: Key, question: &Question) -> usize {
        *self.numbers.entry(key).or_insert_with(|| {
            self.held.push((key, State::new(question)));
            self.held.len() - 1
        })
    }

    /// Takes other parts in, whose numbers of backends and of servers are others.
    pub fn merge(
        &mut self,
        other: Self,
        backend: impl Fn(u32) -> u32,
        servers: &[u32],
        question: &Question,
    ) {
        for (key, state) in other.held {
            let key = Key {
                backend: if self.is_by_backend {
                    backend(key.backend)
                } else {
                    0
                },
                ..key
            };
            let nth = self.number(key, question);
            self.held[nth].1.merge(state, servers);
        }
    }

    /// The parts in their order: hours, then backends.
    pub(super) fn parts(mut self, places: &Places, question: &Question) -> Vec<Part> {
        let name = |key: &Key| match self.is_by_backend {
            true => places.backend_name(key.backend),
            false => b"",
        };
        // What tells no hour comes last.
        let rank = |key: &Key| (key.hour.is_none(), key.hour);
        self.held.sort_by(|(one, _), (other, _)| {
            (rank(one), name(one)).cmp(&(rank(other), name(other)))
        });
        let parts = self.held.into_iter().map(|(key, state)| {
            let hour = self
                .is_by_hour
                .then(|| key.hour.map_or(Cell::Missing, hour));
            let backend = || places.backend_name(key.backend).to_vec();
            let backend = self.is_by_backend.then(|| Cell::Text(backend().into()));
            Part {
                names: hour.into_iter().chain(backend).collect(),
                rows: state.rows(places, question),
            }
        });
        parts.collect()
    }
}

/// `2026-03-14T09:00`
fn hour(hour: i64) -> Cell<'static> {
    let (year, month, day) = civil_from_days(hour.div_euclid(HOURS_A_DAY));
    let hour = hour.rem_euclid(HOURS_A_DAY);
    Cell::Code(format!("{year:04}-{month:02}-{day:02}T{hour:02}:00").into())
}
