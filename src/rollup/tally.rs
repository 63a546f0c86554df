//! What one second says of one place: how many requests ended in one way, and when they were hurt.
//!
//! Enters: a traffic record with its times. Leaves: a [`Tally`]. Must not know: what is a failure in whose eyes; `words`
//! tells, later.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::line::{FieldSet, Mode, Traffic};
use crate::words::termination::Symptom;

use super::dial::Written;
use super::merge::Merge;
use super::scale::Scale;
use super::strain::{Strain, Witness};
use crate::source::Position;

/// Requests that ended alike in one place and second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// How many.
    pub n: u64,
    /// How many of them were answered by a status of class 3.
    pub redirections: u32,
    // Times that nothing has told yet are the last and the first there are: so each is compared, and none asked for.
    onset: i64,
    first_end: i64,
    last_end: i64,
    shortest: u32,
    /// Coarse: of good answers the response times (`Tr`; in TCP mode the whole session), of clients that left and of
    /// requests that `timeout server` cut the time they had waited in their last phase.
    pub scale: Scale,
    /// Most requests go straight through. Copies share it: whoever looks ahead copies a minute each second.
    strain: Option<Arc<Strain>>,
}

/// The longest time that is told from none; ms.
const LONGEST: i64 = u32::MAX as i64 - 1;

impl Default for Tally {
    fn default() -> Self {
        Self {
            n: 0,
            redirections: 0,
            onset: i64::MAX,
            first_end: i64::MAX,
            last_end: i64::MIN,
            shortest: u32::MAX,
            scale: Scale::default(),
            strain: None,
        }
    }
}

impl Tally {
    /// Counts a request that was logged so many times.
    // Inlined, as it is asked for each line.
    #[inline(always)]
    pub fn add(&mut self, traffic: &Traffic, written: &Written, symptom: Symptom, times: u64) {
        let logged = u32::try_from(times).unwrap_or(u32::MAX);
        self.n += times;
        let redirections = u32::from((300..400).contains(&traffic.status)) * logged;
        self.redirections = self.redirections.saturating_add(redirections);
        self.onset = self.onset.min(written.onset);
        self.first_end = self.first_end.min(written.end);
        self.last_end = self.last_end.max(written.end);
        let took = (written.end - written.onset).clamp(0, LONGEST);
        self.shortest = self.shortest.min(took as u32);
        let is_good = symptom == Symptom::Fine;
        if Strain::is_shown(traffic, is_good) {
            let strain = self.strain_mut();
            strain.add(traffic, written.began, is_good, times);
        }
        let wait = match symptom {
            Symptom::Fine => pace(traffic),
            Symptom::ClientAbort | Symptom::ServerTimeout => Some(written.end - written.onset),
            _ => None,
        };
        if let Some(ms) = wait {
            self.scale.add(ms, logged);
        }
    }

    #[cold]
    fn strain_mut(&mut self) -> &mut Strain {
        Arc::make_mut(self.strain.get_or_insert_default())
    }

    /// The earliest moment one of them entered the phase it ended in; ms.
    pub fn onset(&self) -> Option<i64> {
        (self.onset != i64::MAX).then_some(self.onset)
    }

    /// The earliest end; ms.
    pub fn first_end(&self) -> Option<i64> {
        (self.first_end != i64::MAX).then_some(self.first_end)
    }

    /// The latest end; ms.
    pub fn last_end(&self) -> Option<i64> {
        (self.last_end != i64::MIN).then_some(self.last_end)
    }

    /// The shortest time spent in the phase they ended in, at most 49 days; ms.
    pub fn shortest(&self) -> Option<i64> {
        (self.shortest != u32::MAX).then_some(i64::from(self.shortest))
    }

    /// What some of them met on their way.
    pub fn strain(&self) -> &Strain {
        self.strain.as_deref().unwrap_or(&Strain::NONE)
    }

    /// The same without the first victim's line.
    pub fn without_witness(&self) -> Self {
        let mut tally = self.clone();
        tally.forget_witness();
        tally
    }

    /// Forgets the first victim's line.
    pub fn forget_witness(&mut self) {
        // Most that have a line met nothing else; and a copy is not made of the line as well.
        let left = self.strain().without_witness();
        if left == Strain::NONE {
            self.strain = None;
        } else if self.strain().witness.is_some() {
            self.strain = Some(Arc::new(left));
        }
    }

    /// Keeps the line that `witness` tells if it was hurt before the one that is known.
    pub fn witness(&mut self, onset: i64, position: Position, text: &[u8]) {
        let held = &mut self.strain_mut().witness;
        if held
            .as_ref()
            .is_none_or(|held| (onset, position) < (held.onset, held.position))
        {
            *held = Some(Witness::new(onset, position, text));
        }
    }

    /// Moves all its times from one clock to another, `by` ms ahead, and the witness to another `place`.
    pub fn shift(&mut self, by: i64, place: impl FnOnce(Position) -> Position) {
        if self.onset != i64::MAX {
            self.onset += by;
            self.first_end += by;
            self.last_end += by;
        }
        if let Some(strain) = &mut self.strain {
            Arc::make_mut(strain).shift(by, place);
        }
    }
}

/// What an answer took; ms.
#[inline]
fn pace(traffic: &Traffic) -> Option<i64> {
    if traffic.timers.response >= 0 {
        Some(traffic.timers.response)
    } else if traffic.mode == Mode::Tcp && traffic.fields.has(FieldSet::TOTAL_TIME) {
        Some(traffic.timers.total)
    } else {
        None
    }
}

impl Merge for Tally {
    fn merge(&mut self, other: Self) {
        self.n += other.n;
        self.redirections = self.redirections.saturating_add(other.redirections);
        self.onset = self.onset.min(other.onset);
        self.first_end = self.first_end.min(other.first_end);
        self.last_end = self.last_end.max(other.last_end);
        self.shortest = self.shortest.min(other.shortest);
        self.scale.merge(other.scale);
        match (&mut self.strain, other.strain) {
            (Some(mine), Some(theirs)) => {
                Arc::make_mut(mine).merge(Arc::unwrap_or_clone(theirs));
            }
            (mine, theirs) => *mine = mine.take().or(theirs),
        }
    }
}
