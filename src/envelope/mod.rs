//! Takes the wrapping off a line.
//!
//! Enters: one line without its newline, as bytes. Leaves: an [`Envelope`] that borrows from it.
//! Must not know: HAProxy's messages, files, sockets, the current time or zone.
//! Never fails: what is not recognised as wrapping is message.
//!
//! A relay may put its own header before another's; where two say something, the inner one is nearer to the writer
//! and wins.

mod stderr;
mod syslog;

use crate::time::Stamp;

/// What stood around a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Envelope<'a> {
    /// When the message was written, as far as the wrapping says.
    pub stamp: Stamp,
    /// The text that `stamp` was read from; empty when it is absent.
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
    /// The message itself.
    pub message: &'a [u8],
}

/// More headers than this on one line are text.
const MAX_HEADERS: usize = 3;

/// Takes the wrapping off one line: its end, a byte order mark, up to three syslog headers (RFC 3164, RFC 5424, the
/// shapes of HAProxy's `log … format`, rsyslog's and journald's file formats) and the prefix of HAProxy's stderr.
///
/// A line without any of these comes back whole as the message.
pub fn peel(line: &[u8]) -> Envelope<'_> {
    let mut envelope = Envelope {
        stamp: Stamp::Absent,
        written: b"",
        priority: None,
        host: b"",
        tag: b"",
        pid: None,
        structured: b"",
        level: b"",
        message: without_padding(line),
    };
    for _ in 0..MAX_HEADERS {
        if let Some(header) = stderr::header(envelope.message) {
            // The wrapping around a stderr line was stamped as it was written, and says more.
            if envelope.stamp == Stamp::Absent {
                (envelope.stamp, envelope.written) = (header.stamp, header.written);
            }
            envelope.pid = Some(header.pid);
            envelope.level = header.level;
            envelope.message = header.message;
            break;
        }
        let Some(header) = syslog::header(envelope.message) else {
            break;
        };
        envelope.put(header);
    }
    envelope
}

impl<'a> Envelope<'a> {
    /// The message stood in HAProxy's own stderr form.
    pub fn is_stderr(&self) -> bool {
        !self.level.is_empty()
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

/// A line without what transports leave around it: a UTF-8 byte order mark, CR, LF and NUL at the end, and one
/// newline that rsyslog wrote as `#012` or `#015#012` (`$EscapeControlCharactersOnReceive`).
fn without_padding(line: &[u8]) -> &[u8] {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let line = without_line_end(line);
    let Some(before) = strip_escape(line, b"012") else {
        return line;
    };
    without_line_end(strip_escape(before, b"015").unwrap_or(before))
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
    let before = line.strip_suffix(octal)?;
    before
        .strip_suffix(b"#")
        .or_else(|| before.strip_suffix(b"\\"))
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
