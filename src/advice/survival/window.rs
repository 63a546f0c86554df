//! The slowest waits, which alone tell of the tail.
//!
//! Enters: those at risk. Leaves: their last steps, and models fitted to them. Must not know: what becomes of the models.
//!
//! Peaks over threshold: Pickands, Annals of Statistics 3, 1975. How near the threshold is to the end decides what is seen:
//! in the whole tail, whether it is of one kind; in its last part, how it goes on, whatever came before.

use libm::{log1p, pow};

use super::fit::{Data, Fit, Row};
use super::raised::Doubt;
use super::risk::{Risk, Step};
use super::shape::Shape;

/// Waits that must have completed in the tail, as independent ones.
const FEWEST: f64 = 30.0;

/// Waits that are taken in where there are so many, at least and at most, as independent ones. The more there are, the
/// less of them tells most.
const WAITS: (f64, f64) = (70.0, 5_000.0);

/// The part of all requests that is tail, and what it is at most where that holds too few waits.
const TAIL: (f64, f64) = (0.2, 0.5);

/// Waits of its last part: at least, for one survivor, and by which power of the survivors they grow. The more there are,
/// the less is chance, and the more a bend misleads a line (Hall, Journal of the Royal Statistical Society B 44, 1982). With
/// two thirds an answer is as sure of many survivors as of few, and what more of them tell goes into a line that is nearer;
/// with less, many would tell less than few: n waits of S survivors show a slope to about S / n^1.5.
const NEAR: (f64, f64, f64) = (150.0, 8.8, 2.0 / 3.0);

/// It is fitted in so many steps.
const STEPS: f64 = 48.0;

/// The slowest waits.
pub struct Window {
    /// In the order of time, up to the end.
    pub steps: Vec<Step>,
    /// The fall of ln S over them.
    pub depth: f64,
    /// The same for each unit of ln t.
    pub scale: f64,
    /// How much one request counts.
    weight: f64,
}

impl Window {
    /// The whole tail; `dispersion` requests count as one.
    pub fn whole(risk: &Risk, dispersion: f64) -> Result<Self, Doubt> {
        Self::from(risk, beginning(risk, dispersion), dispersion)
    }

    /// The last part of the tail, or all of it where that holds few waits; each request counts.
    pub fn near(risk: &Risk, dispersion: f64) -> Result<Self, Doubt> {
        let (least, one, power) = NEAR;
        let wanted = least.max(one * pow(risk.survivors, power));
        let from = last(&risk.steps, wanted).max(beginning(risk, dispersion));
        Self::from(risk, from, 1.0)
    }

    /// From a step on.
    fn from(risk: &Risk, from: usize, dispersion: f64) -> Result<Self, Doubt> {
        let steps = risk.steps.get(from..).unwrap_or_default();
        let ended: f64 = steps.iter().map(|step| step.ended).sum();
        if ended < FEWEST * dispersion {
            return Err(Doubt::TooFewCompleted);
        }
        let range = steps.first().map_or(0.0, |step| -step.from);
        let steps = coarse(steps, range / STEPS);
        let depth: f64 = (steps.iter())
            .map(|step| -log1p(-(step.ended / step.risk.max(1.0)).min(0.999)))
            .sum();
        Ok(Self {
            steps,
            depth,
            scale: depth / range,
            weight: 1.0 / dispersion,
        })
    }

    /// A model of what ended in each step, of the part of those at risk that can.
    pub fn fit(&self, shape: &Shape, ended: impl Fn(&Step) -> (f64, f64)) -> Option<Fit> {
        let row = |step: &Step| {
            let (ended, part) = ended(step);
            Row {
                basis: shape.basis((step.from + step.to) / 2.0),
                width: (step.to - step.from) * part,
                risk: step.risk,
                ended,
            }
        };
        let data = Data {
            rows: self.steps.iter().map(row).collect(),
            size: shape.size(),
            prior: shape.prior(),
            weight: self.weight,
        };
        data.fit()
    }
}

/// The first step of the whole tail, where `dispersion` requests count as one.
fn beginning(risk: &Risk, dispersion: f64) -> usize {
    let part = |most: f64| part(risk, most);
    let waits = |n: f64| last(&risk.steps, n);
    let most = part(TAIL.0).max(waits(risk.survivors.max(WAITS.1 * dispersion)));
    waits(WAITS.0 * dispersion).max(part(TAIL.1)).min(most)
}

/// The first step that no more than a part of all requests reached.
fn part(risk: &Risk, most: f64) -> usize {
    (risk.steps).partition_point(|step| step.risk > most * risk.all)
}

/// The first of the last steps in which `wanted` waits completed; all, where there are fewer.
fn last(steps: &[Step], wanted: f64) -> usize {
    let mut ended = 0.0;
    let is_enough = |step: &Step| {
        ended += step.ended;
        ended >= wanted
    };
    steps.iter().rposition(is_enough).unwrap_or(0)
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
