//! How unsure slow minutes make a rate.
//!
//! Enters: those at risk, and how far they are from independent. Leaves: a variance. Must not know: how rates are estimated.
//!
//! A slow minute is slow for all of its requests: it moves the whole curve, not each part of it by chance. So it makes the
//! level of the rate unsure. Whether requests count for less as well, which widens what is told of a tail's slope and bend,
//! is for those who estimate these.

use core::f64::consts::LN_2;

use libm::log;

use super::risk::Risk;

/// The variance of ln rate that dispersion adds to that of as many independent requests.
///
/// Dispersion is that of the cut among the late, which waited for at least half of the longest time. Of those a share p is
/// cut, whose variance is that many times p(1-p); and the rate is as -ln p.
pub fn unrest(risk: &Risk, dispersion: f64) -> f64 {
    let cut: f64 = risk.limits.iter().map(|limit| limit.cut as f64).sum();
    let ended: f64 = (risk.steps.iter())
        .map(|step| {
            let late = step.to - step.from.max(-LN_2);
            (step.ended + step.left) * (late / (step.to - step.from)).max(0.0)
        })
        .sum();
    let cut = cut.max(1.0);
    let share = cut / (cut + ended.max(1.0));
    let fall = log(share);
    (dispersion - 1.0) * (1.0 - share) / (cut * fall * fall)
}

#[cfg(test)]
mod tests {
    use super::unrest;
    use crate::advice::survival::risk::Risk;
    use crate::rollup::histogram::Histogram;

    fn risk(late: u64, cut: u64) -> Risk {
        let (mut completed, mut reached) = (Histogram::default(), Histogram::default());
        completed.add(100, 10_000);
        completed.add(900, late);
        reached.add(1_000, cut);
        Risk::of(&completed, &reached, None, Some(1_000))
    }

    #[test]
    fn a_rate_is_as_unsure_as_the_share_that_is_cut() {
        // A quarter of 400 late ones is cut: 0.75 / 100, by the slope of ln(-ln p) at a quarter.
        let once = unrest(&risk(300, 100), 2.0);
        let expected = 0.0075 / 4f64.ln().powi(2);
        assert!((once - expected).abs() < 1e-12, "{once}");
        // Of independent ones nothing is added, of ten times as many a tenth.
        assert_eq!(unrest(&risk(300, 100), 1.0), 0.0);
        let tenth = unrest(&risk(3_000, 1_000), 2.0);
        assert!((tenth - expected / 10.0).abs() < 1e-12, "{tenth}");
    }

    #[test]
    fn nothing_late_or_nothing_cut_is_a_number() {
        for (late, cut) in [(0, 50), (50, 0), (0, 0)] {
            assert!(unrest(&risk(late, cut), 3.0).is_finite(), "{late} {cut}");
        }
    }
}
