//! What happened before an incident was noticed.
//!
//! Enters: the last minutes and a new case. Leaves: the case, begun where its first victims lead and fed with
//! all requests since. Must not know: minutes that were let go of.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::backend::Pulse;
use super::case::Case;
use super::harm;
use super::place::{Group, Site};
use super::series::Taken;
use crate::rollup::Name;
use crate::rollup::seal::{Cell, Minute, Slot};

/// Seconds before an incident whose requests are counted as ordinary.
const BEFORE: i64 = 60;

/// Seconds below which they tell nothing.
const ENOUGH: i64 = 5;

/// Seconds around an incident in which its place is watched.
const AROUND: i64 = 60;

type Minutes = VecDeque<Arc<Minute>>;

/// Sets the case's beginning: victims lead back from `since` as long as the gaps between them are short, and
/// from there to the moment the first of them was hurt. It never goes back to what an earlier case took in.
pub fn find_begin(case: &mut Case, minutes: &Minutes, since: i64, after: Option<i64>, noisy: bool) {
    let gap = gap(case);
    let earliest = after.map_or(i64::MIN, |after| after + 1);
    let mut first = since;
    // Where the symptom is ordinary, noise would lead back for ever.
    if !noisy {
        for slot in backwards(minutes).skip_while(|slot| slot.second >= since) {
            if slot.second < earliest || first - slot.second > gap {
                break;
            }
            if cells(&case.site, slot)
                .iter()
                .any(|cell| is_trace(case, cell))
            {
                first = slot.second;
            }
        }
    }
    let hurt = backwards(minutes)
        .take_while(|slot| slot.second >= first)
        .flat_map(|slot| cells(&case.site, slot))
        .filter(|cell| case.hurts(&cell.outcome))
        .filter_map(|cell| harm::onset(&cell.outcome, &cell.tally))
        .min();
    let begin = hurt
        .map_or(first, |hurt| hurt.div_euclid(1000).min(first))
        .max(earliest);
    note_before(case, minutes, begin);
    case.begin = begin;
    case.until = begin - 1;
    case.sampled = begin.div_euclid(60) * 60;
}

/// How many requests came in the minute before, as far as the log reaches back.
fn note_before(case: &mut Case, minutes: &Minutes, begin: i64) {
    let reaches_back = |slot: &Slot| slot.second <= begin - ENOUGH;
    case.before.is_rate_known = backwards(minutes).any(reaches_back);
    let before = || {
        backwards(minutes)
            .skip_while(|slot| slot.second >= begin)
            .take_while(|slot| slot.second >= begin - BEFORE)
    };
    let first = before().last().map(|slot| slot.second);
    // Of a quiet place nothing may have come in that minute: the mean of all before stays.
    let Some(first) = first.filter(|first| begin - first >= ENOUGH) else {
        return;
    };
    let mut by_server: BTreeMap<Name, u64> = BTreeMap::new();
    for cell in before().flat_map(|slot| cells(&case.site, slot)) {
        *by_server.entry(cell.place.server.clone()).or_default() += cell.tally.n;
    }
    let a_second = |requests: u64| requests as f64 / (begin - first) as f64;
    case.before.rate = a_second(by_server.values().sum());
    let by_server = by_server.into_iter();
    case.before.by_server = by_server.map(|(server, n)| (server, a_second(n))).collect();
}

/// Seconds between victims that still belong together: some ten requests, and at least 5 s.
fn gap(case: &Case) -> i64 {
    (10.0 / case.before.rate.max(0.01)).clamp(5.0, 600.0) as i64
}

/// A victim, or a request that was saved by a retry.
fn is_trace(case: &Case, cell: &Cell) -> bool {
    case.hurts(&cell.outcome) || (case.group == Group::Service && cell.tally.strain().retried > 0)
}

/// Feeds the case what it has not seen, up to but without the second `now`.
pub fn catch_up(case: &mut Case, minutes: &Minutes, now: i64) {
    let seen = case.until;
    for minute in minutes.iter().filter(|minute| minute.start + 60 > seen) {
        for slot in minute
            .slots
            .iter()
            .filter(|slot| slot.second > seen && slot.second < now)
        {
            let cells = cells(&case.site, slot);
            case.absorb(slot.second, &cells, Pulse::Clear);
        }
    }
}

/// Shows the case the requests around it, up to but without the second `now`.
pub fn look_around(case: &mut Case, minutes: &Minutes, now: i64) {
    let from = case.begin - AROUND;
    let slots = minutes.iter().flat_map(|minute| &minute.slots);
    for slot in slots.filter(|slot| (from..now).contains(&slot.second)) {
        watch(case, slot);
    }
}

/// Shows the case the requests of a second, as long as that is not long after it.
pub fn watch(case: &mut Case, slot: &Slot) {
    let second = slot.second;
    if case
        .ended
        .is_some_and(|end| end.div_euclid(1000) + AROUND < second)
    {
        return;
    }
    let taken = match case.group {
        // Requests that were routed do not stand with their frontend.
        Group::Restart | Group::Silence | Group::Limits => Taken::of(&slot.cells),
        _ => Taken::of(cells(&case.site, slot)),
    };
    case.series.add(second, &taken);
}

/// Feeds the case the samples of the minutes it spans, each once.
pub fn sample(case: &mut Case, minutes: &Minutes) {
    let until = case.ended.map_or(i64::MAX, |end| end.div_euclid(1000));
    for minute in minutes {
        if minute.start < case.sampled || minute.start > until {
            continue;
        }
        case.sampled = minute.start + 60;
        let name = case.site.name();
        for row in minute.victims.iter().filter(|row| row.backend == *name) {
            case.harm.sample(row);
        }
    }
}

fn backwards(minutes: &Minutes) -> impl Iterator<Item = &Slot> {
    minutes
        .iter()
        .rev()
        .flat_map(|minute| minute.slots.iter().rev())
}

/// The cells of a second that belong to a place. They stand in the order of their places: each HAProxy's cells of a
/// backend stand together, and need no look at the others.
fn cells<'a>(site: &Site, slot: &'a Slot) -> Vec<&'a Cell> {
    let (name, at_frontend) = (site.name(), site.is_before_backends());
    let of_name = |cells: &'a [Cell]| {
        let from = cells.partition_point(|cell| cell.place.backend < *name);
        let cells = &cells[from..];
        &cells[..cells.partition_point(|cell| cell.place.backend == *name)]
    };
    by_origin(&slot.cells)
        .flat_map(of_name)
        .filter(|cell| cell.place.at_frontend == at_frontend)
        .collect()
}

fn by_origin(mut cells: &[Cell]) -> impl Iterator<Item = &[Cell]> {
    std::iter::from_fn(move || {
        let origin = &cells.first()?.place.origin;
        let (of_origin, others) =
            cells.split_at(cells.partition_point(|cell| cell.place.origin <= *origin));
        cells = others;
        Some(of_origin)
    })
}
