//! Timeouts that cut nothing: whether they have headroom, or far too much of it.
//!
//! Enters: waits that all ended by themselves, and the timeout in force. Leaves: a verdict. Must not know: which timeout
//! it is.

use super::{ENOUGH, Verdict, too_few};
use crate::advice::amount;
use crate::advice::force::{Basis, InForce};
use crate::advice::piece::Direction;
use crate::advice::waits::Sample;
use crate::words::numbers::count;

/// A timeout this many times as long as the slowest in a thousand has headroom.
const HEADROOM: u64 = 3;

/// A timeout this many times as long, and at least [`LONG`], may be lowered.
const HUGE: u64 = 20;

/// ms that a request which hangs may hold its slot without remark.
const LONG: u64 = 30_000;

/// Completed requests from which on a timeout may be lowered.
const PLENTY: u64 = 10_000;

/// No timeout is lowered below so many ms.
const LEAST: u64 = 10_000;

/// The verdict.
pub fn judge(waits: &Sample, force: InForce) -> Verdict {
    let Some(seen) = Seen::of(waits) else {
        return too_few(waits);
    };
    let Some(limit) = force.ms else {
        return match force.from {
            Basis::Unlimited => Verdict::cannot_tell(format!(
                "it is not set, so nothing ends a wait that never ends; of {} requests p99.9 is {}",
                count(seen.n),
                amount::words(seen.rare)
            )),
            _ => Verdict::cannot_tell(format!("{}; its value is unknown", seen.words())),
        };
    };
    if limit >= HEADROOM * seen.rare {
        return Verdict::keep(0.9, format!("{}: there is headroom", seen.words()));
    }
    let part = seen.rare.min(seen.longest) * 100 / limit.max(1);
    Verdict::keep(
        0.6,
        format!("{}, {part} % of it: little headroom", seen.words()),
    )
}

/// A weak suggestion to lower a timeout that is written and far longer than anything seen: what hangs would let go
/// sooner.
pub fn lower(waits: &Sample, force: InForce) -> Option<Verdict> {
    let seen = Seen::of(waits).filter(|seen| seen.n >= PLENTY)?;
    let limit = force
        .ms
        .filter(|_| force.from == Basis::Config)
        .filter(|limit| *limit >= LONG && *limit >= HUGE * seen.rare.max(1))?;
    let suggested = amount::round_up((10 * seen.rare).max(3 * seen.longest).max(LEAST));
    (suggested * 2 <= limit).then(|| {
        Verdict::change(
            Direction::Lower,
            suggested,
            0.4,
            seen.words(),
            format!(
                "Nothing seen here would be cut, and what hangs would hold its client and its slot for {} instead of {}. Slow work that is rare (exports, uploads) may be missing from this log.",
                amount::words(suggested),
                amount::words(limit)
            ),
        )
    })
}

/// Enough waits to speak of, in ms.
struct Seen {
    n: u64,
    /// All but one in a thousand are at most this long.
    rare: u64,
    longest: u64,
}

impl Seen {
    fn of(waits: &Sample) -> Option<Self> {
        let n = waits.completed();
        let (rare, longest) = (waits.completed.quantile(0.999)?, waits.completed.max()?);
        (n >= ENOUGH).then_some(Self {
            n,
            rare: u64::from(rare.1),
            longest: u64::from(longest.1),
        })
    }

    fn words(&self) -> String {
        format!(
            "it cut none of {} requests; p99.9 is {}, the longest {}",
            count(self.n),
            amount::words(self.rare),
            amount::words(self.longest)
        )
    }
}
