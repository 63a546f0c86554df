//! Time as a share of a drawing's width, so that it is as wide as its page.
//!
//! Enters: a chart. Leaves: percent. Must not know: what is drawn.

use crate::report::clock;
use crate::report::document::Chart;

/// See the module.
#[derive(Debug)]
pub(super) struct Scale {
    /// Milliseconds since 1970 UTC.
    pub(super) start: i64,
    pub(super) end: i64,
    /// Milliseconds of each part.
    pub(super) part: i64,
    pub(super) parts: usize,
}

impl Scale {
    /// Over the whole chart; nothing where it has no length.
    pub(super) fn of(chart: &Chart) -> Option<Self> {
        let start = clock::millis(&chart.start)?;
        let parts = chart.requests.len();
        let part = chart.part_s.checked_mul(1000)?;
        let length = i64::try_from(parts).ok()?.checked_mul(part)?;
        let end = start.checked_add(length)?;
        (end > start).then_some(Self {
            start,
            end,
            part,
            parts,
        })
    }

    /// `12.34%` of the width; what lies beyond an edge lies on it.
    pub(super) fn at(&self, ms: i64) -> String {
        percent(self.share(ms))
    }

    /// 0 to 100.
    pub(super) fn share(&self, ms: i64) -> f64 {
        let ms = ms.clamp(self.start, self.end);
        (ms - self.start) as f64 * 100.0 / (self.end - self.start) as f64
    }

    /// `x` and `width` of a span, which is at least a hair wide.
    pub(super) fn span(&self, from: i64, to: i64) -> String {
        let (from, to) = (self.share(from), self.share(to));
        let width = (to - from).max(0.1);
        format!("x=\"{}\" width=\"{}\"", percent(from), percent(width))
    }

    /// Some of the span is drawn.
    pub(super) fn shows(&self, from: i64, to: i64) -> bool {
        from <= self.end && to >= self.start
    }
}

fn percent(share: f64) -> String {
    let text = format!("{share:.2}");
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_the_width() {
        let scale = Scale {
            start: 0,
            end: 10_000,
            part: 1_000,
            parts: 10,
        };
        assert_eq!(scale.at(2_500), "25%");
        assert_eq!(scale.at(-1), "0%");
        assert_eq!(scale.at(10_001), "100%");
        assert_eq!(scale.span(3_333, 6_667), "x=\"33.33%\" width=\"33.34%\"");
        assert_eq!(scale.span(5_000, 5_000), "x=\"50%\" width=\"0.1%\"");
        assert!(scale.shows(-5, 0) && !scale.shows(-5, -1));
    }
}
