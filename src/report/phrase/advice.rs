//! Advice and timeouts in words.
//!
//! Enters: pieces of advice, and timers. Leaves: short English. Must not know: where it is shown.

use super::{Sources, sureness, words};
use crate::report::document::{Advice, Direction, Incident, Urgency};
use crate::report::numbers::{count, counted};
use crate::report::review::Timer;

/// The timeout that ends checks, not requests.
const CHECK: &str = "timeout check";

/// A setting in force and the one to use: `30s (defaults) → 45s`.
pub fn change(advice: &Advice) -> String {
    let from = advice
        .current_from
        .map(|from| format!(" ({from})"))
        .unwrap_or_default();
    let current = match (&advice.current, advice.direction) {
        (Some(current), _) => format!("{current}{from}"),
        (None, Direction::Set) => "not set".to_owned(),
        // It is not known what it is.
        (None, _) => String::new(),
    };
    match &advice.suggested {
        Some(suggested) if current.is_empty() => suggested.clone(),
        Some(suggested) if advice.direction != Direction::Keep => {
            format!("{current} → {suggested}")
        }
        _ => current,
    }
}

/// What is advised on: `timeout server in backend api`; of a fault behind HAProxy, the servers that have it.
pub fn subject(advice: &Advice) -> String {
    let is_behind = advice.direction == Direction::Fix && advice.keyword == "server";
    match (is_behind, advice.scope.starts_with("server ")) {
        (true, true) => advice.scope.clone(),
        (true, false) => format!("the servers of {}", advice.scope),
        (false, _) => format!("{} in {}", advice.keyword, advice.scope),
    }
}

/// A piece under the incident it belongs to: `lower inter in backend api: 5s (config) → 1250ms`.
pub fn in_brief(advice: &Advice) -> String {
    let change = match &advice.suggested {
        Some(_) => format!(": {}", change(advice)),
        None => String::new(),
    };
    format!("{} {}{change}", words(advice.direction), subject(advice))
}

/// The settings that would have shortened or prevented an incident.
pub fn settings<'a>(
    advice: &'a [Advice],
    incident: &'a Incident,
) -> impl Iterator<Item = &'a Advice> {
    let is_setting = |advice: &&Advice| advice.urgency == Urgency::Harmful;
    let is_its = |advice: &&Advice| advice.incidents.contains(&incident.id);
    advice.iter().filter(is_setting).filter(is_its)
}

/// Where there are no timers.
pub const NOTHING_TO_WEIGH: &str = "No request met a timeout: there is nothing to weigh.";

/// A timeout's value and where it comes from: `30s`, `700ms (inferred)`, `not set`.
pub fn in_force(timer: &Timer) -> String {
    match (&timer.current, timer.current_from) {
        (Some(value), Some("config")) => value.clone(),
        (Some(value), Some(from)) => format!("{value} ({from})"),
        (None, from) => from.unwrap_or("unknown").to_owned(),
        (Some(value), None) => value.clone(),
    }
}

/// What to do with a timeout: `raise to 2s`.
pub fn verdict(timer: &Timer) -> String {
    let direction = words(timer.verdict);
    match (&timer.suggested, &timer.fix) {
        (Some(suggested), _) => format!("{direction} to {suggested}"),
        (None, Some(fix)) => format!("{direction} {fix}"),
        (None, None) => direction,
    }
}

/// What a group of advice is about.
pub fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Broken => "To mend, behind HAProxy",
        Urgency::Harmful => "To change: it hurt requests or servers",
        Urgency::Improvable => "Could be better: nobody was hurt, as far as the log tells",
        Urgency::Right => "Right as it is",
        Urgency::Unknown => "The log cannot tell",
    }
}

/// What advice rests on: `1,204 requests ran to their end, 56 were cut; likely; see haproxy.log:812`.
pub fn basis(advice: &Advice, sources: Sources) -> Option<String> {
    let (completed, cut) = (advice.samples.completed, advice.samples.censored);
    let mut parts = Vec::new();
    if completed > 0 || cut > 0 {
        let were = if cut == 1 { "was" } else { "were" };
        let cut = format!("{} {were} cut", count(cut));
        let is_of_checks = advice.keyword == CHECK;
        parts.push(match completed {
            0 => cut,
            _ if is_of_checks => format!(
                "{}, {cut}",
                counted(completed, "check passed", "checks passed")
            ),
            1 => format!("1 request ran to its end, {cut}"),
            _ => format!("{} requests ran to their end, {cut}", count(completed)),
        });
    }
    if advice.direction != Direction::CannotTell {
        parts.push(sureness(advice.confidence).to_owned());
    }
    parts.extend(
        advice
            .evidence
            .first()
            .map(|line| format!("see {}", sources.place(line))),
    );
    (!parts.is_empty()).then(|| parts.join("; "))
}
