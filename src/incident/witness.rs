//! The lines of victims that minutes keep to look back into.
//!
//! Enters: a second. Leaves: the same with fewer lines. Must not know: which of them will be asked for.
//!
//! An incident shows the first victim of each kind in its place. Of the servers of a backend, each of which may have a victim of
//! that kind in the same second, only the first can be it.

use std::cmp::Ordering;

use crate::rollup::seal::{Cell, Slot};

/// Of the victims of a second in one backend that ended alike, keeps the first one's line.
pub fn keep_first(slot: &mut Slot) {
    let cells = &mut slot.cells;
    let has_line = |nth: &usize| cells[*nth].tally.strain().witness.is_some();
    let mut with_line: Vec<usize> = (0..cells.len()).filter(has_line).collect();
    with_line.sort_unstable_by(|a, b| {
        let (a, b) = (&cells[*a], &cells[*b]);
        by_kind(a, b).then_with(|| by_line(a, b))
    });
    let mut first: Option<usize> = None;
    for nth in with_line {
        if first.is_some_and(|first| by_kind(&cells[first], &cells[nth]).is_eq()) {
            cells[nth].tally.forget_witness();
        } else {
            first = Some(nth);
        }
    }
}

fn by_kind(a: &Cell, b: &Cell) -> Ordering {
    let kind = |cell: &Cell| (cell.outcome, cell.place.at_frontend);
    let by_name = || a.place.backend.cmp(&b.place.backend);
    kind(a).cmp(&kind(b)).then_with(by_name)
}

/// As an incident compares them.
fn by_line(a: &Cell, b: &Cell) -> Ordering {
    let line = |cell| {
        let cell: &Cell = cell;
        let witness = cell.tally.strain().witness.as_ref();
        witness.map(|witness| (witness.onset, witness.position))
    };
    let by_host = || a.place.origin.host.cmp(&b.place.origin.host);
    line(a).cmp(&line(b)).then_with(by_host)
}
