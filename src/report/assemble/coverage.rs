//! What was understood of the input, and what the log cannot show.
//!
//! Enters: counts of the sources, and the configuration if there is one. Leaves: a [`Coverage`].
//! Must not know: incidents.

use super::{Assembly, cut, missing::Missing};
use crate::report::document::{Coverage, Lack};
use crate::report::numbers::counted;
use crate::report::phrase;
use crate::rollup::Counts;
use crate::rollup::Merge;
use crate::source::Caveat;

/// The coverage. Lines that repeat what another said are counted as that, and nowhere else.
pub fn of(assembly: &Assembly) -> Coverage {
    let mut counts = Counts::default();
    for source in assembly.sealer.sources().values() {
        counts.merge(source.counts);
    }
    // What two sources said, and what one source says twice.
    let mut twice = assembly.sealer.duplicates();
    twice.merge(assembly.scan.duplicates());
    let missing = Missing::of_log(assembly);
    let truncated = counts.truncated - twice.truncated;
    let mut warnings = warnings(assembly, &counts, &missing);
    warnings.extend(cut::warning(assembly, &missing, truncated));
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
        truncated,
        duplicates: twice.lines(),
        filtered: counts.filtered,
        dropped: 0,
        interrupted: interrupted(assembly).is_some(),
        lacks: missing
            .lacks()
            .into_iter()
            .chain(is_beside(assembly).then_some(Lack::Asked))
            .collect(),
        warnings,
    }
}

/// That reading was interrupted, if it was.
pub fn interrupted<'a>(assembly: &Assembly<'a>) -> Option<&'a Caveat> {
    let mut caveats = assembly.caveats.iter();
    caveats.find(|caveat| caveat.is_interruption())
}

fn warnings(assembly: &Assembly, counts: &Counts, missing: &Missing) -> Vec<String> {
    let mut warnings: Vec<String> = assembly.caveats.iter().map(Caveat::to_string).collect();
    warnings.extend(by_minute(assembly));
    warnings.extend(dropped(assembly));
    warnings.extend(outside(assembly));
    warnings.extend(unknown_backends(assembly));
    warnings.extend(guessed_years(assembly));
    let late = assembly.sealer.late().lines();
    if late > 0 {
        warnings.push(format!(
            "{} stood more than a minute out of order: in the totals, not in incidents.",
            counted(late, "line", "lines")
        ));
    }
    if counts.unsaid > 0 {
        warnings.push(format!(
            "Not counted: {} of which the log says that the last one was repeated, and not which that was.",
            counted(counts.unsaid, "message", "messages")
        ));
    }
    warnings.extend(too_many(assembly));
    warnings.extend(missing.warnings(assembly));
    warnings.extend(no_traffic(counts).map(str::to_owned));
    warnings
}

/// The seconds of old requests are not stored.
fn by_minute(assembly: &Assembly) -> Option<String> {
    let (first, last) = assembly.scan.by_minute()?;
    Some(format!(
        "Between {} and {}, requests are known by the minute, as a store keeps them that are old, and by the second around \
         incidents. Incidents are told as they were found then.",
        assembly.time(first * 1000),
        assembly.time(last * 1000)
    ))
}

/// What loggers on the way say that they dropped.
fn dropped(assembly: &Assembly) -> impl Iterator<Item = String> {
    assembly.sealer.losses().iter().map(|(logger, loss)| {
        let lines = match loss.lines {
            0 => "lines".to_owned(),
            n => format!("at least {}", counted(n, "line", "lines")),
        };
        let (first, last) = (assembly.time(loss.first * 1000), assembly.time(loss.last * 1000));
        let when = if first == last { format!("at {first}") } else { format!("between {first} and {last}") };
        format!(
            "{} dropped {lines} {when}, because too many came at once: numbers are too low, and a quiet moment may be \
             none. What stops that: {}.",
            logger.name, logger.remedy
        )
    })
}

/// What a log holds more of than is kept apart. No HAProxy says that much; a flood of forged lines does.
fn too_many(assembly: &Assembly) -> Vec<String> {
    let (aside, unheard) = assembly.scan.unnamed();
    let requests = assembly.sealer.aside() + aside;
    let crowds = [
        (
            requests,
            ("request", "requests"),
            "named more HAProxys, backends and servers than are kept apart, and were put aside: in the totals, not in \
             incidents.",
        ),
        (
            unheard,
            ("message", "messages"),
            "named more HAProxys, backends and servers than are kept apart, and were passed over.",
        ),
        (
            assembly.sealer.passed_over(),
            ("message", "messages"),
            "stood among more than 2,048 of a minute, and were passed over.",
        ),
        (
            assembly.scan.forgotten().map(|(_, n)| n).sum(),
            ("incident", "incidents"),
            "of the mildest, and the earliest of them, are counted and not told, and times to repair are without \
             them: there are too many.",
        ),
    ];
    let told = crowds.into_iter().filter(|(n, ..)| *n > 0);
    told.map(|(n, (one, many), what)| format!("{} {what}", counted(n, one, many)))
        .collect()
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

/// Why nothing, or not what was asked for, can be told of the log.
pub fn reservations(assembly: &Assembly) -> Vec<String> {
    let coverage = of(assembly);
    match phrase::is_haproxy(&coverage) {
        false => phrase::no_haproxy(&coverage),
        true => {
            let beside = [outside(assembly), unknown_backends(assembly)];
            beside.into_iter().flatten().collect()
        }
    }
}

/// No line is of what was asked for.
fn is_beside(assembly: &Assembly) -> bool {
    let asked = &assembly.window.backends;
    let known = assembly.scan.backends();
    let is_known = |name: &String| known.iter().any(|known| super::text(known) == *name);
    outside(assembly).is_some() || (!asked.is_empty() && !asked.iter().any(is_known))
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

/// No line of a source says its year.
fn guessed_years(assembly: &Assembly) -> Vec<String> {
    let sources = assembly.sealer.sources().iter();
    let without = sources.filter(|(_, source)| source.is_without_years());
    let told = without.map(|(id, source)| {
        let name = assembly.names.get(id).map_or("the log", String::as_str);
        let latest = assembly.time(source.latest * 1000);
        format!(
            "No line of {name} says its year: the last one was taken in which none is after {}, when it was written.",
            &latest[..10]
        )
    });
    told.take(LISTED).collect()
}

/// Backends, or sources, listed where one was asked for that the log does not have.
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
