//! What was understood of the input, and what the log cannot show.
//!
//! Enters: counts of the sources, and the configuration if there is one. Leaves: a [`Coverage`].
//! Must not know: incidents.

use super::Assembly;
use crate::report::document::Coverage;
use crate::report::numbers::counted;
use crate::rollup::Merge;
use crate::rollup::block::Counts;

/// The coverage. Lines that repeat what another said are counted as that, and nowhere else.
pub fn of(assembly: &Assembly) -> Coverage {
    let mut counts = Counts::default();
    for source in assembly.sealer.sources().values() {
        counts.merge(source.counts);
    }
    // What two sources said, and what one source says twice.
    let mut twice = assembly.sealer.duplicates();
    twice.merge(assembly.scan.duplicates());
    Coverage {
        lines: assembly
            .sealer
            .sources()
            .values()
            .map(|source| source.lines())
            .sum(),
        traffic: counts.traffic - twice.traffic,
        state: counts.state - twice.state,
        health_check: counts.health_check - twice.health_check,
        process: counts.process - twice.process,
        other: counts.other,
        unparsed: counts.unparsed,
        truncated: counts.truncated - twice.truncated,
        duplicates: twice.lines(),
        filtered: counts.filtered,
        dropped: 0,
        warnings: warnings(assembly, &counts),
    }
}

fn warnings(assembly: &Assembly, counts: &Counts) -> Vec<String> {
    let mut warnings = Vec::new();
    warnings.extend(outside(assembly));
    warnings.extend(unknown_backends(assembly));
    let late = assembly.sealer.late().lines();
    if late > 0 {
        warnings.push(format!(
            "{} stood more than a minute out of order: in the totals, not in incidents.",
            counted(late, "line", "lines")
        ));
    }
    let overflow = assembly.sealer.aside();
    if overflow > 0 {
        warnings.push(format!(
            "{} named more backends and servers in a second than are kept apart, and were put aside.",
            counted(overflow, "request", "requests")
        ));
    }
    let totals = assembly.scan.totals();
    if totals.requests >= 100 && totals.lack_good_ones() {
        let whose = match assembly.filter {
            Some(_) => "The filter lets hardly a good request through: shares and",
            None => {
                "Hardly a good request stands in this log. If that is `option dontlog-normal`, shares and"
            }
        };
        warnings.push(format!(
            "{whose} availability mean nothing, and failures were measured against time alone."
        ));
    }
    warnings.extend(no_traffic(counts).map(str::to_owned));
    if let Some(config) = assembly.config {
        let quiet: Vec<&str> = config
            .proxies()
            .filter(|proxy| proxy.dontlog_normal())
            .map(|proxy| proxy.name.as_str())
            .collect();
        if !quiet.is_empty() {
            warnings.push(format!(
                "`option dontlog-normal` hides good requests of {}.",
                quiet.join(", ")
            ));
        }
    }
    warnings
}

/// Nothing can be told of requests.
fn no_traffic(counts: &Counts) -> Option<&'static str> {
    if counts.traffic > 0 {
        return None;
    }
    if counts.filtered > 0 {
        return Some(
            "The filter lets no request through: what failed and whom it hit cannot be told.",
        );
    }
    (counts.state + counts.process > 0)
        .then_some("There is no traffic in this log: what failed and whom it hit cannot be told.")
}

/// The span that was asked for has nothing of the log in it.
fn outside(assembly: &Assembly) -> Option<String> {
    let sources = || assembly.sealer.sources().values();
    let first = sources().filter_map(|source| source.first).min()?;
    let last = sources().filter_map(|source| source.last).max()?;
    let late = assembly.window.since.is_some_and(|since| since > last);
    let early = assembly.window.until.is_some_and(|until| until <= first);
    (late || early).then(|| {
        format!(
            "Nothing of this log lies in the time asked for: it runs from {} to {}.",
            assembly.time(first * 1000),
            assembly.time(last * 1000)
        )
    })
}

/// Backends listed where one was asked for that the log does not have.
const LISTED: usize = 12;

/// A backend was asked for that the log does not have.
fn unknown_backends(assembly: &Assembly) -> Option<String> {
    let known: Vec<String> = assembly
        .scan
        .backends()
        .into_iter()
        .map(super::text)
        .collect();
    let asked = &assembly.window.backends;
    let unknown: Vec<&str> = asked
        .iter()
        .filter(|name| !known.contains(name))
        .map(String::as_str)
        .collect();
    if unknown.is_empty() {
        return None;
    }
    let more = match known.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let known = known[..known.len().min(LISTED)].join(", ");
    let this = match assembly.filter {
        Some(_) => "What the filter lets through",
        None => "This log",
    };
    Some(format!(
        "{this} does not name {}. It names {known}{more}.",
        unknown.join(", ")
    ))
}
