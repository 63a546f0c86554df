//! The minutes that are held to look back into, and the accounts.
//!
//! Enters: minutes as they were scanned. Leaves: the accounts of those that were let go of; of all minutes, where somebody asks.
//! Must not know: what is found in them.
//!
//! Which backends were in trouble in a minute is not settled while it is held: an incident that is found later may reach back
//! into it. So whoever asks for the accounts has the held minutes added to a copy, as things stand.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::accounts::Accounts;
use super::place::Group;
use super::scan::Scan;
use super::urls;
use crate::rollup::Name;
use crate::rollup::seal::{Cell, Minute};

/// Minutes that are kept to look back into: a server that is checked every ten seconds with `fall 3` and a
/// `timeout server` of some minutes leave traces that old before they are noticed. Where few requests come, it takes
/// longer, and there is room for more.
const LOOK_BACK: RangeInclusive<usize> = 5..=60;

/// Cells of all minutes for which there is room.
const ROOM: usize = 20_000;

/// A minute that was let go of, and the backends that had an incident in it as far as was known by then.
#[derive(Debug, Clone)]
pub struct Owed {
    minute: Arc<Minute>,
    troubled: BTreeSet<Name>,
}

impl Owed {
    fn settle(&self, accounts: &mut Accounts) {
        let Self { minute, troubled } = self;
        accounts.add(minute, |backend| troubled.contains(backend));
    }
}

impl Scan {
    /// From now on it only looks ahead: what it lets go of is put to account for those alone who ask, so that the accounts stay
    /// those of the scan it was cloned from.
    pub fn look_ahead(&mut self) {
        self.owed.get_or_insert_default();
    }

    /// The accounts of all minutes that were scanned.
    pub(super) fn with_held_minutes(&self) -> Accounts {
        let mut accounts = self.accounts.clone();
        let owed = self.owed.iter().flatten();
        owed.for_each(|owed| owed.settle(&mut accounts));
        for minute in &self.minutes {
            let troubled = self.troubled(minute);
            accounts.add(minute, |backend| troubled.contains(backend));
        }
        accounts
    }

    /// The minutes that are in none of its accounts.
    pub(super) fn minutes_apart(&self) -> impl Iterator<Item = &Arc<Minute>> {
        let owed = self.owed.iter().flatten().map(|owed| &owed.minute);
        owed.chain(&self.minutes)
    }

    /// Holds the minute, and lets go of those that it leaves no room for.
    pub(super) fn hold(&mut self, minute: Arc<Minute>) {
        self.minutes.push_back(minute);
        while self.looks_back_too_far() {
            self.let_go();
        }
    }

    fn looks_back_too_far(&self) -> bool {
        let cells = |minute: &Arc<Minute>| -> usize {
            minute.slots.iter().map(|slot| slot.cells.len()).sum()
        };
        let minutes = self.minutes.len();
        minutes > *LOOK_BACK.end()
            || (minutes > *LOOK_BACK.start()
                && self.minutes.iter().map(cells).sum::<usize>() > ROOM)
    }

    /// Nobody looks back any more.
    pub(super) fn let_go_of_all(&mut self) {
        while !self.minutes.is_empty() {
            self.let_go();
        }
    }

    fn let_go(&mut self) {
        if let Some(minute) = self.minutes.pop_front() {
            self.account_for(minute);
        }
    }

    /// Puts a minute to account, now or when somebody asks.
    pub(super) fn account_for(&mut self, minute: Arc<Minute>) {
        let troubled = self.troubled(&minute).into_iter().cloned().collect();
        let minute = Owed { minute, troubled };
        match &mut self.owed {
            Some(owed) => owed.push(minute),
            None => minute.settle(&mut self.accounts),
        }
    }

    /// Backends that had an incident in a minute, planned ones aside.
    fn troubled(&self, minute: &Minute) -> BTreeSet<&Name> {
        let (start, end) = (minute.start, minute.start + 60);
        let overlaps = |from: i64, to: Option<i64>| {
            from < end && to.is_none_or(|to| to.div_euclid(1000) >= start)
        };
        let cases = self.cases.values();
        let open = cases
            .filter(|case| case.group != Group::Maintenance && overlaps(case.begin, case.ended))
            .map(|case| &case.site.backend);
        let closed = self.closed.since(start);
        let closed = closed
            .filter(|incident| overlaps(incident.start.div_euclid(1000), incident.end))
            .filter_map(|incident| incident.backend.as_ref());
        open.chain(closed)
            .chain(self.past.troubled(start, end))
            .collect()
    }

    /// Nothing will follow, so that nobody looks back: of the minutes that nobody else has, lets go of all that no account has
    /// a place for.
    pub fn rest(&mut self) {
        let owed = self.owed.iter_mut().flatten();
        let minutes = owed.map(|owed| &mut owed.minute).chain(&mut self.minutes);
        for minute in minutes.filter_map(Arc::get_mut) {
            minute.victims.retain(urls::counts);
            let cells = minute.slots.iter_mut().flat_map(|slot| &mut slot.cells);
            cells.for_each(Cell::count_only);
        }
    }
}
