//! How waits go on beyond the last observation.
//!
//! Enters: those at risk. Leaves: the cumulated rate of completion beyond the end, with its error. Must not know:
//! shares, limits.
//!
//! The slowest waits alone tell of the tail (peaks over threshold; Pickands 1975). Over them ln of the rate is a
//! parabola in ln t ([`super::fit`]): its family holds Pareto and Weibull tails, is near to lognormal, gamma and
//! generalised Pareto ones, and lets the rate fall to nothing, as where some requests never end. How many waits belong
//! to the tail is found by taking in more as long as two more coefficients do not fit better (after Bader, Yan and
//! Zhang, Annals of Applied Statistics 12, 2018). Curvature is carried on only as far as it was seen.

use libm::{exp, log, log1p};

use super::fit::{Data, Fit, powers, rate};
use super::matrix::{MOST, dot, times};
use super::raised::Doubt;
use super::risk::{Risk, Step};

/// Level, slope and curvature.
const ORDER: usize = 3;

/// Waits that must have completed in the tail, as independent ones.
const FEWEST: f64 = 30.0;

/// Waits that a first try takes in, as independent ones; and at least, as a part of the survivors.
const FIRST: (f64, f64) = (70.0, 0.3);

/// How many more each try takes in.
const MORE: f64 = 1.5;

/// The part of all requests that is tail at most, where that is enough; and in any case.
const TAIL: (f64, f64) = (0.2, 0.5);

/// Twice the gain in ln likelihood that two more coefficients may bring before the parabola counts as bent: of true
/// ones, every second is taken for bent. A test that errs less often lets through what biases the answer.
const BENT: f64 = 1.39;

/// The same for the first try, below which there is none: one true parabola in a thousand is refused.
const MISFIT: f64 = 13.8;

/// Parts of the survivors that may never complete, which are tried.
const NEVER_ENDING: [f64; 4] = [0.4, 0.7, 0.9, 0.98];

/// Twice the gain in ln likelihood from which a part that never completes counts as seen; and twice the one that two
/// more coefficients may still have over it.
const FADING: (f64, f64) = (5.0, 3.0);

/// Windows are fitted in so many steps.
const STEPS: f64 = 48.0;

/// Completed waits that a model of leaving needs, for its level and for its slope.
const LEAVERS: (f64, f64) = (5.0, 50.0);

/// How much larger errors are because the sample chose its own window.
const CHOICE: f64 = 1.1;

/// A rate that is carried on.
#[derive(Debug, Clone, Copy)]
struct Rate {
    fit: Fit,
    order: usize,
    scale: f64,
    /// v over which curvature was seen.
    depth: f64,
}

/// What is known of the time beyond the end.
#[derive(Debug, Clone, Copy)]
pub struct Tail {
    completes: Rate,
    /// `None` where hardly any client leaves.
    leaves: Option<Rate>,
}

/// The slowest waits.
struct Window {
    steps: Vec<Step>,
    scale: f64,
    depth: f64,
}

impl Tail {
    /// `dispersion` requests count as one.
    pub fn of(risk: &Risk, dispersion: f64) -> Result<Self, Doubt> {
        let mut best = None;
        let windows = windows(risk, dispersion)?;
        let fades = |window: &Window| window.fades(risk.survivors, dispersion);
        if windows.iter().any(fades) {
            return Err(Doubt::Fades);
        }
        for window in windows {
            let most = if best.is_none() { MISFIT } else { BENT };
            match window.completes(dispersion, most) {
                Some(rate) => best = Some((rate, window)),
                None => break,
            }
        }
        let (completes, window) = best.ok_or(Doubt::NoFit)?;
        Ok(Self {
            completes,
            leaves: window.leaves(dispersion),
        })
    }

    /// The cumulated rate of completion from the end on, at the ends of `points` equal steps of ln t up to `to` =
    /// ln(t / end); moved by `z` standard errors. And that of leaving.
    pub fn cumulated(&self, to: f64, points: usize, z: (f64, f64)) -> Vec<(f64, f64)> {
        let completes = self.completes.cumulated(to, points, z.0);
        let leaves = match &self.leaves {
            Some(rate) => rate.cumulated(to, points, z.1),
            None => vec![0.0; points],
        };
        completes.into_iter().zip(leaves).collect()
    }

    /// Whether clients leave.
    pub fn has_leavers(&self) -> bool {
        self.leaves.is_some()
    }
}

/// The first of the last steps in which `wanted` waits completed, and how many did; all, where there are fewer.
fn slowest(steps: &[Step], wanted: f64) -> (usize, f64) {
    let mut ended = 0.0;
    for (at, step) in steps.iter().enumerate().rev() {
        ended += step.ended;
        if ended >= wanted {
            return (at, ended);
        }
    }
    (0, ended)
}

/// The windows to try, each larger than the one before.
fn windows(risk: &Risk, dispersion: f64) -> Result<Vec<Window>, Doubt> {
    let mut windows = Vec::new();
    let mut wanted = (FIRST.0 * dispersion).max(FIRST.1 * risk.survivors);
    loop {
        let (from, ended) = slowest(&risk.steps, wanted);
        let part = (risk.steps.get(from)).map_or(1.0, |step| step.risk / risk.all);
        if windows.is_empty() && (ended < FEWEST * dispersion || part > TAIL.1) {
            return Err(Doubt::TooFewCompleted);
        }
        if !windows.is_empty() && part > TAIL.0 {
            return Ok(windows);
        }
        windows.push(Window::of(&risk.steps[from..]));
        wanted = ended * MORE;
    }
}

impl Window {
    fn of(steps: &[Step]) -> Self {
        let range = steps.first().map_or(0.0, |step| -step.from);
        let steps = coarse(steps, range / STEPS);
        let depth: f64 = (steps.iter())
            .map(|step| -log1p(-(step.ended / step.risk.max(1.0)).min(0.999)))
            .sum();
        Self {
            steps,
            scale: depth / range,
            depth,
        }
    }

    /// Unless two more coefficients gain more than `most`.
    fn completes(&self, dispersion: f64, most: f64) -> Option<Rate> {
        let fit = |order| {
            Data::new(
                &self.steps,
                |step| (step.ended, 1.0),
                order,
                self.scale,
                dispersion,
            )
            .fit()
        };
        let (fit, bent) = (fit(ORDER)?, fit(ORDER + 2)?);
        (2.0 * (bent.peak - fit.peak) <= most).then_some(self.rate(fit, ORDER))
    }

    /// Whether a part of the survivors that never completes explains as much as two more coefficients do, and much
    /// more than the parabola (mixture cure models; Maller and Zhou, Survival Analysis with Long-Term Survivors, 1996).
    fn fades(&self, survivors: f64, dispersion: f64) -> bool {
        let peak = |order, never: f64| {
            let able = |step: &Step| {
                1.0 - never * survivors / (step.risk - step.ended / 2.0).max(survivors)
            };
            let depth: f64 = (self.steps.iter())
                .map(|step| step.ended / (step.risk * able(step)).max(1.0))
                .sum();
            let scale = depth * self.scale / self.depth;
            let data = Data::new(
                &self.steps,
                |step| (step.ended, able(step)),
                order,
                scale,
                dispersion,
            );
            data.fit().map_or(f64::NEG_INFINITY, |fit| fit.peak)
        };
        let (none, bent) = (peak(ORDER, 0.0), peak(ORDER + 2, 0.0));
        if 2.0 * (bent - none) < FADING.0 - FADING.1 {
            return false;
        }
        let some = NEVER_ENDING
            .into_iter()
            .map(|never| peak(ORDER, never))
            .fold(f64::NEG_INFINITY, f64::max);
        2.0 * (some - none) > FADING.0 && 2.0 * (bent - some) < FADING.1
    }

    fn leaves(&self, dispersion: f64) -> Option<Rate> {
        let left: f64 = self.steps.iter().map(|step| step.left).sum();
        if left < LEAVERS.0 {
            return None;
        }
        let order = if left < LEAVERS.1 { 1 } else { 2 };
        let fit = Data::new(
            &self.steps,
            |step| (step.left, 1.0),
            order,
            self.scale,
            dispersion,
        )
        .fit()?;
        Some(self.rate(fit, order))
    }

    fn rate(&self, fit: Fit, order: usize) -> Rate {
        Rate {
            fit,
            order,
            scale: self.scale,
            depth: self.depth,
        }
    }
}

/// Steps taken together up to a width, but not across a limit.
fn coarse(steps: &[Step], width: f64) -> Vec<Step> {
    let mut coarse: Vec<Step> = Vec::new();
    for step in steps {
        match coarse.last_mut() {
            Some(last) if step.to - last.from <= width && is_next(last, step) => {
                last.to = step.to;
                last.ended += step.ended;
                last.left += step.left;
                last.risk -= step.left / 2.0;
            }
            _ => coarse.push(*step),
        }
    }
    coarse
}

/// Nobody was cut between the two.
fn is_next(last: &Step, step: &Step) -> bool {
    let expected = last.risk - last.ended - (last.left + step.left) / 2.0;
    (expected - step.risk).abs() < 0.5
}

impl Rate {
    fn cumulated(&self, to: f64, points: usize, z: f64) -> Vec<f64> {
        let width = to / points as f64;
        let (mut sum, mut slopes) = (0.0, [0.0; MOST]);
        // Who waits longer is not less likely to be answered: neither are the bounds.
        let mut largest = 0.0f64;
        let cumulated = (0..points).map(|point| {
            let powers = self.powers((point as f64 + 0.5) * width);
            let h = rate(&self.fit.beta, &powers) * width;
            sum += h;
            for (slope, power) in slopes.iter_mut().zip(powers) {
                *slope += h * power;
            }
            let error = dot(&slopes, &times(&self.fit.covariance, &slopes))
                .max(0.0)
                .sqrt()
                / sum;
            let moved = exp(log(sum) + z * CHOICE * error);
            largest = largest.max(moved);
            largest
        });
        cumulated.collect()
    }

    /// Powers of v; beyond the depth on the other side, a straight line.
    fn powers(&self, s: f64) -> [f64; MOST] {
        let v = s * self.scale;
        let mut powers = powers(v, self.order);
        if self.order == ORDER && v > self.depth {
            powers[2] = self.depth * v - self.depth * self.depth / 2.0;
        }
        powers
    }
}
