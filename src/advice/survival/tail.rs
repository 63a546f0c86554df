//! How waits go on beyond the last observation.
//!
//! Enters: those at risk. Leaves: the cumulated rates of completion and of leaving beyond the end, with their bounds.
//! Must not know: shares, limits.
//!
//! Two families of lines ([`super::shape`]) are fitted to the slowest waits and averaged, each as heavily as it explains
//! them (Hoeting, Madigan, Raftery and Volinsky, Bayesian Model Averaging, Statistical Science 14, 1999): that the model
//! is not known, is a part of the error. Bounds are quantiles of the average. Where a part that never completes explains
//! the waits better than both, there is no tail to be carried on.

use core::f64::consts::SQRT_2;

use libm::{erf, exp, log};

use super::Z;
use super::fit::{Fit, rate};
use super::matrix::{MOST, dot, times};
use super::raised::Doubt;
use super::risk::{Risk, Step};
use super::shape::{PARABOLA, Shape};
use super::window::Window;

/// Parts of the survivors that may never complete, which are tried.
const NEVER_ENDING: [f64; 3] = [0.5, 0.8, 0.95];

/// How many times better a part that never completes explains the waits, for it to count as seen.
const FADING: f64 = 1.0;

/// Completed waits that a model of leaving needs, for its level and for its slope.
const LEAVERS: (f64, f64) = (5.0, 50.0);

/// Halvings that find a quantile.
const HALVINGS: usize = 30;

/// A rate that is carried on.
#[derive(Debug, Clone, Copy)]
struct Rate {
    shape: Shape,
    fit: Fit,
}

/// What is known of the time beyond the end.
#[derive(Debug, Clone)]
pub struct Tail {
    /// Models with their weights, which sum to 1.
    completes: Vec<(f64, Rate)>,
    /// `None` where hardly any client leaves.
    leaves: Option<Rate>,
}

/// A cumulated rate.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounds {
    /// The 5 % quantile.
    pub low: f64,
    /// The median.
    pub middle: f64,
    /// The 95 % quantile.
    pub high: f64,
}

/// ln of a cumulated rate is normal, to a first approximation.
#[derive(Clone, Copy)]
struct Normal {
    mean: f64,
    deviation: f64,
}

impl Tail {
    /// `dispersion` requests count as one.
    pub fn of(risk: &Risk, dispersion: f64) -> Result<Self, Doubt> {
        let window = Window::of(risk, dispersion)?;
        let rates = rates(&window, |_| 1.0);
        let (best, sum) = evidence(&rates);
        if rates.is_empty() {
            return Err(Doubt::NoFit);
        }
        if fading(&window, risk.survivors, best) > FADING * sum / rates.len() as f64 {
            return Err(Doubt::Fades);
        }
        let weight = |rate: Rate| (exp(rate.fit.evidence - best) / sum, rate);
        Ok(Self {
            completes: rates.into_iter().map(weight).collect(),
            leaves: leaves(&window),
        })
    }

    /// The cumulated rates of completion and of leaving from the end on, at the ends of `points` equal steps of ln t up
    /// to `to` = ln(t / end).
    pub fn cumulated(&self, to: f64, points: usize) -> Vec<(Bounds, Bounds)> {
        let rates: Vec<(f64, &Rate)> = (self.completes.iter())
            .map(|(weight, rate)| (*weight, rate))
            .collect();
        let completes = bounds(&rates, to, points);
        let leaves = match &self.leaves {
            Some(rate) => bounds(&[(1.0, rate)], to, points),
            None => vec![Bounds::default(); points],
        };
        completes.into_iter().zip(leaves).collect()
    }

    /// Whether clients leave.
    pub fn has_leavers(&self) -> bool {
        self.leaves.is_some()
    }
}

/// Each family, fitted to the part of those at risk that is `able` to complete.
fn rates(window: &Window, able: impl Fn(&Step) -> f64) -> Vec<Rate> {
    let depth: f64 = (window.steps.iter())
        .map(|step| step.ended / (step.risk * able(step)).max(1.0))
        .sum();
    let scale = window.scale * depth / window.depth;
    let shapes = [
        Shape::parabola(PARABOLA, scale, window.depth),
        Shape::walk(scale, window.depth),
    ];
    let fit = |shape| {
        let fit = window.fit(&shape, |step| (step.ended, able(step)))?;
        Some(Rate { shape, fit })
    };
    shapes.into_iter().filter_map(fit).collect()
}

/// ln of the largest likelihood, and the sum of all as parts of it.
fn evidence(rates: &[Rate]) -> (f64, f64) {
    let all = || rates.iter().map(|rate| rate.fit.evidence);
    let best = all().fold(f64::NEG_INFINITY, f64::max);
    (best, all().map(|evidence| exp(evidence - best)).sum())
}

/// The likelihood of the waits if a part of the survivors never completes, as a part of exp(`best`) (mixture cure
/// models: Maller and Zhou, Survival Analysis with Long-Term Survivors, 1996).
fn fading(window: &Window, survivors: f64, best: f64) -> f64 {
    let likelihood = |never: f64| {
        let rates = rates(window, |step| {
            1.0 - never * survivors / (step.risk - step.ended / 2.0).max(survivors)
        });
        let (top, sum) = evidence(&rates);
        exp(top - best) * sum / rates.len().max(1) as f64
    };
    NEVER_ENDING.into_iter().map(likelihood).sum::<f64>() / NEVER_ENDING.len() as f64
}

/// Who leaves is seldom seen often enough for more than a line.
fn leaves(window: &Window) -> Option<Rate> {
    let left: f64 = window.steps.iter().map(|step| step.left).sum();
    if left < LEAVERS.0 {
        return None;
    }
    let order = if left < LEAVERS.1 { 1 } else { 2 };
    let shape = Shape::parabola(order, window.scale, window.depth);
    let fit = window.fit(&shape, |step| (step.left, 1.0))?;
    Some(Rate { shape, fit })
}

/// Of weighted models. How many deviations the bounds of all are away at the last point, they are taken to be before.
fn bounds(rates: &[(f64, &Rate)], to: f64, points: usize) -> Vec<Bounds> {
    let each: Vec<(f64, Vec<Normal>)> = (rates.iter())
        .map(|(weight, rate)| (*weight, rate.cumulated(to, points)))
        .collect();
    let at = |point: usize| -> Vec<(f64, Normal)> {
        let of = |(weight, all): &(f64, Vec<Normal>)| Some((*weight, *all.get(point)?));
        each.iter().filter_map(of).collect()
    };
    let last = at(points.saturating_sub(1));
    let away = [-Z, 0.0, Z].map(|z| deviations(&last, z));
    // Who waits longer is not less likely to be answered: neither are the bounds.
    let mut largest = [0.0f64; 3];
    let bounds = (0..points).map(|point| {
        let normal = together(&at(point));
        for (largest, away) in largest.iter_mut().zip(away) {
            *largest = largest.max(exp(normal.mean + away * normal.deviation));
        }
        let [low, middle, high] = largest;
        Bounds { low, middle, high }
    });
    bounds.collect()
}

/// Mean and deviation of an average.
fn together(all: &[(f64, Normal)]) -> Normal {
    let mean: f64 = all
        .iter()
        .map(|(weight, normal)| weight * normal.mean)
        .sum();
    let variance: f64 = (all.iter())
        .map(|(weight, normal)| {
            let (apart, deviation) = (normal.mean - mean, normal.deviation);
            weight * (deviation * deviation + apart * apart)
        })
        .sum();
    Normal {
        mean,
        deviation: variance.sqrt(),
    }
}

/// How many deviations from its mean an average has the quantile that a normal one has at `z`.
fn deviations(all: &[(f64, Normal)], z: f64) -> f64 {
    let below = |z: f64| (1.0 + erf(z / SQRT_2)) / 2.0;
    let (whole, wanted) = (together(all), below(z));
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        let x = whole.mean + middle * whole.deviation;
        let part: f64 = (all.iter())
            .map(|(weight, one)| weight * below((x - one.mean) / one.deviation.max(1e-12)))
            .sum();
        if part < wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

impl Rate {
    /// ln of it cumulated, by the delta method.
    fn cumulated(&self, to: f64, points: usize) -> Vec<Normal> {
        let width = to / points as f64;
        let (mut sum, mut slopes, mut unseen) = (0.0, [0.0; MOST], [0.0; MOST]);
        let cumulated = (0..points).map(|point| {
            let s = (point as f64 + 0.5) * width;
            let (basis, ahead) = (self.shape.basis(s), self.shape.unseen(s));
            let h = rate(&self.fit.beta, &basis) * width;
            sum += h;
            for i in 0..MOST {
                slopes[i] += h * basis[i];
                unseen[i] += h * ahead[i];
            }
            let seen = dot(&slopes, &times(&self.fit.covariance, &slopes)).max(0.0);
            let variance = seen + self.shape.step() * dot(&unseen, &unseen);
            Normal {
                mean: log(sum),
                deviation: variance.sqrt() / sum,
            }
        });
        cumulated.collect()
    }
}
