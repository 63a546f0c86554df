//! What loggers on the way dropped, as they say themselves.
//!
//! Enters: notices and when they were written. Leaves: for each logger how many lines, and from when to when.
//! Must not know: what else was in the log.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::line::dropped::Logger;
use crate::rollup::occurrence::Notice;

/// Notices that are told from their copies in other sources; of more, the latest, as copies come at about the same time.
const HEARD: usize = 4_096;

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Losses {
    heard: BTreeSet<(i64, u64)>,
    by: BTreeMap<&'static Logger, Loss>,
}

/// What one logger dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// At least so many lines; 0 when it does not say.
    pub lines: u64,
    /// The first notice; s since 1970 UTC.
    pub first: i64,
    /// The last one.
    pub last: i64,
}

impl Losses {
    /// Takes in a notice of this second (s since 1970 UTC).
    pub(super) fn add(&mut self, second: i64, notice: &Notice) {
        if !self.heard.insert((second, notice.what)) {
            return;
        }
        if self.heard.len() > HEARD {
            self.heard.pop_first();
        }
        let loss = self.by.entry(notice.logger).or_insert(Loss {
            lines: 0,
            first: second,
            last: second,
        });
        loss.lines = loss.lines.saturating_add(notice.lines);
        (loss.first, loss.last) = (loss.first.min(second), loss.last.max(second));
    }

    /// The loggers and what each dropped.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Logger, &Loss)> {
        self.by.iter().map(|(logger, loss)| (*logger, loss))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::dropped;
    use crate::rollup::clock::Clock;

    #[test]
    fn each_notice_of_a_year_counts_and_its_copy_does_not() {
        let message = b"imuxsock[pid 7]: 10 messages lost due to rate-limiting";
        let (logger, _) = dropped::read(message).expect("a notice");
        let mut losses = Losses::default();
        for day in 0..20_000 {
            let notice = |offset| Notice {
                offset,
                clock: Clock::Absent,
                logger,
                lines: 10,
                what: 1,
            };
            losses.add(day * 86_400, &notice(0));
            losses.add(day * 86_400, &notice(1));
        }
        let (_, loss) = losses.iter().next().expect("a logger");
        assert_eq!(loss.lines, 200_000);
        assert!(losses.heard.len() <= HEARD);
    }
}
