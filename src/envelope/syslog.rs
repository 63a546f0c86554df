//! Syslog headers, as HAProxy writes them (`log.c`, `build_log_header`) and as relays and files keep them.
//!
//! Enters: a line's text. Leaves: its first header taken apart, or `None` when it begins with none.
//! Must not know: what the message is.

use std::ops::Range;

use super::known::Before;
use super::number;
use super::structured;
use crate::time::{Stamp, civil};

/// What one header says; empty or absent where it does not.
#[derive(Debug, PartialEq)]
pub(super) struct Header<'a> {
    pub(super) stamp: Stamp,
    /// The text of the stamp.
    pub(super) written: &'a [u8],
    pub(super) priority: Option<u8>,
    /// `[…]…`
    pub(super) structured: &'a [u8],
    pub(super) host: &'a [u8],
    pub(super) tag: &'a [u8],
    pub(super) pid: Option<u32>,
    /// All that follows the header.
    pub(super) message: &'a [u8],
}

impl<'a> Header<'a> {
    /// The header that says nothing.
    fn bare(message: &'a [u8]) -> Self {
        Header {
            stamp: Stamp::Absent,
            written: b"",
            priority: None,
            structured: b"",
            host: b"",
            tag: b"",
            pid: None,
            message,
        }
    }
}

/// The first header of `text`: an optional `<PRI>`, then RFC 5424, RFC 3164 with or without host, a stamp alone
/// (`timed`, `iso`), a tag with its pid alone, or nothing (`short`, `priority`).
pub(super) fn header<'a>(text: &'a [u8], before: &mut Before) -> Option<Header<'a>> {
    if let Some((header, _)) = before.find(text) {
        return Some(header);
    }
    let header = read(text)?;
    before.note(text, &header);
    Some(header)
}

fn read(text: &[u8]) -> Option<Header<'_>> {
    let Some((priority, rest)) = priority(text) else {
        return behind_priority(text, false);
    };
    Some(Header {
        priority: Some(priority),
        ..behind_priority(rest, true).unwrap_or(Header::bare(rest))
    })
}

fn behind_priority(text: &[u8], has_priority: bool) -> Option<Header<'_>> {
    rfc5424(text, has_priority)
        .or_else(|| rfc3164(text))
        .or_else(|| with_iso_stamp(text))
        .or_else(|| tag_alone(text))
}

/// `<PRI>`, and what follows: one to three digits, at most 23 × 8 + 7. Its level may understate (`minlevel`).
fn priority(text: &[u8]) -> Option<(u8, &[u8])> {
    let rest = text.strip_prefix(b"<")?;
    let end = rest.iter().take(4).position(|byte| *byte == b'>')?;
    let priority = u8::try_from(number(&rest[..end])?).ok()?;
    (priority <= 191).then(|| (priority, &rest[end + 1..]))
}

/// `1 TS HOST TAG PID MSGID SD MSG`. Without a priority the stamp must be a date, or any text that begins with a
/// one could be this.
fn rfc5424(text: &[u8], has_priority: bool) -> Option<Header<'_>> {
    let rest = text.strip_prefix(b"1 ")?;
    let (written, rest) = word(rest)?;
    let stamp = match civil::iso(written) {
        Some((time, length)) if length == written.len() => time,
        None if has_priority && written == b"-" => Stamp::Absent,
        _ => return None,
    };
    let (host, rest) = word(rest)?;
    let (tag, rest) = word(rest)?;
    let (process, rest) = word(rest)?;
    let (_, rest) = word(rest)?;
    let (structured, message) = structured::split(rest);
    Some(Header {
        stamp,
        written: unless_nil(written),
        priority: None,
        structured: unless_nil(structured),
        host: unless_nil(host),
        tag: unless_nil(tag),
        pid: number(process),
        message: message.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(message),
    })
}

/// `Mmm dd HH:MM:SS [HOST] TAG[PID]: MSG`; HAProxy's `local` format and rsyslog's for local messages have no host.
fn rfc3164(text: &[u8]) -> Option<Header<'_>> {
    let (stamp, length) = civil::yearless(text)?;
    let rest = text[length..].strip_prefix(b" ")?;
    let header = match tag(rest) {
        Some((tag, pid, message)) => Header {
            tag,
            pid,
            ..Header::bare(message)
        },
        None => with_host(rest),
    };
    Some(Header {
        stamp,
        written: &text[..length],
        ..header
    })
}

/// `2026-02-06T12:14:14.655123+01:00 HOST TAG[PID]: MSG`. No format has a tag without a host here: a first word with a
/// colon is the message's own (`timed`, `iso`).
fn with_iso_stamp(text: &[u8]) -> Option<Header<'_>> {
    if text.get(4) != Some(&b'-') {
        return None;
    }
    let (stamp, length) = civil::iso(text)?;
    let rest = text[length..].strip_prefix(b" ")?;
    Some(Header {
        stamp,
        written: &text[..length],
        ..with_host(rest)
    })
}

/// A host is only known by the tag that follows it: `Server a/b is DOWN` names no host.
fn with_host(rest: &[u8]) -> Header<'_> {
    let named = word(rest)
        .filter(|(host, _)| !host.is_empty() && !host.ends_with(b":"))
        .and_then(|(host, rest)| Some((host, tag(rest)?)));
    match named {
        Some((host, (tag, pid, message))) => Header {
            host,
            tag,
            pid,
            ..Header::bare(message)
        },
        None => Header::bare(rest),
    }
}

/// `haproxy[14389]: MSG` without time or host, as HAProxy's manual prints its examples. The pid is required, or the
/// first word of many a message would be a tag.
fn tag_alone(text: &[u8]) -> Option<Header<'_>> {
    let (tag, pid, message) = tag_and_pid(text)?;
    Some(Header {
        tag,
        pid: Some(pid),
        ..Header::bare(message)
    })
}

/// Where the header that a text begins with names its host (RFC 3164 and RFC 5424): an empty place where one of RFC 3164 has
/// a tag but no host before it. `None` where there is no header that could name one.
pub fn place_of_host(text: &[u8]) -> Option<Range<usize>> {
    let rest = priority(text).map_or(text, |(_, rest)| rest);
    let has_priority = rest.len() < text.len();
    if let Some(header) = rfc5424(rest, has_priority) {
        // A stamp that is not known is not kept.
        let stamped = rest.strip_prefix(b"1 ")?;
        let (_, at_host) = word(stamped)?;
        let host = match header.host {
            b"" => b"-",
            host => host,
        };
        let start = text.len() - at_host.len();
        return Some(start..start + host.len());
    }
    let header = rfc3164(rest)?;
    if header.tag.is_empty() {
        return None;
    }
    // Behind the stamp and its space.
    let start = text.len() - rest.len() + header.written.len() + 1;
    Some(start..start + header.host.len())
}

/// Whether a text begins with a tag and its pid.
pub fn begins_with_tag(text: &[u8]) -> bool {
    tag_and_pid(text).is_some()
}

fn tag_and_pid(text: &[u8]) -> Option<(&[u8], u32, &[u8])> {
    // What an address with its date in brackets is not gets no further: no name ends before the first bracket.
    let bracket = memchr::memchr(b'[', text)?;
    let is_named = bracket > 0 && !ends_name(text[bracket - 1]);
    let (tag, pid, message) = is_named.then(|| tag(text))??;
    Some((tag, pid?, message))
}

/// `TAG[PID]: MSG`, `TAG: MSG`, or `TAG[PID] MSG` as some tools leave it: tag, pid, message.
fn tag(text: &[u8]) -> Option<(&[u8], Option<u32>, &[u8])> {
    let end = text.iter().position(|byte| ends_name(*byte))?;
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    if let Some(rest) = rest.strip_prefix(b":") {
        // `10.0.1.2:33317 [06/Feb/…` and `fe80:: [06/Feb/…` are clients, not tags.
        return match rest {
            [] => Some((name, None, rest)),
            [b' ', message @ ..] => Some((name, None, message)),
            _ => None,
        };
    }
    let rest = rest.strip_prefix(b"[")?;
    let end = memchr::memchr(b']', rest)?;
    let process = number(&rest[..end])?;
    let message = match &rest[end + 1..] {
        [b':', b' ', message @ ..] | [b':', message @ ..] | [b' ', message @ ..] => message,
        [] => b"",
        _ => return None,
    };
    Some((name, Some(process), message))
}

/// What no name of a program holds.
const fn ends_name(byte: u8) -> bool {
    const ENDS: [bool; 256] = {
        let mut ends = [false; 256];
        let mut byte = 0;
        while byte < ends.len() {
            ends[byte] = matches!(byte as u8, b'[' | b']' | b':' | b'"' | ..=b' ' | 0x7F);
            byte += 1;
        }
        ends
    };
    ENDS[byte as usize]
}

/// The text before the next space, and what follows that.
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b' ', text)?;
    Some((&text[..end], &text[end + 1..]))
}

/// RFC 5424 writes `-` for what is not known.
fn unless_nil(word: &[u8]) -> &[u8] {
    if word == b"-" { b"" } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIXTH: Stamp = Stamp::Yearless {
        month: 2,
        day: 6,
        second: 44_054,
    };

    /// A header's host, tag, pid and message, as text.
    fn parts(line: &str) -> Option<(&str, &str, Option<u32>, &str)> {
        let text = |bytes| std::str::from_utf8(bytes).expect("text");
        header(line.as_bytes(), &mut Before::default()).map(|header| {
            (
                text(header.host),
                text(header.tag),
                header.pid,
                text(header.message),
            )
        })
    }

    #[test]
    fn tags_and_hosts_after_a_syslog_stamp() {
        let cases = [
            (
                "lb1 haproxy[14389]: m",
                ("lb1", "haproxy", Some(14_389), "m"),
            ),
            ("haproxy[14389]: m", ("", "haproxy", Some(14_389), "m")),
            ("lb1 haproxy: m", ("lb1", "haproxy", None, "m")),
            ("haproxy: m", ("", "haproxy", None, "m")),
            (
                "lb1 haproxy[14389] m",
                ("lb1", "haproxy", Some(14_389), "m"),
            ),
            ("haproxy[14389]:m", ("", "haproxy", Some(14_389), "m")),
            (
                "2001:db8::1 edge/lb[7]:  m",
                ("2001:db8::1", "edge/lb", Some(7), " m"),
            ),
            ("lb1 haproxy[14389]:", ("lb1", "haproxy", Some(14_389), "")),
            ("Server a/b is DOWN", ("", "", None, "Server a/b is DOWN")),
            (
                "10.0.1.2:33317 [06/Feb/2026",
                ("", "", None, "10.0.1.2:33317 [06/Feb/2026"),
            ),
            (
                "2001:db8::1:52000 [06/Feb",
                ("", "", None, "2001:db8::1:52000 [06/Feb"),
            ),
            ("lb1 haproxy[x]: m", ("", "", None, "lb1 haproxy[x]: m")),
            (
                "lb1 haproxy[99999999999]: m",
                ("", "", None, "lb1 haproxy[99999999999]: m"),
            ),
        ];
        for (rest, expected) in cases {
            let line = format!("Feb  6 12:14:14 {rest}");
            assert_eq!(parts(&line), Some(expected), "{line}");
            assert_eq!(
                header(line.as_bytes(), &mut Before::default()).map(|header| header.stamp),
                Some(SIXTH)
            );
        }
    }

    #[test]
    fn the_header_before_changes_nothing() {
        let rests = [
            "lb1 haproxy[14389]: m",
            "lb1 haproxy[14389]: ",
            "lb1 haproxy[14389]:m",
            "lb1 haproxy[14389] m",
            "lb1 haproxy[14389]:",
            "lb1 haproxy: m",
            "haproxy[14389]: m",
            "haproxy: m: n",
            "Server a/b is DOWN",
            "lb1 haproxy 14389 - - m",
            "lb1 haproxy 14389 - - \u{feff}m",
            "lb1 haproxy 14389 - [m",
            "lb1 haproxy 14389 - -m",
            "lb1 haproxy 14389 - [a b=\"c\"] m",
            "lb1 - 14389 - - m",
            "stdout F: m",
            "stdout haproxy: m",
        ];
        let lines: Vec<String> = [
            "Feb  6 12:14:14 ",
            "<134>Feb  6 12:14:14 ",
            "Feb  6 12:14:15.1 ",
            "2026-02-06T12:14:14.655123+01:00 ",
            "2026-02-06T12:14:14.655124+01:00 ",
            "2026-02-06T12:14:14.655123456789012345678901234567890+01:00 ",
            "<134>2026-02-06T12:14:14Z ",
            "<133>1 2026-02-06T12:14:14.2Z ",
            "<134>1 2026-02-06T12:14:14.6Z ",
            "<134>1 - ",
            "1 2026-02-06T12:14:14Z ",
        ]
        .iter()
        .flat_map(|stamp| rests.map(|rest| format!("{stamp}{rest}")))
        .collect();
        for first in &lines {
            for line in &lines {
                let mut before = Before::default();
                header(first.as_bytes(), &mut before);
                let after = header(line.as_bytes(), &mut before);
                let alone = header(line.as_bytes(), &mut Before::default());
                assert_eq!(after, alone, "{line} after {first}");
            }
        }
    }

    #[test]
    fn after_an_iso_stamp_a_tag_needs_a_host() {
        let stamp = "2026-02-06T12:14:14.655123+01:00";
        let cases = [
            (
                "lb1 haproxy[14389]: m",
                ("lb1", "haproxy", Some(14_389), "m"),
            ),
            (
                "SIGHUP: Server a/b is UP.",
                ("", "", None, "SIGHUP: Server a/b is UP."),
            ),
            (
                "a/b: IP changed from",
                ("", "", None, "a/b: IP changed from"),
            ),
            ("Server a/b is DOWN", ("", "", None, "Server a/b is DOWN")),
            (
                "backend app has no server",
                ("", "", None, "backend app has no server"),
            ),
        ];
        for (rest, expected) in cases {
            assert_eq!(parts(&format!("{stamp} {rest}")), Some(expected), "{rest}");
        }
    }

    #[test]
    fn structured_data_ends_where_it_ends() {
        let head = "<134>1 2026-02-06T12:14:14Z lb1 haproxy 14389 -";
        let named = |message| Some(("lb1", "haproxy", Some(14_389), message));
        let cases = [
            ("- m", "m"),
            ("-", ""),
            ("[a@1 b=\"c\"] m", "m"),
            ("[a@1 b=\"\\\"]\\]\\\\\"][d@2] m", "m"),
            ("[a@1 b=\"]\" m", "[a@1 b=\"]\" m"),
            ("[a@1]m", "[a@1]m"),
        ];
        for (rest, message) in cases {
            assert_eq!(parts(&format!("{head} {rest}")), named(message), "{rest}");
        }
    }

    #[test]
    fn rfc5424_may_know_nothing() {
        assert_eq!(parts("<134>1 - - - - - - m"), Some(("", "", None, "m")));
        assert_eq!(parts("1 - - - - - - m"), None);
    }

    #[test]
    fn a_priority_is_a_small_number() {
        assert_eq!(parts("<191>m"), Some(("", "", None, "m")));
        for text in ["<192>m", "<>m", "<1234>m", "<1x>m", "<13", "<NOSRV> m"] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn a_tag_alone_needs_its_pid() {
        assert_eq!(
            parts("haproxy[14389]: m"),
            Some(("", "haproxy", Some(14_389), "m"))
        );
        assert_eq!(parts("SIGHUP: Server a/b is UP."), None);
        assert_eq!(parts("SPOE: [agent] m"), None);
        assert_eq!(parts("Server a/b is DOWN"), None);
    }
}
