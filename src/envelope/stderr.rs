//! The prefix that HAProxy puts before what it prints on stderr (`errors.c`, `print_message`).
//!
//! Enters: a line's text. Leaves: the prefix taken apart, or `None` when the text has none.
//! Must not know: syslog.

use super::number;
use crate::time::{Stamp, civil};

/// What the prefix says.
pub(super) struct Header<'a> {
    /// `WARNING` of `[WARNING]`.
    pub(super) level: &'a [u8],
    /// Absent since 2.4.
    pub(super) stamp: Stamp,
    /// The text of the stamp.
    pub(super) written: &'a [u8],
    /// The process that printed it: the master's or a worker's.
    pub(super) pid: u32,
    /// The text behind it, which may hold further ` : `.
    pub(super) message: &'a [u8],
}

const LEVELS: [&[u8]; 4] = [b"NOTICE", b"WARNING", b"ALERT", b"DIAG"];

/// `[WARNING] 123/145023 (1234) : text` until 2.3, `[WARNING]  (1234) : text` since.
pub(super) fn header(text: &[u8]) -> Option<Header<'_>> {
    let text = text.strip_prefix(b"[")?;
    let level = *LEVELS.iter().find(|level| text.starts_with(level))?;
    let rest = text[level.len()..].strip_prefix(b"]")?.trim_ascii_start();
    let (stamp, written, rest) = match rest.split_at_checked(10) {
        Some((date, rest)) if !date.starts_with(b"(") => {
            (civil::year_day(date)?, date, rest.strip_prefix(b" ")?)
        }
        _ => (Stamp::Absent, &b""[..], rest),
    };
    let rest = rest.strip_prefix(b"(")?;
    let end = memchr::memchr(b')', rest)?;
    let message = rest[end..].strip_prefix(b") :")?;
    Some(Header {
        level,
        stamp,
        written,
        pid: number(&rest[..end])?,
        message: message.strip_prefix(b" ").unwrap_or(message),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_prefixes() {
        let old = header(b"[WARNING] 123/145023 (1234) : a : (5) : b").expect("a prefix");
        assert_eq!(
            old.stamp,
            Stamp::YearDay {
                yday: 123,
                second: 53_423
            }
        );
        assert_eq!((old.pid, old.message), (1_234, &b"a : (5) : b"[..]));
        for line in [
            &b"[NOTICE]   (12) : text"[..],
            b"[WARNING]  (12) : text",
            b"[ALERT]    (12) : text",
            b"[DIAG]     (12) : text",
        ] {
            let new = header(line).expect("a prefix");
            assert_eq!(
                (new.stamp, new.pid, new.message),
                (Stamp::Absent, 12, &b"text"[..])
            );
        }
    }

    #[test]
    fn other_brackets_are_text() {
        for line in [
            &b"[06/Feb/2026:12:14:14.655] text"[..],
            b"[WARNING] text",
            b"[WARNING] 400/145023 (1234) : text",
            b"[WARNING]  (12x) : text",
            b"[WARNING]  (12",
            b"[WARNING]",
            b"[INFO]     (12) : text",
        ] {
            assert!(header(line).is_none(), "{}", line.escape_ascii());
        }
    }
}
