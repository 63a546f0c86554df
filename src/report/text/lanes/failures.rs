//! Failures of an incident as a row of bars.
//!
//! Enters: an incident, and a scale of time. Leaves: a bar for each column, and what they come to. Must not know: servers.

use super::strip::Scale;
use crate::report::document::Incident;
use crate::report::numbers;
use crate::report::text::bars::bar;

/// Failed requests per second, in parts of the incident from its first second on.
pub(super) struct Failures<'a> {
    parts: &'a [f64],
    part_ms: i64,
    /// The highest part.
    highest: f64,
    /// The most in a second.
    peak: f64,
}

impl<'a> Failures<'a> {
    pub(super) fn of(incident: &'a Incident) -> Option<Self> {
        let parts = incident.failures_per_second.as_slice();
        let highest = parts
            .iter()
            .copied()
            .filter(|rate| rate.is_finite())
            .fold(0.0, f64::max);
        (highest > 0.0).then_some(Self {
            parts,
            part_ms: incident.failures_part_s.max(1).saturating_mul(1000),
            highest,
            peak: incident.impact.peak_per_second.unwrap_or(highest),
        })
    }

    pub(super) fn caption(&self, is_sampled: bool) -> String {
        let at_least = if is_sampled { "≥ " } else { "" };
        format!("peak {at_least}{}", numbers::rate(self.peak))
    }

    /// A bar for each column of the incident, as high as the highest part in it; blank around it.
    pub(super) fn bars(&self, scale: &Scale) -> String {
        scale
            .cells()
            .map(|cell| {
                self.highest_in(cell, scale.span)
                    .map_or(' ', |rate| self.bar(rate))
            })
            .collect()
    }

    fn highest_in(&self, (from, to): (i64, i64), (start, end): (i64, i64)) -> Option<f64> {
        if to <= start || end <= from {
            return None;
        }
        let begins = start.div_euclid(1000) * 1000;
        let part = |at: i64| usize::try_from((at - begins) / self.part_ms).ok();
        let first = part(from.max(start))?;
        let last = part(to.min(end) - 1)?.max(first);
        // Behind the last failure that was seen, there is none.
        let covered = self.parts.iter().take(last + 1).skip(first);
        Some(covered.copied().fold(0.0, f64::max))
    }

    fn bar(&self, rate: f64) -> char {
        bar(rate, self.highest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From 0 to 10 s, drawn from and to.
    fn scale(drawn: (i64, i64), columns: usize) -> Scale {
        Scale {
            span: (0, 10_000),
            drawn,
            columns,
        }
    }

    #[test]
    fn bars_keep_the_peak_and_tell_few_failures_from_none() {
        let parts = [0.0, 0.1, 10.0, 0.0, 0.0, 0.0, 0.0, 0.0, 5.0, 0.0];
        let failures = Failures {
            parts: &parts,
            part_ms: 1_000,
            highest: 10.0,
            peak: 10.0,
        };
        assert_eq!(failures.bars(&scale((0, 10_000), 10)), "▁▂█▁▁▁▁▁▅▁");
        assert_eq!(failures.bars(&scale((0, 10_000), 5)), "▂█▁▁▅");
        let around = scale((-2_000, 12_000), 7);
        assert_eq!(failures.bars(&around), " ▂█▁▁▅ ");
    }
}
