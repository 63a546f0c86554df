//! Whether what comes was queued on its way.
//!
//! Enters: of the lines that come by all streams, how many are of the past. Leaves: whether those are more than a few. Must not
//! know: what waits.
//!
//! A block tells little of that: what is in it depends on how it was cut. It goes by all that came in a minute or two.

/// One of so many lines that is of the past is a few.
const FEW: u64 = 4;

/// Seconds of a minute; blocks of all streams are cut more often.
const MINUTE: i64 = 60;

/// See the module.
#[derive(Debug, Clone, Copy, Default)]
pub struct Queue {
    /// The minute, since 1970 UTC.
    minute: i64,
    this: Share,
    last: Share,
}

/// Lines, and those of them that are of the past.
#[derive(Debug, Clone, Copy, Default)]
struct Share {
    lines: u64,
    past: u64,
}

impl Queue {
    /// Lines have come at `now`, s since 1970 UTC.
    pub fn note(&mut self, now: i64, (lines, past): (u64, u64)) {
        let minute = now.div_euclid(MINUTE);
        if minute != self.minute {
            let is_next = minute == self.minute + 1;
            self.last = if is_next { self.this } else { Share::default() };
            (self.minute, self.this) = (minute, Share::default());
        }
        self.this.lines += lines;
        self.this.past += past;
    }

    /// More than a few are of the past.
    pub fn is_there(&self) -> bool {
        let past = self.this.past + self.last.past;
        past > 0 && past * FEW >= self.this.lines + self.last.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_773_489_600;

    /// Whether it is there after blocks that came so many seconds after noon, of so many lines, so many of the past.
    fn is_there(blocks: &[(i64, u64, u64)]) -> bool {
        let mut queue = Queue::default();
        for (second, lines, past) in blocks {
            queue.note(NOON + second, (*lines, *past));
        }
        queue.is_there()
    }

    #[test]
    fn how_lines_are_cut_into_blocks_does_not_matter() {
        for last in [(50, 300, 0), (50, 300, 75)] {
            let cuts = [
                vec![(10, 1_000, 300), last],
                vec![(10, 700, 0), (10, 300, 300), last],
                vec![(10, 300, 300), (40, 700, 0), last],
            ];
            assert_eq!(cuts.map(|cut| is_there(&cut)), [last.2 > 0; 3]);
        }
    }

    #[test]
    fn it_is_over_when_nothing_came_of_it_for_a_minute_or_two() {
        let queued = (10, 1_000, 900);
        assert!(is_there(&[queued, (70, 1_000, 0)]));
        assert!(!is_there(&[queued, (70, 1_000, 0), (130, 1_000, 0)]));
        assert!(!is_there(&[queued, (400, 1, 0)]));
    }
}
