//! Times to the answer against the timeout that cuts them.
//!
//! Enters: a chart. Leaves: one row in a logarithmic scale. Must not know: servers.

use super::drawing::Drawing;
use crate::advice::words;
use crate::report::document::Chart;

/// Height of the row, px; above it is room for a name.
const ROW: u32 = 64;
const NAME: u32 = 12;

/// The timeout that limits the time to the answer.
const LIMIT: &str = "timeout server";

/// Draws the row; none where nothing was timed.
pub(super) fn draw(chart: &Chart, drawing: &mut Drawing) {
    let timed = || chart.p50_ms.iter().chain(&chart.p99_ms).flatten();
    let (Some(least), Some(most)) = (timed().min(), timed().max()) else {
        return;
    };
    let limit = chart.limits.iter().find(|limit| limit.keyword == LIMIT);
    let most = limit.map_or(*most, |limit| limit.ms.max(*most));
    let scale = Levels::new(*least, most);
    let top = drawing.row(NAME + ROW) + NAME;
    drawing.label("levels", top - 2, "answers", "p50, p99");
    for ms in scale.marks() {
        drawing.line("level", top + scale.px(ms));
    }
    let lines = [("p50", &chart.p50_ms), ("p99", &chart.p99_ms)];
    let paths: String = lines
        .iter()
        .map(|(class, values)| format!("<path class=\"{class}\" d=\"{}\"/>", scale.steps(values)))
        .collect();
    drawing.plot("latency", top, ROW, &paths);
    for ms in scale.marks() {
        let y = top + scale.px(ms);
        drawing.put(&format!(
            "<text class=\"value\" y=\"{y}\">{}</text>",
            words(ms)
        ));
    }
    if let Some(limit) = limit {
        let y = top + scale.px(limit.ms);
        drawing.put(&format!(
            "<line class=\"limit\" x1=\"0\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/><text class=\"limit\" x=\"100%\" dx=\"-3\" y=\"{}\">{} {}</text>",
            y + 11,
            limit.keyword,
            words(limit.ms)
        ));
    }
}

/// Milliseconds as heights: as many px for each factor.
struct Levels {
    low: f64,
    high: f64,
}

impl Levels {
    /// From the power of ten below `least` to a little above `most`; ms.
    fn new(least: u64, most: u64) -> Self {
        let low = (least.max(1) as f64).log10().floor();
        let high = (most.max(1) as f64 * 1.25).log10();
        Self {
            low,
            high: high.max(low + 1.0),
        }
    }

    /// 0 at the top, 1 on the ground.
    fn depth(&self, ms: u64) -> f64 {
        let level = (ms.max(1) as f64).log10();
        ((self.high - level) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    fn px(&self, ms: u64) -> u32 {
        (self.depth(ms) * f64::from(ROW)).round() as u32
    }

    /// Powers of ten within.
    fn marks(&self) -> impl Iterator<Item = u64> {
        let within = self.low as u32..=self.high as u32;
        within.map(|power| 10_u64.saturating_pow(power))
    }

    /// A step for each part that has a value; gaps stay gaps.
    fn steps(&self, values: &[Option<u64>]) -> String {
        let mut path = String::new();
        let mut last = None;
        for (place, value) in values.iter().enumerate() {
            let y = value.map(|ms| (self.depth(ms) * 1000.0).round() as i64);
            match (last, y) {
                (None, Some(y)) => path += &format!("M{place} {y}"),
                (Some(before), Some(y)) if before != y => path += &format!("H{place}V{y}"),
                (Some(_), None) => path += &format!("H{place}"),
                _ => {}
            }
            last = y;
        }
        if last.is_some() {
            path += &format!("H{}", values.len());
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_for_each_value_and_none_for_gaps() {
        let levels = Levels::new(10, 800);
        assert_eq!((levels.low, levels.high), (1.0, 3.0));
        assert_eq!(levels.marks().collect::<Vec<_>>(), [10, 100, 1000]);
        let values = [None, Some(10), Some(10), Some(100), None, Some(1000)];
        assert_eq!(levels.steps(&values), "M1 1000H3V500H4M5 0H6");
    }
}
