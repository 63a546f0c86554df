//! Counters that never go back.
//!
//! Enters: counts, some of which may have been taken back. Leaves: the most that was ever told of each. Must not know:
//! what is counted.

use std::collections::HashMap;

use super::family::{Distribution, Family, Labels, Value};

/// See the module.
#[derive(Debug, Default)]
pub struct Ratchet {
    told: HashMap<&'static str, HashMap<Labels, Value>>,
}

impl Ratchet {
    /// Raises counts to what was told before.
    pub fn hold(&mut self, family: &mut Family) {
        let told = self.told.entry(family.name).or_default();
        for (labels, value) in &mut family.series {
            match told.get_mut(labels) {
                Some(before) => {
                    raise(value, before);
                    before.clone_from(value);
                }
                None if !matches!(value, Value::Gauge(_)) => {
                    told.insert(labels.clone(), value.clone());
                }
                None => {}
            }
        }
    }
}

fn raise(now: &mut Value, before: &Value) {
    match (now, before) {
        (Value::Counter(now), Value::Counter(before)) => *now = (*now).max(*before),
        (Value::Histogram(now), Value::Histogram(before)) => raise_all(now, before),
        _ => {}
    }
}

fn raise_all(now: &mut Distribution, before: &Distribution) {
    for (now, before) in now.counts.iter_mut().zip(&before.counts) {
        *now = (*now).max(*before);
    }
    now.sum_ms = now.sum_ms.max(before.sum_ms);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting(n: u64) -> Family {
        Family::counters("lines", "").counting(n)
    }

    #[test]
    fn what_is_taken_back_is_still_told() {
        let mut ratchet = Ratchet::default();
        let mut told = |n| {
            let mut family = counting(n);
            ratchet.hold(&mut family);
            family.series.into_values().next()
        };
        for (n, expected) in [(5, 5), (3, 5), (6, 6), (6, 6), (0, 6)] {
            assert_eq!(told(n), Some(Value::Counter(expected)));
        }
    }

    #[test]
    fn each_part_of_a_distribution_stays() {
        let of = |counts: [u64; 2], sum_ms| Distribution {
            bounds: &[1.0, f64::INFINITY],
            counts: counts.to_vec(),
            sum_ms,
        };
        let mut now = Value::Histogram(of([4, 2], 900));
        raise(&mut now, &Value::Histogram(of([5, 1], 1_000)));
        assert_eq!(now, Value::Histogram(of([5, 2], 1_000)));
    }
}
