//! Noise as real logs have it, against the detectors: bursty, autocorrelated, of daily shape.
//!
//! Enters: nothing. Leaves: how often a detector took it for an incident. Only tests read this.
//!
//! Stated rate: at most one false alarm a week for an installation of 20 backends, over all tests made.

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::backend::{CLIENTS, ERRORS, SERVICE};
use super::detector::{Detector, Sensitivity};

const WEEK: i64 = 7 * 86_400;

/// Seconds of each backend's noise. Together with those of the other kinds, they are 120 days of a detector, of some
/// 2,000 that an installation makes in a week.
const STRETCH: i64 = 43_200;

/// Seconds of a log in which noise is not known yet.
const LEARNT: i64 = 7_200;

/// Random numbers that are the same each time.
struct Dice(TestRng);

impl Dice {
    fn new(seed: u8) -> Self {
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]))
    }

    /// Between 0 and 1, without 0.
    fn uniform(&mut self) -> f64 {
        (f64::from(self.0.next_u32()) + 1.0) / (f64::from(u32::MAX) + 2.0)
    }

    fn normal(&mut self) -> f64 {
        let (a, b) = (self.uniform(), self.uniform());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }

    fn poisson(&mut self, mean: f64) -> u64 {
        if mean > 30.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as u64;
        }
        let (limit, mut product, mut n) = ((-mean).exp(), self.uniform(), 0);
        while product > limit {
            product *= self.uniform();
            n += 1;
        }
        n
    }
}

/// Requests a second over a day: a quiet night, a busy afternoon.
fn daily(second: i64, most: f64) -> f64 {
    let angle = std::f64::consts::TAU * (second % 86_400) as f64 / 86_400.0;
    most * (0.65 - 0.35 * angle.cos())
}

/// Hits of one second, given the mean.
type Noise = fn(&mut Dice, &mut f64, i64, f64) -> u64;

/// Independent requests.
fn independent(dice: &mut Dice, _: &mut f64, _: i64, mean: f64) -> u64 {
    dice.poisson(mean)
}

/// The share wanders: its logarithm has a standard deviation of 0.4 and forgets within a minute.
fn wandering(dice: &mut Dice, level: &mut f64, _: i64, mean: f64) -> u64 {
    const KEPT: f64 = 59.0 / 60.0;
    *level = KEPT * *level + 0.4 * (1.0 - KEPT * KEPT).sqrt() * dice.normal();
    dice.poisson(mean * (*level - 0.08).exp())
}

/// Hits come in clusters of five on average, each within some seconds.
fn clustered(dice: &mut Dice, left: &mut f64, _: i64, mean: f64) -> u64 {
    for _ in 0..dice.poisson(mean / 5.0) {
        *left += (-5.0 * dice.uniform().ln()).ceil();
    }
    let now = dice.poisson(*left / 4.0).min(*left as u64);
    *left -= now as f64;
    now
}

/// The share itself doubles and halves with the hours.
fn by_the_hour(dice: &mut Dice, _: &mut f64, second: i64, mean: f64) -> u64 {
    let angle = std::f64::consts::TAU * (second % 14_400) as f64 / 14_400.0;
    dice.poisson(mean * 2.0_f64.powf(angle.sin()))
}

/// False alarms of 20 backends in a week, of which the ordinary share and the traffic differ.
fn alarms(sensitivity: Sensitivity, share: f64, noise: Noise) -> u32 {
    let mut alarms = 0;
    for backend in 0..20u8 {
        let mut dice = Dice::new(backend);
        let (mut state, mut detector) = (0.0, Detector::new(sensitivity));
        let most = [0.2, 2.0, 20.0, 100.0][usize::from(backend % 4)];
        let share = share * [0.1, 0.3, 1.0][usize::from(backend % 3)];
        // Each at another time of the week.
        let begins = i64::from(backend) * WEEK / 20;
        for second in begins..begins + STRETCH {
            let rate = daily(second, most);
            let requests = dice.poisson(rate);
            let hits = noise(&mut dice, &mut state, second, rate * share).min(requests);
            if requests > 0 {
                detector.step(second, hits, requests, true);
            }
            if detector.burst().is_some() {
                alarms += u32::from(second > begins + LEARNT);
                detector.settle();
            }
        }
    }
    alarms
}

#[test]
fn noise_of_servers() {
    quiet(SERVICE, 0.005);
}

#[test]
fn noise_of_applications() {
    quiet(ERRORS, 0.02);
}

#[test]
fn noise_of_clients() {
    quiet(CLIENTS, 0.1);
}

/// At the stated rate, one of these runs in twenty would raise an alarm.
fn quiet(sensitivity: Sensitivity, share: f64) {
    for (name, noise) in NOISES {
        assert_eq!(alarms(sensitivity, share, noise), 0, "{name}");
    }
}

const NOISES: [(&str, Noise); 4] = [
    ("independent", independent),
    ("wandering", wandering),
    ("clustered", clustered),
    ("by the hour", by_the_hour),
];
