//! The fold itself: lines into a table.
//!
//! Enters: pieces of whole lines. Leaves: a [`Fold`] of them. Must not know: the pieces before and after it, or what the
//! table counts.

use std::mem;
use std::sync::Arc;

use memchr::memchr;

use super::group::Groups;
use super::line::{Line, date};
use super::places::Places;
use super::question::{Question, Table};
use super::seen::Seen;
use super::sheet::{Sheet, Sorting};
use crate::envelope::Said;
use crate::line::{self, Mode, Problem, Reading};
use crate::record::{Readings, Record};
use crate::rollup::joined::Parts;
use crate::rollup::{Lens, Merge, inferred};
use crate::source::{Lines, Position};

/// See the module.
#[derive(Debug)]
pub struct Fold {
    question: Arc<Question>,
    /// What the question needs of each line.
    needs_dates: bool,
    needs_places: bool,
    seen: Seen,
    places: Places,
    groups: Groups,
    /// What is known from the lines before.
    before: line::Before,
}

impl Fold {
    /// One of no lines. Folds of the same question can be merged.
    pub fn new(question: &Arc<Question>) -> Self {
        Self {
            groups: Groups::new(question),
            needs_dates: question.needs_dates(),
            needs_places: question.needs_places(),
            question: question.clone(),
            seen: Seen::default(),
            places: Places::default(),
            before: line::Before::default(),
        }
    }

    /// Folds whole lines in; those that were cut in parts count where their first part stands.
    pub fn add(&mut self, lines: Lines, lens: &Lens) {
        let mut before = mem::take(&mut self.before);
        if !before.has_room() {
            before = line::Before::default();
            self.places.forget_routes();
        }
        let mut parts = Parts::default();
        parts.around(lines.offset - lines.before.len() as u64, lines.before);
        let mut readings = Readings::after(before, &lens.reader);
        let (mut rest, mut offset) = (lines.bytes, lines.offset);
        while !rest.is_empty() {
            let ahead = readings.ahead(rest);
            let length = match ahead {
                Some(length) => length + 1,
                None => memchr(b'\n', rest).map_or(rest.len(), |at| at + 1),
            };
            let (line, after) = rest.split_at(length);
            let whole = match ahead {
                Some(length) => parts.go_by(&line[..length]),
                None => parts.pass(position(offset), line),
            };
            if let Some(line) = whole {
                match readings.read_ahead(line) {
                    Some(record) => self.record(record, lens),
                    None => readings.read(line, |record| self.record(record, lens)),
                }
            }
            self.seen.lines += 1;
            offset += length as u64;
            rest = after;
        }
        parts.around(offset, lines.after);
        for (_, line) in parts.whole() {
            let mut apart = Readings::new(&lens.reader);
            apart.read(&line, |record| {
                // Its routes are numbered apart.
                record.route = 0;
                self.record(record, lens);
            });
        }
        self.before = readings.leave();
    }

    #[inline]
    fn record(&mut self, record: &mut Record, lens: &Lens) {
        let Reading::Traffic(_) = &record.reading else {
            return self.message(record);
        };
        let times = match record.envelope.said {
            Said::Times(times) => u64::from(times),
            Said::Once | Said::LastAgain(_) => 1,
        };
        if let Some(filter) = &lens.filter
            && !filter.matches(record)
        {
            self.seen.filtered += times;
            return;
        }
        let mut written = None;
        if self.needs_dates {
            written = date(record, &lens.zone);
            let span = self.question.span;
            match written {
                _ if span.is_all() => {}
                Some(ms) if span.has(ms) => {}
                Some(_) => return self.seen.outside += times,
                None => return self.seen.undated += times,
            }
        }
        if let Reading::Traffic(traffic) = &mut record.reading {
            inferred::complete(traffic);
        }
        let Reading::Traffic(traffic) = &record.reading else {
            return;
        };
        match traffic.mode {
            Mode::Http => self.seen.requests += times,
            Mode::Tcp => self.seen.sessions += times,
            Mode::Handshake => self.seen.handshakes += times,
        }
        let place = match self.needs_places {
            true => self.places.of(record.route, traffic),
            false => 0,
        };
        let line = Line {
            traffic,
            record,
            place,
            times,
        };
        self.groups
            .add(&line, written, &self.places, &self.question);
    }

    /// What is no traffic.
    #[inline(never)]
    fn message(&mut self, record: &Record) {
        match &record.reading {
            Reading::Traffic(_) => {}
            Reading::Event(_) => self.seen.events += 1,
            Reading::Foreign | Reading::Unparsed(Problem::Empty) => self.seen.other += 1,
            Reading::Unparsed(_) => self.seen.unparsed += 1,
        }
    }

    /// The table, ordered by this column (else as tables of its kind are), with at most `top` rows (0: all) of each part.
    pub fn sheet(self, sort: Option<usize>, top: usize) -> Sheet {
        let question = &self.question;
        let headings: Vec<_> = question.columns().collect();
        let own = question.by.len();
        let sorting = match sort {
            Some(column) => Sorting {
                column,
                is_falling: !headings[column].is_name,
            },
            None => {
                let (column, is_falling) = question.table.sorting();
                Sorting {
                    column: own + column,
                    is_falling,
                }
            }
        };
        let is_one = question.table == Table::Hours;
        // Hours are in their order.
        let sorting = match sort {
            None if is_one => Sorting {
                column: 0,
                is_falling: false,
            },
            _ => sorting,
        };
        let parts = self.groups.parts(&self.places, question);
        Sheet::new(
            (question.table.name(), headings),
            self.seen,
            parts,
            sorting,
            (is_one, top),
        )
    }
}

impl Merge for Fold {
    fn merge(&mut self, other: Self) {
        self.seen.merge(other.seen);
        let servers = self.places.adopt(&other.places);
        let (mine, theirs) = (&mut self.places, &other.places);
        let names = (0..theirs.backends()).map(|number| mine.backend(theirs.backend_name(number)));
        let backends: Vec<u32> = names.collect();
        let backend = |number: u32| backends[number as usize];
        self.groups
            .merge(other.groups, backend, &servers, &self.question);
    }
}

/// Nobody asks here where a line stands.
fn position(offset: u64) -> Position {
    Position {
        source: 0,
        offset,
        part: 0,
        nth: 0,
    }
}
