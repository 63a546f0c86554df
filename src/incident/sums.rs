//! What the cells of one place and second add up to.
//!
//! Enters: the cells. Leaves: sums by group of symptoms, from one look at each cell. Must not know: what is ordinary.

use super::place::Group;
use crate::rollup::seal::Cell;
use crate::words::termination::{Symptom, is_persistence_loss};

/// See the module.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    by_group: [u64; Group::ALL],
    /// Requests that were retried.
    pub retried: u64,
    /// Good answers after a long wait for a slot or a connection.
    pub held: u64,
    /// Requests that found no server.
    pub nobody: u64,
    /// Good answers, rejections not among them.
    pub good: u64,
}

impl Sums {
    /// Of cells.
    pub fn of(cells: &[&Cell]) -> Self {
        let mut sums = Self::default();
        cells.iter().for_each(|cell| sums.add(cell));
        sums
    }

    #[inline]
    fn add(&mut self, cell: &Cell) {
        let (outcome, tally) = (&cell.outcome, &cell.tally);
        let n = tally.n;
        self.retried += tally.strain().retried;
        self.held += tally.strain().waited + tally.strain().late;
        if is_persistence_loss(outcome.term) {
            self.by_group[Group::Persistence as usize] += n;
        }
        if outcome.is_rejection() {
            self.by_group[Group::Rejections as usize] += n;
        } else if outcome.symptom == Symptom::Fine {
            self.good += n;
        } else if let Some(group) = Group::of(outcome.symptom) {
            self.by_group[group as usize] += n;
        }
        if outcome.symptom == Symptom::NoServer {
            self.nobody += n;
        }
    }

    /// Requests that show a group's symptoms; see [`Group::hurts`].
    #[inline]
    pub fn hurt(&self, group: Group) -> u64 {
        self.by_group[group as usize]
    }
}
