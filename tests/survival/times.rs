//! Service times whose distribution is known.

/// SplitMix64: the same numbers everywhere.
pub struct Random(pub u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Between 0 and 1.
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        let angle = 2.0 * std::f64::consts::PI * self.uniform();
        (2.0 * self.exponential()).sqrt() * angle.cos()
    }
}

/// A distribution of times.
#[derive(Debug, Clone)]
pub enum Times {
    /// With σ.
    Lognormal(f64),
    /// With its index.
    Pareto(f64),
    /// With its shape.
    Weibull(f64),
    /// With its shape, a whole number.
    Gamma(u32),
    /// With its shape.
    LogLogistic(f64),
    /// Never shorter than.
    Shifted(f64, Box<Times>),
    /// The second with this probability, so many times as long.
    Mixed(Box<Times>, f64, f64, Box<Times>),
    /// With σ of ln of the minute's slowness.
    InSlowMinutes(Box<Times>, f64),
    /// They do not end.
    Never,
}

impl Times {
    pub fn draw(&self, random: &mut Random) -> f64 {
        match self {
            Self::Lognormal(sigma) => (sigma * random.normal()).exp(),
            Self::Pareto(index) => random.uniform().powf(-1.0 / index),
            Self::Weibull(shape) => random.exponential().powf(1.0 / shape),
            Self::Gamma(shape) => (0..*shape).map(|_| random.exponential()).sum(),
            Self::LogLogistic(shape) => (1.0 / random.uniform() - 1.0).powf(1.0 / shape),
            Self::Shifted(by, times) => by + times.draw(random),
            Self::Mixed(first, share, longer, second) => {
                if random.uniform() < *share {
                    longer * second.draw(random)
                } else {
                    first.draw(random)
                }
            }
            Self::InSlowMinutes(times, sigma) => {
                times.draw(random) * (sigma * random.normal()).exp()
            }
            Self::Never => f64::INFINITY,
        }
    }

    /// The probability of a longer time.
    pub fn survival(&self, t: f64) -> f64 {
        if t <= 0.0 {
            return 1.0;
        }
        match self {
            Self::Lognormal(sigma) => normal_above(t.ln() / sigma),
            Self::Pareto(index) => t.max(1.0).powf(-index),
            Self::Weibull(shape) => (-t.powf(*shape)).exp(),
            Self::Gamma(shape) => {
                let terms = (1..*shape).scan(1.0, |term, i| {
                    *term *= t / f64::from(i);
                    Some(*term)
                });
                (1.0 + terms.sum::<f64>()) * (-t).exp()
            }
            Self::LogLogistic(shape) => 1.0 / (1.0 + t.powf(*shape)),
            Self::Shifted(by, times) => times.survival(t - by),
            Self::Mixed(first, share, longer, second) => {
                (1.0 - share) * first.survival(t) + share * second.survival(t / longer)
            }
            Self::InSlowMinutes(times, sigma) => {
                let points = (-80..=80).map(|i| f64::from(i) * 0.075);
                let (sum, weights) = points.fold((0.0, 0.0), |(sum, weights), z| {
                    let weight = (-z * z / 2.0).exp();
                    let survival = times.survival(t * (-sigma * z).exp());
                    (sum + weight * survival, weights + weight)
                });
                sum / weights
            }
            Self::Never => 1.0,
        }
    }

    /// The time that this share exceeds.
    pub fn exceeded_by(&self, share: f64) -> f64 {
        let (mut low, mut high) = (-20.0f64, 40.0f64);
        for _ in 0..80 {
            let middle = (low + high) / 2.0;
            if self.survival(middle.exp()) > share {
                low = middle;
            } else {
                high = middle;
            }
        }
        low.exp()
    }
}

/// The probability that a standard normal number is larger: Simpson's rule on the density, whose tail beyond 12 is 0.
fn normal_above(z: f64) -> f64 {
    const STEPS: u32 = 400;
    if z < 0.0 {
        return 1.0 - normal_above(-z);
    }
    let width = 12.0 / f64::from(STEPS);
    let density = |x: f64| (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let sum: f64 = (0..=STEPS)
        .map(|i| {
            let weight = match i {
                0 | STEPS => 1.0,
                odd if odd % 2 == 1 => 4.0,
                _ => 2.0,
            };
            weight * density(z + f64::from(i) * width)
        })
        .sum();
    sum * width / 3.0
}
