//! What container runtimes put around a line: Kubernetes' CRI format, the parts of it and of Docker's json-file; and
//! the count before a frame.
//!
//! Enters: a line's text. Leaves: the CRI header taken apart, what a line says of being a part, or the text without its
//! count; `None` for other text. Must not know: any JSON but Docker's own, which [`super::json`] does.
//!
//! Both cut what a program wrote into parts of 16 KiB. CRI says so (`P`); Docker leaves the newline to the last part
//! (moby, `jsonfilelog`). Docker's own order of keys tells its lines from those of shippers that drop every newline.

use super::{number, quoted};
use crate::source::Part;
use crate::time::{Stamp, civil};

/// What a container's line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// `stdout`
    Stdout,
    /// `stderr`
    Stderr,
}

impl Output {
    /// Its name, as runtimes write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }

    /// The one of this name.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        [Self::Stdout, Self::Stderr]
            .into_iter()
            .find(|output| output.name().as_bytes() == name)
    }
}

/// `2026-02-06T11:14:14.655123456Z stdout F MSG` (Kubernetes, CRI log format).
pub(super) struct Header<'a> {
    pub(super) stamp: Stamp,
    /// The text of the stamp.
    pub(super) written: &'a [u8],
    pub(super) output: Output,
    /// `F` for a full line or its last part, `P` for another part.
    pub(super) flag: u8,
    pub(super) message: &'a [u8],
}

/// The longest stamp: nanoseconds and an offset.
const STAMP: usize = 36;

/// The CRI header that a text begins with.
pub(super) fn header(text: &[u8]) -> Option<Header<'_>> {
    if text.get(4) != Some(&b'-') {
        return None;
    }
    let end = memchr::memchr(b' ', &text[..text.len().min(STAMP)])?;
    let (written, rest) = (&text[..end], &text[end + 1..]);
    let output = Output::named(rest.get(..6)?)?;
    let (flag, message) = match &rest[6..] {
        [b' ', flag @ (b'F' | b'P'), b' ', message @ ..] => (*flag, message),
        [b' ', flag @ (b'F' | b'P')] => (*flag, &b""[..]),
        // Further tags may follow the first.
        [b' ', flag @ (b'F' | b'P'), b':', tags @ ..] => {
            (*flag, &tags[memchr::memchr(b' ', tags)? + 1..])
        }
        _ => return None,
    };
    let (stamp, length) = civil::iso(written)?;
    (length == written.len()).then_some(Header {
        stamp,
        written,
        output,
        flag,
        message,
    })
}

/// What a line says of being a part; `None` when no container runtime wrote it.
#[inline]
pub fn part(line: &[u8]) -> Option<Part> {
    // Most lines begin otherwise, and are passed on at once.
    match line.first()? {
        b'{' | b'0'..=b'9' => written_part(line),
        _ => None,
    }
}

fn written_part(line: &[u8]) -> Option<Part> {
    let (output, ends, text) = match line.first()? {
        b'{' => docker(line)?,
        b'0'..=b'9' => {
            let header = header(line)?;
            // A relay between the runtime and us may write CR LF.
            let text = header.message.strip_suffix(b"\r").unwrap_or(header.message);
            let start = line.len() - header.message.len();
            (
                header.output,
                header.flag == b'F',
                start..start + text.len(),
            )
        }
        _ => return None,
    };
    Some(Part {
        channel: output as u8,
        ends,
        text,
    })
}

/// `{"log":"MSG\n","stream":"stdout","time":"…"}`, maybe with `attrs` before the time: the stream, whether the line ends,
/// and where MSG stands, escapes kept.
fn docker(line: &[u8]) -> Option<(Output, bool, std::ops::Range<usize>)> {
    let rest = member(line.strip_prefix(b"{")?, b"log")?;
    let start = line.len() - rest.len();
    let length = quoted::end(rest)?;
    let (text, rest) = (&rest[..length], &rest[length + 1..]);
    let rest = member(rest.trim_ascii_start().strip_prefix(b",")?, b"stream")?;
    let output = Output::named(rest.get(..6)?)?;
    let rest = rest[6..].strip_prefix(b"\"")?;
    let is_timed = memchr::memmem::find(rest, b"\"time\"").is_some();
    let is_docker = is_timed && rest.trim_ascii_end().ends_with(b"\"}");
    is_docker.then(|| (output, ends_in_newline(text), start..start + length))
}

/// What follows `"key":"`.
fn member<'a>(text: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let rest = text.trim_ascii_start().strip_prefix(b"\"")?;
    let rest = rest.strip_prefix(key)?.strip_prefix(b"\"")?;
    let rest = rest.trim_ascii_start().strip_prefix(b":")?;
    rest.trim_ascii_start().strip_prefix(b"\"")
}

/// Whether escaped text ends in `\n`, and not in an escaped backslash and an `n`.
fn ends_in_newline(text: &[u8]) -> bool {
    let Some(before) = text.strip_suffix(b"n") else {
        return false;
    };
    let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\');
    backslashes.count() % 2 == 1
}

/// What follows the count of an octet-counted frame, `172 <134>…` (RFC 6587, 3.4.1). The count itself is not believed:
/// what stands on a line is a line.
pub(super) fn without_count(line: &[u8]) -> Option<&[u8]> {
    const DIGITS: usize = 6;
    if !line.first()?.is_ascii_digit() {
        return None;
    }
    let head = &line[..line.len().min(DIGITS + 1)];
    let digits = head.iter().position(|byte| !byte.is_ascii_digit())?;
    let rest = line[digits..].strip_prefix(b" ")?;
    let end = memchr::memchr(b'>', &rest[..rest.len().min(5)])?;
    number(rest[..end].strip_prefix(b"<")?)?;
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Channel, whether it ends, and the text of a line that is a part.
    fn parts(line: &str) -> Option<(u8, bool, &str)> {
        let part = part(line.as_bytes())?;
        Some((part.channel, part.ends, &line[part.text]))
    }

    #[test]
    fn cri_says_which_lines_are_parts() {
        let stamp = "2026-02-06T11:14:14.655123456Z";
        assert_eq!(
            parts(&format!("{stamp} stdout P a b")),
            Some((0, false, "a b"))
        );
        assert_eq!(
            parts(&format!("{stamp} stderr F:x c\r")),
            Some((1, true, "c"))
        );
        assert_eq!(
            parts("2026-02-06T11:14:14+01:00 stdout F "),
            Some((0, true, ""))
        );
        for line in ["stdin F a", "stdout X a", "stdout", "lb1 haproxy[1]: a"] {
            assert_eq!(parts(&format!("{stamp} {line}")), None, "{line}");
        }
        assert_eq!(parts("2026-02-66T11:14:14Z stdout P a"), None);
    }

    #[test]
    fn docker_leaves_the_newline_to_the_last_part() {
        let line = |log: &str| {
            format!(r#"{{"log":"{log}","stream":"stderr","time":"2026-02-06T11:14:14.6Z"}}"#)
        };
        assert_eq!(parts(&line("a\\\"b")), Some((1, false, "a\\\"b")));
        assert_eq!(parts(&line("a\\n")), Some((1, true, "a\\n")));
        assert_eq!(parts(&line("a\\\\n")), Some((1, false, "a\\\\n")));
        assert_eq!(
            parts(r#"{"log": "a\n", "stream": "stdout", "attrs": {"tag": "t"}, "time": "x"}"#),
            Some((0, true, "a\\n"))
        );
    }

    #[test]
    fn other_json_is_never_a_part() {
        for line in [
            r#"{"log":"a"}"#,
            r#"{"log":"a","stream":"stdout"}"#,
            r#"{"stream":"stdout","log":"a","time":"2026-02-06T11:14:14Z"}"#,
            r#"{"log":"a","stream":"stdout","time":"x","kubernetes":{}}"#,
            r#"{"message":"a","stream":"stdout","time":"x"}"#,
            r#"{"log":"a","stream":"stdout","time":"x"#,
            "{",
        ] {
            assert_eq!(parts(line), None, "{line}");
        }
    }

    #[test]
    fn a_count_stands_before_a_priority() {
        assert_eq!(without_count(b"172 <134>m"), Some(&b"<134>m"[..]));
        for line in [
            "172 m",
            "1234567 <134>m",
            "10.0.1.2:1 <1>",
            "172",
            "172 <x>m",
            "<134>m",
        ] {
            assert_eq!(without_count(line.as_bytes()), None, "{line}");
        }
    }
}
