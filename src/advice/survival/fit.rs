//! How the rate of completion changes with the time waited.
//!
//! Enters: steps. Leaves: coefficients with their covariance. Must not know: where the steps are from.
//!
//! The rate is per unit of ln t, so that a Pareto tail has a level one, a Weibull tail a straight line, a lognormal one
//! nearly a parabola. Its logarithm is a polynomial in v = ln(t / end) · scale. Waits that end within a step are the
//! binomial counts of grouped survival data, whose likelihood is concave in the coefficients (Prentice and Gloeckler,
//! Biometrics 34, 1978): Newton's method finds its only peak. Normal priors keep coefficients finite.

use libm::{exp, expm1, log};

use super::matrix::{MOST, Matrix, Vector, dot, inverse, times};
use super::risk::Step;

/// Newton's method takes about six.
const ITERATIONS: usize = 50;

/// Logarithms of rates are kept below it, that nothing overflows.
const STEEPEST: f64 = 50.0;

/// How far a step may be halved.
const HALVINGS: usize = 30;

/// Standard deviations of the priors of level, slope, curvature and what is beyond, all around 0. Where `scale` makes v
/// the fall of ln S, they are of no unit, and of no distribution.
const PRIOR: Vector = [10.0, 1.0, 0.15, 10.0, 10.0];

/// A fitted polynomial.
#[derive(Debug, Clone, Copy)]
pub struct Fit {
    /// Coefficients of v^i / i!
    pub beta: Vector,
    /// Their covariance.
    pub covariance: Matrix,
    /// ln of likelihood times prior.
    pub peak: f64,
}

/// v^i / i! for i below `order`.
pub fn powers(v: f64, order: usize) -> Vector {
    let mut powers = [0.0; MOST];
    let mut power = 1.0;
    for (i, entry) in powers.iter_mut().enumerate().take(order) {
        *entry = power;
        power *= v / (i + 1) as f64;
    }
    powers
}

/// exp of a polynomial, kept finite.
pub fn rate(beta: &Vector, powers: &Vector) -> f64 {
    exp(dot(beta, powers).min(STEEPEST))
}

/// What a fit is made of.
pub struct Data {
    /// Powers of v at the middle, width, at risk, ended.
    steps: Vec<(Vector, f64, f64, f64)>,
    order: usize,
    /// How much one request counts.
    weight: f64,
}

impl Data {
    /// A polynomial with `order` coefficients; `dispersion` requests count as one. Of each step, how many ended, and
    /// the part of those at risk that can.
    pub fn new(
        steps: &[Step],
        ended: impl Fn(&Step) -> (f64, f64),
        order: usize,
        scale: f64,
        dispersion: f64,
    ) -> Self {
        let step = |step: &Step| {
            let middle = (step.from + step.to) / 2.0 * scale;
            let (ended, part) = ended(step);
            let width = (step.to - step.from) * part;
            (powers(middle, order), width, step.risk, ended)
        };
        Self {
            steps: steps.iter().map(step).collect(),
            order,
            weight: 1.0 / dispersion,
        }
    }

    /// The peak; `None` where numbers fail.
    pub fn fit(&self) -> Option<Fit> {
        let mut beta = [0.0; MOST];
        beta[0] = self.mean();
        let mut peak = self.value(&beta);
        for _ in 0..ITERATIONS {
            let (gradient, information) = self.derivatives(&beta);
            let covariance = inverse(&information, self.order)?;
            let step = times(&covariance, &gradient);
            let climbed = self.climb(&beta, &step, peak);
            let is_there = climbed.is_none() || dot(&step, &gradient) < 1e-9;
            if let Some((better, value)) = climbed {
                (beta, peak) = (better, value);
            }
            if is_there {
                return peak.is_finite().then_some(Fit {
                    beta,
                    covariance,
                    peak,
                });
            }
        }
        None
    }

    /// ln of the mean rate.
    fn mean(&self) -> f64 {
        let ended: f64 = self.steps.iter().map(|step| step.3).sum();
        let waited: f64 = (self.steps.iter())
            .map(|(_, width, risk, ended)| width * (risk - ended / 2.0))
            .sum();
        log((ended + 0.5) / waited.max(1e-9))
    }

    /// The farthest point on the way that is not lower.
    fn climb(&self, beta: &Vector, step: &Vector, peak: f64) -> Option<(Vector, f64)> {
        let mut part = 1.0;
        for _ in 0..HALVINGS {
            let mut next = *beta;
            for (next, step) in next.iter_mut().zip(step) {
                *next += part * step;
            }
            let value = self.value(&next);
            if value >= peak {
                return Some((next, value));
            }
            part /= 2.0;
        }
        None
    }

    /// ln of likelihood times prior: of `risk` requests, `ended` end with probability 1 - exp(-h).
    fn value(&self, beta: &Vector) -> f64 {
        let mut value = 0.0;
        for (powers, width, risk, ended) in &self.steps {
            let h = rate(beta, powers) * width;
            if *ended > 0.0 {
                value += ended * log(-expm1(-h));
            }
            value -= (risk - ended) * h;
        }
        let prior: f64 = (0..self.order)
            .map(|i| beta[i] * beta[i] / (PRIOR[i] * PRIOR[i]))
            .sum();
        self.weight * value - prior / 2.0
    }

    /// The gradient, and the expected information (Fisher's scoring).
    fn derivatives(&self, beta: &Vector) -> (Vector, Matrix) {
        let (mut gradient, mut information) = ([0.0; MOST], [[0.0; MOST]; MOST]);
        for (powers, width, risk, ended) in &self.steps {
            let h = rate(beta, powers) * width;
            let odds = if h < 1e-9 {
                1.0
            } else {
                h / expm1(h.min(600.0))
            };
            let slope = self.weight * (ended * odds - (risk - ended) * h);
            let known = self.weight * risk * h * odds;
            for i in 0..self.order {
                gradient[i] += slope * powers[i];
                for j in 0..self.order {
                    information[i][j] += known * powers[i] * powers[j];
                }
            }
        }
        for i in 0..self.order {
            let prior = 1.0 / (PRIOR[i] * PRIOR[i]);
            gradient[i] -= prior * beta[i];
            information[i][i] += prior;
        }
        (gradient, information)
    }
}
