//! Lines that were cut at one length, and whose limit that is.
//!
//! Enters: how long lines are that were cut, and the `log` lines that requests go by. Leaves: a sentence.
//! Must not know: what stood in them.

use super::{Assembly, missing::Missing};
use crate::config::{LogTarget, Setting};
use crate::report::numbers::{count, counted};

/// HAProxy's `len` where none is set, in bytes (manual 4.2, `log`).
const DEFAULT_LEN: u32 = 1024;

/// Limits of rsyslog (`$MaxMessageSize`): of today, where 8k is set, and of old; bytes.
const OF_RELAYS: [u16; 3] = [8_096, 8_192, 2_048];

const RELAY: &str = "the relay's limit (`$MaxMessageSize` of rsyslog)";

/// Where most of the `truncated` lines end, and what to do about it.
pub fn warning(assembly: &Assembly, missing: &Missing, truncated: u64) -> Option<String> {
    let target = |limit: u16| {
        let mut targets = missing.targets().map(|(_, target)| target);
        targets.find(|target| target.value.len.is_some_and(|len| is_len(limit, len)))
    };
    let is_relays = |limit: u16| OF_RELAYS.contains(&limit);
    let is_known =
        |limit: u16| target(limit).is_some() || is_len(limit, DEFAULT_LEN) || is_relays(limit);
    let limit = assembly.sealer.cuts().limit(is_known)?;
    let remedy = match (target(limit), assembly.config) {
        (Some(target), Some(config)) => of_target(target, config.file_of(&target.at)),
        _ if is_relays(limit) => format!("raise {RELAY}"),
        _ => format!("give the `log` line of haproxy.cfg a larger `len`, or raise {RELAY},"),
    };
    Some(format!(
        "{} cut, most of them at {} bytes: {remedy} to see whole requests.",
        counted(truncated, "line is", "lines are"),
        count(u64::from(limit)),
    ))
}

/// Of two HAProxys, one counts the newline.
fn is_len(limit: u16, len: u32) -> bool {
    let limit = u32::from(limit);
    limit == len || limit + 1 == len
}

fn of_target(target: &Setting<LogTarget>, file: &str) -> String {
    let (text, line) = (&target.text, target.at.line);
    format!("give `{text}` ({file}:{line}) a larger `len`, and raise {RELAY} where it is lower,")
}
