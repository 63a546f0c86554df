//! An incident as it goes on.
//!
//! Enters: transitions and cells of its place. Leaves: whether it is over, and all that `view` needs.
//! Must not know: other places.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Clue;
use super::Word;
use super::absence::Absences;
use super::backend::Pulse;
use super::harm::{self, Harm};
use super::place::{self, Group, Site};
use super::series::Series;
use super::view::EVIDENCE;
use super::{cause, culprit};
use crate::rollup::Name;
use crate::rollup::cell::Outcome;
use crate::rollup::seal::{Cell, Origin};
use crate::rollup::tally::Tally;
use crate::words::cause::Cause;
use crate::words::termination::Symptom;

/// A state of affairs that is told once: when it came, and by which line.
pub type Told = (i64, Clue);

/// What became of a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When; s since 1970 UTC.
    pub second: i64,
    /// As one word.
    #[serde(with = "super::word::one")]
    pub what: Word,
    /// In words.
    pub text: String,
    /// Which process; 0 where no line names it.
    pub pid: u32,
    /// The line that says so; a silence has none.
    pub clue: Option<Clue>,
}

/// See the module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Case {
    /// Fixed by the first evidence.
    pub id: String,
    /// What it is about.
    pub group: Group,
    /// Where.
    pub site: Site,
    /// The first second whose requests were taken in.
    pub begin: i64,
    /// The last second whose requests were taken in.
    pub until: i64,
    /// The next minute whose samples are to be taken in.
    pub sampled: i64,
    /// What it did to requests.
    pub harm: Harm,
    /// Requests since the last victim: they count when another follows, else it was over before them.
    tail: Harm,
    /// Requests of its place over time, those around it included.
    pub series: Series,
    /// Servers out of rotation.
    pub absences: Absences,
    /// Answers from this step on are slow.
    pub slow_from: Option<u8>,
    /// Requests a second before it, and the median answer (ms).
    pub before: Before,
    /// Clients left because they waited: their aborts count, less this ordinary share.
    pub aborts: Option<f64>,
    /// The first failed check.
    pub check: Option<Told>,
    /// HAProxy's own limits were reported.
    pub limits: Option<Told>,
    /// Connections that a frontend or the process stood at.
    pub stood_at: Option<u32>,
    /// Servers that were known when it began.
    pub known: BTreeSet<Name>,
    /// What was done just before to the servers or to HAProxy.
    pub after: Option<Cause>,
    /// Good answers of lost servers to HAProxys that did not miss them.
    pub used: BTreeMap<(Name, Origin), u64>,
    /// The part of the good requests that was left while it went on.
    pub left: Option<f64>,
    /// It was there before the log began.
    pub begins_before: bool,
    /// Frontends to which nobody came.
    pub silent: BTreeSet<Name>,
    /// Old processes that stopped, new ones that came.
    pub processes: Vec<Step>,
    /// Lines that show the cause, beside those of the transitions.
    pub evidence: BTreeSet<Clue>,
    /// The last second with a victim.
    pub last_bad: Option<i64>,
    /// Requests that ended well since.
    pub fine_since: u64,
    /// The first of them of each server; ms.
    returns: BTreeMap<Name, i64>,
    /// It is over since then; ms.
    pub ended: Option<i64>,
    /// `recovered` or `log_ended`.
    #[serde(with = "super::word::some")]
    pub end_reason: Option<Word>,
}

/// What was ordinary before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Before {
    /// Requests a second.
    pub rate: f64,
    /// The log reaches back far enough for that: where it begins in trouble, next to nothing came before.
    pub is_rate_known: bool,
    /// Requests a second of each server, in the minute before.
    pub by_server: BTreeMap<Name, f64>,
    /// The median answer in ms.
    pub median: Option<i64>,
    /// What the fastest quarter of the answers take at most, in ms.
    pub quartile: Option<i64>,
    /// Good requests are not in the log, so that shares mean nothing.
    pub failures_only: bool,
}

/// Parts in which its place's requests are told.
const PARTS: i64 = 120;

/// Seconds without a victim, after which a burst is over.
const QUIET: i64 = 5;

/// Seconds without a victim, after which it is over even for a detector that is not sure; where so few requests
/// come, those in which ten do, but no more than an hour.
const LONG_QUIET: std::ops::RangeInclusive<i64> = 60..=3_600;

/// Seconds in which a burst that was over may begin again as the same one; or ten requests.
const AGAIN: std::ops::RangeInclusive<i64> = 30..=600;

/// Seconds in which messages about processes belong to one reload.
const RESTARTED: i64 = 10;

/// Times as long as it was away, a server may be back and still be the same trouble when it goes again: one that comes
/// and goes each minute flaps.
const LONGER: i64 = 3;

/// The longest such time.
const LONG_AGAIN: i64 = 300;

impl Case {
    /// A new one, opened by what happened in `second`.
    pub fn open(group: Group, site: Site, second: i64, begin: i64) -> Self {
        Self {
            id: place::id(group, &site, second),
            group,
            site,
            begin,
            until: begin - 1,
            sampled: begin.div_euclid(60) * 60,
            harm: Harm::default(),
            tail: Harm::default(),
            series: Series::widening(PARTS),
            absences: Absences::default(),
            slow_from: None,
            before: Before::default(),
            aborts: None,
            check: None,
            limits: None,
            stood_at: None,
            known: BTreeSet::new(),
            after: None,
            used: BTreeMap::new(),
            left: None,
            begins_before: false,
            silent: BTreeSet::new(),
            processes: Vec::new(),
            evidence: BTreeSet::new(),
            last_bad: None,
            fine_since: 0,
            returns: BTreeMap::new(),
            ended: None,
            end_reason: None,
        }
    }

    /// A request that ended so is its victim.
    pub fn hurts(&self, outcome: &Outcome) -> bool {
        self.group.hurts(outcome) || self.explains(outcome.symptom)
    }

    /// The symptom counts as its own. Error statuses belong to a lost server whose check got them, too.
    pub fn explains(&self, symptom: Symptom) -> bool {
        self.group.explains(symptom)
            || (symptom == Symptom::ClientAbort && self.aborts.is_some())
            || (symptom == Symptom::ServerError && self.checks_got_errors())
    }

    fn checks_got_errors(&self) -> bool {
        self.group == Group::Service && self.absences.is_by_errors()
    }

    /// What happens now is part of it: it goes on, or was over for less than it takes to believe that. A server
    /// that was back for not much longer than it had been away has not recovered.
    pub fn may_go_on(&self, now: i64) -> bool {
        let Some(end) = self.ended else { return true };
        let away = self
            .absences
            .spans()
            .filter_map(|(_, span)| Some(span.to? - span.from))
            .max()
            .unwrap_or(0);
        let patience = match self.group {
            Group::Restart => RESTARTED,
            _ if self.absences.is_empty() => self.ten_requests(AGAIN),
            _ => (away * LONGER).clamp(15, LONG_AGAIN),
        };
        now - end.div_euclid(1000) < patience
    }

    /// Seconds in which ten requests ordinarily come, within bounds.
    fn ten_requests(&self, bounds: std::ops::RangeInclusive<i64>) -> i64 {
        let seconds = match self.before.rate {
            rate if rate > 0.0 => 10.0 / rate,
            _ => 0.0,
        };
        (seconds as i64).clamp(*bounds.start(), *bounds.end())
    }

    /// A line shows the cause. The first ones are told.
    pub fn show(&mut self, clue: Clue) {
        self.evidence.insert(clue);
        if self.evidence.len() > EVIDENCE {
            self.evidence.pop_last();
        }
    }

    /// What was another case was the beginning of this one, which keeps its id and its requests.
    pub fn continue_from(&mut self, before: Self) {
        if before.begin > self.begin {
            return;
        }
        *self = Self {
            group: self.group,
            absences: std::mem::take(&mut self.absences),
            check: self.check.take(),
            limits: self.limits.take(),
            evidence: std::mem::take(&mut self.evidence),
            aborts: self.aborts,
            ended: None,
            end_reason: None,
            ..before
        };
    }

    /// Takes in its place's cells of a second; `pulse` is what victims in it tell.
    pub fn absorb(&mut self, second: i64, cells: &[&Cell], pulse: Pulse) {
        if second <= self.until {
            return;
        }
        self.until = second;
        self.note_use(cells);
        let (mut victims, mut slow, mut fine, mut retried, mut held) = (0, 0, 0, 0, 0);
        for cell in cells {
            retried += cell.tally.strain().retried;
            held += cell.tally.strain().waited + cell.tally.strain().late;
            if self.hurts(&cell.outcome) {
                victims += cell.tally.n;
            } else {
                fine += cell.tally.n;
                slow += harm::slow_answers(&cell.tally.scale, self.slow_from);
            }
        }
        let many = |n: u64| self.group == Group::Service && n * 5 > fine.max(4);
        let goes_on = match pulse {
            Pulse::Clear => victims > 0,
            Pulse::Noisy { bursts } => bursts,
        };
        // Beside victims, ordinary retries must not keep it open.
        let hurts_nobody = victims == 0 && self.victims().next().is_none();
        let is_retried = self.is_retried() || hurts_nobody && self.are_retried(retried, fine);
        let saved = pulse == Pulse::Clear && retried > 0 && self.absences.is_empty() && is_retried;
        if goes_on || saved || many(slow) || many(retried) || many(held) {
            self.last_bad = Some(second);
            self.fine_since = 0;
            self.returns.clear();
        } else {
            self.fine_since += fine;
            self.note_returns(cells);
        }
        let counts = self.last_bad == Some(second) || self.lasts();
        if counts && !self.tail.is_empty() {
            self.harm.join(std::mem::take(&mut self.tail));
        }
        for cell in cells {
            let is_victim = self.hurts(&cell.outcome);
            let harm = if counts {
                &mut self.harm
            } else {
                &mut self.tail
            };
            harm.add(second, cell, self.slow_from, is_victim);
        }
    }

    /// One HAProxy misses a server that another one goes on using.
    fn note_use(&mut self, cells: &[&Cell]) {
        let missed = cells
            .iter()
            .filter(|cell| cell.outcome.symptom == Symptom::Fine)
            .filter(|cell| {
                let (server, origin) = (&cell.place.server, &cell.place.origin);
                self.absences.is_missed_elsewhere(server, origin)
            });
        for cell in missed {
            let key = (cell.place.server.clone(), cell.place.origin.clone());
            *self.used.entry(key).or_default() += cell.tally.n;
        }
    }

    fn note_returns(&mut self, cells: &[&Cell]) {
        let fine = cells
            .iter()
            .filter(|cell| cell.outcome.symptom == Symptom::Fine);
        for cell in fine {
            if let Some(end) = cell.tally.first_end() {
                let first = self.returns.entry(cell.place.server.clone()).or_insert(end);
                *first = (*first).min(end);
            }
        }
    }

    /// A server that refused connections without being marked DOWN is back when it answers.
    fn reached_again(&self) -> Option<i64> {
        let unreached =
            |symptom| matches!(symptom, Symptom::ConnectRefused | Symptom::ConnectTimeout);
        if !self.absences.is_empty()
            || self.limits.is_some()
            || !cause::main_symptom(self).is_some_and(unreached)
        {
            return None;
        }
        let culprits = culprit::servers(self).culprits;
        let back = culprits
            .iter()
            .filter_map(|server| self.returns.get(server));
        back.max().copied()
    }

    /// Service is not restored to all, or nobody is back.
    fn lasts(&self) -> bool {
        let back = self
            .processes
            .iter()
            .filter(|step| step.what == "traffic_back");
        let silent = self.group == Group::Silence && back.count() < self.silent.len();
        silent || self.absences.is_service_lacking()
    }

    /// Servers are missed, and for seconds others answered everything.
    pub fn has_calmed(&self) -> bool {
        self.ended.is_none() && self.absences.is_service_lacking() && self.fine_since >= 3
    }

    /// Since when backup servers answered all requests, active ones still being missed; ms.
    pub fn carried_by_backups(&self) -> Option<i64> {
        let since = self.last_victim()?.max(self.absences.on_backups_since()?);
        let back = self.absences.all_back();
        let carried = back.is_none_or(|back| back - since >= 1_000) && self.fine_since >= 3;
        Some(since).filter(|_| self.absences.nobody.is_empty() && carried)
    }

    /// Whether it is over by the end of `second`, and since when (ms). `calm`: no detector has doubts left.
    pub fn over(&self, second: i64, calm: bool) -> Option<i64> {
        if self.lasts() {
            return None;
        }
        let since = second - self.last_bad.unwrap_or(i64::MIN / 2);
        // That the server is back says more than a share of failures that has yet to fade.
        let sure = calm || !self.absences.is_empty();
        let early = since < QUIET || self.absences.may_yet_serve(second);
        if early || (!sure && since < self.ten_requests(LONG_QUIET)) {
            return None;
        }
        self.end()
    }

    /// Whether it is over when nothing has been written for `silence` seconds.
    pub fn over_in_silence(&self, now: i64, silence: i64) -> Option<i64> {
        if silence < QUIET {
            None
        } else {
            self.over_at_the_end(now)
        }
    }

    /// Whether the log, of which `now` is the last second, ends in calm: servers are back, and requests are served since
    /// the last victim. Those of a frontend are counted where they went.
    pub fn over_at_the_end(&self, now: i64) -> Option<i64> {
        let restored = self.absences.restored();
        let elsewhere =
            self.site.is_before_backends() && self.last_bad.is_some_and(|bad| now - bad >= QUIET);
        let served = self.fine_since >= 3 || elsewhere || restored >= self.last_victim();
        if self.lasts() || !served {
            None
        } else {
            self.end()
        }
    }

    /// How it ended.
    pub fn way_out(&self) -> &'static str {
        if self.absences.is_superseded() {
            "superseded"
        } else {
            "recovered"
        }
    }

    fn end(&self) -> Option<i64> {
        self.absences
            .restored()
            .max(self.last_victim())
            .max(self.reached_again())
            .max(self.processes.iter().map(|step| step.second * 1000).max())
    }

    /// Connections failed, and retries saved the requests.
    pub fn is_retried(&self) -> bool {
        let retried = self.harm.retried;
        retried >= 5 && self.are_retried(retried, self.harm.all())
    }

    /// Retries saved so many of these that connections failed, or answers.
    fn are_retried(&self, retried: u64, all: u64) -> bool {
        self.group == Group::Service && retried * 20 >= all
    }

    /// Requests waited long for a slot or a connection, and were answered then.
    pub fn is_held(&self) -> bool {
        let held = self.harm.held.0 + self.harm.held.1;
        self.group == Group::Service && held >= 5 && held * 10 >= self.harm.all()
    }

    /// Its answers were slow, beyond the odd one.
    pub fn is_slow(&self) -> bool {
        let slow = self.harm.all_slow();
        self.group == Group::Service && slow >= 5 && slow * 10 >= self.harm.all()
    }

    /// The last victim is through; ms.
    pub fn last_victim(&self) -> Option<i64> {
        let last_second = self.last_bad?;
        let bad = self
            .victims()
            .filter_map(|(_, tally)| tally.last_end())
            .max();
        let slow = self.harm.slow_end.filter(|_| self.is_slow());
        let retried = self.harm.retry_end.filter(|_| self.is_retried());
        let held = self.harm.held_end.filter(|_| self.is_held());
        let failed = bad.max(slow).max(held);
        // A server that is missed is tried again by each new process.
        if failed.is_none() && !self.absences.is_empty() {
            return retried;
        }
        failed
            .max(retried)
            .map(|end| end.min(last_second * 1000 + 999))
    }

    /// The first victim entered the phase that failed; ms.
    pub fn first_victim(&self) -> Option<i64> {
        let bad = self
            .victims()
            .filter_map(|(outcome, tally)| harm::onset(outcome, tally));
        let slow = if self.is_slow() {
            self.harm.slow_onset
        } else {
            None
        };
        let retried = if self.absences.is_empty() && !self.is_retried() {
            None
        } else {
            self.harm.retry_onset
        };
        let held = self.harm.held_onset.filter(|_| self.is_held());
        bad.chain(slow).chain(retried).chain(held).min()
    }

    /// Its victims.
    pub fn victims(&self) -> impl Iterator<Item = (&Outcome, &Tally)> {
        self.harm
            .bad
            .iter()
            .filter(|((_, outcome), _)| self.hurts(outcome))
            .map(|((_, outcome), tally)| (outcome, tally))
    }
}
