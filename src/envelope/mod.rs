//! Takes the wrapping off a line.
//!
//! Enters: one line without its newline, as bytes. Leaves: an [`Envelope`] that borrows from it, or from what was encoded
//! in it. Must not know: HAProxy's messages, files, sockets, the current time or zone.
//! Never fails: what is not recognised as wrapping is message.
//!
//! A relay may put its own header before another's; where two say something, the inner one is nearer to the writer
//! and wins. The first byte of a line tells what may stand there, so that an ordinary one is looked at once.

mod container;
mod json;
mod known;
pub(crate) mod quoted;
mod repeated;
mod stderr;
pub mod structured;
mod syslog;

pub use container::{Output, part};
pub use known::{Before, ends_plainly};
pub use repeated::Said;
pub use syslog::{begins_with_tag, place_of_host};

use crate::time::Stamp;

/// What stood around a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Envelope<'a> {
    /// When the message was written, as far as the wrapping says; when a container's runtime read it, if only that is known.
    pub stamp: Stamp,
    /// The text that `stamp` was read from, if that was the header's; empty when there is none.
    pub written: &'a [u8],
    /// Syslog priority: facility × 8 + severity. Below 8 it is a severity alone (`short`, `timed`).
    pub priority: Option<u8>,
    /// Log host; empty when the wrapping names none.
    pub host: &'a [u8],
    /// Program name (`haproxy` unless `log-tag` is set); empty when the wrapping names none.
    pub tag: &'a [u8],
    /// Process id of the writer.
    pub pid: Option<u32>,
    /// Structured data of RFC 5424 with its brackets (`log-format-sd`); empty when there is none.
    pub structured: &'a [u8],
    /// The level of HAProxy's own stderr form, `WARNING` of `[WARNING]  (1234) : …`; empty in other wrapping.
    pub level: &'a [u8],
    /// What a container's runtime or a log shipper says of it.
    pub container: Container<'a>,
    /// How often it was said.
    pub said: Said,
    /// The message itself.
    pub message: &'a [u8],
}

/// What a container's runtime or a log shipper says of a line.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Container<'a> {
    /// The text of its stamp; empty when there is none.
    pub written: &'a [u8],
    /// Which output of the program it came from.
    pub output: Option<Output>,
    /// CRI's flag: `F` for a whole line, `P` for a part whose line did not end.
    pub flag: Option<u8>,
    /// When journald took it in; µs since 1970 UTC.
    pub epoch: Option<i64>,
}

/// More headers than this on one line are text.
const MAX_HEADERS: usize = 3;

/// A UTF-8 byte order mark.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Takes the wrapping off a line that may be encoded as JSON (Docker's json-file, `journalctl -o json`, and other
/// shippers'), up to three times. `look` gets the text that the envelope borrows from: the line, or what was encoded in it.
///
/// A text that `is_message` is not decoded, though it looks like wrapping.
pub fn open<T>(
    line: &[u8],
    is_message: impl Fn(&[u8]) -> bool,
    before: &mut Before,
    look: impl FnOnce(&[u8], Envelope) -> T,
) -> T {
    let mut encoded = Vec::new();
    loop {
        let text = encoded
            .last()
            .map_or(line, |last: &json::Encoded| &last.text);
        let json = text.strip_prefix(MARK).unwrap_or(text);
        if json.first() != Some(&b'{') || encoded.len() == MAX_HEADERS || is_message(json) {
            break;
        }
        let Some(inner) = json::decoded(json) else {
            break;
        };
        encoded.push(inner);
    }
    let text = encoded.last().map_or(line, |last| &last.text);
    let mut envelope = Envelope::bare(text);
    for inner in &encoded {
        envelope = inner.within(envelope);
    }
    envelope.take_off(before);
    look(text, envelope)
}

/// Takes the wrapping off one line: its end, a byte order mark, the count of an octet-counted frame, up to three headers
/// (Kubernetes' CRI, RFC 3164, RFC 5424, the shapes of HAProxy's `log … format`, rsyslog's and journald's file formats),
/// the prefix of HAProxy's stderr, and what a syslog daemon says instead of a repeated message.
///
/// A line without any of these comes back whole as the message.
pub fn peel(line: &[u8]) -> Envelope<'_> {
    let mut envelope = Envelope::bare(line);
    envelope.take_off(&mut Before::default());
    envelope
}

/// The text of a message in which every quote is written as `\"`, as some set-ups of syslog-ng do; `None` for another.
pub fn without_backslashes(message: &[u8]) -> Option<Vec<u8>> {
    let mut quotes = memchr::memchr_iter(b'"', message).peekable();
    quotes.peek()?;
    let (mut plain, mut from) = (Vec::new(), 0);
    for quote in quotes {
        plain.extend_from_slice(message[from..quote].strip_suffix(b"\\")?);
        from = quote;
    }
    plain.extend_from_slice(&message[from..]);
    Some(plain)
}

impl<'a> Envelope<'a> {
    /// A message that nothing stands around.
    pub const fn bare(message: &'a [u8]) -> Self {
        Envelope {
            stamp: Stamp::Absent,
            written: b"",
            priority: None,
            host: b"",
            tag: b"",
            pid: None,
            structured: b"",
            level: b"",
            container: Container {
                written: b"",
                output: None,
                flag: None,
                epoch: None,
            },
            said: Said::Once,
            message,
        }
    }

    /// The message stood in HAProxy's own stderr form.
    pub fn is_stderr(&self) -> bool {
        !self.level.is_empty()
    }

    /// Takes off what its message is wrapped in.
    fn take_off(&mut self, before: &mut Before) {
        self.message = without_padding(self.message);
        self.message = container::without_count(self.message).unwrap_or(self.message);
        for _ in 0..MAX_HEADERS {
            if let Some(header) = container::header(self.message) {
                self.put_container(header);
            } else if let Some(header) = stderr::header(self.message) {
                self.put_stderr(header);
                break;
            } else if let Some(header) = syslog::header(self.message, before) {
                self.put(header);
            } else {
                break;
            }
        }
        if let Some((said, message)) = repeated::said(self.message) {
            (self.said, self.message) = (said, message);
        }
    }

    fn put_container(&mut self, header: container::Header<'a>) {
        self.stamp = header.stamp;
        self.container.written = header.written;
        self.container.output = Some(header.output);
        self.container.flag = Some(header.flag);
        self.message = header.message;
    }

    fn put_stderr(&mut self, header: stderr::Header<'a>) {
        // The wrapping around a stderr line was stamped as it was written, and says more.
        if self.stamp == Stamp::Absent {
            self.stamp = header.stamp;
        }
        if self.written.is_empty() {
            self.written = header.written;
        }
        self.pid = Some(header.pid);
        self.level = header.level;
        self.message = header.message;
    }

    /// Takes over what an inner header says and keeps what it does not say.
    fn put(&mut self, header: syslog::Header<'a>) {
        if header.stamp != Stamp::Absent {
            (self.stamp, self.written) = (header.stamp, header.written);
        }
        self.priority = header.priority.or(self.priority);
        if !header.structured.is_empty() {
            self.structured = header.structured;
        }
        if !header.host.is_empty() {
            self.host = header.host;
        }
        if !header.tag.is_empty() {
            self.tag = header.tag;
            self.pid = header.pid;
        }
        self.message = header.message;
    }
}

/// A line without what transports leave around it: a UTF-8 byte order mark, CR, LF and NUL at the end, and these once
/// more, and a tab, as rsyslog writes them (`$EscapeControlCharactersOnReceive`), each once.
#[inline]
fn without_padding(line: &[u8]) -> &[u8] {
    match line {
        // Most lines end with a quote, and what ends otherwise than padding has none.
        [first, .., last]
            if *first != MARK[0] && !matches!(last, 0 | b'\r' | b'\n' | b'0'..=b'9') =>
        {
            line
        }
        _ => without_any_padding(line),
    }
}

fn without_any_padding(line: &[u8]) -> &[u8] {
    const OCTAL: [&[u8; 3]; 4] = [b"000", b"012", b"015", b"011"];
    let line = line.strip_prefix(MARK).unwrap_or(line);
    let line = without_line_end(line);
    let strip = |line, octal| strip_escape(line, octal).unwrap_or(line);
    match line {
        [.., b'#' | b'\\', b'0', _, _] => without_line_end(OCTAL.into_iter().fold(line, strip)),
        _ => line,
    }
}

fn without_line_end(line: &[u8]) -> &[u8] {
    let length = line
        .iter()
        .rposition(|byte| !matches!(byte, b'\r' | b'\n' | 0))
        .map_or(0, |last| last + 1);
    &line[..length]
}

/// rsyslog's manual names both `#` and `\` as the default prefix of its octal escapes.
fn strip_escape<'a>(line: &'a [u8], octal: &[u8; 3]) -> Option<&'a [u8]> {
    match line.strip_suffix(octal)? {
        [before @ .., b'#' | b'\\'] => Some(before),
        _ => None,
    }
}

/// A process id or a priority, in decimal.
fn number(text: &[u8]) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u32, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_line_is_no_message() {
        let ends: [&[u8]; 9] = [
            b"",
            b"\r",
            b"\n",
            b"\r\n",
            b"\0",
            b"\n\0\0",
            b"#012",
            b"#015#012",
            b"\\012\r\n",
        ];
        for end in ends {
            let line = [b"Proxy app started.", end].concat();
            assert_eq!(
                peel(&line).message,
                b"Proxy app started.",
                "{}",
                end.escape_ascii()
            );
        }
    }

    #[test]
    fn one_escaped_newline_is_taken_and_no_more() {
        assert_eq!(peel(b"text#012#012").message, b"text#012");
        assert_eq!(peel(b"text#01").message, b"text#01");
        assert_eq!(peel(b"#012").message, b"");
    }

    #[test]
    fn a_byte_order_mark_is_no_message() {
        assert_eq!(peel(b"\xEF\xBB\xBFtext").message, b"text");
    }

    #[test]
    fn a_relay_before_the_writer_keeps_what_the_writer_does_not_say() {
        let line =
            b"2026-02-06T11:14:15Z relay rsyslogd[7]: <134>Feb  6 12:14:14 haproxy[14389]: text";
        let envelope = peel(line);
        assert_eq!(
            envelope.stamp,
            Stamp::Yearless {
                month: 2,
                day: 6,
                second: 44_054
            }
        );
        assert_eq!(envelope.host, b"relay");
        assert_eq!(
            (envelope.tag, envelope.pid),
            (&b"haproxy"[..], Some(14_389))
        );
        assert_eq!(envelope.message, b"text");
    }

    #[test]
    fn a_fourth_header_is_text() {
        let line = b"<1><2><3><4>text";
        assert_eq!(peel(line).message, b"<4>text");
    }

    #[test]
    fn stderr_within_syslog_keeps_the_fuller_stamp_and_its_own_pid() {
        let envelope = peel(b"Feb  6 12:14:14 lb1 haproxy[1]: [WARNING] 036/121414 (1234) : text");
        assert_eq!(
            envelope.stamp,
            Stamp::Yearless {
                month: 2,
                day: 6,
                second: 44_054
            }
        );
        assert_eq!(
            (envelope.pid, envelope.level),
            (Some(1_234), &b"WARNING"[..])
        );
        assert_eq!(
            (envelope.host, envelope.tag),
            (&b"lb1"[..], &b"haproxy"[..])
        );
        assert_eq!(envelope.message, b"text");
    }
}
