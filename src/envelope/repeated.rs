//! Syslog daemons that say a message once more instead of writing it again.
//!
//! Enters: a message. Leaves: how often it was said, and the message itself. Must not know: headers.

use super::number;

/// How often a message was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// As often as it is written.
    Once,
    /// So many times: rsyslog's `message repeated 3 times: [ …]`.
    Times(u32),
    /// So many times more, and which one is not said: `last message repeated 3 times`.
    LastAgain(u32),
}

/// What a message stands for; `None` for an ordinary one.
// What it calls is cold, so that this is small enough to stand where it is asked for.
#[inline]
pub(super) fn said(message: &[u8]) -> Option<(Said, &[u8])> {
    let again = |times| (Said::LastAgain(times), message);
    match (message.first()?, message.last()?) {
        (b'm', b']') => times(message).map(|(times, message)| (Said::Times(times), message)),
        (b'L', _) => last_of_syslog_ng(message).map(again),
        (_, b's' | b'e' | b'.') => last_again(message).map(again),
        _ => None,
    }
}

/// `message repeated 3 times: [ …]` (rsyslog, `$RepeatedMsgReduction`).
#[cold]
fn times(message: &[u8]) -> Option<(u32, &[u8])> {
    let rest = message.strip_prefix(b"message repeated ")?;
    let (times, rest) = count(rest)?;
    let inner = rest.strip_prefix(b"s: [")?.strip_suffix(b"]")?;
    Some((times, inner.strip_prefix(b" ").unwrap_or(inner)))
}

/// `last message repeated 3 times` (syslogd, rsyslog); a host may be left in front, as the line has no tag to know it by.
#[cold]
fn last_again(message: &[u8]) -> Option<u32> {
    let line = |text: &[u8]| {
        let (times, rest) = count(text.strip_prefix(b"last message repeated ")?)?;
        matches!(rest, b"" | b"s" | b"." | b"s.").then_some(times)
    };
    line(message).or_else(|| line(&message[memchr::memchr(b' ', message)? + 1..]))
}

/// `Last message 'Server app/web1 is D' repeated 3 times, suppressed by syslog-ng on lb1`, which holds 20 characters.
#[cold]
fn last_of_syslog_ng(message: &[u8]) -> Option<u32> {
    let text = message.strip_prefix(b"Last message '")?;
    let end = memchr::memmem::rfind(text, b"' repeated ")?;
    let (times, rest) = count(&text[end + 11..])?;
    rest.starts_with(b"s, sup").then_some(times)
}

/// `3 time`, at least one, and what follows it.
fn count(text: &[u8]) -> Option<(u32, &[u8])> {
    let end = memchr::memchr(b' ', text)?;
    let times = number(&text[..end]).filter(|times| *times > 0)?;
    Some((times, text[end..].strip_prefix(b" time")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_more() {
        let last = |times| Some(Said::LastAgain(times));
        for (message, expected) in [
            ("message repeated 3 times: [ text]", Some(Said::Times(3))),
            ("last message repeated 2 times", last(2)),
            ("last message repeated 1 time", last(1)),
            ("lb1 last message repeated 2 times", last(2)),
            (
                "Last message 'Server app/web1 is D' repeated 4 times, suppressed by syslog-ng on lb1",
                last(4),
            ),
            ("message repeated 0 times: [ text]", None),
            ("message repeated 99999999999 times: [ text]", None),
            ("message repeated 3 times: [ text", None),
            ("a b last message repeated 2 times", None),
            ("last message repeated two times", None),
        ] {
            let found = said(message.as_bytes()).map(|(said, _)| said);
            assert_eq!(found, expected, "{message}");
        }
        let inner = said(b"message repeated 3 times: [ a [b]]").map(|(_, inner)| inner);
        assert_eq!(inner, Some(&b"a [b]"[..]));
    }
}
