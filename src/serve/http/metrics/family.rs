//! Series of one name.
//!
//! Enters: labels and values. Leaves: text, by way of the encoder. Must not know: what is counted.

use std::collections::BTreeMap;

use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;

use crate::report::escape;

/// Characters of a label, at most.
const LABEL: usize = 200;

/// Labels of a series, in the order of their names in the family.
pub type Labels = Vec<(&'static str, String)>;

/// Values of a series.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Goes up.
    Counter(u64),
    /// Goes up and down.
    Gauge(f64),
    /// How often values were at most each of the bounds, and how much they were in all.
    Histogram(Distribution),
}

/// Values by the bounds they lie below.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// In s; the last one is infinite.
    pub bounds: &'static [f64],
    /// How many lie below each, and not below the one before.
    pub counts: Vec<u64>,
    /// Sum of the values; ms.
    pub sum_ms: u64,
}

/// See the module.
#[derive(Debug)]
pub struct Family {
    /// Name; a counter's without `_total`, which the text has.
    pub name: &'static str,
    help: &'static str,
    kind: MetricType,
    /// By their labels.
    pub series: BTreeMap<Labels, Value>,
}

impl Family {
    fn new(name: &'static str, help: &'static str, kind: MetricType) -> Self {
        Self {
            name,
            help,
            kind,
            series: BTreeMap::new(),
        }
    }

    /// Of counters.
    pub fn counters(name: &'static str, help: &'static str) -> Self {
        Self::new(name, help, MetricType::Counter)
    }

    /// Of gauges.
    pub fn gauges(name: &'static str, help: &'static str) -> Self {
        Self::new(name, help, MetricType::Gauge)
    }

    /// Of histograms.
    pub fn histograms(name: &'static str, help: &'static str) -> Self {
        Self::new(name, help, MetricType::Histogram)
    }

    /// Adds to a counter.
    pub fn count<const N: usize>(&mut self, labels: [(&'static str, String); N], n: u64) {
        let held = self
            .series
            .entry(labels.into())
            .or_insert(Value::Counter(0));
        if let Value::Counter(held) = held {
            *held += n;
        }
    }

    /// Sets a gauge.
    pub fn set<const N: usize>(&mut self, labels: [(&'static str, String); N], value: f64) {
        self.series.insert(labels.into(), Value::Gauge(value));
    }

    /// The same with one counter more.
    pub fn counting(mut self, n: u64) -> Self {
        self.count([], n);
        self
    }

    /// The same with one gauge more.
    pub fn being(mut self, value: f64) -> Self {
        self.set([], value);
        self
    }

    /// As text.
    pub fn encode(&self, encoder: &mut DescriptorEncoder) -> Result<(), std::fmt::Error> {
        let mut metric = encoder.encode_descriptor(self.name, self.help, None, self.kind)?;
        for (labels, value) in &self.series {
            // An empty set of labels would be written, too.
            match labels.is_empty() {
                true => value.encode(&mut metric)?,
                false => value.encode(&mut metric.encode_family(labels)?)?,
            }
        }
        Ok(())
    }
}

impl Value {
    fn encode(&self, series: &mut MetricEncoder) -> Result<(), std::fmt::Error> {
        match self {
            Self::Counter(n) => series.encode_counter::<NoLabelSet, u64, f64>(n, None),
            Self::Gauge(value) => series.encode_gauge(value),
            Self::Histogram(Distribution {
                bounds,
                counts,
                sum_ms,
            }) => {
                let buckets: Vec<(f64, u64)> =
                    bounds.iter().copied().zip(counts.iter().copied()).collect();
                let sum = *sum_ms as f64 / 1000.0;
                series.encode_histogram::<NoLabelSet>(sum, counts.iter().sum(), &buckets, None)
            }
        }
    }
}

/// A name from the log, as a label: one line that a terminal shows as it is, and not too long.
pub fn label(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name);
    let shown = escape::terminal(&text);
    match shown.char_indices().nth(LABEL) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_line_and_not_too_long() {
        assert_eq!(label(b"app"), "app");
        assert_eq!(label(b"a\nb\x1b[2J\"<script>"), r#"a\nb\x1b[2J"<script>"#);
        assert_eq!(label(b"a\xff"), "a\u{fffd}");
        let long = label("é".repeat(9_999).as_bytes());
        assert_eq!(long.chars().count(), LABEL + 1);
    }
}
