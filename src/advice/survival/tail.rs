//! How waits go on beyond the last observation.
//!
//! Enters: those at risk. Leaves: the cumulated rates of completion and of leaving beyond the end, with their bounds.
//! Must not know: shares, limits.
//!
//! Where waits are of one kind, a line that hardly bends goes on as it does shortly before the end: it is fitted there, to
//! few waits, so that what it misses is less than chance, and its error is what it says. Where they are mixed, a line that
//! bends wherever it must ([`super::shape`]) is fitted to all slow waits. The two are averaged, each as heavily as its kind
//! of line explains the slow waits (Hoeting, Madigan, Raftery and Volinsky, Bayesian Model Averaging, Statistical Science 14,
//! 1999). Bounds are quantiles of the average. Where a part that never completes explains the waits better than any bend,
//! there is no tail to be carried on.

use core::f64::consts::{LN_2, SQRT_2};

use libm::{erf, exp, log, log1p};

use super::Z;
use super::fit::{Fit, rate};
use super::matrix::{MOST, dot, times};
use super::raised::Doubt;
use super::risk::{Risk, Step};
use super::shape::{PARABOLA, Shape};
use super::unrest::unrest;
use super::window::Window;

/// Parts of the survivors that may never complete, which are tried.
const NEVER_ENDING: [f64; 3] = [0.5, 0.8, 0.95];

/// How often waits are mixed, before any is seen.
const MIXED: f64 = 0.1;

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
    /// What slow minutes add to the variance of ln of each of them.
    unrest: f64,
}

/// Lines that bend, fitted to the same waits.
struct Bends {
    /// All the way.
    evenly: Fit,
    /// Wherever they must.
    walking: Rate,
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
        let whole = Window::whole(risk, dispersion)?;
        let bends = Bends::of(&whole, |_| 1.0).ok_or(Doubt::NoFit)?;
        if fading(&whole, risk.survivors, bends.evidence()) > FADING {
            return Err(Doubt::Fades);
        }
        let near = Window::near(risk, dispersion)?;
        let lines = straight(&whole).zip(straight(&near));
        Ok(Self {
            completes: averaged(lines, bends.walking),
            leaves: leaves(&whole),
            unrest: unrest(risk, dispersion),
        })
    }

    /// The cumulated rates of completion and of leaving from the end on, at the ends of `points` equal steps of ln t up
    /// to `to` = ln(t / end).
    pub fn cumulated(&self, to: f64, points: usize) -> Vec<(Bounds, Bounds)> {
        let rates: Vec<(f64, &Rate)> = (self.completes.iter())
            .map(|(weight, rate)| (*weight, rate))
            .collect();
        let completes = bounds(&rates, to, points, self.unrest);
        let leaves = match &self.leaves {
            Some(rate) => bounds(&[(1.0, rate)], to, points, self.unrest),
            None => vec![Bounds::default(); points],
        };
        completes.into_iter().zip(leaves).collect()
    }

    /// Whether clients leave.
    pub fn has_leavers(&self) -> bool {
        self.leaves.is_some()
    }
}

impl Bends {
    /// Of the part of those at risk that is `able` to complete; `None` where numbers fail.
    fn of(window: &Window, able: impl Fn(&Step) -> f64) -> Option<Self> {
        let depth: f64 = (window.steps.iter())
            .map(|step| step.ended / (step.risk * able(step)).max(1.0))
            .sum();
        let scale = window.scale * depth / window.depth;
        let fit = |shape: &Shape| window.fit(shape, |step| (step.ended, able(step)));
        let shape = Shape::walk(scale, window.depth);
        Some(Self {
            evenly: fit(&Shape::parabola(PARABOLA, scale, window.depth))?,
            walking: Rate {
                shape,
                fit: fit(&shape)?,
            },
        })
    }

    /// ln of how likely the waits are by both, as if one were as frequent as the other.
    fn evidence(&self) -> f64 {
        let (one, other) = (self.evenly.evidence, self.walking.fit.evidence);
        one.max(other) + log1p(exp(-(one - other).abs())) - LN_2
    }
}

/// A line that hardly bends.
fn straight(window: &Window) -> Option<Rate> {
    let shape = Shape::straight(window.scale, window.depth);
    let fit = window.fit(&shape, |step| (step.ended, 1.0))?;
    Some(Rate { shape, fit })
}

/// The straight line of the last part and the walking one, as heavily as those through all slow waits explain them. The
/// walking one alone where numbers fail the straight ones: it can be as straight.
fn averaged(lines: Option<(Rate, Rate)>, walking: Rate) -> Vec<(f64, Rate)> {
    let Some((whole, near)) = lines else {
        return vec![(1.0, walking)];
    };
    let mixed = mixed(&whole.fit, &walking.fit);
    vec![(1.0 - mixed, near), (mixed, walking)]
}

/// How likely waits are mixed, by what is fitted to all slow ones.
fn mixed(straight: &Fit, walking: &Fit) -> f64 {
    let odds = (1.0 - MIXED) / MIXED * exp(straight.evidence - walking.evidence);
    1.0 / (1.0 + odds)
}

/// How many times likelier the waits are, if a part of the survivors never completes, than by ln of their `evidence`
/// (mixture cure models: Maller and Zhou, Survival Analysis with Long-Term Survivors, 1996).
fn fading(window: &Window, survivors: f64, evidence: f64) -> f64 {
    let likelihood = |never: f64| {
        let bends = Bends::of(window, |step| {
            1.0 - never * survivors / (step.risk - step.ended / 2.0).max(survivors)
        });
        bends.map_or(0.0, |bends| exp(bends.evidence() - evidence))
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
fn bounds(rates: &[(f64, &Rate)], to: f64, points: usize, unrest: f64) -> Vec<Bounds> {
    let each: Vec<(f64, Vec<Normal>)> = (rates.iter())
        .map(|(weight, rate)| (*weight, rate.cumulated(to, points, unrest)))
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
    /// ln of it cumulated, by the delta method. `unrest` is of its level.
    fn cumulated(&self, to: f64, points: usize, unrest: f64) -> Vec<Normal> {
        let width = to / points as f64;
        let (mut sum, mut slopes) = (0.0, [0.0; MOST]);
        let cumulated = (0..points).map(|point| {
            let s = (point as f64 + 0.5) * width;
            let basis = self.shape.basis(s);
            let h = rate(&self.fit.beta, &basis) * width;
            sum += h;
            for (slope, basis) in slopes.iter_mut().zip(&basis) {
                *slope += h * basis;
            }
            let variance = dot(&slopes, &times(&self.fit.covariance, &slopes)).max(0.0);
            Normal {
                mean: log(sum),
                deviation: (variance / (sum * sum) + unrest).sqrt(),
            }
        });
        cumulated.collect()
    }
}
