//! What ln of the rate of completion may look like over ln t.
//!
//! Enters: how far back the slowest waits reach. Leaves: basis functions with their priors, before the end and beyond it.
//! Must not know: waits.
//!
//! The rate is per unit of ln t, so that a Pareto tail has a level one, a Weibull tail a straight line, a lognormal one
//! nearly a parabola. v = ln(t / end) · scale is of no unit: scale makes it the fall of ln S, on average. A service of
//! one kind of request is a parabola in v; where fast and slow ones are mixed, the line bends where the fast ones have
//! gone. How it bends is not known: its slope is a random walk, which makes of a fit a smoothing spline (Wahba, Journal
//! of the Royal Statistical Society B 40, 1978). Beyond the end, where nothing was seen, lines bend no more than they did.

use super::matrix::{MOST, Vector};

/// Level, slope and curvature.
pub const PARABOLA: usize = 3;

/// Variances of the priors of level, slope and curvature. They are of no unit, and of no distribution.
const PRIOR: [f64; PARABOLA] = [100.0, 1.0, 0.0225];

/// The last of them where waits are of one kind, (1/50)²: Pareto and Weibull tails do not bend at all, lognormal ones by a
/// hundredth or two.
const STRAIGHT: f64 = 0.0004;

/// The variance that the slope of a mixture gains for each unit of v: about as much as slopes themselves vary.
const WALK: f64 = 0.7;

/// The walk makes a step every so many units of v, or more seldom where there are too many.
const STEP: f64 = 0.4;

/// A family of lines.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// v for each unit of ln t.
    scale: f64,
    /// v over which the line was seen.
    depth: f64,
    /// Coefficients of the parabola.
    order: usize,
    /// The variance of the prior of its curvature.
    curvature: f64,
    /// Steps of the walk, before the end.
    bends: usize,
    /// Between them, in v.
    spacing: f64,
}

impl Shape {
    /// The first `order` parts of a parabola, over a time in which ln S fell by `depth`.
    pub fn parabola(order: usize, scale: f64, depth: f64) -> Self {
        Self {
            scale,
            depth,
            order,
            curvature: PRIOR[PARABOLA - 1],
            bends: 0,
            spacing: STEP.max(depth / (MOST - PARABOLA) as f64),
        }
    }

    /// A parabola that is next to a straight line.
    pub fn straight(scale: f64, depth: f64) -> Self {
        Self {
            curvature: STRAIGHT,
            ..Self::parabola(PARABOLA, scale, depth)
        }
    }

    /// A parabola whose slope walks.
    pub fn walk(scale: f64, depth: f64) -> Self {
        let parabola = Self::parabola(PARABOLA, scale, depth);
        Self {
            bends: ((depth / parabola.spacing) as usize).min(MOST - PARABOLA),
            ..parabola
        }
    }

    /// How many basis functions there are.
    pub fn size(&self) -> usize {
        self.order + self.bends
    }

    /// Variances of the priors of their coefficients.
    pub fn prior(&self) -> Vector {
        let mut prior = [1.0; MOST];
        prior[..PARABOLA].copy_from_slice(&PRIOR);
        prior[PARABOLA - 1] = self.curvature;
        prior[self.order..self.size()].fill(WALK * self.spacing);
        prior
    }

    /// Basis functions at `s` = ln(t / end). Curvature is carried on only as far as it was seen.
    pub fn basis(&self, s: f64) -> Vector {
        let v = s * self.scale;
        let square = if v > self.depth {
            self.depth * v - self.depth * self.depth / 2.0
        } else {
            v * v / 2.0
        };
        let mut basis = [0.0; MOST];
        basis[..PARABOLA].copy_from_slice(&[1.0, v, square]);
        basis[self.order..].fill(0.0);
        self.walked(-v, &mut basis[self.order..self.order + self.bends]);
        basis
    }

    fn walked(&self, v: f64, steps: &mut [f64]) {
        for (k, step) in steps.iter_mut().enumerate() {
            *step = (v - (k as f64 + 0.5) * self.spacing).max(0.0);
        }
    }
}
