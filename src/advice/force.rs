//! The timeout in force: from the configuration, else from where the waits it cut pile up.
//!
//! Enters: a proxy of the configuration, if there is one, and the waits that were cut. Leaves: a value in ms and where
//! it comes from. Must not know: whether it is a good one.

use super::amount;
use crate::config::{Origin, Proxy, Timeout};
use crate::rollup::histogram::Histogram;

/// Cut waits below which nothing is inferred.
const ENOUGH: u64 = 20;

/// The share of the cut waits that must lie together.
const TOGETHER: f64 = 0.8;

/// How close is together, as a part of the value.
const CLOSE: f64 = 0.05;

/// A timeout in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InForce {
    /// Its value in ms; `None`: no limit, or unknown.
    pub ms: Option<u64>,
    /// How that is known.
    pub from: Basis,
}

/// Where a value in force comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// It is written for this timeout.
    Config,
    /// The timeout is not set; this one stands in for it.
    Default(Timeout),
    /// The timeout is not set; the time between two checks (`inter`) stands in for it.
    Interval,
    /// The waits that were cut pile up there.
    Inferred,
    /// The configuration sets none, and HAProxy has no default.
    Unlimited,
    /// Nothing tells.
    Unknown,
}

impl Basis {
    /// `config`, `default` or `inferred`, as reports write it.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Config => Some("config"),
            Self::Default(_) | Self::Interval => Some("default"),
            Self::Inferred => Some("inferred"),
            Self::Unlimited | Self::Unknown => None,
        }
    }
}

impl InForce {
    /// What holds for `timeout`. `proxy` is the section that it is in force in; `cut` are waits that it cut alone,
    /// without retries.
    pub fn find(proxy: Option<&Proxy>, timeout: Timeout, cut: Option<&Histogram>) -> Self {
        proxy
            .and_then(|proxy| Self::written(proxy, timeout))
            .or_else(|| {
                Some(Self {
                    ms: Some(pile(cut?)?),
                    from: Basis::Inferred,
                })
            })
            .unwrap_or(Self {
                ms: None,
                from: Basis::Unknown,
            })
    }

    /// What the configuration says; `None` where it depends on the environment.
    fn written(proxy: &Proxy, timeout: Timeout) -> Option<Self> {
        if let Some(setting) = proxy.effective_timeout(timeout) {
            let from = match setting.from {
                Origin::Fallback(other) => Basis::Default(other),
                Origin::Own | Origin::Defaults(_) => Basis::Config,
            };
            return Some(Self {
                ms: Some(setting.value),
                from,
            });
        }
        let mut candidates = std::iter::once(timeout).chain(timeout.fallbacks().iter().copied());
        let is_unknown = candidates.any(|candidate| {
            proxy
                .unknown()
                .any(|unknown| unknown.keyword == candidate.keyword())
        });
        (!is_unknown).then_some(Self {
            ms: None,
            from: Basis::Unlimited,
        })
    }
}

/// The value in ms that most of the cut waits lie at, if they do.
pub fn pile(cut: &Histogram) -> Option<u64> {
    let all = cut.count();
    if all < ENOUGH {
        return None;
    }
    let (mode, _) = cut
        .iter()
        .max_by_key(|(bucket, n)| (*n, std::cmp::Reverse(*bucket)))?;
    let low = f64::from(mode.low());
    let near = cut
        .iter()
        .filter(|(bucket, _)| (f64::from(bucket.low()) - low).abs() <= CLOSE * low)
        .map(|(_, n)| n)
        .sum::<u64>();
    if (near as f64) < TOGETHER * all as f64 {
        return None;
    }
    // What lasted longer than HAProxy's longest timeout was not cut by one.
    roundest(mode.low(), mode.high()).filter(|ms| (1..=amount::LONGEST).contains(ms))
}

/// The roundest number of a bucket, which timers reach a little late.
fn roundest(low: u32, high: u32) -> Option<u64> {
    let (low, high) = (u64::from(low), u64::from(high));
    let lowest = low - low / 100;
    let mut step = 1_000_000_000;
    while step > 0 {
        for unit in [step * 5, step] {
            let candidate = high / unit * unit;
            if candidate >= lowest && candidate > 0 {
                return Some(candidate);
            }
        }
        step /= 10;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Basis, InForce};
    use crate::config::{Config, Timeout};
    use crate::rollup::histogram::Histogram;

    fn waits(waits: &[(u32, u64)]) -> Histogram {
        let mut histogram = Histogram::default();
        for (ms, n) in waits {
            histogram.add(*ms, *n);
        }
        histogram
    }

    fn inferred(cut: &[(u32, u64)]) -> Option<u64> {
        let force = InForce::find(None, Timeout::Server, Some(&waits(cut)));
        assert_eq!(force.ms.is_some(), force.from == Basis::Inferred);
        force.ms
    }

    #[test]
    fn cut_waits_that_pile_up_tell_the_timeout() {
        for (cut, wanted) in [
            (&[(1_201, 70), (1_203, 15)][..], Some(1_200)),
            (&[(12_001, 60)], Some(12_000)),
            (&[(1_501, 120), (1_502, 20), (2_019, 11)], Some(1_500)),
            (&[(702, 795)], Some(700)),
            (&[(30_002, 40), (30_300, 3)], Some(30_000)),
            (&[(60_001, 20)], Some(60_000)),
            // Too few, spread out, or no pile at all.
            (&[(1_201, 19)], None),
            (&[(1_398, 30), (1_898, 30), (2_459, 30)], None),
            (&[(0, 100)], None),
            // HAProxy takes no timeout above 2^31 - 1 ms.
            (&[(2_000_000_000, 100)], Some(2_000_000_000)),
            (&[(2_147_483_648, 100)], None),
            (&[(4_278_190_080, 100)], None),
            (&[(u32::MAX, 100)], None),
            (&[], None),
        ] {
            assert_eq!(inferred(cut), wanted, "{cut:?}");
        }
    }

    #[test]
    fn the_configuration_is_asked_first() {
        let text = b"defaults\n mode http\n timeout connect 4s\nbackend b\n timeout server \"$T\"\nbackend c\n";
        let config = Config::parse("t.cfg", text).expect("it parses");
        let find = |proxy: &str, timeout| {
            let cut = waits(&[(1_201, 50)]);
            let force = InForce::find(config.backend(proxy), timeout, Some(&cut));
            (force.ms, force.from)
        };
        let connect = Timeout::Connect;
        assert_eq!(find("c", connect), (Some(4_000), Basis::Config));
        let stands_in = (Some(4_000), Basis::Default(connect));
        assert_eq!(find("c", Timeout::Queue), stands_in);
        assert_eq!(find("c", Timeout::Server), (None, Basis::Unlimited));
        assert_eq!(find("b", Timeout::Server), (Some(1_200), Basis::Inferred));
    }
}
