//! Heights as characters.
//!
//! Enters: a number and the highest. Leaves: a bar. Must not know: what it is a number of.

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A bar, whole for the highest. Only nothing at all gets the lowest.
pub(in crate::report) fn bar(rate: f64, highest: f64) -> char {
    let steps = (BARS.len() - 1) as f64;
    let height = (rate / highest * steps).ceil().clamp(0.0, steps) as usize;
    BARS.get(height).copied().unwrap_or(' ')
}
