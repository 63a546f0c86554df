//! Where lines that were cut end.
//!
//! Enters: lines that were cut, each with what wrapped it. Leaves: how many of them had which length as they were sent.
//! Must not know: what stood in them, or who cut them.
//!
//! HAProxy (`len` of a `log` line, manual 4.2) and relays (rsyslog's `$MaxMessageSize`) count a message as it is sent,
//! its header included: `<PRI>Mmm dd HH:MM:SS TAG[PID]: `. A file has other stamps, host names and no priority, so its
//! lines differ where they were cut at the same limit. Constant is the length as sent. It is put together again: the
//! tag, the process and the message are as long in the file as they were; the stamp had 15 bytes; a priority has three
//! digits from facility `ftp` on, as all of `local0` to `local7` have. Whether HAProxy sent its host
//! (`log-send-hostname`) or a relay added it cannot be seen, so both lengths are counted.
//!
//! HAProxy 2.6 sends `len` bytes and a newline behind them; others count the newline, too.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::merge::Merge;
use crate::envelope::Envelope;

/// `Mmm dd HH:MM:SS `
const STAMP: usize = 16;

/// Lines of one length that make it a limit, and no accident.
const ENOUGH: u64 = 3;

/// How many lines had a length; HAProxy's longest has 65,535 bytes, which bounds it.
type Lengths = BTreeMap<u16, u64>;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cuts {
    /// As if no host had been sent.
    without_host: Lengths,
    /// As if the host had been sent, or the header of the line itself if it still has its priority.
    with_host: Lengths,
}

impl Cuts {
    /// Counts a line; `header` is what stands before its message.
    pub fn add(&mut self, header: &[u8], envelope: &Envelope) {
        let message = envelope.message.len();
        let bare = header_without_host(envelope);
        let with_host = match (header.first(), envelope.host) {
            (Some(b'<'), _) => header.len(),
            (_, []) => bare,
            (_, host) => bare + host.len() + 1,
        };
        count(&mut self.without_host, bare + message);
        count(&mut self.with_host, with_host + message);
    }

    /// The length in bytes, without a newline, at which more than half of the lines were cut: one that `is_known` as a
    /// limit, else the one without a host.
    pub fn limit(&self, is_known: impl Fn(u16) -> bool) -> Option<u16> {
        let both = [most(&self.without_host), most(&self.with_host)];
        let known = both.into_iter().flatten().find(|length| is_known(*length));
        known.or(both[0]).or(both[1])
    }
}

impl Merge for Cuts {
    fn merge(&mut self, other: Self) {
        for (mine, theirs) in [
            (&mut self.without_host, other.without_host),
            (&mut self.with_host, other.with_host),
        ] {
            for (length, n) in theirs {
                *mine.entry(length).or_default() += n;
            }
        }
    }
}

/// Bytes of the header as HAProxy's default format sends it; of `short`, `timed`, `iso` and `raw`, which name no
/// program, what they have.
fn header_without_host(envelope: &Envelope) -> usize {
    let priority = envelope
        .priority
        .map(|priority| 2 + digits(u32::from(priority)));
    if envelope.tag.is_empty() {
        let stamp = match envelope.written {
            [] => 0,
            stamp => stamp.len() + 1,
        };
        return priority.unwrap_or(0) + stamp;
    }
    let pid = envelope.pid.map_or(0, |pid| 2 + digits(pid));
    priority.unwrap_or(5) + STAMP + envelope.tag.len() + pid + 2
}

fn digits(number: u32) -> usize {
    number.checked_ilog10().unwrap_or(0) as usize + 1
}

fn count(lengths: &mut Lengths, length: usize) {
    if let Ok(length) = u16::try_from(length) {
        *lengths.entry(length).or_default() += 1;
    }
}

/// The length of more than half of the lines.
fn most(lengths: &Lengths) -> Option<u16> {
    let all: u64 = lengths.values().sum();
    let (length, n) = lengths.iter().max_by_key(|(_, n)| **n)?;
    (*n >= ENOUGH && n * 2 > all).then_some(*length)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::Cuts;
    use crate::envelope;
    use crate::rollup::merge::law;

    fn add(cuts: &mut Cuts, line: &str) {
        let envelope = envelope::peel(line.as_bytes());
        let header = line.len() - envelope.message.len();
        cuts.add(&line.as_bytes()[..header], &envelope);
    }

    /// What a header makes of a message that was cut at 1,024 bytes as it was sent.
    #[test]
    fn a_limit_is_known_again_in_each_wrapping() {
        let sent = "<134>Nov 20 09:46:12 haproxy[4439]: ".len();
        let message = |header: usize| "x".repeat(1_024 - header);
        for (name, header, sent) in [
            ("a file", "Nov 20 09:46:12 lb1 haproxy[4439]: ", sent),
            (
                "another host",
                "Nov 20 09:46:12 lb-longer haproxy[4439]: ",
                sent,
            ),
            (
                "a longer process",
                "Nov 20 09:46:12 lb1 haproxy[1044391]: ",
                sent + 3,
            ),
            (
                "ISO",
                "2026-11-20T09:46:12.123456+01:00 lb1 haproxy[4439]: ",
                sent,
            ),
            ("host sent", "Nov 20 09:46:12 lb1 haproxy[4439]: ", sent + 4),
            ("as sent", "<134>Nov 20 09:46:12 haproxy[4439]: ", sent),
            (
                "facility daemon",
                "<30>Nov 20 09:46:12 haproxy[4439]: ",
                sent - 1,
            ),
            (
                "RFC 5424",
                "<134>1 2026-11-20T09:46:12.123456+01:00 lb1 haproxy 4439 - - ",
                61,
            ),
            ("short", "<6>", 3),
            ("raw", "", 0),
        ] {
            let mut cuts = Cuts::default();
            for _ in 0..3 {
                add(&mut cuts, &format!("{header}{}", message(sent)));
            }
            assert_eq!(cuts.limit(|at| at == 1_024), Some(1_024), "{name}");
        }
    }

    #[test]
    fn lengths_that_differ_are_no_limit() {
        let mut cuts = Cuts::default();
        for length in [500, 500, 500, 610, 720, 830] {
            add(&mut cuts, &"x".repeat(length));
        }
        assert_eq!(cuts.limit(|_| true), None);
        add(&mut cuts, &"x".repeat(500));
        assert_eq!(cuts.limit(|_| false), Some(500));
    }

    proptest! {
        #[test]
        fn counts_are_lawful(parts in vec(vec(0_usize..6, 0..5), 0..6)) {
            let counted = |lengths: &Vec<usize>| {
                let mut cuts = Cuts::default();
                for length in lengths {
                    add(&mut cuts, &format!("Nov 20 09:46:12 lb1 haproxy[7]: {}", "x".repeat(*length)));
                }
                cuts
            };
            law::holds(parts.iter().map(counted).collect());
        }
    }
}
