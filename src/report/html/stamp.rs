//! A time on a page: as the log has it, and in UTC on hover.
//!
//! Enters: times of the document. Leaves: `time` elements. Must not know: what happened at these times.

use askama::Template;
use jiff::Timestamp;

use crate::report::clock::{self, Clock};

/// A time, or what is shown where it is none.
#[derive(Debug, Clone, Template)]
#[template(
    source = r#"{% if iso.is_empty() %}{{ shown }}{% else %}<time datetime="{{ iso }}" title="{{ utc }}">{{ shown }}</time>{% endif %}"#,
    ext = "html"
)]
pub(super) struct Stamp {
    iso: String,
    utc: String,
    shown: String,
}

impl Stamp {
    /// `time` as it is shown to a reader who has this clock.
    pub(super) fn new(time: &str, clock: &Clock) -> Self {
        Self::saying(time, clock.show(time))
    }

    /// What was said of the time before is not said again.
    pub(super) fn again(shown: String) -> Self {
        Self {
            iso: String::new(),
            utc: String::new(),
            shown,
        }
    }

    /// `time` in words of somebody else.
    pub(super) fn saying(time: &str, shown: String) -> Self {
        let utc = utc(time);
        Self {
            iso: utc.as_ref().map_or_else(String::new, |_| time.to_owned()),
            utc: utc.unwrap_or_default(),
            shown,
        }
    }
}

/// `2026-11-20 09:46:12.846 UTC`; nothing when `time` is none.
pub(super) fn utc(time: &str) -> Option<String> {
    utc_of(clock::millis(time)?)
}

/// The same of milliseconds since 1970 UTC.
pub(super) fn utc_of(ms: i64) -> Option<String> {
    let stamp = Timestamp::from_millisecond(ms).ok()?;
    Some(stamp.strftime("%Y-%m-%d %H:%M:%S%.f UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hovering_tells_utc_and_what_is_no_time_gets_none() {
        let clock = Clock::default();
        assert_eq!(
            Stamp::new("2026-03-14T09:12:01.640+01:00", &clock).to_string(),
            "<time datetime=\"2026-03-14T09:12:01.640+01:00\" title=\"2026-03-14 08:12:01.64 UTC\">14 Mar 09:12:01.6</time>"
        );
        assert_eq!(Stamp::new("<b>", &clock).to_string(), "?");
    }
}
