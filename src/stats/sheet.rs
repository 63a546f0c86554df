//! A table that is counted: columns, and rows in their order.
//!
//! Enters: rows of cells, by the parts they were counted in. Leaves: the same in order, as many as are to be told.
//! Must not know: what is counted, or how a cell is printed.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::seen::Seen;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heading {
    /// Its name, the same in every face.
    pub name: &'static str,
    /// What it is, with its unit.
    pub about: &'static str,
    /// It says what a row is about, and not how much of it there is.
    pub is_name: bool,
}

impl Heading {
    pub(super) const fn name(name: &'static str, about: &'static str) -> Self {
        let is_name = true;
        Self {
            name,
            about,
            is_name,
        }
    }

    pub(super) const fn figure(name: &'static str, about: &'static str) -> Self {
        let is_name = false;
        Self {
            name,
            about,
            is_name,
        }
    }
}

/// What stands in a column of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Text of the log, which a stranger may have written; any bytes.
    Text(Cow<'a, [u8]>),
    /// Text that HAProxy or this program chose.
    Code(Cow<'a, str>),
    /// A count, ms, bytes, a status.
    Number(i64),
    /// Tenths.
    Tenths(i64),
    /// A mean: a sum, and of how many.
    Mean(u64, u64),
    /// A part of a whole.
    Share(u64, u64),
    /// Nothing was there to be measured.
    Missing,
}

impl Cell<'_> {
    pub(super) fn count(number: u64) -> Self {
        Self::Number(number.try_into().unwrap_or(i64::MAX))
    }

    /// What numbers are ordered by; `None` for text, and for what is missing.
    fn weight(&self) -> Option<f64> {
        match self {
            Self::Text(_) | Self::Code(_) => None,
            _ if self.is_missing() => None,
            Self::Number(number) | Self::Tenths(number) => Some(*number as f64),
            Self::Mean(part, of) | Self::Share(part, of) => Some(*part as f64 / *of as f64),
            Self::Missing => None,
        }
    }

    /// Whether nothing was there to be measured.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Mean(_, 0) | Self::Share(_, 0) | Self::Missing)
    }

    fn owned(&self) -> Cell<'static> {
        match self {
            Self::Text(text) => Cell::Text(Cow::Owned(text.to_vec())),
            Self::Code(text) => Cell::Code(Cow::Owned(text.to_string())),
            Self::Number(number) => Cell::Number(*number),
            Self::Tenths(number) => Cell::Tenths(*number),
            Self::Mean(sum, of) => Cell::Mean(*sum, *of),
            Self::Share(part, whole) => Cell::Share(*part, *whole),
            Self::Missing => Cell::Missing,
        }
    }

    fn text(&self) -> &[u8] {
        match self {
            Self::Text(text) => text,
            Self::Code(text) => text.as_bytes(),
            _ => b"",
        }
    }

    /// From the smallest number on, and from A on, or the other way round; what is missing comes last.
    fn order(&self, other: &Self, is_falling: bool) -> Ordering {
        let order = match (self.weight(), other.weight()) {
            (Some(mine), Some(theirs)) => mine.total_cmp(&theirs),
            _ => self.text().cmp(other.text()),
        };
        let order = if is_falling { order.reverse() } else { order };
        let missing = self.is_missing().cmp(&other.is_missing());
        missing.then(order)
    }
}

/// The rows of one part.
pub(super) trait Rows {
    /// How many there are.
    fn count(&self) -> usize;

    /// Shows the cells of one, as many as there are headings.
    fn show(&self, row: usize, look: &mut dyn FnMut(&[Cell]));
}

/// A part, with what stands before its rows.
pub(super) struct Part {
    pub(super) names: Vec<Cell<'static>>,
    pub(super) rows: Box<dyn Rows>,
}

/// See the module.
pub struct Sheet {
    /// The table's name.
    pub table: &'static str,
    /// What lines were seen on the way.
    pub seen: Seen,
    /// The columns.
    pub headings: Vec<Heading>,
    /// Rows that there are, told or not.
    pub total: usize,
    parts: Vec<Part>,
    /// Those that are told: the number of the part, and that of the row in it.
    told: Vec<(usize, usize)>,
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter
            .debug_struct("Sheet")
            .field("table", &self.table)
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

/// What rows are ordered by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sorting {
    /// The number of the column.
    pub(super) column: usize,
    /// From the largest on.
    pub(super) is_falling: bool,
}

impl Sheet {
    /// Puts the rows of each part in order, or those of all parts together, and tells at most `top` (0: all) of each.
    pub(super) fn new(
        (table, headings): (&'static str, Vec<Heading>),
        seen: Seen,
        parts: Vec<Part>,
        sorting: Sorting,
        (is_one, top): (bool, usize),
    ) -> Self {
        let mut sheet = Self {
            table,
            seen,
            headings,
            total: parts.iter().map(|part| part.rows.count()).sum(),
            parts,
            told: Vec::new(),
        };
        let of_part = |nth: usize| (0..sheet.parts[nth].rows.count()).map(move |row| (nth, row));
        let parts = 0..sheet.parts.len();
        let lots: Vec<Vec<(usize, usize)>> = match is_one {
            true => vec![parts.flat_map(of_part).collect()],
            false => parts.map(|nth| of_part(nth).collect()).collect(),
        };
        let ordered = lots
            .into_iter()
            .flat_map(|lot| sheet.ordered(lot, sorting, top));
        let told = ordered.collect();
        sheet.told = told;
        sheet
    }

    /// How many rows are told.
    pub fn rows(&self) -> usize {
        self.told.len()
    }

    /// Shows the cells of a row that is told.
    pub fn show(&self, row: usize, mut look: impl FnMut(&[Cell])) {
        self.look(self.told[row], &mut look);
    }

    fn look(&self, (part, row): (usize, usize), look: &mut dyn FnMut(&[Cell])) {
        let Part { names, rows } = &self.parts[part];
        if names.is_empty() {
            return rows.show(row, look);
        }
        rows.show(row, &mut |cells| {
            let cells: Vec<Cell> = names.iter().chain(cells).cloned().collect();
            look(&cells);
        });
    }

    /// What a row is put in order by.
    fn ranked(&self, row: (usize, usize), Sorting { column, is_falling }: Sorting) -> Ranked {
        let mut ranked = Ranked {
            by: Cell::Missing,
            is_falling,
            names: Vec::new(),
        };
        self.look(row, &mut |cells| {
            ranked.by = cells[column].owned();
            let names = cells.iter().zip(&self.headings);
            let names = names.filter(|(_, heading)| heading.is_name);
            ranked.names.extend(names.map(|(cell, _)| cell.owned()));
        });
        ranked
    }

    /// The rows in their order, as many as are told. Equal ones go by their names.
    fn ordered(
        &self,
        lot: Vec<(usize, usize)>,
        sorting: Sorting,
        top: usize,
    ) -> Vec<(usize, usize)> {
        let mut lot = match top {
            0 => lot,
            top => self.best(lot, sorting, top),
        };
        lot.sort_by_cached_key(|row| self.ranked(*row, sorting));
        if top > 0 {
            lot.truncate(top);
        }
        lot
    }

    /// Those that may be among the first `top`: of many rows, few have to be put in order.
    fn best(
        &self,
        lot: Vec<(usize, usize)>,
        Sorting { column, is_falling }: Sorting,
        top: usize,
    ) -> Vec<(usize, usize)> {
        if lot.len() <= top {
            return lot;
        }
        let weights: Vec<f64> = lot
            .iter()
            .map(|row| {
                let mut weight = None;
                self.look(*row, &mut |cells| weight = cells[column].weight());
                weight.map_or(
                    f64::INFINITY,
                    |weight| if is_falling { -weight } else { weight },
                )
            })
            .collect();
        let mut ranked = weights.clone();
        let (_, last, _) = ranked.select_nth_unstable_by(top - 1, f64::total_cmp);
        let last = *last;
        let among = |weight: f64| weight.total_cmp(&last).is_le();
        lot.into_iter()
            .zip(weights)
            .filter_map(|(row, weight)| among(weight).then_some(row))
            .collect()
    }
}

/// A row among others.
struct Ranked {
    by: Cell<'static>,
    is_falling: bool,
    names: Vec<Cell<'static>>,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        let by = self.by.order(&other.by, self.is_falling);
        by.then_with(|| {
            let pairs = self.names.iter().zip(&other.names);
            pairs
                .map(|(mine, theirs)| mine.order(theirs, false))
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        })
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked {}
