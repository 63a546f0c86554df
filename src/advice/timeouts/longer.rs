//! Whether answers that were cut would have come soon after, as far as the others tell.
//!
//! Enters: a backend whose servers, queue and incidents explain nothing, and the waits for its answers. Leaves: a verdict.
//! Must not know: how survival is reckoned.

use super::Verdict;
use crate::advice::amount;
use crate::advice::piece::Direction;
use crate::advice::subject::Subject;
use crate::advice::survival::{Outcome, Raised};
use crate::advice::waits::{Sample, Wait};
use crate::words::numbers::count;

/// Whether cut requests would have ended soon after, as far as the others tell.
pub fn judge(subject: &Subject, sample: &Sample, limit: u64, is_chronic: bool) -> Verdict {
    let (cut, completed) = (sample.cut(), sample.completed());
    let [calm, all] = subject.group.patience(Wait::Answer);
    let patience = if is_chronic { calm } else { all };
    let patience = (patience.count() > 0).then_some(&patience);
    let [calm, all] = subject.group.dispersion(Wait::Answer);
    let dispersion = if is_chronic { calm } else { all };
    let survival = sample.survival(Some(limit), dispersion);
    if let Some((suggested, raised)) = survival.proposed(patience) {
        return raise(&raised, u64::from(suggested), (limit, cut, completed));
    }
    if let Some(ended) = survival.last_ended() {
        return too_short(ended, (limit, cut, completed));
    }
    let twice = u32::try_from(2 * limit).unwrap_or(u32::MAX);
    match survival.raised(twice, patience).outcome {
        Outcome::Never { at_most } => Verdict::fix(
            subject.scope(),
            0.6,
            format!(
                "requests finish fast or never: {cut} of {} were cut at {}, and in twice that time at most {} of them would have finished",
                count(cut + completed),
                amount::words(limit),
                percent(at_most),
                cut = count(cut)
            ),
        ),
        _ => Verdict::cannot_tell(format!(
            "it cut {cut} of {} requests, and the others do not tell how long these would have taken",
            count(cut + completed),
            cut = count(cut)
        )),
    }
}

/// A longer timeout, which is expected to let a share of the cut requests through.
fn raise(raised: &Raised, suggested: u64, (limit, cut, completed): (u64, u64, u64)) -> Verdict {
    let (share, confidence) = match raised.outcome {
        Outcome::Saves(saved) => (
            format!(
                "{:.0} to {}",
                saved.share.low * 100.0,
                percent(saved.share.high)
            ),
            0.85 - 0.5 * (saved.share.high - saved.share.low),
        ),
        Outcome::Never { .. } | Outcome::CannotTell(_) => ("some".to_owned(), 0.5),
    };
    Verdict::raise(
        limit,
        suggested,
        confidence,
        format!(
            "it cut {cut} of {} requests on all servers alike, and others finished shortly before it",
            count(cut + completed),
            cut = count(cut)
        ),
        format!(
            "With {} {share} of the {cut} would have been answered, and they would have held their slots for {} to {} s longer. Mending what made them slow does more.",
            amount::time(suggested),
            count(raised.held_s.low.round() as u64),
            count(raised.held_s.high.round() as u64),
            cut = count(cut)
        ),
    )
}

/// The limit falls among answers that still came, and how they go on is not to be told.
fn too_short(ended: u64, (limit, cut, completed): (u64, u64, u64)) -> Verdict {
    Verdict {
        effect: format!(
            "The log does not tell by how much: try {}, and look again. Mending what made them slow does more.",
            amount::time(amount::round_up(2 * limit))
        ),
        ..Verdict::new(
            Direction::Raise,
            0.55,
            format!(
                "it cut {cut} of {} requests on all servers alike, while {} others ended in the last fifth of that time: it is too short for slow answers",
                count(cut + completed),
                count(ended),
                cut = count(cut)
            ),
        )
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
