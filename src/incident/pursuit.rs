//! Cases are opened, opened again and fed.
//!
//! Enters: bursts and cells of a place, and what others open. Leaves: the case they belong to.
//! Must not know: messages.

use super::backend::Pulse;
use super::case::Case;
use super::look_back;
use super::place::{Group, Site};
use super::scan::Scan;
use crate::rollup::seal::Cell;
use crate::words::cause::Cause;
use crate::words::termination::Symptom;

/// Seconds after which what was done has had its effect.
const LATELY: i64 = 120;

impl Scan {
    /// Opens, reopens and feeds the case of a group in a place.
    pub(super) fn follow(&mut self, group: Group, site: &Site, cells: &[&Cell]) {
        let second = self.now;
        let Some(watch) = self.watches.get(site) else {
            return;
        };
        let (burst, aborts) = (watch.burst(group), watch.aborts(group));
        let pulse = watch.pulse(group, second);
        let left = burst.and_then(|since| self.frontends.left(&site.frontend, since));
        if let Some(since) = burst.filter(|_| self.has_room(group, site, true)) {
            self.open(group, site, since);
            self.take_over_limits();
        }
        let Some(case) = self.cases.get_mut(&(group, site.clone())) else {
            return;
        };
        case.aborts = case.aborts.or(aborts);
        if cells.iter().any(|cell| group.hurts(&cell.outcome)) {
            case.left = left.or(case.left);
        }
        case.absences.serve(second, cells);
        if case.ended.is_none() {
            case.absorb(second, cells, pulse);
        }
    }

    /// What is no incident of its own, because servers are lost: the error statuses that took them out, and
    /// cookies that no longer lead to them.
    pub(super) fn explained(&self, site: &Site) -> Vec<Group> {
        let service = self.cases.get(&(Group::Service, site.clone()));
        let Some(case) = service.filter(|case| case.may_go_on(self.now)) else {
            return Vec::new();
        };
        let errors = case.explains(Symptom::ServerError);
        let persistence = !case.absences.is_empty();
        [
            (Group::Errors, errors),
            (Group::Persistence, persistence),
            (Group::Leaving, true),
        ]
        .into_iter()
        .filter_map(|(group, explained)| explained.then_some(group))
        .collect()
    }

    /// What was done lately that cookies may have lost their servers by: servers taken out, or a new configuration.
    fn done_before(&self, site: &Site) -> Option<Cause> {
        let lately = |case: &Case| case.ended.is_none() || self.now - case.until < LATELY;
        let told = |group: Group, at: &dyn Fn(&Site) -> bool| {
            self.cases
                .iter()
                .any(|((of, there), case)| *of == group && at(there) && lately(case))
        };
        if told(Group::Maintenance, &|there| there.backend == site.backend) {
            Some(Cause::AdminAction)
        } else if told(Group::Restart, &|_| true) {
            Some(Cause::Reload)
        } else {
            None
        }
    }

    /// The case of a group in a place: the one that goes on, one that begins again, or a new one whose requests
    /// are taken in from `since` on, or earlier where victims lead back.
    pub(super) fn open(&mut self, group: Group, site: &Site, since: i64) -> &mut Case {
        let now = self.now;
        let key = (group, site.clone());
        let again = self.cases.get(&key).is_some_and(|case| case.may_go_on(now));
        if !again {
            let after = self.cases.remove(&key).map(|old| {
                let until = old.until;
                self.retire(old);
                until
            });
            let watch = self.watches.get(site);
            let failures_only = self.totals.lack_good_ones();
            let mut case = Case::open(group, site.clone(), now, since);
            if let Some(watch) = watch {
                (case.slow_from, case.before) = (watch.slow_from(), watch.before());
                case.before.failures_only = failures_only && !watch.shows_only(group);
                case.aborts = watch.aborts(group);
                case.known = watch.servers().cloned().collect();
            }
            case.after = self.done_before(site);
            if group == Group::Service {
                case.limits = self.limits.of(&site.backend, now);
            }
            let noisy = watch.is_some_and(|watch| watch.pulse(group, now) != Pulse::Clear);
            look_back::find_begin(&mut case, &self.minutes, since, after, noisy);
            look_back::look_around(&mut case, &self.minutes, now);
            self.cases.get_or_open(key.clone(), || case);
        }
        let open = || Case::open(group, site.clone(), now, since);
        let case = self.cases.get_or_open(key, open);
        case.ended = None;
        case.end_reason = None;
        look_back::catch_up(case, &self.minutes, now);
        case
    }
}
