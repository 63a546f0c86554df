//! How the rate of completion changes with the time waited.
//!
//! Enters: waits at risk and a linear basis with its prior. Leaves: coefficients, their covariance, and how well the model
//! explains the waits. Must not know: what the basis means, nor where the waits are from.
//!
//! The logarithm of the rate is a sum of basis functions. Waits that end within a step are the binomial counts of
//! grouped survival data, whose likelihood is concave in the coefficients (Prentice and Gloeckler, Biometrics 34, 1978):
//! Newton's method finds its only peak. Normal priors keep coefficients finite. How likely the waits are under all
//! coefficients together is the height of the peak times its width (Laplace's method: Tierney and Kadane, Journal of the
//! American Statistical Association 81, 1986).

use libm::{exp, expm1, log};

use super::matrix::{MOST, Matrix, Vector, dot, inverse, times};

/// Newton's method takes about six.
const ITERATIONS: usize = 50;

/// Logarithms of rates are kept below it, that nothing overflows.
const STEEPEST: f64 = 50.0;

/// How far a step may be halved.
const HALVINGS: usize = 30;

/// How little ln of the likelihood may still gain.
const ENOUGH: f64 = 1e-6;

/// A fitted model.
#[derive(Debug, Clone, Copy)]
pub struct Fit {
    /// The coefficients.
    pub beta: Vector,
    /// Their covariance.
    pub covariance: Matrix,
    /// ln of the marginal likelihood.
    pub evidence: f64,
}

/// exp of a sum of basis functions, kept finite.
pub fn rate(beta: &Vector, basis: &Vector) -> f64 {
    exp(dot(beta, basis).min(STEEPEST))
}

/// Requests that waited for a stretch of time.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The basis functions at its middle.
    pub basis: Vector,
    /// Its length in ln t, times the part of those at risk that can end.
    pub width: f64,
    /// Those at risk.
    pub risk: f64,
    /// Those that ended.
    pub ended: f64,
}

/// What a fit is made of.
#[derive(Debug)]
pub struct Data {
    /// In the order of time.
    pub rows: Vec<Row>,
    /// How many basis functions.
    pub size: usize,
    /// Variances of the normal priors of their coefficients, around 0.
    pub prior: Vector,
    /// How much one request counts.
    pub weight: f64,
}

impl Data {
    /// The peak; `None` where numbers fail.
    pub fn fit(&self) -> Option<Fit> {
        let mut beta = [0.0; MOST];
        beta[0] = self.mean();
        let mut peak = self.value(&beta);
        for _ in 0..ITERATIONS {
            let (gradient, information) = self.derivatives(&beta);
            let (covariance, ln_det) = inverse(&information, self.size)?;
            let step = times(&covariance, &gradient);
            let climbed = self.climb(&beta, &step, peak);
            let is_there = climbed.is_none() || dot(&step, &gradient) < ENOUGH;
            if let Some((better, value)) = climbed {
                (beta, peak) = (better, value);
            }
            if is_there {
                let evidence = peak - (self.prior_ln_det() + ln_det) / 2.0;
                return evidence.is_finite().then_some(Fit {
                    beta,
                    covariance,
                    evidence,
                });
            }
        }
        None
    }

    fn prior_ln_det(&self) -> f64 {
        self.prior.iter().take(self.size).copied().map(log).sum()
    }

    /// ln of the mean rate.
    fn mean(&self) -> f64 {
        let ended: f64 = self.rows.iter().map(|row| row.ended).sum();
        let waited: f64 = (self.rows.iter())
            .map(|row| row.width * (row.risk - row.ended / 2.0))
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
        for row in &self.rows {
            let h = rate(beta, &row.basis) * row.width;
            if row.ended > 0.0 {
                value += row.ended * log(-expm1(-h));
            }
            value -= (row.risk - row.ended) * h;
        }
        let prior: f64 = (beta.iter().zip(&self.prior).take(self.size))
            .map(|(beta, variance)| beta * beta / variance)
            .sum();
        self.weight * value - prior / 2.0
    }

    /// The gradient, and the expected information (Fisher's scoring).
    fn derivatives(&self, beta: &Vector) -> (Vector, Matrix) {
        let (mut gradient, mut information) = ([0.0; MOST], [[0.0; MOST]; MOST]);
        for row in &self.rows {
            let h = rate(beta, &row.basis) * row.width;
            let odds = if h < 1e-9 {
                1.0
            } else {
                h / expm1(h.min(600.0))
            };
            let slope = self.weight * (row.ended * odds - (row.risk - row.ended) * h);
            let known = self.weight * row.risk * h * odds;
            for i in 0..self.size {
                gradient[i] += slope * row.basis[i];
                let lower = information[i].iter_mut().zip(&row.basis).take(i + 1);
                for (entry, other) in lower {
                    *entry += known * row.basis[i] * other;
                }
            }
        }
        for i in 0..self.size {
            gradient[i] -= beta[i] / self.prior[i];
            information[i][i] += 1.0 / self.prior[i];
            let lower = information[i];
            for (row, entry) in information.iter_mut().zip(lower).take(i) {
                row[i] = entry;
            }
        }
        (gradient, information)
    }
}
