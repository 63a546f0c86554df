//! Whether one kind of request makes nearly all cuts of `timeout server`.
//!
//! Enters: a backend with samples of what was asked of it. Leaves: the kind. Must not know: waits.

use crate::advice::subject::Subject;
use crate::words::numbers::count;

/// Requests that must have been drawn from those that were cut, and from the others.
const CUT: u64 = 15;
const OTHERS: u64 = 20;

/// The least share of those that were cut, for sure.
const NEARLY_ALL: f64 = 0.7;

/// The largest share of the others, for sure.
const FEW: f64 = 0.35;

/// A kind of request that is cut as others are not: its URLs and its shares, in words; `None` where there is none.
pub fn culprit(subject: &Subject) -> Option<String> {
    let [others, cut] = subject.group.urls?;
    if cut.sampled < CUT || others.sampled < OTHERS {
        return None;
    }
    let group = cut.most()?;
    let (its, low, high) = cut.share(group);
    let (usual, _, at_most) = others.share(group);
    (low >= NEARLY_ALL && at_most <= FEW).then(|| {
        format!(
            "{} is {:.0} % of what was cut ({:.0} to {:.0} %, by a sample of {}) and {:.0} % of the other requests (at most {:.0} %)",
            String::from_utf8_lossy(group),
            its * 100.0,
            low * 100.0,
            high * 100.0,
            count(cut.sampled),
            usual * 100.0,
            at_most * 100.0)
    })
}
