//! The scan: minutes in, incidents out.
//!
//! Enters: complete minutes in time order, once each. Leaves: the incidents so far, open and closed.
//! Must not know: how many minutes come at a time. A clone of it may be fed a minute that is not complete yet,
//! to see what would come of it.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::accounts::Accounts;
use super::backend::Watch;
use super::case::Case;
use super::cases::Cases;
use super::ceiling::Ceilings;
use super::closed::Closed;
use super::coming::Frontends;
use super::copies::Copies;
use super::ended::Ended;
use super::failing::Checks;
use super::flow::Flow;
use super::held::Owed;
use super::ledger::Ledger;
use super::limit::Limits;
use super::look_back;
use super::past::Past;
use super::place::Site;
use super::process::Processes;
use super::register::Register;
use super::revival::Revivals;
use super::roster::Roster;
use super::silence::Silences;
use super::state::States;
use super::totals::Totals;
use super::{Incident, view, witness};
use crate::rollup::histogram::Bucket;
use crate::rollup::seal::{Minute, SealedEvent, Slot};
use crate::rollup::timers::{Timer, Wait};
use crate::rollup::{Counts, Name};
use crate::words::cause::{Kind, Severity};

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Scan {
    pub(super) states: States,
    pub(super) processes: Processes,
    pub(super) watches: Register<Site, Watch>,
    pub(super) minutes: VecDeque<Arc<Minute>>,
    pub(super) cases: Cases,
    pub(super) closed: Closed,
    pub(super) roster: Roster,
    /// Of the minutes that are not held any more.
    pub(super) accounts: Accounts,
    /// The minutes that are not held any more and not in the accounts, because it only looks ahead.
    #[serde(skip)]
    pub(super) owed: Option<Vec<Owed>>,
    pub(super) totals: Totals,
    pub(super) ledger: Ledger,
    pub(super) ended: Ended,
    pub(super) duplicates: Counts,
    pub(super) checks: Checks,
    pub(super) copies: Copies,
    pub(super) revivals: Revivals,
    pub(super) silences: Silences,
    pub(super) ceilings: Ceilings,
    pub(super) frontends: Frontends,
    pub(super) limits: Limits,
    pub(super) flow: Flow,
    /// What is known of the time whose seconds were let go of.
    pub(super) past: Past,
    pub(super) now: i64,
    /// The first second of the log.
    pub(super) began: Option<i64>,
}

impl Scan {
    /// One that has seen nothing, and sums up nothing before `since` (s since 1970 UTC).
    pub fn since(since: Option<i64>) -> Self {
        Self {
            ledger: Ledger::since(since),
            ..Self::default()
        }
    }

    /// Takes the next minute.
    pub fn step(&mut self, minute: Minute) {
        if minute.by_minute {
            return self.step_by_minute(minute);
        }
        let mut minute = self.roster.keep(minute);
        self.ended.add(&minute);
        let exemplars = &mut self.accounts.exemplars;
        let mut events = Vec::with_capacity(minute.slots.len());
        for slot in &mut minute.slots {
            // Looked back into are requests; of messages stays what was made of them.
            events.push(std::mem::take(&mut slot.events));
            exemplars.add(slot);
            witness::keep_first(slot);
        }
        let minute = Arc::new(minute);
        self.hold(minute.clone());
        for (slot, events) in minute.slots.iter().zip(&events) {
            self.slot(slot, events);
        }
        self.sample();
    }

    /// What was found so far, in order of start. Incidents that go on have no end.
    pub fn incidents(&self) -> Vec<Incident> {
        let open = self
            .cases
            .values()
            .filter(|case| view::is_worth_telling(case))
            .map(view::incident);
        let all = self.closed.iter().cloned().chain(open).collect();
        let mut all: Vec<Incident> = self.past.as_found(all);
        all.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
        all
    }

    /// The log has ended: what is over is closed, what goes on says that the log ended.
    pub fn finish(&mut self) {
        let now = self.now;
        for case in self.cases.values_mut().filter(|case| case.ended.is_none()) {
            case.ended = case.over_at_the_end(now);
            case.end_reason = Some(case.ended.map_or("log_ended", |_| case.way_out()));
        }
        self.let_go_of_all();
    }

    /// The last second that was scanned; s since 1970 UTC.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// Requests of everything that was scanned.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// Sums over everything that was scanned.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// How the requests of each server ended, of everything that was scanned.
    pub fn ended(&self) -> &Ended {
        &self.ended
    }

    /// Requests of everything that was scanned, over time.
    pub fn flow(&self) -> &Flow {
        &self.flow
    }

    /// Where servers stand, as each HAProxy said it last.
    pub fn states(&self) -> &States {
        &self.states
    }

    /// Waits of requests with their counts, by backend, server and timer, each in any number of parts: of the minutes behind the
    /// look-back, and of those within it.
    pub fn waits(
        &self,
        mut part: impl FnMut(&Name, &Name, Timer, &mut dyn Iterator<Item = (Bucket, u64)>),
    ) {
        for account in [&self.accounts.calm, &self.accounts.incident] {
            for (backend, server, distributions) in account.servers() {
                for ((_, timer), histogram) in distributions {
                    part(backend, server, *timer, &mut histogram.iter());
                }
            }
        }
        for row in self.minutes_apart().flat_map(|minute| &minute.timers) {
            let waits: Vec<(Wait, u64)> = row.waits.iter().collect();
            for waits in waits.chunk_by(|(a, _), (b, _)| a.timer() == b.timer()) {
                let counts = waits.iter().map(|(wait, n)| (wait.bucket(), *n));
                part(&row.backend, &row.server, waits[0].0.timer(), &mut {
                    counts
                });
            }
        }
    }

    /// Backends (and frontends that answered themselves) of which it saw traffic or states, each once.
    pub fn backends(&self) -> BTreeSet<&Name> {
        let cases = self.cases.keys().map(|(_, site)| site);
        let closed = self
            .closed
            .iter()
            .filter_map(|incident| incident.backend.as_ref());
        let seen = self.watches.keys().chain(cases);
        let named = seen.flat_map(|site| [&site.backend, &site.frontend]);
        named
            .chain(closed)
            .filter(|name| !name.is_empty())
            .collect()
    }

    /// Lines that repeated what was known.
    pub fn duplicates(&self) -> Counts {
        self.duplicates
    }

    /// Requests put aside, and messages passed over, because there was no room for the names in them.
    pub fn unnamed(&self) -> (u64, u64) {
        (self.roster.aside, self.roster.unheard)
    }

    /// Incidents that were found and are not told because there were too many, by severity and kind.
    pub fn forgotten(&self) -> impl Iterator<Item = (&(Severity, Kind), &u64)> {
        let of_the_past = self.past.forgotten().iter();
        self.closed.forgotten().iter().chain(of_the_past)
    }

    fn slot(&mut self, slot: &Slot, events: &[SealedEvent]) {
        self.now = slot.second;
        self.began = self.began.or(Some(slot.second));
        for event in events {
            self.event(event);
        }
        self.totals.put_aside(slot.aside);
        self.processes(slot);
        self.fall_silent(slot);
        self.ceilings(slot);
        self.traffic(slot);
        self.note_course(slot);
        self.close();
    }

    /// Shows incidents, and whoever looks at all of them, the requests of a second.
    fn note_course(&mut self, slot: &Slot) {
        self.flow.add(slot);
        for case in self.cases.values_mut() {
            look_back::watch(case, slot);
        }
    }

    /// Gives incidents the samples of the minutes they span.
    fn sample(&mut self) {
        for case in self.cases.values_mut() {
            look_back::sample(case, &self.minutes);
        }
    }

    pub(super) fn retire(&mut self, mut case: Case) {
        // It may have begun and ended within the minute that is being scanned.
        look_back::sample(&mut case, &self.minutes);
        if view::is_worth_telling(&case) {
            self.closed.keep(self.now, view::incident(&case));
        }
    }

    /// Nothing has been written for `silence` seconds: what was seen to recover is over.
    pub fn hush(&mut self, silence: i64) {
        let now = self.now;
        for case in self.cases.values_mut().filter(|case| case.ended.is_none()) {
            case.ended = case.over_in_silence(now, silence);
            case.end_reason = case.ended.map(|_| case.way_out());
        }
    }

    /// Closes what is over, and lets go of what has been for long.
    pub(super) fn close(&mut self) {
        let now = self.now;
        let mut gone = Vec::new();
        for (key, case) in self.cases.iter_mut() {
            match case.ended {
                None => {
                    let watch = self.watches.get_mut(&key.1);
                    let calm = watch.as_ref().is_none_or(|watch| watch.is_calm(key.0));
                    case.ended = case.over(now, calm);
                    case.end_reason = case.ended.map(|_| case.way_out());
                    if let (Some(_), Some(watch)) = (case.ended, watch) {
                        watch.settle(key.0);
                    }
                }
                Some(_) if !case.may_go_on(now) && !case.absences.is_anyone_out() => {
                    gone.push(key.clone())
                }
                Some(_) => {}
            }
        }
        for key in gone {
            if let Some(case) = self.cases.remove(&key) {
                self.retire(case);
            }
        }
    }
}
