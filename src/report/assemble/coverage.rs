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
    let traffic = assembly.sealer.duplicates();
    let said = assembly.scan.duplicates();
    Coverage {
        lines: assembly
            .sealer
            .sources()
            .values()
            .map(|source| source.lines())
            .sum(),
        traffic: counts.traffic.saturating_sub(traffic),
        state: counts.state.saturating_sub(said.state),
        health_check: counts.health_check.saturating_sub(said.health_check),
        process: counts.process.saturating_sub(said.process),
        other: counts.other,
        unparsed: counts.unparsed,
        truncated: counts.truncated,
        duplicates: traffic.min(counts.traffic)
            + said.state.min(counts.state)
            + said.health_check.min(counts.health_check)
            + said.process.min(counts.process),
        dropped: 0,
        warnings: warnings(assembly, &counts),
    }
}

fn warnings(assembly: &Assembly, counts: &Counts) -> Vec<String> {
    let mut warnings = Vec::new();
    let late = assembly.sealer.late().lines;
    if late > 0 {
        warnings.push(format!(
            "{} stood more than a minute out of order: in the totals, not in incidents.",
            counted(late, "line", "lines")
        ));
    }
    let overflow = assembly.sealer.overflow();
    if overflow > 0 {
        warnings.push(format!(
            "{} named more backends and servers in a second than are kept apart, and were put aside.",
            counted(overflow, "request", "requests")
        ));
    }
    let totals = assembly.scan.totals();
    if totals.requests >= 100 && totals.lack_good_ones() {
        warnings.push(
            "Hardly a good request stands in this log. If that is `option dontlog-normal`, shares and \
             availability mean nothing, and failures were measured against time alone."
                .to_owned(),
        );
    }
    if counts.traffic == 0 && counts.state + counts.process > 0 {
        warnings.push(
            "There is no traffic in this log: what failed and whom it hit cannot be told."
                .to_owned(),
        );
    }
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
