//! Requests over time: how many came, and how many of them failed by whom to look at.
//!
//! Enters: a chart. Leaves: two rows of steps, one for each part. Must not know: servers.

use super::drawing::Drawing;
use crate::report::document::Chart;
use crate::report::numbers;

/// Heights of both rows, px; above them is room for a name.
const TRAFFIC: u32 = 24;
const FAILED: u32 = 56;
const NAME: u32 = 12;

/// Draws both rows; the lower one only where requests failed.
pub(super) fn draw(chart: &Chart, drawing: &mut Drawing) {
    let per_second = |most: u64| numbers::rate(most as f64 / chart.part_s.max(1) as f64);
    let most = chart.requests.iter().copied().max().unwrap_or(0);
    let top = drawing.row(NAME + TRAFFIC) + NAME;
    drawing.label(
        "plotted",
        top + 9,
        "requests",
        &format!("to {}", per_second(most)),
    );
    let area = steps(&chart.requests, most);
    drawing.plot("traffic", top, TRAFFIC, &format!("<path d=\"{area}\"/>"));
    drawing.line("ground", top + TRAFFIC);

    let layers = stacked(chart);
    let most = layers
        .first()
        .and_then(|(_, sums)| sums.iter().copied().max());
    let Some(most) = most.filter(|most| *most > 0) else {
        return;
    };
    let top = drawing.row(NAME + FAILED) + NAME;
    drawing.label(
        "plotted",
        top + 9,
        "failed",
        &format!("to {}", per_second(most)),
    );
    let paths: String = layers
        .iter()
        .map(|(owner, sums)| {
            let area = steps(sums, most);
            format!("<path class=\"o-{owner}\" data-owner=\"{owner}\" d=\"{area}\"/>")
        })
        .collect();
    drawing.plot("failed", top, FAILED, &paths);
    drawing.line("ground", top + FAILED);
}

/// What each owner is drawn up to, the highest first: it lies behind the others.
fn stacked(chart: &Chart) -> Vec<(&'static str, Vec<u64>)> {
    let mut sums = vec![0; chart.requests.len()];
    let mut layers = Vec::new();
    for series in &chart.failed {
        for (sum, more) in sums.iter_mut().zip(&series.requests) {
            *sum += more;
        }
        layers.push((series.owner, sums.clone()));
    }
    layers.reverse();
    layers
}

/// The area below `values` in a plot 1000 high, as steps; equal neighbours are one.
fn steps(values: &[u64], most: u64) -> String {
    let height = |value: u64| match value {
        0 => 1000,
        // What is there is seen.
        value => 980 - (value as f64 / most.max(1) as f64 * 980.0) as i64,
    };
    let mut path = "M0 1000".to_owned();
    let mut last = 1000;
    for (place, value) in values.iter().enumerate() {
        let height = height(*value);
        if height != last {
            path += &format!("H{place}V{height}");
            last = height;
        }
    }
    format!("{path}H{}V1000Z", values.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_neighbours_are_one_step_and_the_least_is_seen() {
        assert_eq!(
            steps(&[0, 0, 4, 4, 1000, 0], 1000),
            "M0 1000H2V977H4V0H5V1000H6V1000Z"
        );
        assert_eq!(steps(&[], 0), "M0 1000H0V1000Z");
        assert_eq!(steps(&[0, 1], u64::MAX), "M0 1000H1V980H2V1000Z");
    }
}
